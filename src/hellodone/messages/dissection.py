"""Every byte of a message, alert or record header under its name; for pages, terminals and traces.

Nothing here raises, whatever the bytes: what cannot be read is a leaf ``malformed``, what is left over ``trailing``.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from hellodone.messages import older
from hellodone.messages.handshake import HANDSHAKE_HEADER_LENGTH, HANDSHAKE_MESSAGES, RawPublicKeyCertificate
from hellodone.messages.key_exchange import client_key_exchange_form, server_key_exchange_form
from hellodone.messages.record import Alert, ChangeCipherSpec, RecordHeader
from hellodone.registry.codes import HandshakeType
from hellodone.registry.key_exchange import KeyExchange
from hellodone.registry.naming import code_name
from hellodone.registry.versions import ProtocolVersion
from hellodone.wire.field import Field
from hellodone.wire.struct import Struct, dissect


@dataclass(frozen=True, slots=True)
class DissectionContext:
    """What earlier messages said that decides the form of later ones: the suite's key exchange and the version."""

    key_exchange: KeyExchange | None = None
    version: int = ProtocolVersion.TLS12


def dissect_handshake(raw: bytes, context: DissectionContext = DissectionContext()) -> Field:
    """One handshake message, header included, as the fields it is made of."""
    if len(raw) < HANDSHAKE_HEADER_LENGTH:
        return _unreadable("Handshake", raw, "too short for the header of a handshake message")
    length = int.from_bytes(raw[1:4], "big")
    end = min(HANDSHAKE_HEADER_LENGTH + length, len(raw))
    name, body = _body(raw, end, context)
    parts = [
        Field("msg_type", 0, 1, code_name(HandshakeType, raw[0])),
        Field("length", 1, 4, str(length)),
        *body,
    ]
    if end < len(raw):
        parts.append(Field("trailing", end, len(raw), "bytes left over"))
    return Field(name, 0, len(raw), children=tuple(parts))


def dissect_alert(raw: bytes) -> Field:
    """An alert."""
    return dissect(Alert, raw)


def dissect_change_cipher_spec(raw: bytes) -> Field:
    """A ChangeCipherSpec."""
    return dissect(ChangeCipherSpec, raw)


def dissect_record_header(raw: bytes) -> Field:
    """The header of a record; the fragment, if ``raw`` goes on, is left as ``trailing``."""
    return dissect(RecordHeader, raw)


def _body(raw: bytes, end: int, context: DissectionContext) -> tuple[str, tuple[Field, ...]]:
    """Name of the message and the fields of its body."""
    start = HANDSHAKE_HEADER_LENGTH
    message = HANDSHAKE_MESSAGES.get(raw[0])
    choose = _CHOICES.get(raw[0])
    form = message if choose is None else choose(raw[start:end], context) or message
    name = "Handshake" if message is None else message.__name__
    if form is not None:
        return name, dissect(form, raw, start, end).children
    return name, (Field("body", start, end, raw[start:end].hex()),) if end > start else ()


def _server_hello(body: bytes, context: DissectionContext) -> type[Struct] | None:
    """Drafts of TLS 1.3 before the 22nd had a form of their own, and 0x7f and their number as version."""
    return older.ServerHelloDraft if len(body) > 1 and body[0] == 0x7F and body[1] < 22 else None


def _certificate(body: bytes, context: DissectionContext) -> type[Struct] | None:
    """A key in place of certificates begins with a SEQUENCE, a list with the length of the first one (RFC 7250, 3)."""
    return RawPublicKeyCertificate if body[3:4] == b"\x30" else None


def _server_key_exchange(body: bytes, context: DissectionContext) -> type[Struct] | None:
    return None if context.key_exchange is None else server_key_exchange_form(context.key_exchange, context.version)


def _client_key_exchange(body: bytes, context: DissectionContext) -> type[Struct] | None:
    return None if context.key_exchange is None else client_key_exchange_form(context.key_exchange, context.version)


def _certificate_request(body: bytes, context: DissectionContext) -> type[Struct] | None:
    return older.CertificateRequestTLS10 if context.version < ProtocolVersion.TLS12 else None


def _certificate_verify(body: bytes, context: DissectionContext) -> type[Struct] | None:
    return older.CertificateVerifyTLS10 if context.version < ProtocolVersion.TLS12 else None


def _finished(body: bytes, context: DissectionContext) -> type[Struct] | None:
    return older.FinishedSSL30 if context.version <= ProtocolVersion.SSL30 else None


_CHOICES: dict[int, Callable[[bytes, DissectionContext], type[Struct] | None]] = {
    HandshakeType.server_hello: _server_hello,
    HandshakeType.certificate: _certificate,
    HandshakeType.server_key_exchange: _server_key_exchange,
    HandshakeType.certificate_request: _certificate_request,
    HandshakeType.certificate_verify: _certificate_verify,
    HandshakeType.client_key_exchange: _client_key_exchange,
    HandshakeType.finished: _finished,
}


def _unreadable(name: str, raw: bytes, reason: str) -> Field:
    children = (Field("malformed", 0, len(raw), reason),) if raw else ()
    return Field(name, 0, len(raw), reason, children)
