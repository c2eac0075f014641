"""Records in and out (RFC 5246, 6.2): what is cut, numbered and protected on its way to the wire, and back.

The layer is handed its protection objects; it does not know where keys come from.
"""

from __future__ import annotations

import struct
from typing import Protocol

from hellodone.errors import AlertDescription, FatalAlert
from hellodone.registry.codes import ContentType
from hellodone.registry.versions import ProtocolVersion, version_name

HEADER_LENGTH = 5
MAX_PLAINTEXT = 2**14
SMALLEST_LIMIT = 64  # that a record_size_limit may set (RFC 8449, 4)
MAX_EXPANSION = 2048  # by compression and protection (RFC 5246, 6.2.2 and 6.2.3)

_header = struct.Struct(">BHH")
_CONTENT_TYPES = frozenset(
    (ContentType.change_cipher_spec, ContentType.alert, ContentType.handshake, ContentType.application_data)
)


class Sealer(Protocol):
    """Protects what this side writes; ``crypto.protection`` makes them."""

    def sealed_length(self, n: int) -> int:
        """How long the fragment for ``n`` bytes of plaintext is."""
        ...

    def seal_into(
        self, sequence: int, content_type: int, version: int, plaintext: bytes | memoryview, out: memoryview
    ) -> None:
        """Fill ``out`` with the fragment."""
        ...


class Opener(Protocol):
    """Opens what the peer wrote. ``open`` raises ``crypto.errors.BadRecordMac`` for whatever does not verify."""

    def open(self, sequence: int, content_type: int, version: int, fragment: memoryview) -> bytes:
        """The plaintext of a fragment."""
        ...


class RecordLayer:
    """The current states of both directions, and the bytes of a record that is not complete yet.

    ``write_version`` and ``read_version`` are the versions records carry; before the version is negotiated
    ``read_version`` is None and any 3.x is taken (RFC 5246, E.1). ``max_plaintext`` bounds what this side puts into a
    record, ``max_incoming`` what the peer may: extensions lower them (RFC 6066, 4; RFC 8449, 4).
    """

    __slots__ = (
        "_buffer",
        "_last",
        "_opener",
        "_read_sequence",
        "_sealer",
        "_start",
        "_write_sequence",
        "max_incoming",
        "max_plaintext",
        "read_version",
        "write_version",
    )

    def __init__(self) -> None:
        self._buffer = b""
        self._start = 0  # of what has not been read
        self._last = (0, 0)
        self._sealer: Sealer | None = None
        self._opener: Opener | None = None
        self._write_sequence = 0
        self._read_sequence = 0
        self.max_plaintext = MAX_PLAINTEXT
        self.max_incoming = MAX_PLAINTEXT
        self.write_version: int = ProtocolVersion.TLS10
        self.read_version: int | None = None

    @property
    def pending(self) -> int:
        """How many bytes of an incomplete record wait for the rest."""
        return len(self._buffer) - self._start

    def protect_writes(self, sealer: Sealer) -> None:
        """What this side writes from now on is protected; the sequence number starts again (6.1)."""
        self._sealer = sealer
        self._write_sequence = 0

    def protect_reads(self, opener: Opener) -> None:
        """What the peer writes from now on is protected."""
        self._opener = opener
        self._read_sequence = 0

    def seal(self, content_type: int, data: bytes | memoryview) -> bytearray:
        """``data`` as one record, or as many as it takes; empty data is one empty record."""
        limit = self.max_plaintext
        if len(data) <= limit:
            out = bytearray(HEADER_LENGTH + self._sealed_length(len(data)))
            self._seal_into(content_type, data, memoryview(out))
            return out
        whole = memoryview(data)
        fragments = [whole[i : i + limit] for i in range(0, len(whole), limit)]
        lengths = [HEADER_LENGTH + self._sealed_length(len(fragment)) for fragment in fragments]
        out = bytearray(sum(lengths))
        target = memoryview(out)
        start = 0
        for fragment, length in zip(fragments, lengths, strict=True):
            self._seal_into(content_type, fragment, target[start : start + length])
            start += length
        return out

    def _sealed_length(self, length: int) -> int:
        return length if self._sealer is None else self._sealer.sealed_length(length)

    def _seal_into(self, content_type: int, fragment: bytes | memoryview, out: memoryview) -> None:
        """One whole record, header included, into a buffer of just its length."""
        version = self.write_version
        _header.pack_into(out, 0, content_type, version, len(out) - HEADER_LENGTH)
        if self._sealer is None:
            out[HEADER_LENGTH:] = fragment
            return
        self._sealer.seal_into(self._write_sequence, content_type, version, fragment, out[HEADER_LENGTH:])
        self._write_sequence += 1

    def feed(self, data: bytes | bytearray) -> None:
        """Take bytes of the peer."""
        if self._start == len(self._buffer):
            self._buffer = bytes(data)
        else:
            self._buffer = self._buffer[self._start :] + data
        self._start = 0

    def next_record(self) -> tuple[int, bytes] | None:
        """Content type and plaintext of the next whole record, or None when it has not all arrived.

        Raises FatalAlert (protocol_version, unexpected_message, record_overflow) and ``BadRecordMac``.
        """
        buffer, start = self._buffer, self._start
        body = start + HEADER_LENGTH
        if len(buffer) < body:
            return None
        content_type, version, length = _header.unpack_from(buffer, start)
        if version != self.read_version or length > MAX_PLAINTEXT or content_type not in _CONTENT_TYPES:
            self._check_header(content_type, version, length)
        end = body + length
        if len(buffer) < end:
            return None
        self._last = (start, end)
        self._start = end
        if self._opener is None:
            return content_type, buffer[body:end]
        plaintext = self._opener.open(self._read_sequence, content_type, version, memoryview(buffer)[body:end])
        self._read_sequence += 1
        if len(plaintext) > self.max_incoming:
            raise FatalAlert(
                AlertDescription.record_overflow,
                f"a record holds {len(plaintext)} bytes of plaintext, {self.max_incoming} are allowed {self._rule}",
            )
        return content_type, plaintext

    @property
    def last_wire(self) -> bytes:
        """The last record that was read, as it was on the wire."""
        start, end = self._last
        return self._buffer[start:end]

    @property
    def _rule(self) -> str:
        return "(RFC 5246, 6.2.1)" if self.max_incoming == MAX_PLAINTEXT else "(RFC 6066, 4; RFC 8449, 4)"

    def _check_header(self, content_type: int, version: int, length: int) -> None:
        if content_type not in _CONTENT_TYPES:
            raise FatalAlert(
                AlertDescription.unexpected_message,
                f"a record of content type {content_type}, which TLS 1.2 does not know (RFC 5246, 6.2.1)",
            )
        # an alert may come from a peer that has not seen our choice of version yet
        expected = None if content_type == ContentType.alert and self._opener is None else self.read_version
        if version >> 8 != 3 or (expected is not None and version != expected):
            raise FatalAlert(
                AlertDescription.protocol_version,
                f"a record of version {version_name(version)} where "
                f"{'TLS' if expected is None else version_name(expected)} was expected (RFC 5246, E.1)",
            )
        limit = self.max_incoming if self._opener is None else self.max_incoming + MAX_EXPANSION
        if length > limit:
            raise FatalAlert(
                AlertDescription.record_overflow,
                f"a record announces {length} bytes, {limit} are allowed {self._rule}",
            )
