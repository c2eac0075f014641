from __future__ import annotations

import hmac
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from hashlib import sha256
from itertools import groupby
from os import urandom

import pytest
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from hypothesis import given
from hypothesis import strategies as st

from hellodone.crypto import sealing
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


class Counted:
    """Randomness that can be told apart and counts how much was asked for."""

    def __init__(self) -> None:
        self.asked: list[int] = []

    def __call__(self, length: int) -> bytes:
        self.asked.append(length)
        return len(self.asked).to_bytes(length, "big")


def test_a_salt_serves_for_many_texts_and_no_nonce_comes_twice(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sealing, "TEXTS_UNDER_A_SALT", 3)
    key, random = SealingKey(OCTETS), Counted()
    nonces = [key.nonce(random) for _ in range(7)]
    assert [len(list(same)) for _, same in groupby(nonce[:12] for nonce in nonces)] == [3, 3, 1]
    assert len({nonce[12:] for nonce in nonces}) == len(nonces)
    assert set(random.asked) == {12}


def test_no_salt_serves_longer_where_threads_share_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sealing, "TEXTS_UNDER_A_SALT", 5)
    key = SealingKey(OCTETS)
    with ThreadPoolExecutor(8) as pool:
        nonces = list(pool.map(lambda _: key.nonce(urandom), range(1000)))
    assert {len(nonce) for nonce in nonces} == {24}
    assert max(Counter(nonce[:12] for nonce in nonces).values()) == 5
    assert len(set(nonces)) == 1000


def test_a_thousand_forks_with_one_salt_are_within_the_limit_of_random_nonces() -> None:
    assert 1000 * sealing.TEXTS_UNDER_A_SALT < 2**32


def test_two_keys_begin_with_salts_of_their_own() -> None:
    assert SealingKey(OCTETS).nonce(urandom)[:12] != SealingKey(OCTETS).nonce(urandom)[:12]


def test_texts_of_any_number_of_salts_open_and_few_ciphers_are_held() -> None:
    sealed = [KEY.seal(bytes((n,)) * 24, b"%d" % n) for n in range(200)]
    other = SealingKey(OCTETS)
    for _ in range(2):
        assert [other.unseal(text) for text in sealed] == [b"%d" % n for n in range(200)]
    assert len(other._ciphers) <= 64


def test_made_up_salts_displace_none() -> None:
    key = SealingKey(OCTETS)
    text = key.seal(NONCE, b"text")
    held = dict(key._ciphers)
    for n in range(100):
        assert key.unseal(bytes((n,)) * len(text)) is None
    assert key._ciphers == held


@pytest.mark.parametrize("length", [0, 16, 31, 33])
def test_keys_of_other_lengths_are_refused(length: int) -> None:
    with pytest.raises(UnusableKey, match="32 bytes"):
        SealingKey(bytes(length))


def test_nonces_of_other_lengths_are_refused() -> None:
    with pytest.raises(UnusableKey, match="24 bytes"):
        KEY.seal(bytes(12), b"")


def test_repr_shows_no_secret() -> None:
    assert repr(OCTETS)[2:20] not in repr(KEY)
