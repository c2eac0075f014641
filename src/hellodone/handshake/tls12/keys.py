"""From the premaster secret to the keys of both directions (RFC 5246, 8.1 and 6.3; RFC 7627, 4)."""

from __future__ import annotations

from typing import Any

from hellodone.crypto.key_block import KeyBlock, key_block
from hellodone.crypto.prf import extended_master_secret, keyed_hmac, master_secret
from hellodone.crypto.protection import new_opener, new_sealer
from hellodone.crypto.secret import Secret
from hellodone.handshake.context import Handshake
from hellodone.handshake.limits import limit_reads, limit_writes


def derive_keys(hs: Handshake[Any]) -> None:
    """The master secret and the key block; to be called when the transcript ends with ClientKeyExchange."""
    hash_name = hs.cipher_suite.prf_hash
    if hs.extended_master_secret:
        hs.session_hash = hs._transcript.digest()
        hs.master_secret = extended_master_secret(hs.premaster_secret, hs.session_hash, hash_name)
    else:
        hs.master_secret = master_secret(hs.premaster_secret, hs.client_random, hs.server_random, hash_name)
    derive_key_block(hs)


def derive_key_block(hs: Handshake[Any]) -> None:
    """The keys of this connection, fresh also when the master secret is an earlier session's (6.3)."""
    hs._prf_key = keyed_hmac(hs.master_secret, hs.cipher_suite.prf_hash)
    hs.key_block = key_block(hs._prf_key, hs.client_random, hs.server_random, hs.cipher_suite)
    if hs._config.key_log is not None:
        hs._config.key_log(f"CLIENT_RANDOM {hs.client_random.hex()} {hs.master_secret.reveal().hex()}")


def protect_writes(hs: Handshake[Any]) -> None:
    """Everything this side sends from here on is protected with its write keys."""
    mac_key, key, iv = _write_keys(hs.key_block, hs._role)
    sealer = new_sealer(
        hs.cipher_suite,
        mac_key,
        key,
        iv,
        encrypt_then_mac=hs.encrypt_then_mac,
        truncated_hmac=vars(hs).get("truncated_hmac", False),
        random=hs._config.random_bytes,
    )
    hs._channel.protect_writes(sealer)
    limit_writes(hs)


def protect_reads(hs: Handshake[Any]) -> None:
    """Everything the peer sends from here on is protected with its write keys."""
    mac_key, key, iv = _write_keys(hs.key_block, "server" if hs._role == "client" else "client")
    opener = new_opener(
        hs.cipher_suite,
        mac_key,
        key,
        iv,
        encrypt_then_mac=hs.encrypt_then_mac,
        truncated_hmac=vars(hs).get("truncated_hmac", False),
    )
    hs._channel.protect_reads(opener)
    limit_reads(hs)


def _write_keys(block: KeyBlock, writer: str) -> tuple[Secret, Secret, Secret]:
    if writer == "client":
        return block.client_write_mac_key, block.client_write_key, block.client_write_iv
    return block.server_write_mac_key, block.server_write_key, block.server_write_iv
