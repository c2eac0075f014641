"""A few words in the clear before TLS, as a generator without I/O: what to say, what to wait for, within bounds.

A dialogue yields bytes to say, or a :class:`Wait` for which it gets the bytes that satisfied it. The parties may be
hostile: lines, units and the whole are bounded.
"""

from __future__ import annotations

from collections.abc import Callable, Generator
from dataclasses import dataclass

from hellodone.transport.errors import StartTlsRefused
from hellodone.transport.sniff import quote

MAXIMUM_UNIT = 64 * 1024  # bytes of one line, reply or stanza
MAXIMUM_TOTAL = 256 * 1024  # bytes of the peer's in the whole dialogue


@dataclass(frozen=True, slots=True)
class Wait:
    """``complete`` says how many of the bytes seen make up the unit that is waited for, 0 when more must come."""

    complete: Callable[[bytes], int]
    expected: str  # completes "expected ..."


Dialogue = Generator[bytes | Wait, bytes, None]


def line(data: bytes) -> int:
    """One line with its end."""
    return data.find(b"\n") + 1


def exactly(length: int) -> Callable[[bytes], int]:
    """That many bytes."""
    return lambda data: length if len(data) >= length else 0


class Conversation:
    """Runs a dialogue: ``data_to_send`` and ``receive_data`` until ``finished``.

    ``peer`` names the peer in sentences. Raises StartTlsRefused when the peer says no, breaks off, says too much, or
    goes on talking in the clear after it agreed to TLS (what a man in the middle put there would pass for protected).
    """

    def __init__(self, dialogue: Dialogue, peer: str) -> None:
        self._dialogue = dialogue
        self._peer = peer
        self._out = bytearray()
        self._in = bytearray()
        self._total = 0
        self._wait: Wait | None = None
        self.finished = False
        self._advance(None)

    def data_to_send(self) -> bytes:
        """What must be said now."""
        data = bytes(self._out)
        self._out.clear()
        return data

    def receive_data(self, data: bytes) -> None:
        """What the peer said; empty when it ended the connection."""
        if not data:
            said = f" after it said {quote(bytes(self._in))}" if self._in else ""
            raise StartTlsRefused(f"{self._peer} ended the connection{said}; expected {self.expected}")
        self._in += data
        self._total += len(data)
        while self._wait is not None and (length := self._wait.complete(bytes(self._in))):
            unit = bytes(self._in[:length])
            del self._in[:length]
            self._advance(unit)
        if len(self._in) > MAXIMUM_UNIT or self._total > MAXIMUM_TOTAL:
            raise StartTlsRefused(f"{self._peer} says too much before TLS: {quote(data)}; expected {self.expected}")
        if self.finished and self._in:
            raise StartTlsRefused(
                f"{self._peer} goes on in the clear after it agreed to TLS ({quote(bytes(self._in))}); "
                f"somebody in between may have put that there"
            )

    @property
    def expected(self) -> str:
        """What is waited for now."""
        return self._wait.expected if self._wait else "the TLS handshake"

    def _advance(self, unit: bytes | None) -> None:
        """Run the dialogue to its next wait."""
        try:
            step = self._dialogue.send(unit) if unit is not None else next(self._dialogue)
            while isinstance(step, bytes):
                self._out += step
                step = next(self._dialogue)
            self._wait = step
        except StopIteration:
            self._wait, self.finished = None, True
