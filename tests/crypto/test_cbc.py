from __future__ import annotations

import hmac
import os
import statistics
import time
from collections.abc import Iterator
from contextlib import suppress

import pytest
from cryptography.hazmat.primitives.ciphers import Cipher
from cryptography.hazmat.primitives.ciphers.algorithms import AES
from cryptography.hazmat.primitives.ciphers.modes import CBC
from hypothesis import given
from hypothesis import strategies as st

from hellodone.crypto.errors import BadRecordMac
from hellodone.crypto.protection import new_opener, new_sealer
from hellodone.registry.suites import CipherSuite, cipher_suite, find_cipher_suite
from tests.crypto.directions import VERSION, direction, keys, seal, unseal
from tests.crypto.vectors import illustrated, record

SHA1 = find_cipher_suite("TLS_RSA_WITH_AES_128_CBC_SHA")
SHA256 = find_cipher_suite("TLS_RSA_WITH_AES_128_CBC_SHA256")
SHA384 = find_cipher_suite("TLS_ECDHE_RSA_WITH_AES_256_CBC_SHA384")
SUITES = [SHA1, SHA256, SHA384]
by_mac = pytest.mark.parametrize("suite", SUITES, ids=["SHA1", "SHA256", "SHA384"])


def mac_of(suite: CipherSuite, content: bytes, sequence: int = 0) -> bytes:
    header = sequence.to_bytes(8, "big") + b"\x17\x03\x03" + len(content).to_bytes(2, "big")
    return hmac.digest(keys(suite)[0], header + content, suite.mac.hash)


def encrypted(suite: CipherSuite, plain: bytes) -> bytes:
    """A fragment of exactly this plaintext, padding and all, however wrong."""
    iv = os.urandom(16)
    encryptor = Cipher(AES(keys(suite)[1]), CBC(iv)).encryptor()
    return iv + encryptor.update(plain) + encryptor.finalize()


def with_padding(suite: CipherSuite, content: bytes, pad: int) -> bytes:
    return content + mac_of(suite, content) + bytes([pad]) * (pad + 1)


def paddings(suite: CipherSuite, content: bytes) -> Iterator[int]:
    """Every padding length that fills whole blocks."""
    return (pad for pad in range(256) if (len(content) + suite.mac.length + pad + 1) % 16 == 0)


@pytest.mark.parametrize("side", ["client", "server"])
def test_the_illustrated_records(side: str) -> None:
    values = illustrated()
    suite = cipher_suite(0xC013)
    assert suite is not None
    opener = new_opener(suite, values[f"{side}_mac_key"], values[f"{side}_key"], b"", encrypt_then_mac=False)
    finished = opener.open(0, 22, VERSION, record(f"{side}finished"))
    assert finished == b"\x14\x00\x00\x0c" + values[f"{side}_verify_data"]
    data = opener.open(1, 23, VERSION, record(f"{side}data"))
    assert data == values[f"{side}_data_plain"]
    if side == "client":
        assert opener.open(2, 21, VERSION, record("clientalert")) == values["client_alert_plain"]


@by_mac
def test_what_is_sealed_is_what_the_rfc_says(suite: CipherSuite) -> None:
    sealer, _ = direction(suite)
    for length in (0, 1, 15, 16, 300):
        content = os.urandom(length)
        fragment = seal(sealer, 0, content)
        plain = Cipher(AES(keys(suite)[1]), CBC(fragment[:16])).decryptor().update(fragment[16:])
        assert plain[:length] == content
        assert plain[length : length + suite.mac.length] == mac_of(suite, content)
        padding = plain[length + suite.mac.length :]
        assert padding == bytes([len(padding) - 1]) * len(padding)
        assert len(padding) <= 16


def test_no_two_records_share_an_iv() -> None:
    sealer, _ = direction(SHA1)
    assert len({seal(sealer, 0, b"same")[:16] for _ in range(100)}) == 100


def test_ivs_come_from_the_randomness_given() -> None:
    draws: list[int] = []

    def draw(n: int) -> bytes:
        draws.append(n)
        return bytes(n)

    for encrypt_then_mac in (False, True):
        sealer = new_sealer(SHA1, *keys(SHA1), encrypt_then_mac=encrypt_then_mac, random=draw)
        seal(sealer, 0, b"")
    assert draws == [16, 16]


@by_mac
@pytest.mark.parametrize("length", [0, 1, 5, 60, 200, 1000])
def test_every_legal_padding_is_taken(suite: CipherSuite, length: int) -> None:
    content = os.urandom(length)
    _, opener = direction(suite)
    for pad in paddings(suite, content):
        assert unseal(opener, encrypted(suite, with_padding(suite, content, pad))) == content


@by_mac
def test_the_padding_oracle_says_nothing(suite: CipherSuite) -> None:
    """Every wrong octet of padding, every wrong length and every wrong MAC: one exception, one text."""
    _, opener = direction(suite)
    answers = set()
    for plain in bad_plaintexts(suite):
        with pytest.raises(BadRecordMac) as caught:
            unseal(opener, encrypted(suite, plain))
        answers.add((type(caught.value), str(caught.value), caught.value.__cause__, caught.value.__context__))
    assert len(answers) == 1


def bad_plaintexts(suite: CipherSuite) -> Iterator[bytes]:
    content = b"content" * 11
    for pad in paddings(suite, content):
        good = with_padding(suite, content, pad)
        for back in {1, 2, pad // 2 + 1, pad + 1} & set(range(1, pad + 2)):
            changed = bytearray(good)
            changed[-back] ^= 0x80
            yield bytes(changed)  # a wrong octet in the padding
        for place in (0, suite.mac.length - 1):
            changed = bytearray(good)
            changed[len(content) + place] ^= 1
            yield bytes(changed)  # a wrong MAC before a good padding
    size = -(-(suite.mac.length + 1) // 16) * 16
    for value in range(256):
        yield bytes([value]) * size  # nothing but padding, or longer than the record
        yield bytes(size - 1) + bytes([value])


@by_mac
def test_padding_longer_than_the_record_is_bad(suite: CipherSuite) -> None:
    """A padding that would reach into the MAC, though all its octets are right."""
    _, opener = direction(suite)
    size = -(-(suite.mac.length + 1) // 16) * 16
    with pytest.raises(BadRecordMac):
        unseal(opener, encrypted(suite, bytes([size - 1]) * size))


@by_mac
def test_an_opener_goes_on_after_a_bad_record(suite: CipherSuite) -> None:
    """The connection will not, but the context must not carry one record's fault into the next."""
    sealer, opener = direction(suite)
    with pytest.raises(BadRecordMac):
        unseal(opener, os.urandom(96))
    with pytest.raises(BadRecordMac):
        unseal(opener, os.urandom(97))
    assert unseal(opener, seal(sealer, 0, b"hello")) == b"hello"


@given(content=st.binary(max_size=400), draw=st.data())
def test_hash_blocks_are_the_same_for_every_padding(content: bytes, draw: st.DataObject) -> None:
    """MAC and dummy together compress what the shortest padding would: the point of the exercise."""
    suite = draw.draw(st.sampled_from(SUITES))
    _, opener = direction(suite)
    block = 128 if suite is SHA384 else 64
    length_field = block // 8

    def blocks(n: int) -> int:
        return -(-(13 + n + 1 + length_field) // block)

    limit = len(content) + draw.draw(st.integers(0, 255))
    missing = opener._missing(limit, len(content))  # type: ignore[attr-defined]
    assert missing % block == 0
    assert blocks(len(content)) + missing // block == blocks(limit)


def test_encrypt_then_mac_covers_iv_and_ciphertext() -> None:
    """RFC 7366, 3: the MAC is in the clear, over seq, type, version, length of the rest, IV and ciphertext."""
    sealer, opener = direction(SHA256, encrypt_then_mac=True)
    fragment = seal(sealer, 0, b"hello")
    assert fragment[-32:] == mac_of(SHA256, fragment[:-32])
    plain = Cipher(AES(keys(SHA256)[1]), CBC(fragment[:16])).decryptor().update(fragment[16:-32])
    assert plain == b"hello" + b"\x0a" * 11
    assert unseal(opener, fragment) == b"hello"


@pytest.mark.parametrize("plain", [b"\x0f" * 15 + b"\x10", b"hello" + b"\x0b" * 10 + b"\x0a", b"\xff" * 16])
def test_encrypt_then_mac_with_bad_padding_is_a_bad_record(plain: bytes) -> None:
    _, opener = direction(SHA256, encrypt_then_mac=True)
    sealed = encrypted(SHA256, plain)
    with pytest.raises(BadRecordMac):
        unseal(opener, sealed + mac_of(SHA256, sealed))


@pytest.mark.parametrize("pad", range(15, 256, 16))
def test_encrypt_then_mac_takes_every_legal_padding(pad: int) -> None:
    _, opener = direction(SHA1, encrypt_then_mac=True)
    sealed = encrypted(SHA1, b"sixteen octets.." + bytes([pad]) * (pad + 1))
    assert unseal(opener, sealed + mac_of(SHA1, sealed)) == b"sixteen octets.."


def test_checking_a_bad_padding_takes_about_as_long_as_a_good_one() -> None:
    """No proof (noise is larger than what is left), but a naive check fails it: it skips the MAC."""
    _, opener = direction(SHA1)
    content = bytes(4096)
    pad = next(paddings(SHA1, content))
    good = encrypted(SHA1, with_padding(SHA1, content, pad))
    bad_padding = encrypted(SHA1, with_padding(SHA1, content, pad)[:-2] + bytes([pad ^ 1, pad]))
    bad_mac = encrypted(SHA1, b"!" + with_padding(SHA1, content, pad)[1:])
    times: dict[bytes, list[int]] = {good: [], bad_padding: [], bad_mac: []}
    for _ in range(300):
        for fragment, seen in times.items():
            start = time.perf_counter_ns()
            with suppress(BadRecordMac):
                unseal(opener, fragment)
            seen.append(time.perf_counter_ns() - start)
    _, quick, slow = (statistics.quantiles(seen, n=10)[0] for seen in times.values())
    assert abs(quick - slow) < 0.25 * max(quick, slow)
