"""The key block: one stretch of the PRF, cut into the keys of both directions (RFC 5246, 6.3)."""

from __future__ import annotations

from functools import cache
from itertools import accumulate, pairwise, starmap
from typing import NamedTuple

from hellodone.crypto.prf import Key, prf
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


def key_block(master_secret: Key, client_random: bytes, server_random: bytes, suite: CipherSuite) -> KeyBlock:
    """The keys of a connection; note that the randoms go in the other order than for the master secret.

    Encrypt-then-MAC changes nothing here (RFC 7366, 3.1).
    """
    cipher = suite.cipher
    cuts = _cuts(suite.mac.length, cipher.key_length, cipher.fixed_iv_length)
    block = prf(master_secret, b"key expansion", server_random + client_random, cuts[-1].stop, suite.prf_hash)
    return KeyBlock._make([Secret(block[cut]) for cut in cuts])


@cache
def _cuts(*lengths: int) -> tuple[slice, ...]:
    """Where the values lie in the block, each kind for the client and for the server."""
    ends = list(accumulate((length for length in lengths for _side in ("client", "server")), initial=0))
    return tuple(starmap(slice, pairwise(ends)))
