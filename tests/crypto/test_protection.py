from __future__ import annotations

import os

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hellodone.crypto.errors import BadRecordMac, CryptoError
from hellodone.crypto.key_block import key_block
from hellodone.crypto.prf import keyed_hmac
from hellodone.crypto.protection import aead_protections, can_protect, mac_protections, new_opener, new_sealer
from hellodone.registry.suites import CipherSuite, find_cipher_suite
from tests.crypto.directions import (
    BY_PROTECTION,
    PROTECTION_IDS,
    PROTECTIONS,
    VERSION,
    direction,
    keys,
    seal,
    unseal,
)

every_protection = pytest.mark.parametrize(("suite", "encrypt_then_mac"), PROTECTIONS, ids=PROTECTION_IDS)
contents = st.one_of(st.binary(max_size=600), st.integers(0, 2**14).map(lambda n: bytes(n % 251 for n in range(n))))


@every_protection
@settings(max_examples=25)
@given(records=st.lists(st.tuples(contents, st.integers(20, 24)), min_size=1, max_size=4))
def test_what_is_sealed_is_opened(suite: CipherSuite, encrypt_then_mac: bool, records: list[tuple[bytes, int]]) -> None:
    sealer, opener = direction(suite, encrypt_then_mac)
    for sequence, (content, content_type) in enumerate(records):
        fragment = seal(sealer, sequence, content, content_type)
        assert len(content) < len(fragment) <= len(content) + sealer.overhead
        opened = unseal(opener, fragment, sequence, content_type, kind=memoryview)
        assert opened == content
        assert type(opened) is bytes


@every_protection
def test_both_sides_of_a_connection_have_each_others_keys(suite: CipherSuite, encrypt_then_mac: bool) -> None:
    block = key_block(keyed_hmac(b"m" * 48, suite.prf_hash), b"c" * 32, b"s" * 32, suite)
    options = (encrypt_then_mac, False, os.urandom)
    client = aead_protections(suite, block, "client") or mac_protections(suite, block, "client", *options)
    server = aead_protections(suite, block, "server") or mac_protections(suite, block, "server", *options)
    (client_writes, client_reads), (server_writes, server_reads) = client, server
    ping, pong = seal(client_writes, 0, b"ping"), seal(server_writes, 0, b"pong")
    assert unseal(server_reads, ping) == b"ping"
    assert unseal(client_reads, pong) == b"pong"
    with pytest.raises(BadRecordMac):
        unseal(client_reads, ping)


@every_protection
def test_buffers_of_any_kind_are_taken(suite: CipherSuite, encrypt_then_mac: bool) -> None:
    sealer, opener = direction(suite, encrypt_then_mac)
    for sequence, kind in enumerate((bytes, bytearray, memoryview)):
        fragment = seal(sealer, sequence, kind(b"hello"))
        assert unseal(opener, fragment, sequence, kind=kind) == b"hello"


@every_protection
def test_the_largest_sequence_number(suite: CipherSuite, encrypt_then_mac: bool) -> None:
    sealer, opener = direction(suite, encrypt_then_mac)
    assert unseal(opener, seal(sealer, 2**64 - 1, b"last"), 2**64 - 1) == b"last"


@every_protection
def test_any_flipped_bit_is_noticed(suite: CipherSuite, encrypt_then_mac: bool) -> None:
    sealer, _ = direction(suite, encrypt_then_mac)
    fragment = seal(sealer, 0, b"attack at dawn, or rather a little later")
    for position in range(len(fragment)):
        changed = bytearray(fragment)
        changed[position] ^= 1 << position % 8
        _, opener = direction(suite, encrypt_then_mac)
        with pytest.raises(BadRecordMac):
            unseal(opener, changed)


@every_protection
def test_header_and_sequence_number_are_bound(suite: CipherSuite, encrypt_then_mac: bool) -> None:
    sealer, _ = direction(suite, encrypt_then_mac)
    fragment = seal(sealer, 3, b"bound")
    for sequence, content_type, version in [(2, 23, VERSION), (3, 22, VERSION), (3, 23, 0x0302)]:
        _, opener = direction(suite, encrypt_then_mac)
        with pytest.raises(BadRecordMac):
            unseal(opener, fragment, sequence, content_type, version)


@every_protection
def test_fragments_of_the_wrong_length_are_bad_like_any_other(suite: CipherSuite, encrypt_then_mac: bool) -> None:
    sealer, _ = direction(suite, encrypt_then_mac)
    fragment = seal(sealer, 0, b"")
    for length in range(len(fragment)):
        _, opener = direction(suite, encrypt_then_mac)
        with pytest.raises(BadRecordMac):
            unseal(opener, fragment[:length])
    for more in (1, 8, 16, 64):
        _, opener = direction(suite, encrypt_then_mac)
        with pytest.raises(BadRecordMac):
            unseal(opener, fragment + bytes(more))


@every_protection
@settings(max_examples=20)
@given(st.binary(max_size=400))
def test_anything_else_is_bad(suite: CipherSuite, encrypt_then_mac: bool, fragment: bytes) -> None:
    _, opener = direction(suite, encrypt_then_mac)
    with pytest.raises(BadRecordMac, match=r"^the record's protection did not verify$"):
        unseal(opener, fragment)


@every_protection
def test_other_keys_open_nothing(suite: CipherSuite, encrypt_then_mac: bool) -> None:
    sealer, _ = direction(suite, encrypt_then_mac, seed=1)
    _, opener = direction(suite, encrypt_then_mac, seed=2)
    with pytest.raises(BadRecordMac):
        unseal(opener, seal(sealer, 0, b"for somebody else"))


def test_every_cipher_of_the_issue_is_there() -> None:
    ciphers = {cipher for cipher, _ in BY_PROTECTION}
    assert ciphers == {
        "AES_128_GCM", "AES_256_GCM", "AES_128_CCM", "AES_256_CCM", "AES_128_CCM_8", "AES_256_CCM_8",
        "CHACHA20_POLY1305", "AES_128_CBC", "AES_256_CBC", "CAMELLIA_128_CBC", "CAMELLIA_256_CBC",
        "3DES_EDE_CBC", "SEED_CBC", "IDEA_CBC", "RC4_128", "NULL",
    }  # fmt: skip


@pytest.mark.parametrize(
    "name",
    ["TLS_RSA_WITH_ARIA_128_GCM_SHA256", "TLS_RSA_WITH_CAMELLIA_128_GCM_SHA256", "TLS_RSA_WITH_ARIA_128_CBC_SHA256",
     "TLS_RSA_WITH_DES_CBC_SHA", "TLS_RSA_EXPORT_WITH_RC4_40_MD5", "TLS_NULL_WITH_NULL_NULL"],
)  # fmt: skip
def test_what_the_library_lacks_is_said(name: str) -> None:
    suite = find_cipher_suite(name)
    assert not can_protect(suite)
    with pytest.raises(CryptoError):
        new_sealer(suite, *keys(suite), encrypt_then_mac=False, random=os.urandom)
    with pytest.raises(CryptoError):
        new_opener(suite, *keys(suite), encrypt_then_mac=False)


@every_protection
def test_keys_of_the_wrong_length_are_refused_without_being_shown(suite: CipherSuite, encrypt_then_mac: bool) -> None:
    if suite.is_null:
        return
    mac_key, _, iv = keys(suite)
    with pytest.raises(CryptoError, match="bytes of key") as caught:
        new_opener(suite, mac_key, b"Q" * 33, iv, encrypt_then_mac=encrypt_then_mac)
    assert "Q" not in str(caught.value)
    with pytest.raises(CryptoError, match="bytes of key"):
        new_sealer(suite, mac_key, b"Q" * 33, iv, encrypt_then_mac=encrypt_then_mac, random=os.urandom)
