"""What is not a handshake message: the record's header, alerts and ChangeCipherSpec (RFC 5246, 6.2, 7.1, 7.2)."""

from typing import Annotated, Final

from hellodone.errors import AlertLevel, alert_name
from hellodone.messages.types import ProtocolVersion, numbered
from hellodone.registry.codes import ContentType
from hellodone.wire.codec import uint8, uint16
from hellodone.wire.struct import Struct

HEADER_LENGTH = 5
MAX_PLAINTEXT = 2**14  # RFC 5246, 6.2.1
MAX_CIPHERTEXT = 2**14 + 2048  # RFC 5246, 6.2.3


class RecordHeader(Struct):
    """The first five bytes of TLSPlaintext, TLSCompressed and TLSCiphertext alike (RFC 5246, 6.2)."""

    content_type: Annotated[int, numbered(uint8, ContentType)]
    version: Annotated[int, ProtocolVersion]
    length: Annotated[int, uint16]


class Alert(Struct):
    """``struct { AlertLevel level; AlertDescription description; } Alert`` (RFC 5246, 7.2)."""

    level: Annotated[int, numbered(uint8, AlertLevel)]
    description: Annotated[int, uint8(alert_name)]

    def __str__(self) -> str:
        """``fatal handshake_failure(40)``."""
        level = AlertLevel(self.level).name if self.level in (1, 2) else f"level {self.level}"
        return f"{level} {alert_name(self.description)}"


def _change_cipher_spec(value: int) -> str:
    return "change_cipher_spec(1)" if value == 1 else f"unknown(0x{value:02x})"


class ChangeCipherSpec(Struct):
    """``struct { enum { change_cipher_spec(1), (255) } type; } ChangeCipherSpec`` (RFC 5246, 7.1)."""

    type: Annotated[int, uint8(_change_cipher_spec)] = 1


CHANGE_CIPHER_SPEC: Final = ChangeCipherSpec()
"""There is no other."""
