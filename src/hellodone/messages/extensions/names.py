"""Which party and which protocol is meant: server_name and ALPN (RFC 6066, 3; RFC 7301)."""

from typing import Annotated, Any

from hellodone.messages.types import ProtocolName, named
from hellodone.registry.codes import ServerNameType
from hellodone.wire.codec import opaque, rest, text, uint8, vector
from hellodone.wire.struct import Struct, select

HostName = opaque(1, 2**16 - 1, text)


class ServerName(Struct):
    """One name; every kind of name begins with a length of two bytes (RFC 6066, 3)."""

    name_type: Annotated[int, named(uint8, ServerNameType)]
    name: Annotated[bytes, select("name_type", {ServerNameType.host_name: HostName}, default=opaque(0, 2**16 - 1))]

    @classmethod
    def describe(cls, values: Any) -> str:
        """The name as text."""
        return text(values["name"])


class ServerNameList(Struct):
    """server_name of a ClientHello (RFC 6066, 3); the server answers with an empty one."""

    server_name_list: Annotated[tuple[ServerName, ...], vector(ServerName, 1, 2**16 - 1)]


class ProtocolNameList(Struct):
    """application_layer_protocol_negotiation: the client's list, the server's single choice (RFC 7301, 3.1)."""

    protocol_name_list: Annotated[tuple[bytes, ...], vector(ProtocolName, 2, 2**16 - 1)]


class NextProtocolNegotiation(Struct):
    """The server's protocols in next_protocol_negotiation, opaque here (draft-agl-tls-nextprotoneg, 3)."""

    next_protocols: Annotated[bytes, rest]


class ApplicationSettings(Struct):
    """Application settings for ALPN protocols, opaque here (draft-vvv-tls-alps, 3)."""

    application_settings: Annotated[bytes, rest]
