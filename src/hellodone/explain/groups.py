"""Groups and signature schemes, by what their numbers and names say."""

from __future__ import annotations

from collections.abc import Mapping

from hellodone.explain.entry import Entry, Part
from hellodone.registry.groups import Group, GroupKind
from hellodone.registry.signatures import SchemeInfo

_KINDS: Mapping[GroupKind, tuple[str, str]] = {
    GroupKind.elliptic_curve: ("a curve over a prime field; points travel uncompressed", "RFC 8422, 5.1.1"),
    GroupKind.montgomery: ("a Montgomery curve: only the u-coordinate travels", "RFC 8422, 5.1.1; RFC 7748"),
    GroupKind.binary_curve: ("a curve over a binary field, deprecated", "RFC 8422, 5.1.1"),
    GroupKind.finite_field: ("a safe prime with generator 2", "RFC 7919, appendix A"),
    GroupKind.explicit: ("a curve whose parameters are sent, forbidden since RFC 8422", "RFC 8422, 5.4"),
    GroupKind.hybrid: (
        "a curve joined with ML-KEM, against quantum computers; TLS 1.3 only",
        "draft-ietf-tls-ecdhe-mlkem",
    ),
    GroupKind.other: ("a key encapsulation against quantum computers; TLS 1.3 only", "FIPS 203"),
}
_SIGNATURES: Mapping[str, str] = {
    "rsa_pkcs1": "RSA with the padding of PKCS #1 v1.5",
    "rsa_pss_rsae": "RSA-PSS with an ordinary RSA key",
    "rsa_pss_pss": "RSA-PSS with a key that is for PSS alone",
    "ecdsa": "ECDSA",
    "ed25519": "EdDSA on Curve25519",
    "ed448": "EdDSA on Curve448",
    "dsa": "DSA",
    "gost": "GOST R 34.10",
    "sm2": "SM2",
    "mldsa": "ML-DSA, against quantum computers",
}


def explain_group(group: Group) -> Entry:
    """The group: what it is made of, its size, how long a public value is."""
    kind, reference = _KINDS[group.kind]
    size = f", {group.bits} bits" if group.bits else ""
    length = "not fixed" if group.public_length is None else f"{group.public_length} bytes"
    return Entry(
        "group",
        f"{group.name}({int(group.code)})",
        f"A group to agree on a secret in: {kind}{size}.",
        reference,
        (Part("public value", length),),
    )


def explain_scheme(info: SchemeInfo) -> Entry:
    """The signature scheme: algorithm, hash, and whether TLS 1.2 may use it."""
    hashed = f" over {info.hash.upper()}" if info.hash else ""
    weak = " Collisions of its hash can be found: accept it nowhere." if info.hash in ("md5", "sha1") else ""
    curve = "TLS 1.2 takes any curve with it, TLS 1.3 only " + info.curve.name if info.curve else ""
    parts = (
        Part("in TLS 1.2", "yes" if info.tls12 else "no"),
        *((Part("curve", curve),) if curve else ()),
    )
    return Entry(
        "signature scheme",
        f"{info.name}(0x{int(info.code):04x})",
        f"{_SIGNATURES[info.signature]}{hashed}.{weak}",
        "RFC 5246, 7.4.1.4.1; RFC 8446, 4.2.3",
        parts,
    )
