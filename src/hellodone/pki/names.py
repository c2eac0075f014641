"""Names of servers: what was asked for, made canonical, and whether a certificate is for it (RFC 9525, RFC 6066, 3).

International names become A-labels by the rules browsers use (UTS 46, non-transitional), as far as the standard
library goes: Python's own ``idna`` codec implements IDNA 2003, under which ``faß.de`` silently becomes another
domain, ``fass.de``. So sharp s and final sigma are encoded as IDNA 2008 wants them, the invisible joiners are
refused, and the codec serves for the rest, where both versions agree.
"""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from encodings import idna
from functools import lru_cache
from ipaddress import IPv4Address, IPv6Address, ip_address
from typing import Literal

from hellodone.errors import ConfigurationError
from hellodone.pki.certificates import Certificate
from hellodone.pki.text import listed, printable

_MAX_NAME, _MAX_LABEL, _MAX_INPUT = 253, 63, 1024
_LETTERS_DIGITS_HYPHEN = frozenset("abcdefghijklmnopqrstuvwxyz0123456789-_")  # the underscore: see _label
_DEVIATIONS = frozenset("ßς")  # RFC 5894, 7.2: characters that mean something else in IDNA 2003
_JOINERS = frozenset("\u200c\u200d")
_DOTS = str.maketrans({"\u3002": ".", "\uff0e": ".", "\uff61": "."})


@dataclass(frozen=True, slots=True)
class ServerName:
    """The server a client means to reach: a DNS name in lower-case A-labels without a final dot, or an IP address."""

    kind: Literal["dns", "ip"]
    text: str

    def __str__(self) -> str:
        return self.text

    @property
    def address(self) -> IPv4Address | IPv6Address | None:
        """The IP address, None for a DNS name."""
        return ip_address(self.text) if self.kind == "ip" else None


@lru_cache(maxsize=256)
def normalize_server_name(text: str) -> ServerName:
    """The canonical form of a host as people write it: DNS name, international name, IPv4, IPv6 with or without [].

    A final dot and an IPv6 zone are dropped. Raises :class:`ConfigurationError` for what is no host name.
    """
    shown = printable(text)
    if not text or len(text) > _MAX_INPUT:
        raise ConfigurationError(f"{shown!r} is no server name: expected a host name or an IP address")
    address = _address(text)
    if address is not None:
        return ServerName("ip", str(address))
    if any(c in text for c in "[]:/@ "):
        raise ConfigurationError(f"{shown!r} is no server name: expected a host name or an IP address alone")
    mapped = unicodedata.normalize("NFKC", text).translate(_DOTS).lower()
    labels = mapped.removesuffix(".").split(".")
    name = ".".join(_label(label, shown) for label in labels)
    if len(name) > _MAX_NAME:
        raise ConfigurationError(
            f"{shown!r} is no server name: {len(name)} characters, at most {_MAX_NAME} are allowed"
        )
    last = name.rpartition(".")[2]
    if last.isdigit() or (last.startswith("0x") and all(c in "0123456789abcdef" for c in last[2:])):
        raise ConfigurationError(
            f"{shown!r} is no server name: it ends in a number but is no IPv4 address like 192.0.2.1"
        )
    return ServerName("dns", name)


def _address(text: str) -> IPv4Address | IPv6Address | None:
    bare = text[1:-1] if text.startswith("[") and text.endswith("]") else text
    try:
        # a zone (fe80::1%eth0) is this machine's affair and stands in no certificate
        address = ip_address(bare.partition("%")[0] if ":" in bare else bare)
    except ValueError:
        return None
    return address if bare == text or address.version == 6 else None


def _label(label: str, shown: str) -> str:
    """One label as ASCII. The underscore is no letter of host names, yet found in many, so it passes."""
    if not label:
        raise ConfigurationError(f"{shown!r} is no server name: it has an empty label")
    encoded = label if label.isascii() else _a_label(label, shown)
    if len(encoded) > _MAX_LABEL:
        raise ConfigurationError(f"{shown!r} is no server name: a label is longer than {_MAX_LABEL} characters")
    if not _LETTERS_DIGITS_HYPHEN.issuperset(encoded) or encoded[0] == "-" or encoded[-1] == "-":
        raise ConfigurationError(f"{shown!r} is no server name: {printable(label)!r} is no label")
    return encoded


def _a_label(label: str, shown: str) -> str:
    if not _JOINERS.isdisjoint(label):
        raise ConfigurationError(f"{shown!r} is no server name that can be encoded: it holds an invisible joiner")
    try:
        if _DEVIATIONS.isdisjoint(label):
            return idna.ToASCII(label).decode("ascii")
        # prepared piece by piece, so that the codec judges every other character
        for character in label:
            if character not in _DEVIATIONS:
                idna.nameprep(character)
        return "xn--" + label.encode("punycode").decode("ascii")
    except UnicodeError:
        raise ConfigurationError(f"{shown!r} is no server name: {printable(label)!r} is no IDNA label") from None


def match(name: ServerName, certificate: Certificate) -> bool:
    """Whether ``certificate`` is for ``name`` by its subjectAltName (RFC 9525, 6.3 to 6.5); the subject is not asked.

    Raises :class:`CertificateError` when the extension is malformed.
    """
    if name.kind == "ip":
        return name.address in certificate.ip_addresses
    return any(dns_matches(name.text, presented) for presented in certificate.dns_names)


def dns_matches(asked: str, presented: str) -> bool:
    """Whether a dNSName of a certificate is the normalized name that was asked, or a wildcard that stands for it."""
    pattern = presented.lower().removesuffix(".")
    if pattern == asked:
        return True
    # a wildcard is the whole left-most label and stands for exactly one (RFC 9525, 6.3); *.com would be one label
    # of a registry: at least two labels must follow
    suffix = pattern.removeprefix("*.")
    return suffix != pattern and "*" not in suffix and "." in suffix and asked.partition(".")[2] == suffix


def mismatch(name: ServerName, certificate: Certificate) -> str:
    """The sentence for a certificate that is not for ``name``: both sides, and what would have helped."""
    if name.kind == "ip":
        return (
            f"asked for the IP address {name}; the certificate is for {listed(certificate.subject_names, 'no name')}: "
            f"it needs that iPAddress, or ask by a name it holds"
        )
    if certificate.subject_names:
        return f"asked for '{name}'; the certificate is for {listed(certificate.subject_names)}"
    return (
        f"asked for '{name}'; the certificate of {certificate.name} has no subjectAltName with a name or address, "
        f"and the common name does not count (RFC 9525)"
    )
