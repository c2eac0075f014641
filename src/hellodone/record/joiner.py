"""Handshake messages out of the records that carry them: several in one, or one over several (RFC 5246, 6.2.1)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from struct import Struct

from hellodone.errors import AlertDescription, FatalAlert
from hellodone.registry.codes import HandshakeType
from hellodone.registry.naming import name_of

_unpack_header = Struct(">I").unpack_from  # msg_type, and 24 bits of length

HEADER_LENGTH = 4
LARGE = 132 * 1024
USUAL = 64 * 1024
_LARGE_ONES = frozenset((HandshakeType.client_hello, HandshakeType.certificate, HandshakeType.certificate_request))


class Joiner:
    """Gathers handshake content and gives whole messages, headers included; bounds what one handshake may hold.

    ``partial`` is the beginning of a message that waits for the rest.
    """

    __slots__ = ("_left", "_maximum", "partial")

    def __init__(self, maximum: int) -> None:
        self.partial: bytes | bytearray = b""
        self._maximum = maximum
        self._left = maximum

    def reset(self) -> None:
        """A handshake is complete: the next one may hold as much again."""
        self._left = self._maximum

    def join(self, content: bytes) -> Iterable[bytes]:
        """The messages that are whole with this content. Raises FatalAlert for one that announces too much."""
        size = len(content)
        if (
            not self.partial
            and HEADER_LENGTH <= size <= self._left
            and _unpack_header(content)[0] & 0xFFFFFF == size - HEADER_LENGTH
        ):  # one message and nothing else, as most records hold
            self._left -= size
            return (content,)
        return self._messages(content)

    def _messages(self, content: bytes) -> Iterator[bytes]:
        """As many as there are; what is left begins the next one."""
        if self.partial:
            content = self._whole(content)
        start, size = 0, len(content)
        while size - start >= HEADER_LENGTH:
            length = HEADER_LENGTH + (_unpack_header(content, start)[0] & 0xFFFFFF)
            end = start + length
            if end > size or length > self._left:
                self._check_length(content[start], length)
                break
            self._left -= length
            yield content[start:end]
            start = end
        if start < size:
            self.partial = bytearray(content[start:])

    def _whole(self, content: bytes) -> bytes:
        """What has gathered with this, if that may be a message; until then bytes are only added to it."""
        self.partial += content
        if len(self.partial) < HEADER_LENGTH:
            return b""
        length = HEADER_LENGTH + int.from_bytes(self.partial[1:HEADER_LENGTH], "big")
        self._check_length(self.partial[0], length)
        if len(self.partial) < length:
            return b""
        gathered, self.partial = bytes(self.partial), b""
        return gathered

    def _check_length(self, msg_type: int, length: int) -> None:
        name = name_of(HandshakeType, msg_type)
        limit = LARGE if msg_type in _LARGE_ONES else USUAL
        if length > limit:
            raise FatalAlert(
                AlertDescription.decode_error,  # "the length of the message was incorrect" (RFC 5246, 7.2.2)
                f"{name} announces {length} bytes; {limit} are accepted",
            )
        if length > self._left:
            raise FatalAlert(
                AlertDescription.handshake_failure,
                f"the handshake grows beyond {self._maximum} bytes with {name}",
            )
