"""The table of facts: key exchange, keys and Finished."""

from __future__ import annotations

from hellodone.trace.fact_info import FactInfo, Source
from hellodone.trace.fact_shared_secret import shared_secret
from hellodone.trace.fact_sources import (
    CLIENT,
    SERVER,
    agreed,
    chosen,
    computed,
    configured,
    public,
    said_by,
    secret,
    shown_by,
)
from hellodone.trace.model import Origin, Party
from hellodone.trace.traits import Trait

_PSK_ALONE = (Trait.psk, Trait.alone)


def _share(private: str, party: Party, use: Trait) -> tuple[Source, Source]:
    """A public value is its owner's computation."""
    return (
        computed(f"g^{private} mod p", private, "dh_group", party=party, when=(Trait.finite_field, use)),
        computed(f"{private} · G", private, "group", party=party, when=(Trait.elliptic, use)),
    )


KEY_EXCHANGE = (
    public(
        "group",
        "The curve or finite-field group in which the two sides agree on a secret.",
        "RFC 8422, 5.4; RFC 7919, 4",
        *said_by(SERVER),
        computed("the group of the certificate's key", "server_certificates", when=(Trait.static, Trait.elliptic)),
        agreed("dh_group", when=(Trait.finite_field,)),
    ),
    public(
        "dh_group",
        "The prime and the generator: a named group, or the server's own.",
        "RFC 5246, 7.4.3; RFC 7919, 4",
        *said_by(SERVER),
        computed("the group of the certificate's key", "server_certificates", when=(Trait.static, Trait.finite_field)),
    ),
    secret(
        "server_ephemeral_private",
        "The server's private value for this handshake alone; forgotten afterwards, which gives forward secrecy.",
        "RFC 5246, 7.4.3; RFC 8422, 5.4",
        chosen(SERVER, when=(Trait.ephemeral,)),
    ),
    public(
        "server_share",
        "The server's public value: for this handshake alone or, in static Diffie-Hellman, that of its certificate.",
        "RFC 5246, 7.4.3; RFC 8422, 5.4",
        computed("the public key of the certificate", "server_certificates", when=(Trait.static,)),
        *_share("server_ephemeral_private", SERVER, Trait.ephemeral),
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
        chosen(CLIENT, when=(Trait.client_ephemeral,)),
    ),
    public(
        "client_share",
        "The client's public value: for this handshake alone or, if it sends none, that of its certificate.",
        "RFC 5246, 7.4.7.2; RFC 8422, 5.7",
        computed("the public key of the certificate", "client_certificates", when=(Trait.client_static,)),
        *_share("client_ephemeral_private", CLIENT, Trait.client_ephemeral),
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
        *shared_secret(Trait.psk),
        computed("zero bytes, as many as psk has", "psk", when=_PSK_ALONE),
    ),
    secret(
        "premaster_secret",
        "The secret that only the two sides know; everything else is computed from it.",
        "RFC 5246, 8.1; RFC 8422, 5.10; RFC 4279, 2",
        computed("length + other_secret + length + psk", "other_secret", "psk", when=(Trait.psk,)),
        *shared_secret(Trait.plain),
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
            when=(Trait.rsa, Trait.plain),
        ),
        computed(
            "RSA-encrypt(server_public_key, other_secret)",
            "server_certificates",
            "other_secret",
            party=CLIENT,
            when=(Trait.rsa, Trait.psk),
        ),
        Source(Origin.received, SERVER),
    ),
)

_KEY_BLOCK = 'PRF(master_secret, "key expansion", server_random + client_random)'


def _key(name: str, meaning: str, *when: Trait) -> FactInfo:
    return secret(
        name,
        meaning,
        "RFC 5246, 6.3",
        computed(_KEY_BLOCK, "master_secret", "server_random", "client_random", when=when),
    )


KEYS = (
    public(
        "handshake_messages",
        "All messages of the handshake so far, in the order in which they were sent, without their record headers.",
        "RFC 5246, 7.4.9",
        agreed(),
    ),
    public(
        "session_hash",
        "The hash of all handshake messages up to and including ClientKeyExchange.",
        "RFC 7627, 3",
        computed("Hash(handshake_messages)", "handshake_messages", when=(Trait.extended, Trait.full)),
    ),
    secret(
        "master_secret",
        "The 48 bytes from which all keys and both Finished messages are computed.",
        "RFC 5246, 8.1; RFC 7627, 4",
        computed(
            'PRF(premaster_secret, "extended master secret", session_hash)',
            "premaster_secret",
            "session_hash",
            when=(Trait.extended, Trait.full),
        ),
        computed(
            'PRF(premaster_secret, "master secret", client_random + server_random)',
            "premaster_secret",
            "client_random",
            "server_random",
            when=(Trait.classic, Trait.full),
        ),
        configured(when=(Trait.resumed,)),
        computed("unseal(ticket_key, session_ticket)", "ticket_key", "session_ticket"),
        computed(
            "unseal(ticket_key, session_ticket_offered)",
            "ticket_key",
            "session_ticket_offered",
            when=(Trait.by_ticket,),
        ),
    ),
    _key("key_block", "The bytes from which all keys of the connection are cut, in the order of RFC 5246, 6.3."),
    _key("client_write_mac_key", "Authenticates what the client sends.", Trait.mac_keys),
    _key("server_write_mac_key", "Authenticates what the server sends.", Trait.mac_keys),
    _key("client_write_key", "Encrypts what the client sends.", Trait.cipher_keys),
    _key("server_write_key", "Encrypts what the server sends.", Trait.cipher_keys),
    _key("client_write_iv", "The fixed part of the nonces of what the client sends.", Trait.fixed_ivs),
    _key("server_write_iv", "The fixed part of the nonces of what the server sends.", Trait.fixed_ivs),
    public(
        "client_verify_data",
        "The client's proof that it has the keys and saw the same handshake as the server.",
        "RFC 5246, 7.4.9",
        computed(
            'PRF(master_secret, "client finished", Hash(handshake_messages))', "master_secret", "handshake_messages"
        ),
    ),
    public(
        "server_verify_data",
        "The server's proof that it has the keys and saw the same handshake as the client.",
        "RFC 5246, 7.4.9",
        computed(
            'PRF(master_secret, "server finished", Hash(handshake_messages))', "master_secret", "handshake_messages"
        ),
    ),
)
