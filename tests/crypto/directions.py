"""A sealer and an opener with the same keys, for any suite."""

from __future__ import annotations

import os
import random
import struct
from collections.abc import Callable

from hellodone.crypto.protection import Opener, Sealer, can_protect, new_opener, new_sealer
from hellodone.registry.suite_table import REGISTERED
from hellodone.registry.suites import CipherSuite, cipher_suite, find_cipher_suite

VERSION = 0x0303

# One suite for every pair of cipher and MAC, and for block ciphers one with encrypt-then-MAC beside it.
BY_PROTECTION = {
    (suite.cipher.name, suite.mac.name): suite
    for suite in map(cipher_suite, REGISTERED)
    if suite and can_protect(suite)
}
PROTECTIONS = [
    (suite, encrypt_then_mac)
    for suite in BY_PROTECTION.values()
    for encrypt_then_mac in ([False, True] if suite.is_cbc else [False])
]
PROTECTION_IDS = [
    f"{suite.cipher.name}-{suite.mac.name}{'-EtM' if encrypt_then_mac else ''}"
    for suite, encrypt_then_mac in PROTECTIONS
]


def keys(suite: CipherSuite, seed: int = 1) -> tuple[bytes, bytes, bytes]:
    """MAC key, key and IV."""
    draw = random.Random(seed).randbytes
    return draw(suite.mac.length), draw(suite.cipher.key_length), draw(suite.cipher.fixed_iv_length)


def direction(suite: CipherSuite | str, encrypt_then_mac: bool = False, seed: int = 1) -> tuple[Sealer, Opener]:
    """Both ends of one direction."""
    if isinstance(suite, str):
        suite = find_cipher_suite(suite)
    sealer = new_sealer(suite, *keys(suite, seed), encrypt_then_mac=encrypt_then_mac, random=os.urandom)
    return sealer, new_opener(suite, *keys(suite, seed), encrypt_then_mac=encrypt_then_mac)


def seal(sealer: Sealer, sequence: int, plaintext: bytes, content_type: int = 23) -> bytes:
    """A whole fragment: the record without its header, which is checked."""
    out: list[bytes] = []
    sealer.seal(sequence, content_type, VERSION, plaintext, out)
    record = b"".join(out)
    assert record[:5] == struct.pack(">BHH", content_type, VERSION, len(record) - 5)
    return record[5:]


def unseal(
    opener: Opener,
    fragment: bytes | bytearray,
    sequence: int = 0,
    content_type: int = 23,
    version: int = VERSION,
    kind: Callable[[bytes], bytes | bytearray | memoryview] = bytes,
) -> bytes:
    """What a fragment holds that comes in a record with this header."""
    header = struct.pack(">BHH", content_type, version, len(fragment))
    return opener.open(sequence, content_type, version, kind(b"".join((header, fragment))))
