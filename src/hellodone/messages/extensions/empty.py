"""Extensions whose presence says everything: their data is empty, and a byte in it is an error."""

from hellodone.wire.struct import Struct


class ServerNameAcknowledgement(Struct):
    """The server used the name (RFC 6066, 3)."""


class ClientCertificateURL(Struct):
    """The client may send a CertificateURL for its Certificate; the server agrees (RFC 6066, 5)."""


class TrustedCAKeysAcknowledgement(Struct):
    """The server chose its certificate by trusted_ca_keys (RFC 6066, 6)."""


class TruncatedHMAC(Struct):
    """MACs of records are cut to 80 bits (RFC 6066, 7)."""


class CertificateStatusAcknowledgement(Struct):
    """The server will send a CertificateStatus: status_request and status_request_v2 (RFC 6066, 8; RFC 6961, 2.2)."""


class SignedCertificateTimestampRequest(Struct):
    """The client asks for SCTs (RFC 6962, 3.3.1)."""


class TransparencyInfoRequest(Struct):
    """The client asks for SCTs of version 2 (RFC 9162, 6.5)."""


class EncryptThenMAC(Struct):
    """CBC records carry the MAC of the ciphertext (RFC 7366, 2)."""


class ExtendedMasterSecret(Struct):
    """The master secret covers the handshake's messages (RFC 7627, 5.1)."""


class NextProtocolNegotiationRequest(Struct):
    """The client would send a NextProtocol (draft-agl-tls-nextprotoneg, 3; replaced by ALPN)."""


class ChannelID(Struct):
    """Both sides know channel IDs (draft-balfanz-tls-channelid, 3; never registered)."""


class TlsLts(Struct):
    """Both sides know TLS 1.2 with long-term support (draft-gutmann-tls-lts, 3)."""


class EarlyData(Struct):
    """A TLS 1.3 client has sent data already (RFC 8446, 4.2.10)."""


class PostHandshakeAuth(Struct):
    """A TLS 1.3 client may be asked for its certificate later (RFC 8446, 4.2.6)."""


class TLSCertWithExternPSK(Struct):
    """Certificates and an external PSK together, in TLS 1.3 (RFC 8773, 5.1)."""
