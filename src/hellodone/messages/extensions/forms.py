"""Which struct an extension's data is, in which message."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from hellodone.messages.extensions import algorithms, empty, names, records, tls13, trust
from hellodone.registry.codes import ExtensionType as E
from hellodone.registry.codes import HandshakeType
from hellodone.wire.struct import Struct

Forms = Mapping[int, type[Struct]]

_BOTH: Forms = {
    E.max_fragment_length: records.MaxFragmentLength,
    E.client_certificate_url: empty.ClientCertificateURL,
    E.truncated_hmac: empty.TruncatedHMAC,
    E.user_mapping: trust.UserMappingTypeList,
    E.client_authz: trust.AuthzDataFormats,
    E.server_authz: trust.AuthzDataFormats,
    E.supported_groups: algorithms.NamedGroupList,
    E.ec_point_formats: algorithms.ECPointFormatList,
    E.use_srtp: records.UseSRTPData,
    E.heartbeat: records.HeartbeatExtension,
    E.application_layer_protocol_negotiation: names.ProtocolNameList,
    E.encrypt_then_mac: empty.EncryptThenMAC,
    E.extended_master_secret: empty.ExtendedMasterSecret,
    E.token_binding: records.TokenBindingParameters,
    E.tls_lts: empty.TlsLts,
    E.record_size_limit: records.RecordSizeLimit,
    E.session_ticket: records.SessionTicket,
    E.connection_id: records.ConnectionId,
    E.quic_transport_parameters: tls13.QuicTransportParameters,
    E.application_settings_old: names.ApplicationSettings,
    E.channel_id: empty.ChannelID,
    E.renegotiation_info: records.RenegotiationInfo,
}

_CLIENT: Forms = {
    E.server_name: names.ServerNameList,
    E.trusted_ca_keys: trust.TrustedAuthorities,
    E.status_request: trust.CertificateStatusRequest,
    E.cert_type: algorithms.CertificateTypes,
    E.srp: algorithms.SRPIdentity,
    E.signature_algorithms: algorithms.SupportedSignatureAlgorithms,
    E.status_request_v2: trust.CertificateStatusRequestListV2,
    E.signed_certificate_timestamp: empty.SignedCertificateTimestampRequest,
    E.client_certificate_type: algorithms.CertificateTypes,
    E.server_certificate_type: algorithms.CertificateTypes,
    E.padding: records.Padding,
    E.cached_info: trust.CachedInformation,
    E.compress_certificate: algorithms.CertificateCompressionAlgorithms,
    E.tls_cert_with_extern_psk: empty.TLSCertWithExternPSK,
    E.delegated_credential: algorithms.DelegatedCredentialRequest,
    E.pre_shared_key: tls13.OfferedPsks,
    E.early_data: empty.EarlyData,
    E.supported_versions: tls13.SupportedVersions,
    E.cookie: tls13.Cookie,
    E.psk_key_exchange_modes: tls13.PskKeyExchangeModes,
    E.certificate_authorities: trust.CertificateAuthorities,
    E.post_handshake_auth: empty.PostHandshakeAuth,
    E.signature_algorithms_cert: algorithms.SupportedSignatureAlgorithms,
    E.key_share: tls13.KeyShareClientHello,
    E.transparency_info: empty.TransparencyInfoRequest,
    E.ticket_request: records.TicketRequest,
    E.next_protocol_negotiation: empty.NextProtocolNegotiationRequest,
    E.encrypted_client_hello: tls13.ECHClientHello,
}

_SERVER: Forms = {
    E.server_name: empty.ServerNameAcknowledgement,
    E.trusted_ca_keys: empty.TrustedCAKeysAcknowledgement,
    E.status_request: empty.CertificateStatusAcknowledgement,
    E.cert_type: algorithms.CertificateTypeChoice,
    E.status_request_v2: empty.CertificateStatusAcknowledgement,
    E.signed_certificate_timestamp: trust.SignedCertificateTimestampList,
    E.client_certificate_type: algorithms.CertificateTypeChoice,
    E.server_certificate_type: algorithms.CertificateTypeChoice,
    E.cached_info: trust.CachedInformationChoice,
    E.pre_shared_key: tls13.SelectedPsk,
    E.supported_versions: tls13.SelectedVersion,
    E.key_share: tls13.KeyShareServerHello,
    E.next_protocol_negotiation: names.NextProtocolNegotiation,
}

_RETRY: Forms = {
    E.supported_versions: tls13.SelectedVersion,
    E.cookie: tls13.Cookie,
    E.key_share: tls13.KeyShareHelloRetryRequest,
    E.encrypted_client_hello: tls13.ECHHelloRetryRequest,
}

_FORMS: Mapping[int, Forms] = MappingProxyType(
    {
        HandshakeType.client_hello: MappingProxyType({**_BOTH, **_CLIENT}),
        HandshakeType.server_hello: MappingProxyType({**_BOTH, **_SERVER}),
        HandshakeType.hello_retry_request: MappingProxyType(_RETRY),
    }
)
_NONE: Forms = MappingProxyType({})


def extension_form(extension_type: int, message: HandshakeType) -> type[Struct] | None:
    """The struct of that extension's data in a ClientHello, ServerHello or HelloRetryRequest; None: keep it opaque."""
    return _FORMS.get(message, _NONE).get(extension_type)


def extension_forms() -> tuple[type[Struct], ...]:
    """Every struct that some extension's data is, in the order of the tables, each once."""
    return tuple(dict.fromkeys(form for forms in _FORMS.values() for form in forms.values()))
