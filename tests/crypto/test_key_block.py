from __future__ import annotations

import pytest

from hellodone.crypto.key_block import key_block
from hellodone.crypto.prf import keyed_hmac, prf
from hellodone.registry.suites import cipher_suite, find_cipher_suite
from tests.crypto.vectors import illustrated


def test_the_illustrated_key_block() -> None:
    values = illustrated()
    suite = cipher_suite(int.from_bytes(values["cipher_suite"], "big"))
    assert suite is not None
    master_secret = keyed_hmac(values["master_secret"], suite.prf_hash)
    keys = key_block(master_secret, values["client_random"], values["server_random"], suite)
    assert keys.client_write_mac_key == values["client_mac_key"]
    assert keys.server_write_mac_key == values["server_mac_key"]
    assert keys.client_write_key == values["client_key"]
    assert keys.server_write_key == values["server_key"]
    assert (keys.client_write_iv, keys.server_write_iv) == (b"", b"")
    assert repr(keys).count("<Secret: ") == 6


@pytest.mark.parametrize(
    ("name", "lengths"),
    [
        ("TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256", (0, 16, 4)),
        ("TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384", (0, 32, 4)),
        ("TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256", (0, 32, 12)),
        ("TLS_RSA_WITH_AES_256_CCM_8", (0, 32, 4)),
        ("TLS_RSA_WITH_AES_256_CBC_SHA256", (32, 32, 0)),
        ("TLS_ECDHE_RSA_WITH_AES_256_CBC_SHA384", (48, 32, 0)),
        ("TLS_RSA_WITH_3DES_EDE_CBC_SHA", (20, 24, 0)),
        ("TLS_RSA_WITH_RC4_128_MD5", (16, 16, 0)),
        ("TLS_RSA_WITH_NULL_SHA256", (32, 0, 0)),
    ],
)
def test_the_block_is_cut_in_order_and_whole(name: str, lengths: tuple[int, int, int]) -> None:
    suite = find_cipher_suite(name)
    keys = key_block(keyed_hmac(b"m" * 48, suite.prf_hash), b"c" * 32, b"s" * 32, suite)
    assert [len(key) for key in keys] == [length for length in lengths for _ in range(2)]
    seed = b"s" * 32 + b"c" * 32
    assert b"".join(keys) == prf(b"m" * 48, b"key expansion", seed, suite.key_block_length, suite.prf_hash)
