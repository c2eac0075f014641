"""What each hello extension is for, and who may send it (RFC 5246, 7.4.1.4; RFC 6066; RFC 8446, 4.2)."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from hellodone.explain.entry import Entry, Part
from hellodone.messages.extensions.forms import extension_form
from hellodone.registry.codes import ExtensionType as E
from hellodone.registry.codes import HandshakeType
from hellodone.wire.struct import Struct

EXTENSIONS: Mapping[E, tuple[str, str]] = MappingProxyType(
    {
        E.server_name: ("The host that the client means, so that one address can serve many.", "RFC 6066, 3"),
        E.max_fragment_length: ("The client asks for records of 512 to 4096 bytes both ways.", "RFC 6066, 4"),
        E.client_certificate_url: ("The client may send the address of its certificate instead.", "RFC 6066, 5"),
        E.trusted_ca_keys: ("Which CAs the client trusts, so that the server can choose its chain.", "RFC 6066, 6"),
        E.truncated_hmac: ("MACs cut to 10 bytes; saves little and weakens.", "RFC 6066, 7; RFC 9325, 4.6"),
        E.status_request: ("The client asks for a stapled OCSP response.", "RFC 6066, 8"),
        E.user_mapping: ("The client announces who its user is in some directory.", "RFC 4681"),
        E.client_authz: ("The client announces authorisations of its own in SupplementalData.", "RFC 5878"),
        E.server_authz: ("The server announces authorisations of its own in SupplementalData.", "RFC 5878"),
        E.cert_type: ("Which kinds of certificate may be sent: X.509 or OpenPGP.", "RFC 6091"),
        E.supported_groups: (
            "The curves and finite-field groups that the client can use.",
            "RFC 8422, 5.1.1; RFC 7919",
        ),
        E.ec_point_formats: ("How the sender can read points of curves; uncompressed is all.", "RFC 8422, 5.1.2"),
        E.srp: ("The user's name for a password-authenticated key exchange.", "RFC 5054"),
        E.signature_algorithms: ("The signatures that the client can verify.", "RFC 5246, 7.4.1.4.1"),
        E.use_srtp: ("Keys for SRTP are to be taken from this handshake.", "RFC 5764"),
        E.heartbeat: ("Keep-alive messages; the extension of Heartbleed.", "RFC 6520"),
        E.application_layer_protocol_negotiation: ("Which protocol runs above: http/1.1, h2 ...", "RFC 7301"),
        E.status_request_v2: ("Stapled OCSP responses for every certificate of the chain.", "RFC 6961"),
        E.signed_certificate_timestamp: ("Proofs that the certificate was logged publicly.", "RFC 6962, 3.3.1"),
        E.client_certificate_type: ("What the client may show: X.509 or a raw public key.", "RFC 7250, 3"),
        E.server_certificate_type: ("What the server may show: X.509 or a raw public key.", "RFC 7250, 3"),
        E.padding: ("Zeros, to bring the hello to a size that some servers need.", "RFC 7685"),
        E.encrypt_then_mac: ("CBC records are encrypted first and authenticated after.", "RFC 7366"),
        E.extended_master_secret: ("The master secret is bound to the whole handshake.", "RFC 7627"),
        E.token_binding: ("Cookies and tokens are bound to a key of the client.", "RFC 8472"),
        E.cached_info: ("What the client has already, so that it need not be sent.", "RFC 7924"),
        E.tls_lts: ("A profile of TLS 1.2 for devices that live long.", "draft-gutmann-tls-lts"),
        E.compress_certificate: ("Certificates may be compressed; TLS 1.3.", "RFC 8879"),
        E.record_size_limit: ("The largest record that the sender of this takes.", "RFC 8449"),
        E.pwd_protect: ("A user's name, encrypted, for password authentication.", "RFC 8492"),
        E.pwd_clear: ("A user's name in the clear, for password authentication.", "RFC 8492"),
        E.password_salt: ("The salt of the password.", "RFC 8492"),
        E.ticket_pinning: ("Tickets that pin a server's identity.", "RFC 8672"),
        E.tls_cert_with_extern_psk: ("A certificate and an external PSK together; TLS 1.3.", "RFC 8773"),
        E.delegated_credential: ("A short-lived key that the certificate's owner has signed.", "RFC 9345"),
        E.session_ticket: ("The session, sealed by the server and kept by the client.", "RFC 5077, 3.2"),
        E.TLMSP: ("Middleboxes that both ends agree to.", "ETSI TS 103 523-2"),
        E.TLMSP_proxying: ("Middleboxes that both ends agree to: proxying.", "ETSI TS 103 523-2"),
        E.TLMSP_delegate: ("Middleboxes that both ends agree to: delegation.", "ETSI TS 103 523-2"),
        E.supported_ekt_ciphers: ("Encrypted key transport for SRTP.", "RFC 8870"),
        E.pre_shared_key: ("The identities of keys that both have; TLS 1.3.", "RFC 8446, 4.2.11"),
        E.early_data: ("Data before the handshake is complete; TLS 1.3.", "RFC 8446, 4.2.10"),
        E.supported_versions: ("All versions that the client speaks: how TLS 1.3 is offered.", "RFC 8446, 4.2.1"),
        E.cookie: ("Something for the client to send back; TLS 1.3.", "RFC 8446, 4.2.2"),
        E.psk_key_exchange_modes: ("Whether a PSK comes with Diffie-Hellman; TLS 1.3.", "RFC 8446, 4.2.9"),
        E.certificate_authorities: ("The CAs that the sender trusts; TLS 1.3.", "RFC 8446, 4.2.4"),
        E.oid_filters: ("What the client's certificate must say; TLS 1.3.", "RFC 8446, 4.2.5"),
        E.post_handshake_auth: ("The client can authenticate later; TLS 1.3.", "RFC 8446, 4.2.6"),
        E.signature_algorithms_cert: ("The signatures that may stand in certificates.", "RFC 8446, 4.2.3"),
        E.key_share: ("Public values for some groups; TLS 1.3.", "RFC 8446, 4.2.8"),
        E.transparency_info: ("Proofs of Certificate Transparency, version 2.", "RFC 9162, 6.5"),
        E.connection_id: ("Datagrams that carry a connection's number; DTLS.", "RFC 9146"),
        E.external_id_hash: ("Binds an identity of the signalling to the handshake.", "RFC 8844"),
        E.external_session_id: ("Binds a session of the signalling to the handshake.", "RFC 8844"),
        E.quic_transport_parameters: ("QUIC's own settings.", "RFC 9001, 8.2"),
        E.ticket_request: ("How many tickets the client would like; TLS 1.3.", "RFC 9149"),
        E.dnssec_chain: ("DNSSEC records that authenticate the server by DANE.", "RFC 9102"),
        E.next_protocol_negotiation: ("What came before ALPN.", "draft-agl-tls-nextprotoneg"),
        E.application_settings_old: ("Settings of the application protocol.", "draft-vvv-tls-alps"),
        E.channel_id: ("A key of the client's browser.", "draft-balfanz-tls-channelid"),
        E.ech_outer_extensions: ("Extensions copied from the outer ClientHello.", "RFC 9849, 5.1"),
        E.encrypted_client_hello: ("The real ClientHello, encrypted.", "RFC 9849"),
        E.renegotiation_info: (
            "Ties a renegotiation to the handshake before; empty in the first one.",
            "RFC 5746, 3.2",
        ),
    }
)


def explain_extension(kind: E) -> Entry:
    """The extension, and what it holds in the hellos of TLS 1.2."""
    sentence, reference = EXTENSIONS[kind]
    parts = [
        Part(where, _content(form))
        for where, message in (("ClientHello", HandshakeType.client_hello), ("ServerHello", HandshakeType.server_hello))
        if (form := extension_form(kind, message)) is not None
    ]
    return Entry("extension", f"{kind.name}({int(kind)})", sentence, reference, tuple(parts))


def _content(form: type[Struct]) -> str:
    return ", ".join(form._names) or "empty: being there is all it says"
