"""Raw bytes, taken apart: records, or handshake messages without their records."""

from __future__ import annotations

import re
from collections.abc import Iterator

from hellodone.errors import AlertDescription, ConfigurationError
from hellodone.explain.alerts import explain_alert
from hellodone.explain.entry import Entry
from hellodone.messages.dissection import (
    DissectionContext,
    dissect_alert,
    dissect_change_cipher_spec,
    dissect_handshake,
    dissect_record_header,
)
from hellodone.messages.handshake import HANDSHAKE_MESSAGES
from hellodone.messages.record import HEADER_LENGTH, MAX_CIPHERTEXT, RecordHeader
from hellodone.registry.codes import ContentType, HandshakeType
from hellodone.registry.suites import cipher_suite
from hellodone.wire.field import Field

_MAXIMUM = 1 << 20  # bytes that are taken apart at once
_NOISE = re.compile(r"0x|[\s:,;\-]+", re.IGNORECASE)
_HEX = re.compile(r"[0-9a-fA-F]+")


def bytes_of(text: str) -> bytes | None:
    """The bytes that hexadecimal digits stand for, spaces, colons and ``0x`` apart; None when it is no hexadecimal."""
    digits = _NOISE.sub("", text)
    if len(digits) < 4 or len(digits) % 2 or not _HEX.fullmatch(digits):
        return None
    return bytes.fromhex(digits)


def explain_bytes(data: bytes) -> list[Entry]:
    """One entry a record or message. Raises ConfigurationError when the bytes begin like neither."""
    if len(data) > _MAXIMUM:
        raise ConfigurationError(f"{len(data)} bytes are more than are taken apart at once, {_MAXIMUM}")
    if _is_record(data):
        return list(_records(data))
    if _is_message(data):
        return list(_messages(data, DissectionContext()))
    raise ConfigurationError(
        f"{data[:8].hex(' ')}...: no TLS record (they begin with 14 to 17 03) and no handshake message"
    )


def _is_record(data: bytes) -> bool:
    return len(data) >= HEADER_LENGTH and data[0] in range(20, 24) and data[1] == 3


def _is_message(data: bytes) -> bool:
    return len(data) >= 4 and data[0] in HANDSHAKE_MESSAGES and int.from_bytes(data[1:4], "big") <= _MAXIMUM


def _records(data: bytes) -> Iterator[Entry]:
    """The records one after another; handshake messages keep what the suite said about those that follow."""
    context = DissectionContext()
    protected = False
    while data:
        if not _is_record(data):
            yield _left(data, "no record begins here")
            return
        header = RecordHeader.parse(data[:HEADER_LENGTH])
        end = min(HEADER_LENGTH + min(header.length, MAX_CIPHERTEXT), len(data))
        body, record, data = data[HEADER_LENGTH:end], data[:end], data[end:]
        yield Entry("record", "TLS record", _said(header, len(body)), "RFC 5246, 6.2", (), _header(record), record)
        context = _after(body, context) if header.content_type == ContentType.handshake else context
        yield from _content(header.content_type, body, protected, context)
        protected = protected or header.content_type == ContentType.change_cipher_spec


def _said(header: RecordHeader, there: int) -> str:
    short = f" Only {there} of them are here." if there < header.length else ""
    return f"It carries {header.length} bytes.{short}"


def _header(record: bytes) -> Field:
    return dissect_record_header(record[:HEADER_LENGTH])


def _content(kind: int, body: bytes, protected: bool, context: DissectionContext) -> Iterator[Entry]:
    if not body:
        return
    if kind == ContentType.change_cipher_spec:
        yield _whole("message", dissect_change_cipher_spec(body), body)
    elif kind == ContentType.alert and len(body) == 2:
        yield _whole("message", dissect_alert(body), body)
        yield from (explain_alert(alert) for alert in AlertDescription if alert == body[1])
    elif kind == ContentType.handshake and not protected and _is_message(body):
        yield from _messages(body, context)
    else:
        yield _left(body, "encrypted, or a part of a message: without keys or its beginning it stays opaque")


def _messages(data: bytes, context: DissectionContext) -> Iterator[Entry]:
    while data:
        end = 4 + int.from_bytes(data[1:4], "big") if _is_message(data) else 0
        if not end:
            yield _left(data, "no handshake message begins here")
            return
        message, data = data[:end], data[end:]
        context = _after(message, context)
        missing = f" {end - len(message)} bytes of it are missing." if end > len(message) else ""
        yield _whole("message", dissect_handshake(message, context), message, missing)


def _after(message: bytes, context: DissectionContext) -> DissectionContext:
    """What a ServerHello decides for the messages after it."""
    if len(message) < 41 or message[0] != HandshakeType.server_hello:
        return context
    found = dissect_handshake(message[: 4 + int.from_bytes(message[1:4], "big")]).find("cipher_suite")
    suite = cipher_suite(int.from_bytes(message[found.start : found.end], "big")) if found else None
    version = int.from_bytes(message[4:6], "big")
    return DissectionContext(suite.key_exchange if suite else None, version)


def _whole(kind: str, field: Field, data: bytes, more: str = "") -> Entry:
    return Entry(kind, field.name, f"{len(data)} bytes.{more}", "", (), field, data)


def _left(data: bytes, why: str) -> Entry:
    return Entry("bytes", "opaque", f"{len(data)} bytes: {why}.", "", (), Field("opaque", 0, len(data)), data)
