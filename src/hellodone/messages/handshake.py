"""Handshake messages, one class each (RFC 5246, 7.4 and A.4; RFC 4680, 5077, 6066, 6961)."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Annotated, Any, ClassVar

from hellodone.errors import DecodeError
from hellodone.messages.extensions.block import Extensions, extension_block
from hellodone.messages.supplemental import SupplementalDataEntry
from hellodone.messages.types import (
    ASN1Cert,
    CertificateStatusType,
    CipherSuite,
    ClientCertificateType,
    CompressionMethod,
    DistinguishedName,
    ProtocolVersion,
    SignatureScheme,
    SignatureSchemes,
    der,
    named,
)
from hellodone.registry.codes import CertChainType, HandshakeType
from hellodone.registry.codes import CertificateStatusType as StatusType
from hellodone.registry.naming import code_name
from hellodone.wire.codec import fixed, opaque, rest, text, uint8, uint32, vector
from hellodone.wire.struct import Struct, select

HANDSHAKE_HEADER_LENGTH = 4

# SHA-256 of "HelloRetryRequest": the random of a ServerHello that is one (RFC 8446, 4.1.3).
HELLO_RETRY_REQUEST_RANDOM = bytes.fromhex("cf21ad74e59a6111be1d8c021e65b891c2a211167abb8c5e079e09e2c8a8339c")


class UnknownHandshakeTypeError(DecodeError):
    """A handshake message of a type that TLS 1.2 does not have."""


class HandshakeMessage(Struct):
    """Base of the messages; what they declare is the body (RFC 5246, 7.4), ``frame`` gives the whole."""

    msg_type: ClassVar[HandshakeType]

    def __init_subclass__(cls, msg_type: HandshakeType, **keywords: Any) -> None:
        super().__init_subclass__(kind=msg_type.value, **keywords)
        cls.msg_type = msg_type


class HelloRequest(HandshakeMessage, msg_type=HandshakeType.hello_request):
    """The server asks for a new handshake; empty, and never hashed (RFC 5246, 7.4.1.1)."""


class ClientHello(HandshakeMessage, msg_type=HandshakeType.client_hello):
    """What the client offers (RFC 5246, 7.4.1.2)."""

    client_version: Annotated[int, ProtocolVersion]
    random: Annotated[bytes, fixed(32)]
    session_id: Annotated[bytes, opaque(0, 32)]
    cipher_suites: Annotated[tuple[int, ...], vector(CipherSuite, 2, 2**16 - 2)]
    compression_methods: Annotated[tuple[int, ...], vector(CompressionMethod, 1, 2**8 - 1)] = (0,)
    extensions: Annotated[Extensions, extension_block(HandshakeType.client_hello)] = Extensions()


class ServerHello(HandshakeMessage, msg_type=HandshakeType.server_hello):
    """What the server chose; TLS 1.3's HelloRetryRequest has the same form (RFC 5246, 7.4.1.3)."""

    server_version: Annotated[int, ProtocolVersion]
    random: Annotated[bytes, fixed(32)]
    session_id: Annotated[bytes, opaque(0, 32)]
    cipher_suite: Annotated[int, CipherSuite]
    compression_method: Annotated[int, CompressionMethod] = 0
    extensions: Annotated[
        Extensions,
        select(
            "random",
            {HELLO_RETRY_REQUEST_RANDOM: extension_block(HandshakeType.hello_retry_request)},
            default=extension_block(HandshakeType.server_hello),
        ),
    ] = Extensions()


class Certificate(HandshakeMessage, msg_type=HandshakeType.certificate):
    """The sender's certificate first, then those that certify it; empty from a client that has none (RFC 5246, 7.4.2).

    When RawPublicKey was negotiated the body is ``RawPublicKeyCertificate`` (RFC 7250, 3), when the certificate was
    cached ``CachedCertificate`` (RFC 7924, 4.1).
    """

    certificate_list: Annotated[tuple[bytes, ...], vector(ASN1Cert, 0, 2**24 - 1, "certificate")]


class RawPublicKeyCertificate(HandshakeMessage, msg_type=HandshakeType.certificate):
    """The same when RawPublicKey was negotiated: one SubjectPublicKeyInfo, or none from a client (RFC 7250, 3)."""

    subject_public_key_info: Annotated[bytes, opaque(0, 2**24 - 1, der)]

    @property
    def certificate_list(self) -> tuple[bytes, ...]:
        """What stands where the certificates would."""
        return (self.subject_public_key_info,) if self.subject_public_key_info else ()


class ServerKeyExchange(HandshakeMessage, msg_type=HandshakeType.server_key_exchange):
    """The server's side of the key exchange, in a form that the suite decides (RFC 5246, 7.4.3)."""

    params: Annotated[bytes, rest]


class CertificateRequest(HandshakeMessage, msg_type=HandshakeType.certificate_request):
    """The server asks for a certificate, and says which would do (RFC 5246, 7.4.4)."""

    certificate_types: Annotated[tuple[int, ...], vector(ClientCertificateType, 1, 2**8 - 1)]
    supported_signature_algorithms: Annotated[tuple[int, ...], SignatureSchemes]
    certificate_authorities: Annotated[tuple[bytes, ...], vector(DistinguishedName, 0, 2**16 - 1, "authority")] = ()


class ServerHelloDone(HandshakeMessage, msg_type=HandshakeType.server_hello_done):
    """The server has said what it has to say; empty (RFC 5246, 7.4.5)."""


class CertificateVerify(HandshakeMessage, msg_type=HandshakeType.certificate_verify):
    """The client's signature over all messages so far: ``digitally-signed`` of 4.7 (RFC 5246, 7.4.8)."""

    algorithm: Annotated[int, SignatureScheme]
    signature: Annotated[bytes, opaque(0, 2**16 - 1)]


class ClientKeyExchange(HandshakeMessage, msg_type=HandshakeType.client_key_exchange):
    """The client's side of the key exchange, in a form that the suite decides (RFC 5246, 7.4.7)."""

    exchange_keys: Annotated[bytes, rest]


class Finished(HandshakeMessage, msg_type=HandshakeType.finished):
    """The proof that both saw the same handshake; 12 bytes unless the suite says otherwise (RFC 5246, 7.4.9)."""

    verify_data: Annotated[bytes, rest]


class NewSessionTicket(HandshakeMessage, msg_type=HandshakeType.new_session_ticket):
    """A session for the client to keep; the hint is in seconds (RFC 5077, 3.3)."""

    ticket_lifetime_hint: Annotated[int, uint32]
    ticket: Annotated[bytes, opaque(0, 2**16 - 1)]


class URLAndHash(Struct):
    """Where a certificate is, and its hash; ``padding`` is 1 (RFC 6066, 5)."""

    url: Annotated[bytes, opaque(1, 2**16 - 1, text)]
    padding: Annotated[int, uint8]
    SHA1Hash: Annotated[bytes, fixed(20)]


class CertificateURL(HandshakeMessage, msg_type=HandshakeType.certificate_url):
    """Where the client's certificates can be fetched, instead of a Certificate (RFC 6066, 5)."""

    type: Annotated[int, named(uint8, CertChainType)]
    url_and_hash_list: Annotated[tuple[URLAndHash, ...], vector(URLAndHash, 1, 2**16 - 1)]


class CertificateStatus(HandshakeMessage, msg_type=HandshakeType.certificate_status):
    """A stapled OCSP response, or one for each certificate, empty ones allowed there (RFC 6066, 8; RFC 6961, 2.2)."""

    status_type: Annotated[int, CertificateStatusType]
    response: Annotated[
        bytes | tuple[bytes, ...],
        select(
            "status_type",
            {
                StatusType.ocsp: opaque(1, 2**24 - 1, der),
                StatusType.ocsp_multi: vector(opaque(0, 2**24 - 1, der), 1, 2**24 - 1, "ocsp_response"),
            },
        ),
    ]


class SupplementalData(HandshakeMessage, msg_type=HandshakeType.supplemental_data):
    """Data for the application, sent within the handshake (RFC 4680, 2)."""

    supp_data: Annotated[tuple[SupplementalDataEntry, ...], vector(SupplementalDataEntry, 1, 2**24 - 1, "entry")]


_ALL: tuple[type[HandshakeMessage], ...] = (
    HelloRequest,
    ClientHello,
    ServerHello,
    NewSessionTicket,
    Certificate,
    ServerKeyExchange,
    CertificateRequest,
    ServerHelloDone,
    CertificateVerify,
    ClientKeyExchange,
    Finished,
    CertificateURL,
    CertificateStatus,
    SupplementalData,
)
HANDSHAKE_MESSAGES: Mapping[int, type[HandshakeMessage]] = MappingProxyType({cls.msg_type.value: cls for cls in _ALL})


def parse_handshake(raw: bytes) -> HandshakeMessage:
    """The message in ``raw``, which is one whole message with its header.

    Raises DecodeError; UnknownHandshakeTypeError, one of its kind, when ``raw[0]`` is not in HANDSHAKE_MESSAGES.
    """
    if len(raw) < HANDSHAKE_HEADER_LENGTH:
        raise DecodeError(f"a handshake message of {len(raw)} bytes: its header alone is {HANDSHAKE_HEADER_LENGTH}")
    form = HANDSHAKE_MESSAGES.get(raw[0])
    if form is None:
        raise UnknownHandshakeTypeError(f"{code_name(HandshakeType, raw[0])} is not a handshake message of TLS 1.2")
    length = int.from_bytes(raw[1:4], "big")
    if length != len(raw) - HANDSHAKE_HEADER_LENGTH:
        found = len(raw) - HANDSHAKE_HEADER_LENGTH
        raise DecodeError(f"{form.__name__}: its length says {length}, but it has {found} bytes")
    return form.parse(raw, HANDSHAKE_HEADER_LENGTH)
