"""The cipher suites of the interop matrix, and their names in the dialects of the peers."""

import re
import subprocess
from dataclasses import dataclass
from functools import cache

from tests.interop import peers


@dataclass(frozen=True, slots=True)
class Suite:
    """A cipher suite in its parts: TLS_<key exchange>_WITH_<cipher>[_<hash>]."""

    key_exchange: str
    cipher: str
    hash: str = ""

    @property
    def name(self) -> str:
        """The registered name."""
        return f"TLS_{self.key_exchange}_WITH_{self.cipher}" + (f"_{self.hash}" if self.hash else "")

    @property
    def is_cbc(self) -> bool:
        """Whether it has a MAC of its own, and so can have encrypt-then-MAC (RFC 7366)."""
        return self.cipher.endswith("_CBC")

    @property
    def authentication(self) -> str:
        """The kind of key that the server's certificate needs: rsa or ecdsa."""
        return "ecdsa" if self.key_exchange.endswith("ECDSA") else "rsa"


GCM = [("AES_128_GCM", "SHA256"), ("AES_256_GCM", "SHA384")]
CBC_SHA1 = [("AES_128_CBC", "SHA"), ("AES_256_CBC", "SHA")]
CBC_RSA = [*CBC_SHA1, ("AES_128_CBC", "SHA256"), ("AES_256_CBC", "SHA256")]
CBC_ECC = [*CBC_SHA1, ("AES_128_CBC", "SHA256"), ("AES_256_CBC", "SHA384")]
CCM = [("AES_128_CCM", ""), ("AES_256_CCM", ""), ("AES_128_CCM_8", ""), ("AES_256_CCM_8", "")]
CHACHA = [("CHACHA20_POLY1305", "SHA256")]

CIPHERS = {
    "RSA": [*GCM, *CBC_RSA, *CCM],
    "DHE_RSA": [*GCM, *CBC_RSA, *CCM, *CHACHA],
    "ECDHE_RSA": [*GCM, *CBC_ECC, *CHACHA],
    "ECDHE_ECDSA": [*GCM, *CBC_ECC, *CCM, *CHACHA],
}
SUITES = [Suite(kx, cipher, digest) for kx, ciphers in CIPHERS.items() for cipher, digest in ciphers]


@cache
def openssl_names() -> dict[str, str]:
    """Registered name -> OpenSSL's own name, of every suite in the installed OpenSSL."""
    command = [peers.require("openssl"), "ciphers", "-stdname", "ALL:COMPLEMENTOFALL:@SECLEVEL=0"]
    listing = subprocess.run(command, capture_output=True, text=True, timeout=10, check=True).stdout
    words = [line.split() for line in listing.splitlines()]
    return {word[0]: word[2] for word in words}


@cache
def registered_names() -> dict[str, str]:
    """OpenSSL's own name -> registered name."""
    return {own: registered for registered, own in openssl_names().items()}


def gnutls_hash(suite: Suite) -> str:
    """What GnuTLS calls the hash of a suite."""
    return "SHA1" if suite.hash == "SHA" else suite.hash


def gnutls_name(suite: Suite) -> str:
    """What GnuTLS calls a suite on its pages."""
    digest = "" if suite.cipher.startswith("CHACHA20") else gnutls_hash(suite)
    parts = [suite.key_exchange, suite.cipher, digest]
    return "_".join(part for part in parts if part)


def gnutls_priority(suite: Suite, *options: str) -> str:
    """A GnuTLS priority string with this suite as the only one."""
    mac = gnutls_hash(suite) if suite.is_cbc else "AEAD"
    cipher, exchange = suite.cipher.replace("_", "-"), suite.key_exchange.replace("_", "-")
    return gnutls_base(f"+{exchange}", f"+{cipher}", f"+{mac}", *options)


def gnutls_priority_all(*options: str) -> str:
    """A GnuTLS priority string with every suite of the matrix."""
    exchanges = [f"+{kx.replace('_', '-')}" for kx in CIPHERS]
    ciphers = sorted({f"+{suite.cipher.replace('_', '-')}" for suite in SUITES})
    return gnutls_base(*exchanges, *ciphers, "+AEAD", "+SHA1", "+SHA256", "+SHA384", *options)


def gnutls_base(*parts: str) -> str:
    """The rest of a priority string: TLS 1.2, every signature, and every group unless groups are named."""
    groups = () if any(part.startswith("+GROUP-") for part in parts) else ("+GROUP-ALL",)
    return ":".join(["NONE", "+VERS-TLS1.2", "+COMP-NULL", *parts, *groups, "+SIGN-ALL", "+CTYPE-X509"])


# What gnutls-cli prints for a key exchange, between "(TLS1.2-X.509)-" and the cipher.
GNUTLS_EXCHANGES = {
    "RSA": r"\(RSA\)",
    "DHE_RSA": r"\(DHE-[^)]*\)-\(RSA-[^)]*\)",
    "ECDHE_RSA": r"\(ECDHE-[^)]*\)-\(RSA-[^)]*\)",
    "ECDHE_ECDSA": r"\(ECDHE-[^)]*\)-\(E[Cd]DSA-[^)]*\)",
}


def gnutls_described(description: str) -> str:
    """The registered name of the suite in gnutls-cli's description, such as
    ``(TLS1.2-X.509)-(ECDHE-X25519)-(RSA-PSS-RSAE-SHA256)-(AES-128-GCM)``; "" for none of ours.
    """
    return next((suite.name for suite in SUITES if re.fullmatch(gnutls_description(suite), description)), "")


def gnutls_description(suite: Suite) -> str:
    """A pattern for gnutls-cli's description of a suite."""
    cipher = suite.cipher.replace("_", "-")
    mac = rf"-\({gnutls_hash(suite)}\)" if suite.is_cbc else ""
    return rf"\(TLS1\.2-X\.509\)-{GNUTLS_EXCHANGES[suite.key_exchange]}-\({cipher}\){mac}"
