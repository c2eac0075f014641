"""Forms that are not TLS 1.2's but stand in captures: SSL 3.0 to TLS 1.1, drafts of TLS 1.3, negotiated certificates.

Only dissection uses them; nothing here is ever sent.
"""

from typing import Annotated

from hellodone.messages.extensions.block import Extensions, extension_block
from hellodone.messages.types import CipherSuite, ClientCertificateType, DistinguishedName, ProtocolVersion
from hellodone.registry.codes import HandshakeType
from hellodone.wire.codec import fixed, opaque, vector
from hellodone.wire.struct import Struct


class CertificateRequestTLS10(Struct):
    """CertificateRequest before it named signature algorithms (RFC 4346, 7.4.4)."""

    certificate_types: Annotated[tuple[int, ...], vector(ClientCertificateType, 1, 2**8 - 1)]
    certificate_authorities: Annotated[tuple[bytes, ...], vector(DistinguishedName, 0, 2**16 - 1, "authority")]


class CertificateVerifyTLS10(Struct):
    """CertificateVerify before signatures named their algorithm (RFC 4346, 7.4.8)."""

    signature: Annotated[bytes, opaque(0, 2**16 - 1)]


class FinishedSSL30(Struct):
    """Finished of SSL 3.0 (RFC 6101, 5.6.9)."""

    md5_hash: Annotated[bytes, fixed(16)]
    sha_hash: Annotated[bytes, fixed(20)]


class ServerHelloDraft(Struct):
    """ServerHello of TLS 1.3 up to draft 21: no session, no compression (draft-ietf-tls-tls13-21, 4.1.3)."""

    version: Annotated[int, ProtocolVersion]
    random: Annotated[bytes, fixed(32)]
    cipher_suite: Annotated[int, CipherSuite]
    extensions: Annotated[Extensions, extension_block(HandshakeType.server_hello)]


class CachedCertificate(Struct):
    """Certificate, or CertificateRequest, when the client has it cached: its fingerprint (RFC 7924, 4)."""

    hash_value: Annotated[bytes, opaque(1, 2**8 - 1)]
