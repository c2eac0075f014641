"""Handshake messages out of the records that carry them: several in one, or one over several (RFC 5246, 6.2.1)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from hellodone.errors import AlertDescription, FatalAlert
from hellodone.registry.codes import HandshakeType
from hellodone.registry.naming import name_of

HEADER_LENGTH = 4
LARGE = 132 * 1024
USUAL = 64 * 1024
_LARGE_ONES = frozenset((HandshakeType.client_hello, HandshakeType.certificate, HandshakeType.certificate_request))


class Joiner:
    """Gathers handshake content and gives whole messages, headers included; bounds what one handshake may hold."""

    __slots__ = ("_buffer", "_maximum", "_total")

    def __init__(self, maximum: int) -> None:
        self._buffer = bytearray()
        self._maximum = maximum
        self._total = 0

    @property
    def partial(self) -> bool:
        """Whether part of a message is waiting for the rest."""
        return bool(self._buffer)

    def reset(self) -> None:
        """A handshake is complete: the next one may hold as much again."""
        self._total = 0

    def join(self, content: bytes) -> Iterable[bytes]:
        """The messages that are whole with this content. Raises FatalAlert for one that announces too much."""
        length = len(content)
        if self._buffer or length > USUAL or int.from_bytes(content[:HEADER_LENGTH], "big") & 0xFFFFFF != length - 4:
            return self._split(content)
        self._total += length
        if self._total > self._maximum:
            self._total -= length
            self._check_length(content[0], length)
        return (content,)  # as most records are: one message, and nothing else

    def _split(self, content: bytes) -> Iterator[bytes]:
        buffer = content
        if self._buffer:
            self._buffer += content
            if not self._whole():
                return
            buffer = bytes(self._buffer)
        start, size = 0, len(buffer)
        while size - start >= HEADER_LENGTH:
            end = start + HEADER_LENGTH + int.from_bytes(buffer[start + 1 : start + HEADER_LENGTH], "big")
            length = end - start
            if length > USUAL or self._total + length > self._maximum:
                self._check_length(buffer[start], length)
            if size < end:
                break
            self._total += length
            yield buffer[start:end]
            start = end
        self._buffer = bytearray(buffer[start:])

    def _whole(self) -> bool:
        """Whether what has gathered may be a message: until then bytes are only added to it."""
        if len(self._buffer) < HEADER_LENGTH:
            return False
        length = HEADER_LENGTH + int.from_bytes(self._buffer[1:HEADER_LENGTH], "big")
        self._check_length(self._buffer[0], length)
        return len(self._buffer) >= length

    def _check_length(self, msg_type: int, length: int) -> None:
        name = name_of(HandshakeType, msg_type)
        limit = LARGE if msg_type in _LARGE_ONES else USUAL
        if length > limit:
            raise FatalAlert(
                AlertDescription.decode_error,  # "the length of the message was incorrect" (RFC 5246, 7.2.2)
                f"{name} announces {length} bytes; {limit} are accepted",
            )
        if self._total + length > self._maximum:
            raise FatalAlert(
                AlertDescription.handshake_failure,
                f"the handshake grows beyond {self._maximum} bytes with {name}",
            )
