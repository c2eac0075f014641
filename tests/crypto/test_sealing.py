from __future__ import annotations

import hmac
from hashlib import sha256

import pytest
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from hypothesis import given
from hypothesis import strategies as st

from hellodone.crypto.errors import UnusableKey
from hellodone.crypto.sealing import OVERHEAD, SealingKey

OCTETS = bytes(range(32))
KEY = SealingKey(OCTETS)
NONCE = bytes(range(100, 124))


@given(st.binary(max_size=300), st.binary(max_size=40), st.binary(min_size=24, max_size=24))
def test_what_was_sealed_opens(text: bytes, context: bytes, nonce: bytes) -> None:
    sealed = KEY.seal(nonce, text, context)
    assert len(sealed) == len(text) + OVERHEAD
    assert KEY.unseal(sealed, context) == text


@given(st.binary(max_size=60), st.data())
def test_what_was_changed_does_not(text: bytes, data: st.DataObject) -> None:
    sealed = bytearray(KEY.seal(NONCE, text, b"context"))
    sealed[data.draw(st.integers(0, len(sealed) - 1))] ^= data.draw(st.integers(1, 255))
    assert KEY.unseal(bytes(sealed), b"context") is None


@given(st.binary(max_size=100))
def test_what_was_never_sealed_does_not(data: bytes) -> None:
    assert KEY.unseal(data) is None


def test_another_key_context_or_length_does_not_open() -> None:
    sealed = KEY.seal(NONCE, b"text", b"context")
    assert SealingKey(bytes(32)).unseal(sealed, b"context") is None
    assert KEY.unseal(sealed, b"Context") is None
    assert KEY.unseal(sealed) is None
    for length in range(len(sealed)):
        assert KEY.unseal(sealed[:length], b"context") is None
    assert KEY.unseal(sealed + b"\0", b"context") is None


def test_the_form() -> None:
    """AES-256-GCM (whose own vectors are run in test_aead) under HMAC-SHA256(key, half the nonce), as documented."""
    own_key = hmac.new(OCTETS, NONCE[:12], sha256).digest()
    assert KEY.seal(NONCE, b"text", b"context") == NONCE + AESGCM(own_key).encrypt(NONCE[12:], b"text", b"context")


def test_a_known_answer() -> None:
    """What is in a store today still opens with the next release. Key by hashlib, ciphertext by openssl enc."""
    ciphertext, tag = "48d21a42bf", "7bc59a451310046afe4a5fadbf0c0537"
    assert KEY.seal(NONCE, b"hello", b"done").hex() == NONCE.hex() + ciphertext + tag


@pytest.mark.parametrize("length", [0, 16, 31, 33])
def test_keys_of_other_lengths_are_refused(length: int) -> None:
    with pytest.raises(UnusableKey, match="32 bytes"):
        SealingKey(bytes(length))


def test_nonces_of_other_lengths_are_refused() -> None:
    with pytest.raises(UnusableKey, match="24 bytes"):
        KEY.seal(bytes(12), b"")


def test_repr_shows_no_secret() -> None:
    assert repr(OCTETS)[2:20] not in repr(KEY)
