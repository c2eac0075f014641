"""The table of facts: what the hellos say, and certificates."""

from __future__ import annotations

from hellodone.trace.fact_info import Source
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
    verified,
)
from hellodone.trace.model import Origin, Party
from hellodone.trace.traits import Trait

CLIENT_HELLO = (
    public(
        "client_version",
        "The highest version of TLS that the client speaks and wants to use.",
        "RFC 5246, 7.4.1.2",
        *said_by(CLIENT),
    ),
    public(
        "client_random",
        "32 bytes that the client draws anew for every handshake, so that no two give the same keys.",
        "RFC 5246, 7.4.1.2",
        *said_by(CLIENT),
    ),
    public(
        "session_id_offered",
        "The session that the client would like to resume; empty when it has none.",
        "RFC 5246, 7.4.1.2",
        *said_by(CLIENT),
    ),
    public(
        "cipher_suites_offered",
        "The cipher suites that the client supports, its favourite first.",
        "RFC 5246, 7.4.1.2",
        *shown_by(CLIENT),
    ),
    public(
        "client_extensions",
        "The extensions that the client sends; the server may answer these and no others.",
        "RFC 5246, 7.4.1.4",
        *said_by(CLIENT),
    ),
    public(
        "server_name",
        "The name of the host that the client wants to reach, so that the server can choose a certificate for it.",
        "RFC 6066, 3",
        *shown_by(CLIENT),
    ),
    public(
        "alpn_offered",
        "The application protocols that the client speaks, its favourite first.",
        "RFC 7301, 3.1",
        *shown_by(CLIENT),
    ),
    public(
        "client_groups",
        "The curves and finite-field groups that the client can use, its favourite first.",
        "RFC 8422, 5.1.1; RFC 7919, 3",
        *shown_by(CLIENT),
    ),
    public(
        "client_point_formats",
        "The forms of curve points that the client can read; uncompressed is the only one in use.",
        "RFC 8422, 5.1.2",
        *shown_by(CLIENT),
    ),
    public(
        "client_signature_schemes",
        "The signature and hash algorithms that the client can verify, its favourite first.",
        "RFC 5246, 7.4.1.4.1",
        *shown_by(CLIENT),
    ),
)

SERVER_HELLO = (
    public(
        "server_version",
        "The version of this connection: the lower of the client's and the server's highest.",
        "RFC 5246, 7.4.1.3",
        *said_by(SERVER),
    ),
    public(
        "server_random",
        "32 bytes that the server draws anew, independently of the client's.",
        "RFC 5246, 7.4.1.3",
        *said_by(SERVER),
    ),
    public(
        "session_id",
        "The name under which this session can be resumed; empty when the server will not keep it.",
        "RFC 5246, 7.4.1.3",
        *said_by(SERVER),
    ),
    public(
        "cipher_suite",
        "The one suite that the server chose among those offered: key exchange, cipher, MAC and PRF hash.",
        "RFC 5246, 7.4.1.3",
        *said_by(SERVER),
    ),
    public(
        "compression_method",
        "Null: compression before encryption gives secrets away.",
        "RFC 5246, 7.4.1.3; RFC 7525, 3.3",
        *said_by(SERVER),
    ),
    public(
        "server_extensions",
        "The extensions with which the server answers the client's.",
        "RFC 5246, 7.4.1.4",
        *said_by(SERVER),
    ),
    public(
        "extended_master_secret",
        "Whether the master secret is bound to the whole handshake so far rather than to the two randoms.",
        "RFC 7627, 4",
        agreed("client_extensions", "server_extensions"),
        agreed(),
    ),
    public(
        "encrypt_then_mac",
        "Whether the MAC of a CBC suite covers the ciphertext, which ends padding oracles.",
        "RFC 7366, 3",
        agreed("client_extensions", "server_extensions"),
        agreed(),
    ),
    public(
        "secure_renegotiation",
        "Whether both sides bind a renegotiation to the handshake before it.",
        "RFC 5746, 3.4 and 3.6",
        agreed("client_extensions", "server_extensions"),
        agreed(),
    ),
    public(
        "resumed",
        "Whether an earlier session goes on, so that no certificate and no key exchange is needed.",
        "RFC 5246, 7.3; RFC 5077, 3.1",
        agreed("session_id_offered", "session_id"),
    ),
    public("alpn", "The application protocol that the server chose.", "RFC 7301, 3.2", *said_by(SERVER)),
)

CERTIFICATES = (
    public(
        "server_certificates",
        "The server's certificate, and those that certify it, each by the next.",
        "RFC 5246, 7.4.2",
        configured(when=(Trait.resumed,)),
        *shown_by(SERVER),
    ),
    public(
        "server_path",
        "The chain from the server's certificate to an authority that the client trusts, with every check passed.",
        "RFC 5280, 6; RFC 6125, 6",
        verified(CLIENT, "server_certificates"),
    ),
    public(
        "server_key_type",
        "The kind of the server's public key, which must fit the suite.",
        "RFC 5246, 7.4.2",
        configured(SERVER),
        Source(Origin.received, CLIENT, ("server_certificates",)),
    ),
    public(
        "certificate_request",
        "Which client certificates the server would accept: types, signature schemes, names of authorities.",
        "RFC 5246, 7.4.4",
        *shown_by(SERVER),
    ),
    public(
        "client_identity_choice",
        "Why the client sends this certificate, or none.",
        "RFC 5246, 7.4.6",
        chosen(CLIENT, "", "certificate_request"),
    ),
    public(
        "client_certificates",
        "The client's certificate and those that certify it; an empty list says that it has no suitable one.",
        "RFC 5246, 7.4.6",
        configured(when=(Trait.resumed,)),
        *shown_by(CLIENT),
    ),
    public(
        "client_path",
        "The chain from the client's certificate to an authority that the server trusts, with every check passed.",
        "RFC 5280, 6",
        verified(SERVER, "client_certificates"),
    ),
    public(
        "client_signature_scheme",
        "The algorithm with which the client signs the handshake so far.",
        "RFC 5246, 7.4.8",
        *said_by(CLIENT),
    ),
    public(
        "handshake_hash_for_certificate_verify",
        "The hash of all handshake messages so far, which the client signs to prove that the certificate is its own.",
        "RFC 5246, 7.4.8",
        computed("Hash(handshake_messages)", "handshake_messages", when=(Trait.client_signs,)),
    ),
    secret(
        "server_private_key",
        "The private key of the server's certificate.",
        "RFC 5246, 7.4.2",
        configured(SERVER),
    ),
    secret(
        "client_private_key",
        "The private key of the client's certificate.",
        "RFC 5246, 7.4.6",
        configured(CLIENT),
    ),
    secret(
        "ca_private_key",
        "The key with which the authority signs certificates; it signs and opens nothing of any connection.",
        "RFC 5280, 4.1.1.3",
        configured(Party.ca),
    ),
)
