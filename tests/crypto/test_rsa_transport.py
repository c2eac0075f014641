from __future__ import annotations

import random

import pytest
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.serialization import load_der_private_key
from hypothesis import given
from hypothesis import strategies as st

from hellodone.crypto.errors import UnusableKey
from hellodone.crypto.rsa_transport import decrypt_premaster, encrypt_premaster
from hellodone.crypto.secret import Secret
from hellodone.crypto.signatures import verify
from tests.crypto.vectors import wycheproof

VERSION = 0x0303
PREMASTER = b"\x03\x03" + bytes(range(46))
SUBSTITUTE = bytes(range(100, 146))
FALLBACK = b"\x03\x03" + SUBSTITUTE
KEY = rsa.generate_private_key(65537, 1024)
NUMBERS = KEY.public_key().public_numbers()


def opened(encrypted: bytes, version: int = VERSION) -> Secret:
    return decrypt_premaster(KEY, encrypted, version, SUBSTITUTE)


def raw(block: bytes) -> bytes:
    """RSA without padding of its own."""
    return pow(int.from_bytes(block, "big"), NUMBERS.e, NUMBERS.n).to_bytes(128, "big")


def test_what_is_encrypted_is_decrypted() -> None:
    encrypted = encrypt_premaster(KEY.public_key(), PREMASTER)
    assert len(encrypted) == 128
    assert encrypted != encrypt_premaster(KEY.public_key(), PREMASTER)
    assert opened(encrypted) == PREMASTER
    assert isinstance(opened(encrypted), Secret)


def test_given_randomness_makes_it_reproducible() -> None:
    first, second, other = (
        encrypt_premaster(KEY.public_key(), PREMASTER, random.Random(seed).randbytes) for seed in (5, 5, 6)
    )
    assert first == second != other
    assert opened(first) == opened(other) == PREMASTER


@given(st.integers(0, 2**64))
def test_padding_of_our_own_is_padding_to_the_library(seed: int) -> None:
    encrypted = encrypt_premaster(KEY.public_key(), PREMASTER, random.Random(seed).randbytes)
    assert KEY.decrypt(encrypted, PKCS1v15()) == PREMASTER


FILLER = b"\xa5" * (128 - 3 - 48)


@pytest.mark.parametrize(
    "encrypted",
    [
        raw(b"\x00\x01" + FILLER + b"\x00" + PREMASTER),
        raw(b"\x01\x02" + FILLER + b"\x00" + PREMASTER),
        raw(b"\x00\x02" + FILLER + b"\x01" + PREMASTER.replace(b"\x00", b"\x01")),
        raw(b"\x00\x02" + b"\xa5" * 7 + b"\x00" + bytes(118)),
        raw(b"\x00\x02" + FILLER + b"\xa5\x00" + PREMASTER[:47]),
        raw(b"\x00\x02" + FILLER[1:] + b"\x00" + PREMASTER + b"\x00"),
        raw(b"\x00\x02" + FILLER + b"\x00\x03\x02" + PREMASTER[2:]),
        raw(b"\x00\x02" + FILLER + b"\x00\x00\x00" + PREMASTER[2:]),
        raw(b"\x00\x02" + b"\xa5" * 125 + b"\x00"),
        bytes(128),
        bytes(127) + b"\x01",
        b"",
        b"\x00",
        raw(b"\x00\x02" + FILLER + b"\x00" + PREMASTER)[:-1],
        b"\x00" + raw(b"\x00\x02" + FILLER + b"\x00" + PREMASTER),
        NUMBERS.n.to_bytes(128, "big"),
        b"\xff" * 128,
    ],
    ids=[
        "type 1", "first octet 1", "no separator", "padding too short", "47 octets", "49 octets", "version TLS 1.1",
        "version 0", "nothing", "zero", "one", "empty", "one octet", "too short", "too long", "the modulus",
        "beyond the modulus",
    ],
)  # fmt: skip
def test_whatever_is_wrong_the_substitute_comes_out(encrypted: bytes) -> None:
    assert opened(encrypted) == FALLBACK


@given(st.binary(max_size=140))
def test_random_octets_give_the_substitute(encrypted: bytes) -> None:
    assert opened(encrypted) == FALLBACK


@given(position=st.integers(0, 1023))
def test_a_flipped_bit_gives_the_substitute_or_other_secrets_but_no_error(position: int) -> None:
    encrypted = int.from_bytes(encrypt_premaster(KEY.public_key(), PREMASTER), "big") ^ 1 << position
    assert opened(encrypted.to_bytes(128, "big")) != PREMASTER


def test_the_version_is_that_of_the_client_hello_not_the_negotiated_one() -> None:
    later = b"\x03\x04" + PREMASTER[2:]
    encrypted = encrypt_premaster(KEY.public_key(), later)
    assert opened(encrypted, version=0x0304) == later
    assert opened(encrypted, version=0x0303) == FALLBACK


def test_wycheproof() -> None:
    """A message that is a premaster secret comes out as it is, everything else as the substitute."""
    for group, test in wycheproof("rsa_pkcs1_2048"):
        key = load_der_private_key(bytes.fromhex(group["privateKeyPkcs8"]), None, unsafe_skip_rsa_key_validation=True)
        assert isinstance(key, rsa.RSAPrivateKey)
        message = bytes.fromhex(test["msg"])
        version = int.from_bytes(message[:2], "big") if len(message) == 48 else VERSION
        secret = decrypt_premaster(key, bytes.fromhex(test["ct"]), version, SUBSTITUTE)
        good = test["result"] == "valid" and len(message) == 48
        assert secret == (message if good else version.to_bytes(2, "big") + SUBSTITUTE), test["tcId"]


def test_unusable_keys() -> None:
    curve_key = ec.generate_private_key(ec.SECP256R1())
    with pytest.raises(UnusableKey, match="needs an RSA key"):
        encrypt_premaster(curve_key.public_key(), PREMASTER)
    with pytest.raises(UnusableKey, match="needs an RSA key"):
        decrypt_premaster(curve_key, bytes(128), VERSION, SUBSTITUTE)
    with pytest.raises(UnusableKey, match="46"):
        decrypt_premaster(KEY, bytes(128), VERSION, b"")
    too_small = rsa.RSAPublicNumbers(65537, (1 << 400) + 9).public_key()
    with pytest.raises(UnusableKey, match="401 bits"):
        encrypt_premaster(too_small, PREMASTER)


@pytest.mark.parametrize(
    ("e", "n"),
    [(65537, 1 << 1023), (65537, (1 << 20000) + 1), ((1 << 64) + 1, (1 << 4095) + 1)],
    ids=["even modulus", "huge modulus", "huge exponent"],
)
def test_a_certificate_may_hold_numbers_that_are_no_key(e: int, n: int) -> None:
    with pytest.raises(UnusableKey, match="cannot encrypt"):
        encrypt_premaster(rsa.RSAPublicNumbers(e, n).public_key(), PREMASTER)
    assert not verify(rsa.RSAPublicNumbers(e, n).public_key(), 0x0401, bytes(128), b"data")
