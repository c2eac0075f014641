"""The key block: one stretch of the PRF, cut into the keys of both directions (RFC 5246, 6.3)."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache
from struct import Struct
from typing import Final, NamedTuple

from hellodone.crypto.prf import KeyedHmac, p_hash
from hellodone.crypto.secret import Secret
from hellodone.registry.suites import CipherSuite


class KeyBlock(NamedTuple):
    """The six values in the order in which they are cut; empty where the suite has no use for one."""

    client_write_mac_key: Secret
    server_write_mac_key: Secret
    client_write_key: Secret
    server_write_key: Secret
    client_write_iv: Secret
    server_write_iv: Secret


_NO_MAC_KEYS: Final = (Secret(b""), Secret(b""))


def key_block(master_secret: KeyedHmac, client_random: bytes, server_random: bytes, suite: CipherSuite) -> KeyBlock:
    """The keys of a connection; note that the randoms go in the other order than for the master secret.

    Encrypt-then-MAC changes nothing here (RFC 7366, 3.1).
    """
    cipher = suite.cipher
    form = _form(suite.mac.length, cipher.key_length, cipher.fixed_iv_length)
    block = p_hash(master_secret, b"key expansion" + server_random + client_random, form.size)
    values: Iterable[Secret] = map(Secret, form.unpack(block))
    if not suite.mac.length:
        values = (*_NO_MAC_KEYS, *values)
    return tuple.__new__(KeyBlock, values)  # KeyBlock._make without its detour


@cache
def _form(mac_key: int, key: int, iv: int) -> Struct:
    """How the block is cut: each kind of value for the client and for the server; an AEAD has no MAC keys."""
    mac_keys = f"{mac_key}s{mac_key}s" if mac_key else ""
    return Struct(f"{mac_keys}{key}s{key}s{iv}s{iv}s")
