"""The key block: one stretch of the PRF, cut into the keys of both directions (RFC 5246, 6.3)."""

from __future__ import annotations

from dataclasses import dataclass

from hellodone.crypto.prf import Key, prf
from hellodone.crypto.secret import Secret
from hellodone.registry.suites import CipherSuite


@dataclass(frozen=True, slots=True)
class KeyBlock:
    """The six values in the order in which they are cut; empty where the suite has no use for one."""

    client_write_mac_key: Secret
    server_write_mac_key: Secret
    client_write_key: Secret
    server_write_key: Secret
    client_write_iv: Secret
    server_write_iv: Secret


def key_block(master_secret: Key, client_random: bytes, server_random: bytes, suite: CipherSuite) -> KeyBlock:
    """The keys of a connection; note that the randoms go in the other order than for the master secret.

    Encrypt-then-MAC changes nothing here (RFC 7366, 3.1).
    """
    cipher = suite.cipher
    lengths = (suite.mac.length, cipher.key_length, cipher.fixed_iv_length)
    seed = server_random + client_random
    block = prf(master_secret, b"key expansion", seed, 2 * sum(lengths), suite.prf_hash)
    parts = []
    end = 0
    for length in lengths:
        for _side in ("client", "server"):
            start, end = end, end + length
            parts.append(Secret(block[start:end]))
    return KeyBlock(*parts)
