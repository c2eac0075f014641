"""Extensions of TLS 1.3 that a TLS 1.2 server meets in a ClientHello, and their answers in captures (RFC 8446, 4.2)."""

from enum import IntEnum
from typing import Annotated, Any

from hellodone.messages.types import NamedGroup, ProtocolVersion, PskKeyExchangeMode, named
from hellodone.wire.codec import fixed, opaque, rest, uint8, uint16, uint32, vector
from hellodone.wire.forms import unassigned
from hellodone.wire.struct import Struct, select


class SupportedVersions(Struct):
    """supported_versions of a ClientHello (RFC 8446, 4.2.1)."""

    versions: Annotated[tuple[int, ...], vector(ProtocolVersion, 2, 254)]


class SelectedVersion(Struct):
    """supported_versions of a ServerHello or HelloRetryRequest (RFC 8446, 4.2.1)."""

    selected_version: Annotated[int, ProtocolVersion]


class Cookie(Struct):
    """cookie: what the server keeps in the client's hands (RFC 8446, 4.2.2)."""

    cookie: Annotated[bytes, opaque(1, 2**16 - 1)]


class KeyShareEntry(Struct):
    """A public value and its group (RFC 8446, 4.2.8)."""

    group: Annotated[int, NamedGroup]
    key_exchange: Annotated[bytes, opaque(1, 2**16 - 1)]

    @classmethod
    def describe(cls, values: Any) -> str:
        """The group."""
        return NamedGroup.meaning(values["group"])


class KeyShareClientHello(Struct):
    """key_share of a ClientHello (RFC 8446, 4.2.8)."""

    client_shares: Annotated[tuple[KeyShareEntry, ...], vector(KeyShareEntry, 0, 2**16 - 1)]


class KeyShareServerHello(Struct):
    """key_share of a ServerHello (RFC 8446, 4.2.8)."""

    server_share: KeyShareEntry


class KeyShareHelloRetryRequest(Struct):
    """key_share of a HelloRetryRequest: the group to try (RFC 8446, 4.2.8)."""

    selected_group: Annotated[int, NamedGroup]


class PskKeyExchangeModes(Struct):
    """psk_key_exchange_modes (RFC 8446, 4.2.9)."""

    ke_modes: Annotated[tuple[int, ...], vector(PskKeyExchangeMode, 1, 255)]


class PskIdentity(Struct):
    """A ticket or a name agreed elsewhere (RFC 8446, 4.2.11)."""

    identity: Annotated[bytes, opaque(1, 2**16 - 1)]
    obfuscated_ticket_age: Annotated[int, uint32]


class OfferedPsks(Struct):
    """pre_shared_key of a ClientHello (RFC 8446, 4.2.11)."""

    identities: Annotated[tuple[PskIdentity, ...], vector(PskIdentity, 7, 2**16 - 1, "identity")]
    binders: Annotated[tuple[bytes, ...], vector(opaque(32, 255), 33, 2**16 - 1)]


class SelectedPsk(Struct):
    """pre_shared_key of a ServerHello (RFC 8446, 4.2.11)."""

    selected_identity: Annotated[int, uint16]


class ECHClientHelloType(IntEnum):
    """Which hello an encrypted_client_hello is in (RFC 9849, 5)."""

    outer = 0
    inner = 1


class OuterClientHello(Struct):
    """``case outer`` of ECHClientHello; the cipher suite is HpkeSymmetricCipherSuite (RFC 9849, 5)."""

    kdf_id: Annotated[int, uint16]
    aead_id: Annotated[int, uint16]
    config_id: Annotated[int, uint8]
    enc: Annotated[bytes, opaque(0, 2**16 - 1)]
    payload: Annotated[bytes, opaque(1, 2**16 - 1)]


class InnerClientHello(Struct):
    """``case inner`` of ECHClientHello: empty (RFC 9849, 5)."""


class ECHClientHello(Struct):
    """encrypted_client_hello of a ClientHello (RFC 9849, 5)."""

    type: Annotated[int, named(uint8, ECHClientHelloType)]
    body: Annotated[
        OuterClientHello | InnerClientHello,
        select(
            "type",
            {ECHClientHelloType.outer: OuterClientHello, ECHClientHelloType.inner: InnerClientHello},
            default=unassigned,
        ),
    ]

    @classmethod
    def describe(cls, values: Any) -> str:
        """Outer or inner."""
        return "outer" if values["type"] == ECHClientHelloType.outer else "inner"


class ECHHelloRetryRequest(Struct):
    """encrypted_client_hello of a HelloRetryRequest (RFC 9849, 5)."""

    confirmation: Annotated[bytes, fixed(8)]


class QuicTransportParameters(Struct):
    """quic_transport_parameters, opaque here (RFC 9001, 8.2)."""

    transport_parameters: Annotated[bytes, rest]
