"""Signature schemes, and the hash and signature pairs of TLS 1.2 that share their numbers (RFC 8446, 4.2.3)."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import IntEnum
from functools import cache
from typing import Literal, get_args

from hellodone.errors import ConfigurationError
from hellodone.registry.codes import HashAlgorithm, SignatureAlgorithm
from hellodone.registry.groups import NamedGroup
from hellodone.registry.naming import did_you_mean, unregistered


class SignatureScheme(IntEnum):
    """Every named signature scheme; those up to 0x0603 are pairs of hash and signature (RFC 5246, 7.4.1.4.1)."""

    rsa_pkcs1_md5 = 0x0101
    rsa_pkcs1_sha1 = 0x0201
    dsa_sha1 = 0x0202
    ecdsa_sha1 = 0x0203
    rsa_pkcs1_sha224 = 0x0301
    dsa_sha224 = 0x0302
    ecdsa_sha224 = 0x0303
    rsa_pkcs1_sha256 = 0x0401
    dsa_sha256 = 0x0402
    ecdsa_secp256r1_sha256 = 0x0403
    rsa_pkcs1_sha256_legacy = 0x0420
    rsa_pkcs1_sha384 = 0x0501
    dsa_sha384 = 0x0502
    ecdsa_secp384r1_sha384 = 0x0503
    rsa_pkcs1_sha384_legacy = 0x0520
    rsa_pkcs1_sha512 = 0x0601
    dsa_sha512 = 0x0602
    ecdsa_secp521r1_sha512 = 0x0603
    rsa_pkcs1_sha512_legacy = 0x0620
    sm2sig_sm3 = 0x0708
    gostr34102012_256a = 0x0709
    gostr34102012_256b = 0x070A
    gostr34102012_256c = 0x070B
    gostr34102012_256d = 0x070C
    gostr34102012_512a = 0x070D
    gostr34102012_512b = 0x070E
    gostr34102012_512c = 0x070F
    rsa_pss_rsae_sha256 = 0x0804
    rsa_pss_rsae_sha384 = 0x0805
    rsa_pss_rsae_sha512 = 0x0806
    ed25519 = 0x0807
    ed448 = 0x0808
    rsa_pss_pss_sha256 = 0x0809
    rsa_pss_pss_sha384 = 0x080A
    rsa_pss_pss_sha512 = 0x080B
    ecdsa_brainpoolP256r1tls13_sha256 = 0x081A
    ecdsa_brainpoolP384r1tls13_sha384 = 0x081B
    ecdsa_brainpoolP512r1tls13_sha512 = 0x081C
    gostr34102012_256 = 0x0840
    gostr34102012_512 = 0x0841
    mldsa44 = 0x0904
    mldsa65 = 0x0905
    mldsa87 = 0x0906


SignatureKind = Literal[
    "rsa_pkcs1", "rsa_pss_rsae", "rsa_pss_pss", "ecdsa", "ed25519", "ed448", "dsa", "gost", "sm2", "mldsa"
]


@dataclass(frozen=True, slots=True)
class SchemeInfo:
    """A signature scheme taken apart.

    ``hash`` is named as in hashlib, None where hashing is the signature's own affair ("intrinsic": EdDSA, GOST,
    ML-DSA); ``curve`` is the one that TLS 1.3 ties to an ECDSA scheme: TLS 1.2 takes any curve with it; ``tls12``
    says whether TLS 1.2 messages may be signed with it.
    """

    code: SignatureScheme
    name: str
    hash: str | None
    signature: SignatureKind
    curve: NamedGroup | None
    tls12: bool


def scheme(code: int) -> SchemeInfo | None:
    """The scheme with this number; None when it is GREASE, unknown or a pair without a name of its own."""
    return _schemes().get(code)


def scheme_name(code: int) -> str:
    """``rsa_pkcs1_sha256``, ``md5+dsa`` for a pair without a name, ``GREASE(0x0a0a)`` or ``unknown(0x1234)``."""
    if info := scheme(code):
        return info.name
    hash_code, signature_code = divmod(code, 256)
    if hash_code <= HashAlgorithm.sha512 and signature_code <= SignatureAlgorithm.ecdsa:
        return f"{HashAlgorithm(hash_code).name}+{SignatureAlgorithm(signature_code).name}"
    return unregistered(code)


def registered_scheme(name: str) -> SignatureScheme | None:
    """The scheme of that name, as ``find_scheme`` has it, None for any other: without the search for names near it."""
    return _schemes_by_name().get(name.strip().casefold())


def find_scheme(name: str) -> SignatureScheme:
    """The scheme of an IANA name or of OpenSSL's (``RSA+SHA256``, ``RSA-PSS+SHA256``, ``ed25519``), in any case.

    Raises :class:`ConfigurationError` for anything else, with the names that come near.
    """
    known, plain = _schemes_by_name(), name.strip().casefold()
    if (found := known.get(plain)) is None:
        near = did_you_mean(plain, {word: member.name for word, member in known.items()})
        raise ConfigurationError(f"unknown signature scheme {name!r}{near}")
    return found


_OPENSSL_PREFIXES = {
    "rsa_pkcs1": ("rsa",),
    "rsa_pss_rsae": ("rsa-pss", "pss"),
    "ecdsa": ("ecdsa",),
    "dsa": ("dsa",),
}


@cache
def _schemes() -> Mapping[int, SchemeInfo]:
    return {int(code): _describe(code, code.name) for code in SignatureScheme}


def _describe(code: SignatureScheme, name: str) -> SchemeInfo:
    """What the name of a scheme says about it."""
    signature = next(kind for kind in get_args(SignatureKind) if name.startswith(kind))
    hash_name = re.search(r"(md5|sha\d+|sm3)(_legacy)?$", name)
    curve = re.search(r"secp\w+r1|brainpool\w+tls13", name)
    return SchemeInfo(
        code,
        name,
        hash_name[1] if hash_name else None,
        signature,
        NamedGroup[curve[0]] if curve else None,
        tls12=code & 0xFF in (1, 2, 3) or 0x0804 <= code <= 0x080B or code in (0x0840, 0x0841),
    )


@cache
def _schemes_by_name() -> Mapping[str, SignatureScheme]:
    """Every name in small letters, and the pairs of hash and signature in either order."""
    names = {member.name.casefold(): member for member in SignatureScheme}
    for info in _schemes().values():
        if info.tls12:
            for prefix in _OPENSSL_PREFIXES.get(info.signature, ()):
                names |= {f"{prefix}+{info.hash}": info.code, f"{info.hash}+{prefix}": info.code}
    return names
