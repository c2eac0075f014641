"""The table of facts: meaning, RFC section and sources of every name (see facts.py and fact_info.py)."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from hellodone.trace.fact_info import FactInfo, Source
from hellodone.trace.model import Origin, Party

CLIENT, SERVER = Party.client, Party.server


def _chosen(party: Party, formula: str = "", *inputs: str) -> Source:
    return Source(Origin.chosen, party, inputs, formula)


def _said_by(party: Party) -> tuple[Source, Source]:
    """Chosen by one side, received by the other."""
    return _chosen(party), Source(Origin.received, SERVER if party is CLIENT else CLIENT)


def _configured(party: Party) -> Source:
    return Source(Origin.configured, party)


def _shown_by(party: Party) -> tuple[Source, Source]:
    """Configured at one side, received by the other."""
    return _configured(party), Source(Origin.received, SERVER if party is CLIENT else CLIENT)


def _agreed(*inputs: str) -> Source:
    return Source(Origin.agreed, None, inputs)


def _computed(formula: str, *inputs: str, party: Party | None = None) -> Source:
    return Source(Origin.computed, party, inputs, formula)


def _verified(party: Party, *inputs: str) -> Source:
    return Source(Origin.verified, party, inputs)


def _open(name: str, meaning: str, reference: str, *sources: Source) -> FactInfo:
    return FactInfo(name, meaning, reference, False, sources)


def _secret(name: str, meaning: str, reference: str, *sources: Source) -> FactInfo:
    return FactInfo(name, meaning, reference, True, sources)


_CLIENT_HELLO = (
    _open(
        "client_version",
        "The highest version of TLS that the client speaks and wants to use.",
        "RFC 5246, 7.4.1.2",
        *_said_by(CLIENT),
    ),
    _open(
        "client_random",
        "32 bytes that the client draws anew for every handshake, so that no two give the same keys.",
        "RFC 5246, 7.4.1.2",
        *_said_by(CLIENT),
    ),
    _open(
        "session_id_offered",
        "The session that the client would like to resume; empty when it has none.",
        "RFC 5246, 7.4.1.2",
        *_said_by(CLIENT),
    ),
    _open(
        "cipher_suites_offered",
        "The cipher suites that the client supports, its favourite first.",
        "RFC 5246, 7.4.1.2",
        *_shown_by(CLIENT),
    ),
    _open(
        "client_extensions",
        "The extensions that the client sends; the server may answer these and no others.",
        "RFC 5246, 7.4.1.4",
        *_said_by(CLIENT),
    ),
    _open(
        "server_name",
        "The name of the host that the client wants to reach, so that the server can choose a certificate for it.",
        "RFC 6066, 3",
        *_shown_by(CLIENT),
    ),
    _open(
        "alpn_offered",
        "The application protocols that the client speaks, its favourite first.",
        "RFC 7301, 3.1",
        *_shown_by(CLIENT),
    ),
    _open(
        "client_groups",
        "The curves and finite-field groups that the client can use, its favourite first.",
        "RFC 8422, 5.1.1; RFC 7919, 3",
        *_shown_by(CLIENT),
    ),
    _open(
        "client_point_formats",
        "The forms of curve points that the client can read; uncompressed is the only one in use.",
        "RFC 8422, 5.1.2",
        *_shown_by(CLIENT),
    ),
    _open(
        "client_signature_schemes",
        "The signature and hash algorithms that the client can verify, its favourite first.",
        "RFC 5246, 7.4.1.4.1",
        *_shown_by(CLIENT),
    ),
)

_SERVER_HELLO = (
    _open(
        "server_version",
        "The version of this connection: the lower of the client's and the server's highest.",
        "RFC 5246, 7.4.1.3",
        *_said_by(SERVER),
    ),
    _open(
        "server_random",
        "32 bytes that the server draws anew, independently of the client's.",
        "RFC 5246, 7.4.1.3",
        *_said_by(SERVER),
    ),
    _open(
        "session_id",
        "The name under which this session can be resumed; empty when the server will not keep it.",
        "RFC 5246, 7.4.1.3",
        *_said_by(SERVER),
    ),
    _open(
        "cipher_suite",
        "The one suite that the server chose among those offered: key exchange, cipher, MAC and PRF hash.",
        "RFC 5246, 7.4.1.3",
        *_said_by(SERVER),
    ),
    _open(
        "compression_method",
        "Null: compression before encryption gives secrets away.",
        "RFC 5246, 7.4.1.3; RFC 7525, 3.3",
        *_said_by(SERVER),
    ),
    _open(
        "server_extensions",
        "The extensions with which the server answers the client's.",
        "RFC 5246, 7.4.1.4",
        *_said_by(SERVER),
    ),
    _open(
        "extended_master_secret",
        "Whether the master secret is bound to the whole handshake so far rather than to the two randoms.",
        "RFC 7627, 4",
        _agreed("client_extensions", "server_extensions"),
        _agreed(),
    ),
    _open(
        "encrypt_then_mac",
        "Whether the MAC of a CBC suite covers the ciphertext, which ends padding oracles.",
        "RFC 7366, 3",
        _agreed("client_extensions", "server_extensions"),
        _agreed(),
    ),
    _open(
        "secure_renegotiation",
        "Whether both sides bind a renegotiation to the handshake before it.",
        "RFC 5746, 3.4 and 3.6",
        _agreed("client_extensions", "server_extensions"),
        _agreed(),
    ),
    _open("alpn", "The application protocol that the server chose.", "RFC 7301, 3.2", *_said_by(SERVER)),
)

_CERTIFICATES = (
    _open(
        "server_certificates",
        "The server's certificate, and those that certify it, each by the next.",
        "RFC 5246, 7.4.2",
        *_shown_by(SERVER),
    ),
    _open(
        "server_path",
        "The chain from the server's certificate to an authority that the client trusts, with every check passed.",
        "RFC 5280, 6; RFC 6125, 6",
        _verified(CLIENT, "server_certificates"),
    ),
    _open(
        "server_key_type",
        "The kind of the server's public key, which must fit the suite.",
        "RFC 5246, 7.4.2",
        _configured(SERVER),
        Source(Origin.received, CLIENT, ("server_certificates",)),
    ),
    _open(
        "certificate_request",
        "Which client certificates the server would accept: types, signature schemes, names of authorities.",
        "RFC 5246, 7.4.4",
        *_shown_by(SERVER),
    ),
    _open(
        "client_identity_choice",
        "Why the client sends this certificate, or none.",
        "RFC 5246, 7.4.6",
        _chosen(CLIENT, "", "certificate_request"),
    ),
    _open(
        "client_certificates",
        "The client's certificate and those that certify it; an empty list says that it has no suitable one.",
        "RFC 5246, 7.4.6",
        *_shown_by(CLIENT),
    ),
    _open(
        "client_path",
        "The chain from the client's certificate to an authority that the server trusts, with every check passed.",
        "RFC 5280, 6",
        _verified(SERVER, "client_certificates"),
    ),
    _open(
        "client_signature_scheme",
        "The algorithm with which the client signs the handshake so far.",
        "RFC 5246, 7.4.8",
        *_said_by(CLIENT),
    ),
    _open(
        "handshake_hash_for_certificate_verify",
        "The hash of all handshake messages so far, which the client signs to prove that the certificate is its own.",
        "RFC 5246, 7.4.8",
        _computed("Hash(handshake_messages)"),
    ),
    _secret(
        "server_private_key",
        "The private key of the server's certificate.",
        "RFC 5246, 7.4.2",
        _configured(SERVER),
    ),
    _secret(
        "client_private_key",
        "The private key of the client's certificate.",
        "RFC 5246, 7.4.6",
        _configured(CLIENT),
    ),
)

_KEY_EXCHANGE = (
    _open(
        "group",
        "The curve or finite-field group in which the two sides agree on a secret.",
        "RFC 8422, 5.4; RFC 7919, 4",
        *_said_by(SERVER),
    ),
    _open(
        "dh_group",
        "The prime and the generator: a named group, or the server's own.",
        "RFC 5246, 7.4.3; RFC 7919, 4",
        *_said_by(SERVER),
    ),
    _secret(
        "server_ephemeral_private",
        "The server's private value for this handshake alone; forgotten afterwards, which gives forward secrecy.",
        "RFC 5246, 7.4.3; RFC 8422, 5.4",
        _chosen(SERVER),
    ),
    _open(
        "server_share",
        "The server's public value for this handshake alone.",
        "RFC 5246, 7.4.3; RFC 8422, 5.4",
        _computed("g^server_ephemeral_private mod p", "server_ephemeral_private", "dh_group", party=SERVER),
        _computed("server_ephemeral_private · G", "server_ephemeral_private", "group", party=SERVER),
        Source(Origin.received, CLIENT),
    ),
    _open(
        "server_signature_scheme",
        "The algorithm with which the server signs both randoms and its parameters.",
        "RFC 5246, 7.4.3",
        *_said_by(SERVER),
    ),
    _secret(
        "client_ephemeral_private",
        "The client's private value for this handshake alone.",
        "RFC 5246, 7.4.7.2; RFC 8422, 5.7",
        _chosen(CLIENT),
    ),
    _open(
        "client_share",
        "The client's public value for this handshake alone.",
        "RFC 5246, 7.4.7.2; RFC 8422, 5.7",
        _computed("g^client_ephemeral_private mod p", "client_ephemeral_private", "dh_group", party=CLIENT),
        _computed("client_ephemeral_private · G", "client_ephemeral_private", "group", party=CLIENT),
        Source(Origin.received, SERVER),
    ),
    _secret(
        "psk",
        "A key that both sides were given beforehand.",
        "RFC 4279, 2",
        _configured(CLIENT),
        _configured(SERVER),
    ),
    _open("psk_identity_hint", "Which key the server would like to use.", "RFC 4279, 2", *_shown_by(SERVER)),
    _open("psk_identity", "The name of the pre-shared key that the client uses.", "RFC 4279, 2", *_shown_by(CLIENT)),
    _secret(
        "premaster_secret",
        "The secret that only the two sides know; everything else is computed from it.",
        "RFC 5246, 8.1; RFC 8422, 5.10",
        _computed(
            "server_share^client_ephemeral_private mod p",
            "client_ephemeral_private",
            "server_share",
            "dh_group",
            party=CLIENT,
        ),
        _computed(
            "client_share^server_ephemeral_private mod p",
            "server_ephemeral_private",
            "client_share",
            "dh_group",
            party=SERVER,
        ),
        _computed(
            "ECDH(client_ephemeral_private, server_share)", "client_ephemeral_private", "server_share", party=CLIENT
        ),
        _computed(
            "ECDH(server_ephemeral_private, client_share)", "server_ephemeral_private", "client_share", party=SERVER
        ),
        _chosen(CLIENT, "client_version + 46 random bytes", "client_version"),
        _computed(
            "RSA-decrypt(server_private_key, encrypted_premaster_secret)",
            "server_private_key",
            "encrypted_premaster_secret",
            party=SERVER,
        ),
    ),
    _open(
        "encrypted_premaster_secret",
        "The premaster secret, encrypted to the public key of the server's certificate.",
        "RFC 5246, 7.4.7.1",
        _computed(
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
    return _secret(
        name, meaning, "RFC 5246, 6.3", _computed(_KEY_BLOCK, "master_secret", "server_random", "client_random")
    )


_KEYS = (
    _open(
        "session_hash",
        "The hash of all handshake messages up to and including ClientKeyExchange.",
        "RFC 7627, 3",
        _computed("Hash(handshake_messages)"),
    ),
    _secret(
        "master_secret",
        "The 48 bytes from which all keys and both Finished messages are computed.",
        "RFC 5246, 8.1; RFC 7627, 4",
        _computed('PRF(premaster_secret, "extended master secret", session_hash)', "premaster_secret", "session_hash"),
        _computed(
            'PRF(premaster_secret, "master secret", client_random + server_random)',
            "premaster_secret",
            "client_random",
            "server_random",
        ),
    ),
    _key("key_block", "The bytes from which all keys of the connection are cut, in the order of RFC 5246, 6.3."),
    _key("client_write_mac_key", "Authenticates what the client sends."),
    _key("server_write_mac_key", "Authenticates what the server sends."),
    _key("client_write_key", "Encrypts what the client sends."),
    _key("server_write_key", "Encrypts what the server sends."),
    _key("client_write_iv", "The fixed part of the nonces of what the client sends."),
    _key("server_write_iv", "The fixed part of the nonces of what the server sends."),
    _open(
        "client_verify_data",
        "The client's proof that it has the keys and saw the same handshake as the server.",
        "RFC 5246, 7.4.9",
        _computed('PRF(master_secret, "client finished", Hash(handshake_messages))', "master_secret"),
    ),
    _open(
        "server_verify_data",
        "The server's proof that it has the keys and saw the same handshake as the client.",
        "RFC 5246, 7.4.9",
        _computed('PRF(master_secret, "server finished", Hash(handshake_messages))', "master_secret"),
    ),
)

FACTS: Mapping[str, FactInfo] = MappingProxyType(
    {info.name: info for info in (*_CLIENT_HELLO, *_SERVER_HELLO, *_CERTIFICATES, *_KEY_EXCHANGE, *_KEYS)}
)
