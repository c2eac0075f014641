"""Records in and out (RFC 5246, 6.2): what is cut, numbered and protected on its way to the wire, and back.

The layer is handed its protection objects; it does not know where keys come from.
"""

from __future__ import annotations

import struct
from typing import NamedTuple, Protocol

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

    def seal_into(self, sequence: int, content_type: int, version: int, plaintext: memoryview, out: memoryview) -> None:
        """Fill ``out`` with the fragment."""
        ...


class Opener(Protocol):
    """Opens what the peer wrote. ``open`` raises ``crypto.errors.BadRecordMac`` for whatever does not verify."""

    def open(self, sequence: int, content_type: int, version: int, fragment: memoryview) -> bytes:
        """The plaintext of a fragment."""
        ...


class Record(NamedTuple):
    """A record of the peer: what it carried, and all its bytes as they were on the wire."""

    content_type: int
    plaintext: bytes
    wire: bytes


class RecordLayer:
    """The current states of both directions, and the bytes of a record that is not complete yet.

    ``write_version`` and ``read_version`` are the versions records carry; before the version is negotiated
    ``read_version`` is None and any 3.x is taken (RFC 5246, E.1). ``max_plaintext`` bounds what this side puts into a
    record, ``max_incoming`` what the peer may: extensions lower them (RFC 6066, 4; RFC 8449, 4).
    """

    __slots__ = (
        "_buffer",
        "_opener",
        "_read_sequence",
        "_sealer",
        "_write_sequence",
        "max_incoming",
        "max_plaintext",
        "read_version",
        "write_version",
    )

    def __init__(self) -> None:
        self._buffer = b""
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
        return len(self._buffer)

    def protect_writes(self, sealer: Sealer) -> None:
        """What this side writes from now on is protected; the sequence number starts again (6.1)."""
        self._sealer = sealer
        self._write_sequence = 0

    def protect_reads(self, opener: Opener) -> None:
        """What the peer writes from now on is protected."""
        self._opener = opener
        self._read_sequence = 0

    def seal(self, content_type: int, data: bytes | memoryview) -> bytes:
        """``data`` as one record, or as many as it takes; empty data is one empty record."""
        sealer, limit, version = self._sealer, self.max_plaintext, self.write_version
        view = memoryview(data)
        fragments = [view[i : i + limit] for i in range(0, len(view), limit)] or [view]
        lengths = [len(f) for f in fragments] if sealer is None else [sealer.sealed_length(len(f)) for f in fragments]
        out = bytearray(sum(lengths) + HEADER_LENGTH * len(fragments))
        target = memoryview(out)
        start = 0
        for fragment, length in zip(fragments, lengths, strict=True):
            _header.pack_into(out, start, content_type, version, length)
            start += HEADER_LENGTH
            if sealer is None:
                target[start : start + length] = fragment
            else:
                body = target[start : start + length]
                sealer.seal_into(self._write_sequence, content_type, version, fragment, body)
                self._write_sequence += 1
            start += length
        return bytes(out)

    def feed(self, data: bytes) -> None:
        """Take bytes of the peer."""
        self._buffer = self._buffer + data if self._buffer else bytes(data)

    def next_record(self) -> Record | None:
        """The next whole record, opened, or None when it has not all arrived.

        Raises FatalAlert (protocol_version, unexpected_message, record_overflow) and ``BadRecordMac``.
        """
        buffer = self._buffer
        if len(buffer) < HEADER_LENGTH:
            return None
        content_type, version, length = _header.unpack_from(buffer)
        self._check_header(content_type, version, length)
        end = HEADER_LENGTH + length
        if len(buffer) < end:
            return None
        self._buffer = buffer[end:]
        return Record(content_type, self._open(content_type, version, buffer, end), buffer[:end])

    def _open(self, content_type: int, version: int, buffer: bytes, end: int) -> bytes:
        if self._opener is None:
            return buffer[HEADER_LENGTH:end]
        fragment = memoryview(buffer)[HEADER_LENGTH:end]
        plaintext = self._opener.open(self._read_sequence, content_type, version, fragment)
        self._read_sequence += 1
        if len(plaintext) > self.max_incoming:
            raise FatalAlert(
                AlertDescription.record_overflow,
                f"a record holds {len(plaintext)} bytes of plaintext, {self.max_incoming} are allowed {self._rule}",
            )
        return plaintext

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
