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
    def has_mac(self) -> bool:
        """Whether the hash at the end of its name is that of a MAC."""
        return self.is_cbc or self.cipher in ("NULL", "RC4_128")

    @property
    def uses_psk(self) -> bool:
        """Whether a pre-shared key takes part."""
        return self.key_exchange.endswith("PSK")

    @property
    def authentication(self) -> str:
        """The kind of certificate that the server needs: rsa, ecdsa, dss, or that of a static exchange; "" for none."""
        if self.key_exchange in STATIC:
            return self.key_exchange
        if self.key_exchange.endswith("anon") or (self.uses_psk and self.key_exchange != "RSA_PSK"):
            return ""
        return {"ECDHE_ECDSA": "ecdsa", "DHE_DSS": "dss"}.get(self.key_exchange, "rsa")


STATIC = ("DH_RSA", "DH_DSS", "ECDH_RSA", "ECDH_ECDSA")  # the server's key is in its certificate

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

# What no policy but ``historic`` speaks, and pre-shared keys: every key exchange with an AEAD and with CBC under each
# hash that makes a difference, and every cipher of history with the plainest key exchange.
HISTORY = [("3DES_EDE_CBC", "SHA"), ("RC4_128", "SHA"), ("NULL", "SHA")]
RARE_CIPHERS = {
    "DHE_DSS": [*GCM, *CBC_RSA, ("3DES_EDE_CBC", "SHA"), ("SEED_CBC", "SHA"), ("CAMELLIA_128_CBC", "SHA256")],
    "DH_RSA": [*GCM, *CBC_RSA],
    "DH_DSS": [*GCM, *CBC_RSA],
    "ECDH_RSA": [*GCM, *CBC_ECC],
    "ECDH_ECDSA": [*GCM, *CBC_ECC],
    "DH_anon": [*GCM, *CBC_RSA, ("RC4_128", "MD5")],
    "ECDH_anon": [*CBC_SHA1, *HISTORY],
    "PSK": [*GCM, *CBC_ECC, *CCM, *CHACHA],
    "DHE_PSK": [*GCM, *CBC_ECC],
    "ECDHE_PSK": [*CBC_ECC, *CHACHA],
    "RSA_PSK": [*GCM, *CBC_ECC, *CHACHA],
    "RSA": [
        *HISTORY,
        ("RC4_128", "MD5"),
        ("NULL", "MD5"),
        ("NULL", "SHA256"),
        ("SEED_CBC", "SHA"),
        ("CAMELLIA_128_CBC", "SHA"),
        ("CAMELLIA_256_CBC", "SHA256"),
    ],
    "ECDHE_RSA": [*HISTORY, ("CAMELLIA_256_CBC", "SHA384")],
}
RARE_SUITES = [Suite(kx, cipher, digest) for kx, ciphers in RARE_CIPHERS.items() for cipher, digest in ciphers]


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


def gnutls_cipher(suite: Suite) -> str:
    """What GnuTLS calls the cipher of a suite in priority strings and descriptions."""
    return {"3DES_EDE_CBC": "3DES-CBC", "RC4_128": "ARCFOUR-128"}.get(suite.cipher, suite.cipher.replace("_", "-"))


def gnutls_exchange(suite: Suite) -> str:
    """What GnuTLS calls the key exchange of a suite in priority strings."""
    anonymous = {"DH_anon": "ANON-DH", "ECDH_anon": "ANON-ECDH"}
    return anonymous.get(suite.key_exchange, suite.key_exchange.replace("_", "-"))


def gnutls_name(suite: Suite) -> str:
    """What GnuTLS calls a suite on its pages."""
    digest = "" if suite.cipher.startswith("CHACHA20") else gnutls_hash(suite)
    anonymous = {"DH_anon": "DH_ANON", "ECDH_anon": "ECDH_ANON"}
    cipher = {"RC4_128": "ARCFOUR_128"}.get(suite.cipher, suite.cipher)
    parts = [anonymous.get(suite.key_exchange, suite.key_exchange), cipher, digest]
    return "_".join(part for part in parts if part)


def gnutls_priority(suite: Suite, *options: str) -> str:
    """A GnuTLS priority string with this suite as the only one."""
    mac = gnutls_hash(suite) if suite.has_mac else "AEAD"
    return gnutls_base(f"+{gnutls_exchange(suite)}", f"+{gnutls_cipher(suite)}", f"+{mac}", *options)


def gnutls_priority_all(*options: str) -> str:
    """A GnuTLS priority string with every suite of the matrix that GnuTLS knows."""
    known = [suite for suite in (*SUITES, *RARE_SUITES) if gnutls_knows(suite)]
    exchanges = dict.fromkeys(f"+{gnutls_exchange(suite)}" for suite in known)
    ciphers = sorted({f"+{gnutls_cipher(suite)}" for suite in known})
    return gnutls_base(*exchanges, *ciphers, "+AEAD", "+MD5", "+SHA1", "+SHA256", "+SHA384", *options)


def gnutls_knows(suite: Suite) -> bool:
    """Whether GnuTLS has the key exchange and the cipher."""
    return suite.key_exchange not in STATIC and suite.cipher != "SEED_CBC"


def gnutls_base(*parts: str) -> str:
    """The rest of a priority string: TLS 1.2, every signature, and every group unless groups are named."""
    every = ("+GROUP-ALL", "+GROUP-SECP224R1", "+GROUP-SECP192R1")
    groups = () if any(part.startswith("+GROUP-") for part in parts) else every
    signatures = ("+SIGN-ALL", "+SIGN-DSA-SHA1", "+SIGN-DSA-SHA256", "+SIGN-DSA-SHA384", "+SIGN-DSA-SHA512")
    return ":".join(["NONE", "+VERS-TLS1.2", "+COMP-NULL", *parts, *groups, *signatures, "+CTYPE-X509"])


# What gnutls-cli prints for a key exchange, between "(TLS1.2-X.509)-" and the cipher.
GNUTLS_EXCHANGES = {
    "RSA": r"\(RSA\)",
    "DHE_RSA": r"\(DHE-[^)]*\)-\(RSA-[^)]*\)",
    "ECDHE_RSA": r"\(ECDHE-[^)]*\)-\(RSA-[^)]*\)",
    "ECDHE_ECDSA": r"\(ECDHE-[^)]*\)-\(E[Cd]DSA-[^)]*\)",
    "DHE_DSS": r"\(DHE-[^)]*\)-\(DSA-[^)]*\)",
    "DH_anon": r"\(ANON-DH[^)]*\)",
    "ECDH_anon": r"\(ANON-ECDH[^)]*\)",
    "PSK": r"\(PSK\)",
    "DHE_PSK": r"\(DHE-PSK[^)]*\)",
    "ECDHE_PSK": r"\(ECDHE-PSK[^)]*\)",
    "RSA_PSK": r"\(RSA-PSK[^)]*\)",
}


def gnutls_described(description: str) -> str:
    """The registered name of the suite in gnutls-cli's description, such as
    ``(TLS1.2-X.509)-(ECDHE-X25519)-(RSA-PSS-RSAE-SHA256)-(AES-128-GCM)``; "" for none of ours.
    """
    suites = [suite for suite in (*SUITES, *RARE_SUITES) if gnutls_knows(suite)]
    return next((suite.name for suite in suites if re.fullmatch(gnutls_description(suite), description)), "")


def gnutls_description(suite: Suite) -> str:
    """A pattern for gnutls-cli's description of a suite."""
    mac = rf"-\({gnutls_hash(suite)}\)" if suite.has_mac else ""
    return rf"\(TLS1\.2-[^)]*\)-{GNUTLS_EXCHANGES[suite.key_exchange]}-\({gnutls_cipher(suite)}\){mac}"
