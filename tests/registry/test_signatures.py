"""Signature schemes: taken apart, named and found."""

from __future__ import annotations

import hashlib
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hellodone.errors import ConfigurationError
from hellodone.registry.codes import HashAlgorithm, SignatureAlgorithm
from hellodone.registry.groups import NamedGroup
from hellodone.registry.signatures import SignatureScheme, find_scheme, scheme, scheme_name
from tests.registry import data

RSA_DSA_ECDSA = {"rsa": "rsa_pkcs1", "dsa": "dsa", "ecdsa": "ecdsa"}
SIGNED_IN_TLS12 = {"rsa_pss_rsae", "rsa_pss_pss", "ed25519", "ed448"}  # beside the pairs: RFC 8446, 4.2.3; RFC 8422


@pytest.mark.parametrize("row", data.rows("signature_schemes"), ids=lambda row: row["name"])
def test_a_scheme_says_what_its_pair_says(row: dict[str, str]) -> None:
    info = scheme(int(row["value"], 16))
    pair = re.fullmatch(r"(\w+)\(\d+\)\+(\w+)\(\d+\)", row["tls12_hash_and_signature"])

    assert info is not None
    assert info.name == row["name"]
    if pair:
        assert (info.hash, info.signature, info.tls12) == (pair[1], RSA_DSA_ECDSA[pair[2]], True)
    else:
        assert info.tls12 == (info.signature in SIGNED_IN_TLS12 or row["reference"] == "RFC9189")


@pytest.mark.parametrize(
    ("code", "hash_name", "signature", "curve"),
    [
        (SignatureScheme.rsa_pss_rsae_sha384, "sha384", "rsa_pss_rsae", None),
        (SignatureScheme.rsa_pss_pss_sha512, "sha512", "rsa_pss_pss", None),
        (SignatureScheme.ecdsa_secp256r1_sha256, "sha256", "ecdsa", NamedGroup.secp256r1),
        (SignatureScheme.ecdsa_sha1, "sha1", "ecdsa", None),
        (SignatureScheme.ed25519, None, "ed25519", None),
        (SignatureScheme.ed448, None, "ed448", None),
        (SignatureScheme.rsa_pkcs1_sha256_legacy, "sha256", "rsa_pkcs1", None),
        (SignatureScheme.sm2sig_sm3, "sm3", "sm2", None),
        (SignatureScheme.mldsa65, None, "mldsa", None),
    ],
)
def test_parts(code: SignatureScheme, hash_name: str | None, signature: str, curve: NamedGroup | None) -> None:
    info = scheme(code)

    assert info is not None
    assert (info.code, info.hash, info.signature, info.curve) == (code, hash_name, signature, curve)


def test_hashes_that_tls12_signs_with_are_named_as_in_hashlib() -> None:
    hashes = {info.hash for member in SignatureScheme if (info := scheme(member)) and info.tls12 and info.hash}

    assert hashes == {"md5", "sha1", "sha224", "sha256", "sha384", "sha512"}
    assert hashes <= hashlib.algorithms_guaranteed


@pytest.mark.parametrize(
    ("code", "name"),
    [
        (0x0401, "rsa_pkcs1_sha256"),
        (0x0102, "md5+dsa"),
        (0x0103, "md5+ecdsa"),
        (0x0600, "sha512+anonymous"),
        (0x0701, "unknown(0x0701)"),
        (0x1A1A, "GREASE(0x1a1a)"),
        (0xFE00, "unknown(0xfe00)"),
    ],
)
def test_scheme_names(code: int, name: str) -> None:
    assert scheme_name(code) == name


@given(st.integers(0, 0xFFFF))
def test_every_number_has_something_to_be_called(code: int) -> None:
    known = code in {*SignatureScheme}
    pair = code >> 8 <= HashAlgorithm.sha512 and code & 0xFF <= SignatureAlgorithm.ecdsa

    assert (f"0x{code:04x}" in scheme_name(code)) == (not known and not pair)
    assert (scheme(code) is not None) == known


@given(st.sampled_from(SignatureScheme))
def test_registered_names_are_found_in_any_case(member: SignatureScheme) -> None:
    assert find_scheme(member.name) is find_scheme(member.name.upper()) is member


@pytest.mark.parametrize(
    ("name", "member"),
    [
        ("RSA+SHA256", SignatureScheme.rsa_pkcs1_sha256),
        ("ECDSA+SHA384", SignatureScheme.ecdsa_secp384r1_sha384),
        ("ECDSA+SHA224", SignatureScheme.ecdsa_sha224),
        ("DSA+SHA1", SignatureScheme.dsa_sha1),
        ("RSA-PSS+SHA256", SignatureScheme.rsa_pss_rsae_sha256),
        ("PSS+SHA512", SignatureScheme.rsa_pss_rsae_sha512),
        ("sha1+rsa", SignatureScheme.rsa_pkcs1_sha1),
        ("Ed25519", SignatureScheme.ed25519),
    ],
)
def test_other_names(name: str, member: SignatureScheme) -> None:
    assert find_scheme(name) is member


def test_an_unknown_name_is_refused_with_what_comes_near() -> None:
    with pytest.raises(ConfigurationError, match=r"^unknown .* 'RSA\+SHA257'; did you mean rsa_pkcs1_sha"):
        find_scheme("RSA+SHA257")
    with pytest.raises(ConfigurationError, match=r"^unknown signature scheme 'qqqq'$"):
        find_scheme("qqqq")
