"""Private and public keys of the groups of TLS as PEM, for programs that read nothing else, and their Python names."""

from __future__ import annotations

import base64
from collections.abc import Mapping
from dataclasses import dataclass
from textwrap import wrap
from types import MappingProxyType

from hellodone.pki.der import Tag, element, integer, object_identifier, sequence
from hellodone.registry.groups import NamedGroup

_EC_PUBLIC_KEY = "1.2.840.10045.2.1"


@dataclass(frozen=True, slots=True)
class Curve:
    """A curve: its object identifier, and what the cryptography library calls it (``module`` "ec" takes ``name``)."""

    oid: str
    module: str
    name: str

    @property
    def coordinate(self) -> bool:
        """Whether public values are a u-coordinate (RFC 7748), not a point."""
        return self.module != "ec"


CURVES: Mapping[int, Curve] = MappingProxyType(
    {
        NamedGroup.x25519: Curve("1.3.101.110", "x25519", "X25519"),
        NamedGroup.x448: Curve("1.3.101.111", "x448", "X448"),
        NamedGroup.secp192r1: Curve("1.2.840.10045.3.1.1", "ec", "SECP192R1"),
        NamedGroup.secp224r1: Curve("1.3.132.0.33", "ec", "SECP224R1"),
        NamedGroup.secp256k1: Curve("1.3.132.0.10", "ec", "SECP256K1"),
        NamedGroup.secp256r1: Curve("1.2.840.10045.3.1.7", "ec", "SECP256R1"),
        NamedGroup.secp384r1: Curve("1.3.132.0.34", "ec", "SECP384R1"),
        NamedGroup.secp521r1: Curve("1.3.132.0.35", "ec", "SECP521R1"),
        NamedGroup.brainpoolP256r1: Curve("1.3.36.3.3.2.8.1.1.7", "ec", "BrainpoolP256R1"),
        NamedGroup.brainpoolP384r1: Curve("1.3.36.3.3.2.8.1.1.11", "ec", "BrainpoolP384R1"),
        NamedGroup.brainpoolP512r1: Curve("1.3.36.3.3.2.8.1.1.13", "ec", "BrainpoolP512R1"),
    }
)


def private_pem(curve: Curve, private: bytes) -> str:
    """The private key as PKCS #8 (RFC 5958; RFC 8410, 7; RFC 5915, 3)."""
    if curve.coordinate:
        inner = element(Tag.OCTET_STRING, private)
    else:
        inner = sequence(integer(1), element(Tag.OCTET_STRING, private))
    return _pem("PRIVATE KEY", sequence(integer(0), _algorithm(curve), element(Tag.OCTET_STRING, inner)))


def public_pem(curve: Curve, public: bytes) -> str:
    """The public value as SubjectPublicKeyInfo (RFC 5480, 2; RFC 8410, 4)."""
    return _pem("PUBLIC KEY", sequence(_algorithm(curve), element(Tag.BIT_STRING, b"\0" + public)))


def _algorithm(curve: Curve) -> bytes:
    if curve.coordinate:
        return sequence(object_identifier(curve.oid))
    return sequence(object_identifier(_EC_PUBLIC_KEY), object_identifier(curve.oid))


def _pem(label: str, der: bytes) -> str:
    lines = wrap(base64.b64encode(der).decode(), 64)
    return "\n".join((f"-----BEGIN {label}-----", *lines, f"-----END {label}-----"))
