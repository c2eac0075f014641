"""Code points that are only numbers and names: content types, messages, extensions, the small enums of their structs.

Alerts are in :mod:`hellodone.errors`; versions, groups, signature schemes and suites have modules of their own.
Member names are those of the RFCs and the IANA registries.
"""

from __future__ import annotations

from enum import IntEnum


class ContentType(IntEnum):
    """What a record carries (RFC 5246, 6.2.1; 24 to 26 only to be named)."""

    change_cipher_spec = 20
    alert = 21
    handshake = 22
    application_data = 23
    heartbeat = 24
    tls12_cid = 25
    ACK = 26


class HandshakeType(IntEnum):
    """Handshake messages of TLS 1.2, TLS 1.3, DTLS and of drafts seen in captures (RFC 5246, 7.4; RFC 8446, 4)."""

    hello_request = 0
    client_hello = 1
    server_hello = 2
    hello_verify_request = 3
    new_session_ticket = 4
    end_of_early_data = 5
    hello_retry_request = 6
    encrypted_extensions = 8
    request_connection_id = 9
    new_connection_id = 10
    certificate = 11
    server_key_exchange = 12
    certificate_request = 13
    server_hello_done = 14
    certificate_verify = 15
    client_key_exchange = 16
    client_certificate_request = 17
    finished = 20
    certificate_url = 21
    certificate_status = 22
    supplemental_data = 23
    key_update = 24
    compressed_certificate = 25
    ekt_key = 26
    next_protocol = 67
    channel_id_encrypted_extensions = 203
    message_hash = 254


class ExtensionType(IntEnum):
    """Hello extensions, registered and never registered but seen (RFC 6066, 1.1; RFC 8446, 4.2)."""

    server_name = 0
    max_fragment_length = 1
    client_certificate_url = 2
    trusted_ca_keys = 3
    truncated_hmac = 4
    status_request = 5
    user_mapping = 6
    client_authz = 7
    server_authz = 8
    cert_type = 9
    supported_groups = 10
    ec_point_formats = 11
    srp = 12
    signature_algorithms = 13
    use_srtp = 14
    heartbeat = 15
    application_layer_protocol_negotiation = 16
    status_request_v2 = 17
    signed_certificate_timestamp = 18
    client_certificate_type = 19
    server_certificate_type = 20
    padding = 21
    encrypt_then_mac = 22
    extended_master_secret = 23
    token_binding = 24
    cached_info = 25
    tls_lts = 26
    compress_certificate = 27
    record_size_limit = 28
    pwd_protect = 29
    pwd_clear = 30
    password_salt = 31
    ticket_pinning = 32
    tls_cert_with_extern_psk = 33
    delegated_credential = 34
    session_ticket = 35
    TLMSP = 36
    TLMSP_proxying = 37
    TLMSP_delegate = 38
    supported_ekt_ciphers = 39
    pre_shared_key = 41
    early_data = 42
    supported_versions = 43
    cookie = 44
    psk_key_exchange_modes = 45
    certificate_authorities = 47
    oid_filters = 48
    post_handshake_auth = 49
    signature_algorithms_cert = 50
    key_share = 51
    transparency_info = 52
    connection_id = 54
    external_id_hash = 55
    external_session_id = 56
    quic_transport_parameters = 57
    ticket_request = 58
    dnssec_chain = 59
    next_protocol_negotiation = 13172
    application_settings_old = 17513
    channel_id = 30032
    ech_outer_extensions = 64768
    encrypted_client_hello = 65037
    renegotiation_info = 65281


class CompressionMethod(IntEnum):
    """Compression methods of the hellos; this project offers only ``null`` (RFC 3749)."""

    null = 0
    DEFLATE = 1
    LZS = 64


class ECPointFormat(IntEnum):
    """How elliptic-curve points may be written (RFC 8422, 5.1.2)."""

    uncompressed = 0
    ansiX962_compressed_prime = 1
    ansiX962_compressed_char2 = 2


class ECCurveType(IntEnum):
    """How a ServerKeyExchange names its curve (RFC 8422, 5.4)."""

    explicit_prime = 1
    explicit_char2 = 2
    named_curve = 3


class ClientCertificateType(IntEnum):
    """Kinds of client certificates that a CertificateRequest accepts (RFC 5246, 7.4.4; RFC 8422, 5.5)."""

    rsa_sign = 1
    dss_sign = 2
    rsa_fixed_dh = 3
    dss_fixed_dh = 4
    rsa_ephemeral_dh_RESERVED = 5
    dss_ephemeral_dh_RESERVED = 6
    fortezza_dms_RESERVED = 20
    gost_sign01 = 21
    gost_sign_old = 22
    ecdsa_sign = 64
    rsa_fixed_ecdh = 65
    ecdsa_fixed_ecdh = 66
    gost_sign256 = 67
    gost_sign512 = 68


class CertificateStatusType(IntEnum):
    """Kinds of certificate status (RFC 6066, 8; RFC 6961)."""

    ocsp = 1
    ocsp_multi = 2


class CertificateType(IntEnum):
    """What a Certificate message holds, when negotiated (RFC 7250, 3; RFC 6091)."""

    X509 = 0
    OpenPGP = 1
    RawPublicKey = 2
    IEEE1609Dot2 = 3


class ServerNameType(IntEnum):
    """``NameType`` of server_name (RFC 6066, 3)."""

    host_name = 0


class HashAlgorithm(IntEnum):
    """First byte of SignatureAndHashAlgorithm (RFC 5246, 7.4.1.4.1)."""

    none = 0
    md5 = 1
    sha1 = 2
    sha224 = 3
    sha256 = 4
    sha384 = 5
    sha512 = 6
    reserved = 7
    intrinsic = 8


class SignatureAlgorithm(IntEnum):
    """Second byte of SignatureAndHashAlgorithm (RFC 5246, 7.4.1.4.1)."""

    anonymous = 0
    rsa = 1
    dsa = 2
    ecdsa = 3
    ed25519 = 7
    ed448 = 8
    gostr34102012_256 = 64
    gostr34102012_512 = 65


class MaxFragmentLength(IntEnum):
    """Plaintext bound asked for with max_fragment_length; the RFC calls the members 2^9 to 2^12 (RFC 6066, 4)."""

    bytes_512 = 1
    bytes_1024 = 2
    bytes_2048 = 3
    bytes_4096 = 4

    @property
    def length(self) -> int:
        """The bound in bytes."""
        return 1 << (8 + self)


class SupplementalDataType(IntEnum):
    """Kinds of SupplementalData entries (RFC 4680, 2; RFC 4681; RFC 5878)."""

    user_mapping_data = 0
    authz_data = 16386


class UserMappingType(IntEnum):
    """Kinds of user mapping hints (RFC 4681, 3)."""

    upn_domain_hint = 64


class PskKeyExchangeMode(IntEnum):
    """How a TLS 1.3 client would use a PSK (RFC 8446, 4.2.9)."""

    psk_ke = 0
    psk_dhe_ke = 1


class CertificateCompressionAlgorithm(IntEnum):
    """Compression of TLS 1.3 certificates (RFC 8879, 3)."""

    zlib = 1
    brotli = 2
    zstd = 3


class KeyUpdateRequest(IntEnum):
    """Whether a TLS 1.3 KeyUpdate wants one back (RFC 8446, 4.6.3)."""

    update_not_requested = 0
    update_requested = 1


class CertChainType(IntEnum):
    """What a CertificateURL message points at (RFC 6066, 5)."""

    individual_certs = 0
    pkipath = 1


class IdentifierType(IntEnum):
    """How a trusted_ca_keys entry names an authority (RFC 6066, 6)."""

    pre_agreed = 0
    key_sha1_hash = 1
    x509_name = 2
    cert_sha1_hash = 3
