"""From the premaster secret to the keys of both directions (RFC 5246, 8.1 and 6.3; RFC 7627, 4)."""

from __future__ import annotations

from typing import Any

from hellodone.crypto.key_block import key_block
from hellodone.crypto.prf import extended_master_secret, keyed_hmac, master_secret
from hellodone.crypto.protection import Opener, Sealer, aead_protections, mac_protections
from hellodone.handshake.context import Handshake


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
    suite = hs.cipher_suite
    hs._prf_key = keyed_hmac(hs.master_secret, suite.prf_hash)
    keys = hs.key_block = key_block(hs._prf_key, hs.client_random, hs.server_random, suite)
    hs._sealer, hs._opener = aead_protections(suite, keys, hs._role) or _protections_with_mac(hs)
    facts = hs.__dict__
    hs._limited = "server_record_size_limit" in facts or "max_fragment_length" in facts or hs._previous is not None
    key_log = hs._config.key_log
    if key_log is not None:
        key_log(f"CLIENT_RANDOM {hs.client_random.hex()} {hs.master_secret.reveal().hex()}")


def _protections_with_mac(hs: Handshake[Any]) -> tuple[Sealer, Opener]:
    """Those of suites that the extensions of MACs have something to say to."""
    truncated_hmac = vars(hs).get("truncated_hmac", False)
    random = hs._config.random_bytes
    return mac_protections(hs.cipher_suite, hs.key_block, hs._role, hs.encrypt_then_mac, truncated_hmac, random)
