"""What the parties want to know of certificates: trusted authorities, status, timestamps, caches, authorisation."""

from datetime import UTC, datetime
from enum import IntEnum
from typing import Annotated, Any

from hellodone.messages.types import (
    CertificateStatusType,
    DistinguishedName,
    SignatureScheme,
    named,
)
from hellodone.registry.codes import CertificateStatusType as StatusType
from hellodone.registry.codes import IdentifierType, UserMappingType
from hellodone.wire.codec import fixed, opaque, uint8, uint64, vector
from hellodone.wire.forms import embedded, sized, unassigned
from hellodone.wire.struct import Struct, select


class PreAgreed(Struct):
    """``case pre_agreed: struct {}`` (RFC 6066, 6)."""


class TrustedAuthority(Struct):
    """One authority, named in one of four ways (RFC 6066, 6)."""

    identifier_type: Annotated[int, named(uint8, IdentifierType)]
    identifier: Annotated[
        PreAgreed | bytes,
        select(
            "identifier_type",
            {
                IdentifierType.pre_agreed: PreAgreed,
                IdentifierType.key_sha1_hash: fixed(20),
                IdentifierType.x509_name: DistinguishedName,
                IdentifierType.cert_sha1_hash: fixed(20),
            },
            default=unassigned,
        ),
    ]


class TrustedAuthorities(Struct):
    """trusted_ca_keys (RFC 6066, 6)."""

    trusted_authorities_list: Annotated[tuple[TrustedAuthority, ...], vector(TrustedAuthority, 0, 2**16 - 1)]


class OCSPStatusRequest(Struct):
    """Which responders the client trusts, and extensions for them, both in DER (RFC 6066, 8)."""

    responder_id_list: Annotated[tuple[bytes, ...], vector(opaque(1, 2**16 - 1), 0, 2**16 - 1, "responder_id")]
    request_extensions: Annotated[bytes, opaque(0, 2**16 - 1)]


class CertificateStatusRequest(Struct):
    """status_request of a ClientHello (RFC 6066, 8)."""

    status_type: Annotated[int, CertificateStatusType]
    request: Annotated[OCSPStatusRequest | bytes, select("status_type", {StatusType.ocsp: OCSPStatusRequest})]

    @classmethod
    def describe(cls, values: Any) -> str:
        """The kind of status."""
        return CertificateStatusType.meaning(values["status_type"])


class CertificateStatusRequestItemV2(Struct):
    """One acceptable kind of status (RFC 6961, 2.2)."""

    status_type: Annotated[int, CertificateStatusType]
    request: Annotated[
        OCSPStatusRequest | bytes,
        select(
            "status_type",
            {
                StatusType.ocsp: sized(OCSPStatusRequest, 2**16 - 1),
                StatusType.ocsp_multi: sized(OCSPStatusRequest, 2**16 - 1),
            },
            default=opaque(0, 2**16 - 1),
        ),
    ]

    @classmethod
    def describe(cls, values: Any) -> str:
        """The kind of status."""
        return CertificateStatusType.meaning(values["status_type"])


class CertificateStatusRequestListV2(Struct):
    """status_request_v2 of a ClientHello (RFC 6961, 2.2)."""

    certificate_status_req_list: Annotated[
        tuple[CertificateStatusRequestItemV2, ...], vector(CertificateStatusRequestItemV2, 1, 2**16 - 1)
    ]


def _version(value: int) -> str:
    return "v1" if value == 0 else f"unknown(0x{value:02x})"


def _timestamp(milliseconds: int) -> str:
    if milliseconds >= 253402300800000:  # the year 10000
        return str(milliseconds)
    return f"{datetime.fromtimestamp(milliseconds / 1000, UTC):%Y-%m-%d %H:%M:%S}Z"


class SignedCertificateTimestamp(Struct):
    """A log's promise to show the certificate; its digitally-signed part last (RFC 6962, 3.2)."""

    sct_version: Annotated[int, uint8(_version)]
    id: Annotated[bytes, fixed(32)]
    timestamp: Annotated[int, uint64(_timestamp)]
    extensions: Annotated[bytes, opaque(0, 2**16 - 1)]
    algorithm: Annotated[int, SignatureScheme]
    signature: Annotated[bytes, opaque(0, 2**16 - 1)]

    @classmethod
    def describe(cls, values: Any) -> str:
        """Log and time."""
        return f"log {values['id'][:4].hex()} at {_timestamp(values['timestamp'])}"


class SignedCertificateTimestampList(Struct):
    """signed_certificate_timestamp of a server; each SerializedSCT is opaque, for later versions (RFC 6962, 3.3)."""

    sct_list: Annotated[tuple[bytes, ...], vector(embedded(SignedCertificateTimestamp, 1, 2**16 - 1), 1, 2**16 - 1)]


class CertificateAuthorities(Struct):
    """certificate_authorities of a TLS 1.3 client (RFC 8446, 4.2.4)."""

    authorities: Annotated[tuple[bytes, ...], vector(DistinguishedName, 3, 2**16 - 1, "authority")]


class CachedInformationType(IntEnum):
    """What a client may have kept (RFC 7924, 3)."""

    cert = 1
    cert_req = 2


class CachedObject(Struct):
    """``case client`` of CachedObject (RFC 7924, 3)."""

    type: Annotated[int, named(uint8, CachedInformationType)]
    hash_value: Annotated[bytes, opaque(1, 2**8 - 1)]


class CachedInformation(Struct):
    """cached_info of a ClientHello: fingerprints of what need not be sent again (RFC 7924, 3)."""

    cached_info: Annotated[tuple[CachedObject, ...], vector(CachedObject, 1, 2**16 - 1, "cached_object")]


class CachedInformationChoice(Struct):
    """cached_info of a ServerHello: what will be replaced by its fingerprint (RFC 7924, 3)."""

    cached_info: Annotated[tuple[int, ...], vector(named(uint8, CachedInformationType), 1, 2**16 - 1, "type")]


class UserMappingTypeList(Struct):
    """user_mapping of both hellos (RFC 4681, 2)."""

    user_mapping_types: Annotated[tuple[int, ...], vector(named(uint8, UserMappingType), 1, 2**8 - 1)]


class AuthzDataFormat(IntEnum):
    """Forms of authorisation data (RFC 5878, 2.3)."""

    x509_attr_cert = 0
    saml_assertion = 1
    x509_attr_cert_url = 2
    saml_assertion_url = 3


class AuthzDataFormats(Struct):
    """client_authz and server_authz of both hellos (RFC 5878, 2.3)."""

    authz_format_list: Annotated[tuple[int, ...], vector(named(uint8, AuthzDataFormat), 1, 2**8 - 1)]
