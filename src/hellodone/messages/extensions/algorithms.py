"""What the parties can compute: groups, point formats, signatures, kinds of certificates."""

from typing import Annotated

from hellodone.messages.types import CertificateType, ECPointFormat, NamedGroup, SignatureSchemes, named
from hellodone.registry.codes import CertificateCompressionAlgorithm
from hellodone.wire.codec import opaque, uint16, vector
from hellodone.wire.struct import Struct


class NamedGroupList(Struct):
    """supported_groups, in order of preference (RFC 8422, 5.1.1; RFC 7919, 2; RFC 8446, 4.2.7)."""

    named_group_list: Annotated[tuple[int, ...], vector(NamedGroup, 2, 2**16 - 1)]


class ECPointFormatList(Struct):
    """ec_point_formats (RFC 8422, 5.1.2)."""

    ec_point_format_list: Annotated[tuple[int, ...], vector(ECPointFormat, 1, 2**8 - 1)]


class SupportedSignatureAlgorithms(Struct):
    """signature_algorithms and signature_algorithms_cert (RFC 5246, 7.4.1.4.1; RFC 8446, 4.2.3)."""

    supported_signature_algorithms: Annotated[tuple[int, ...], SignatureSchemes]


class DelegatedCredentialRequest(Struct):
    """delegated_credential of a ClientHello (RFC 9345, 4.1.1)."""

    supported_signature_algorithms: Annotated[tuple[int, ...], SignatureSchemes]


class CertificateTypes(Struct):
    """cert_type, client_certificate_type and server_certificate_type of a client (RFC 6091, 3.1; RFC 7250, 3)."""

    certificate_types: Annotated[tuple[int, ...], vector(CertificateType, 1, 2**8 - 1)]


class CertificateTypeChoice(Struct):
    """The same of a server: the one it chose (RFC 6091, 3.2; RFC 7250, 3)."""

    certificate_type: Annotated[int, CertificateType]


class CertificateCompressionAlgorithms(Struct):
    """compress_certificate of a TLS 1.3 client (RFC 8879, 3)."""

    algorithms: Annotated[
        tuple[int, ...], vector(named(uint16, CertificateCompressionAlgorithm), 2, 2**8 - 2, "algorithm")
    ]


class SRPIdentity(Struct):
    """srp: who logs in by password (RFC 5054, 2.8.1)."""

    srp_I: Annotated[bytes, opaque(1, 2**8 - 1)]  # noqa: N815 - the RFC's name
