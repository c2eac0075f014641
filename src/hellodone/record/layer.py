"""Records in and out (RFC 5246, 6.2): what is cut, numbered and protected on its way to the wire, and back.

The layer is handed its protection objects; it does not know where keys come from.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final, Protocol

from hellodone.errors import AlertDescription, FatalAlert
from hellodone.registry.codes import ContentType
from hellodone.registry.versions import ProtocolVersion, version_name
from hellodone.wire.record_header import HEADER_LENGTH, pack_header, unpack_header

MAX_PLAINTEXT: Final = 2**14
SMALLEST_LIMIT: Final = 64  # that a record_size_limit may set (RFC 8449, 4)
MAX_EXPANSION: Final = 2048  # by compression and protection (RFC 5246, 6.2.2 and 6.2.3)

WATCHED: Final = 4608  # of application data in longer fragments, which may be much, only the header is shown

COPIED_AT_ONCE: Final = 2048  # bytes: up to here a copy costs less than a view

FIRST_VERSION: Final = int(ProtocolVersion.TLS10)  # of a record, before a version is agreed on (RFC 5246, E.1)
APPLICATION_DATA: Final = int(ContentType.application_data)
_CONTENT_TYPES: Final = frozenset(
    (ContentType.change_cipher_spec, ContentType.alert, ContentType.handshake, ContentType.application_data)
)

Record = tuple[int, bytes, bytes]
"""A content type, what a record of that type held, and the record itself if records are watched, else b""."""


class Sealer(Protocol):
    """Protects what this side writes; ``crypto.protection`` makes them."""

    def seal(
        self, sequence: int, content_type: int, version: int, plaintext: bytes | memoryview, out: list[bytes]
    ) -> None:
        """Append the whole record to ``out`` in two pieces, the first beginning with the header."""
        ...


class Opener(Protocol):
    """Opens what the peer wrote. ``open`` raises ``crypto.errors.BadRecordMac`` for whatever does not verify."""

    def open(self, sequence: int, content_type: int, version: int, record: bytes | memoryview) -> bytes:
        """The plaintext of a record, which is whole, with its header; that was read by whoever calls."""
        ...


class RecordLayer:
    """The current states of both directions, and the bytes of a record that is not complete yet.

    A connection starts with TLS_NULL_WITH_NULL_NULL (RFC 5246, 6.1): no sealer, no opener, fragments are plaintext.
    ``write_version`` and ``read_version`` are the versions records carry; before the version is negotiated
    ``read_version`` is None and any 3.x is taken (RFC 5246, E.1). ``max_plaintext`` bounds what this side puts into a
    record, ``max_incoming`` what the peer may: extensions lower them (RFC 6066, 4; RFC 8449, 4), the latter through
    ``limit_incoming``.
    """

    __slots__ = (
        "_incomplete",
        "_longest",
        "_opener",
        "_read_sequence",
        "_sealer",
        "_short",
        "_watched",
        "_write_sequence",
        "max_incoming",
        "max_plaintext",
        "read_version",
        "write_version",
    )

    def __init__(self, *, watched: bool = False) -> None:
        self._watched = watched
        self._incomplete = b""
        self._sealer: Sealer | None = None
        self._opener: Opener | None = None
        self._write_sequence = 0
        self._read_sequence = 0
        self.max_plaintext = MAX_PLAINTEXT
        self.max_incoming = self._longest = MAX_PLAINTEXT
        self._short = COPIED_AT_ONCE
        self.write_version = FIRST_VERSION
        self.read_version: int | None = None

    @property
    def pending(self) -> int:
        """How many bytes of an incomplete record wait for the rest."""
        return len(self._incomplete)

    def protect_writes(self, sealer: Sealer) -> None:
        """What this side writes from now on is protected; the sequence number starts again (6.1)."""
        self._sealer = sealer
        self._write_sequence = 0

    def protect_reads(self, opener: Opener) -> None:
        """What the peer writes from now on is protected."""
        self._opener = opener
        self._longest = self.max_incoming + MAX_EXPANSION
        self._read_sequence = 0

    def limit_incoming(self, length: int) -> None:
        """No record of the peer's may carry more plaintext from here on."""
        self.max_incoming = length
        self._short = min(length, COPIED_AT_ONCE)
        self._longest = length if self._opener is None else length + MAX_EXPANSION

    def seal(self, content_type: int, data: bytes | memoryview, out: list[bytes]) -> None:
        """Append ``data`` to ``out`` as one record, or as many as it takes; empty data is one empty record."""
        if len(data) > self.max_plaintext:
            whole, limit = memoryview(data), self.max_plaintext
            for start in range(0, len(data), limit):
                self.seal(content_type, whole[start : start + limit], out)
            return
        sequence = self._write_sequence
        sealer = self._sealer
        if sealer is None:
            out += (pack_header(content_type, self.write_version, len(data)), bytes(data))
        else:
            sealer.seal(sequence, content_type, self.write_version, data, out)
        self._write_sequence = sequence + 1

    def read_only(self, data: bytes) -> bytes | None:
        """What ``data`` holds if that is one short record of application data and nothing else, as most messages are.

        None when it is not: nothing was taken, it is for ``read``. Raises BadRecordMac.
        """
        opener = self._opener
        if opener is None or self._incomplete or not HEADER_LENGTH <= len(data) <= self._short:
            return None
        content_type, version, length = unpack_header(data)
        if length != len(data) - HEADER_LENGTH or content_type != APPLICATION_DATA or version != self.read_version:
            return None
        sequence = self._read_sequence
        self._read_sequence = sequence + 1
        return opener.open(sequence, content_type, version, data)

    def read(self, data: bytes | bytearray) -> Iterator[Record]:
        """The records that are whole with ``data``; the rest waits, if all of them are taken.

        Raises FatalAlert (protocol_version, unexpected_message, record_overflow) and ``BadRecordMac``, both behind what
        came before the fault.
        """
        received = self._gathered(data) if self._incomplete or type(data) is not bytes else data
        start, size = 0, len(received)
        source = received if size <= COPIED_AT_ONCE else memoryview(received)
        watched, wire, cut = self._watched, b"", 0  # the length of the record whose header ``wire`` is
        while size - start >= HEADER_LENGTH:
            content_type, version, length = unpack_header(received, start)
            foreign = version != self.read_version and (self.read_version is not None or version >> 8 != 3)
            if foreign or length > self._longest or content_type not in _CONTENT_TYPES:
                self._check_header(content_type, version, length)
            end = start + HEADER_LENGTH + length
            if end > size:
                break
            sequence = self._read_sequence
            self._read_sequence = sequence + 1
            opener = self._opener  # another one behind each ChangeCipherSpec
            if opener is None:
                content = received[start + HEADER_LENGTH : end]
            else:
                content = opener.open(sequence, content_type, version, source[start:end])
            if len(content) > self.max_incoming:
                self._refuse_plaintext(len(content))
            if watched and not (cut and length == cut and content_type == APPLICATION_DATA):  # with the same header
                cut = length if length > WATCHED and content_type == APPLICATION_DATA else 0
                wire = received[start : start + HEADER_LENGTH if cut else end]
            yield content_type, content, wire
            start = end
        if start < size:
            self._incomplete = received[start:]

    def _gathered(self, data: bytes | bytearray) -> bytes:
        """With what waited for it."""
        before, self._incomplete = self._incomplete, b""
        return before + data

    @property
    def _rule(self) -> str:
        return "(RFC 5246, 6.2.1)" if self.max_incoming == MAX_PLAINTEXT else "(RFC 6066, 4; RFC 8449, 4)"

    def _refuse_plaintext(self, length: int) -> None:
        raise FatalAlert(
            AlertDescription.record_overflow,
            f"a record holds {length} bytes of plaintext, {self.max_incoming} are allowed {self._rule}",
        )

    def _check_header(self, content_type: int, version: int, length: int) -> None:
        if content_type not in _CONTENT_TYPES:
            raise FatalAlert(
                AlertDescription.unexpected_message,
                f"a record of content type {content_type}, which TLS 1.2 does not know (RFC 5246, 6.2.1)",
            )
        # an alert may come from a peer that has not seen our choice of version yet
        early = content_type == ContentType.alert and self._opener is None
        expected = None if early else self.read_version
        if version >> 8 != 3 or (expected is not None and version != expected):
            raise FatalAlert(
                AlertDescription.protocol_version,
                f"a record of version {version_name(version)} where "
                f"{'TLS' if expected is None else version_name(expected)} was expected (RFC 5246, E.1)",
            )
        if length > self._longest:
            raise FatalAlert(
                AlertDescription.record_overflow,
                f"a record announces {length} bytes, {self._longest} are allowed {self._rule}",
            )
