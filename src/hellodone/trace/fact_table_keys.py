"""The table of facts: key exchange, keys and Finished."""

from __future__ import annotations

from hellodone.trace.fact_info import FactInfo, Source
from hellodone.trace.fact_sources import CLIENT, SERVER, chosen, computed, configured, public, said_by, secret, shown_by
from hellodone.trace.model import Origin

# The key lies in the certificate: the server's in static Diffie-Hellman, and there perhaps the client's
_STATIC = (
    computed("server_share^client_private_key mod p", "client_private_key", "server_share", "dh_group", party=CLIENT),
    computed("client_share^server_private_key mod p", "server_private_key", "client_share", "dh_group", party=SERVER),
    computed("ECDH(client_private_key, server_share)", "client_private_key", "server_share", party=CLIENT),
    computed("ECDH(server_private_key, client_share)", "server_private_key", "client_share", party=SERVER),
)
_TRANSPORTED_OR_AGREED = (
    computed(
        "server_share^client_ephemeral_private mod p",
        "client_ephemeral_private",
        "server_share",
        "dh_group",
        party=CLIENT,
    ),
    computed(
        "client_share^server_ephemeral_private mod p",
        "server_ephemeral_private",
        "client_share",
        "dh_group",
        party=SERVER,
    ),
    computed("ECDH(client_ephemeral_private, server_share)", "client_ephemeral_private", "server_share", party=CLIENT),
    computed("ECDH(server_ephemeral_private, client_share)", "server_ephemeral_private", "client_share", party=SERVER),
    *_STATIC,
    chosen(CLIENT, "client_version + 46 random bytes", "client_version"),
    computed(
        "RSA-decrypt(server_private_key, encrypted_premaster_secret)",
        "server_private_key",
        "encrypted_premaster_secret",
        party=SERVER,
    ),
)

KEY_EXCHANGE = (
    public(
        "group",
        "The curve or finite-field group in which the two sides agree on a secret.",
        "RFC 8422, 5.4; RFC 7919, 4",
        *said_by(SERVER),
    ),
    public(
        "dh_group",
        "The prime and the generator: a named group, or the server's own.",
        "RFC 5246, 7.4.3; RFC 7919, 4",
        *said_by(SERVER),
    ),
    secret(
        "server_ephemeral_private",
        "The server's private value for this handshake alone; forgotten afterwards, which gives forward secrecy.",
        "RFC 5246, 7.4.3; RFC 8422, 5.4",
        chosen(SERVER),
    ),
    public(
        "server_share",
        "The server's public value for this handshake alone.",
        "RFC 5246, 7.4.3; RFC 8422, 5.4",
        computed("g^server_ephemeral_private mod p", "server_ephemeral_private", "dh_group", party=SERVER),
        computed("server_ephemeral_private · G", "server_ephemeral_private", "group", party=SERVER),
        Source(Origin.received, CLIENT),
    ),
    public(
        "server_signature_scheme",
        "The algorithm with which the server signs both randoms and its parameters.",
        "RFC 5246, 7.4.3",
        *said_by(SERVER),
    ),
    secret(
        "client_ephemeral_private",
        "The client's private value for this handshake alone.",
        "RFC 5246, 7.4.7.2; RFC 8422, 5.7",
        chosen(CLIENT),
    ),
    public(
        "client_share",
        "The client's public value for this handshake alone.",
        "RFC 5246, 7.4.7.2; RFC 8422, 5.7",
        computed("g^client_ephemeral_private mod p", "client_ephemeral_private", "dh_group", party=CLIENT),
        computed("client_ephemeral_private · G", "client_ephemeral_private", "group", party=CLIENT),
        Source(Origin.received, SERVER),
    ),
    secret(
        "psk",
        "A key that both sides were given beforehand.",
        "RFC 4279, 2",
        configured(CLIENT),
        configured(SERVER),
    ),
    public("psk_identity_hint", "Which key the server would like to use.", "RFC 4279, 2", *shown_by(SERVER)),
    public("psk_identity", "The name of the pre-shared key that the client uses.", "RFC 4279, 2", *shown_by(CLIENT)),
    secret(
        "other_secret",
        "What the pre-shared key is joined with: a Diffie-Hellman or RSA secret, or as many zero bytes as the key has.",
        "RFC 4279, 2; RFC 5489, 2",
        *_TRANSPORTED_OR_AGREED,
        computed("zero bytes, as many as psk has", "psk"),
    ),
    secret(
        "premaster_secret",
        "The secret that only the two sides know; everything else is computed from it.",
        "RFC 5246, 8.1; RFC 8422, 5.10; RFC 4279, 2",
        computed("length + other_secret + length + psk", "other_secret", "psk"),
        *_TRANSPORTED_OR_AGREED,
    ),
    public(
        "encrypted_premaster_secret",
        "The premaster secret, encrypted to the public key of the server's certificate.",
        "RFC 5246, 7.4.7.1",
        computed(
            "RSA-encrypt(server_public_key, premaster_secret)",
            "server_certificates",
            "premaster_secret",
            party=CLIENT,
        ),
        Source(Origin.received, SERVER),
    ),
)

_KEY_BLOCK = 'PRF(master_secret, "key expansion", server_random + client_random)'


def _key(name: str, meaning: str) -> FactInfo:
    return secret(
        name, meaning, "RFC 5246, 6.3", computed(_KEY_BLOCK, "master_secret", "server_random", "client_random")
    )


KEYS = (
    public(
        "session_hash",
        "The hash of all handshake messages up to and including ClientKeyExchange.",
        "RFC 7627, 3",
        computed("Hash(handshake_messages)"),
    ),
    secret(
        "master_secret",
        "The 48 bytes from which all keys and both Finished messages are computed.",
        "RFC 5246, 8.1; RFC 7627, 4",
        computed('PRF(premaster_secret, "extended master secret", session_hash)', "premaster_secret", "session_hash"),
        computed(
            'PRF(premaster_secret, "master secret", client_random + server_random)',
            "premaster_secret",
            "client_random",
            "server_random",
        ),
        configured(),
    ),
    _key("key_block", "The bytes from which all keys of the connection are cut, in the order of RFC 5246, 6.3."),
    _key("client_write_mac_key", "Authenticates what the client sends."),
    _key("server_write_mac_key", "Authenticates what the server sends."),
    _key("client_write_key", "Encrypts what the client sends."),
    _key("server_write_key", "Encrypts what the server sends."),
    _key("client_write_iv", "The fixed part of the nonces of what the client sends."),
    _key("server_write_iv", "The fixed part of the nonces of what the server sends."),
    public(
        "client_verify_data",
        "The client's proof that it has the keys and saw the same handshake as the server.",
        "RFC 5246, 7.4.9",
        computed('PRF(master_secret, "client finished", Hash(handshake_messages))', "master_secret"),
    ),
    public(
        "server_verify_data",
        "The server's proof that it has the keys and saw the same handshake as the client.",
        "RFC 5246, 7.4.9",
        computed('PRF(master_secret, "server finished", Hash(handshake_messages))', "master_secret"),
    ),
)
