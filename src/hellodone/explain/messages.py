"""Handshake messages: what they are for and what stands in them (RFC 5246, 7.4)."""

from __future__ import annotations

import inspect
import re
from collections.abc import Callable, Iterator, Mapping
from functools import cache
from typing import Any

from hellodone.explain.entry import Entry, Part
from hellodone.messages import key_exchange
from hellodone.messages.extensions.forms import extension_forms
from hellodone.messages.handshake import HANDSHAKE_MESSAGES, ClientKeyExchange, ServerKeyExchange
from hellodone.messages.meanings import field_meaning, struct_meaning
from hellodone.messages.record import Alert, ChangeCipherSpec, RecordHeader
from hellodone.registry.codes import ContentType, HandshakeType
from hellodone.registry.key_exchange import KeyExchange
from hellodone.registry.naming import code_name
from hellodone.registry.versions import ProtocolVersion
from hellodone.wire.codec import Fixed, Opaque, Rest, Uint, Vector
from hellodone.wire.struct import Select, Struct

_CHOOSE: Mapping[type[Struct], Callable[[KeyExchange, int], type[Struct] | None]] = {
    ServerKeyExchange: key_exchange.server_key_exchange_form,
    ClientKeyExchange: key_exchange.client_key_exchange_form,
}
_SENDERS: Mapping[HandshakeType, str] = {
    HandshakeType.hello_request: "the server, at any time: please renegotiate",
    HandshakeType.client_hello: "the client, first",
    HandshakeType.server_hello: "the server, in answer to ClientHello",
    HandshakeType.new_session_ticket: "the server, before its ChangeCipherSpec, when session_ticket was agreed on",
    HandshakeType.certificate: "the server unless the suite does without; the client after CertificateRequest",
    HandshakeType.server_key_exchange: "the server, when the suite needs more than its certificate",
    HandshakeType.certificate_request: "the server, when it wants to know who the client is",
    HandshakeType.server_hello_done: "the server, at the end of its first flight",
    HandshakeType.certificate_verify: "the client, when its certificate can sign",
    HandshakeType.client_key_exchange: "the client, always in a full handshake",
    HandshakeType.finished: "both, after ChangeCipherSpec: the first message under the new keys",
    HandshakeType.certificate_url: "the client in place of Certificate, when client_certificate_url was agreed on",
    HandshakeType.certificate_status: "the server, after its Certificate, when status_request was agreed on",
    HandshakeType.supplemental_data: "either side, when an extension announced it",
}


def explain_message(form: type[Struct]) -> Entry:
    """The message's own sentence and its fields, from its declaration."""
    said = struct_meaning(form)
    number = getattr(form, "msg_type", None)
    title = form.__name__ if number is None else f"{form.__name__}, {number.name}({int(number)})"
    sender = (Part("sent by", _SENDERS[number]),) if number is not None else ()
    parts = _variants(form) or tuple([Part(name, _form(codec)) for name, codec in form._codecs])
    return Entry("message" if number is not None else "struct", title, said.sentence, said.reference, (*sender, *parts))


def _variants(form: type[Struct]) -> tuple[Part, ...]:
    """The forms of the two messages that the suite's key exchange decides, each with the key exchanges that use it."""
    choose = _CHOOSE.get(form)
    if choose is None:
        return ()
    users: dict[type[Struct], list[str]] = {}
    for exchange in KeyExchange:
        chosen = None if exchange.export else choose(exchange, ProtocolVersion.TLS12)
        if chosen is not None:
            users.setdefault(chosen, []).append(exchange.value)
    return tuple(
        [Part(", ".join(names), ", ".join(_field_names(chosen)) or "empty") for chosen, names in users.items()]
    )


def explain_field(name: str) -> Entry | None:
    """The field of that name, with every struct that has one; None when no message or extension has."""
    owners = [(form.__name__, _form(codec)) for form in _forms() for own, codec in form._codecs if own == name]
    if not owners:
        return None
    meaning = field_meaning((owners[0][0], name))
    said, reference = (meaning.sentence, meaning.reference) if meaning else ("A field.", "")
    return Entry(
        "field", name, said, reference, tuple(dict.fromkeys(Part(f"in {owner}", form) for owner, form in owners))
    )


def _forms() -> Iterator[type[Struct]]:
    """Every struct that travels, those inside others included."""
    waiting: list[type[Struct]] = [*_names().values(), *extension_forms()]
    seen = set(waiting)
    while waiting:
        form = waiting.pop(0)
        yield form
        for _, codec in form._codecs:
            inner = getattr(codec, "item", codec)
            if isinstance(inner, type) and issubclass(inner, Struct) and inner not in seen:
                seen.add(inner)
                waiting.append(inner)


def _field_names(form: type[Struct]) -> Iterator[str]:
    """The fields, with those of a struct that is a field in its place."""
    for name, codec in form._codecs:
        if isinstance(codec, type) and issubclass(codec, Struct):
            yield from _field_names(codec)
        else:
            yield name


def explain_content_type(kind: ContentType) -> Entry:
    """What a record carries."""
    carried = {
        ContentType.change_cipher_spec: "one byte: from the next record on the sender's new keys are used",
        ContentType.alert: "a warning or the fatal end; what each says: hellodone explain NAME",
        ContentType.handshake: "handshake messages, whole, in parts or several together",
        ContentType.application_data: "what TLS is there for",
    }
    said = carried.get(kind, "not in TLS 1.2")
    return Entry("content type", code_name(ContentType, kind), f"Records of this type carry {said}.", "RFC 5246, 6.2.1")


def find_message(term: str) -> type[Struct] | None:
    """The struct of a message, in either spelling (``ClientHello``, ``client_hello``); None when there is none."""
    return _names().get(_plain(term))


@cache
def _names() -> Mapping[str, type[Struct]]:
    forms: dict[str, type[Struct]] = {
        _plain(name): form
        for name, form in inspect.getmembers(key_exchange, inspect.isclass)
        if issubclass(form, Struct) and form.__module__ == key_exchange.__name__ and not name.startswith("_")
    }
    forms |= {_plain(form.__name__): form for form in (Alert, ChangeCipherSpec, RecordHeader)}
    return forms | {_plain(form.__name__): form for form in HANDSHAKE_MESSAGES.values()}


def _form(codec: Any) -> str:
    """The form in the RFCs' presentation language (RFC 5246, 4)."""
    match codec:
        case Uint():
            return f"uint{8 * codec.size}"
        case Fixed():
            return f"{codec.length} bytes"
        case Opaque():
            return f"opaque<{codec.floor}..{codec.ceiling}>"
        case Vector():
            return f"{_form(codec.item)}, a list of {codec.floor} to {codec.ceiling} bytes"
        case Rest():
            return "all that is left"
        case Select():
            return f"a form that {codec.field} decides"
    return codec.__name__ if isinstance(codec, type) else ""


def _plain(text: str) -> str:
    return re.sub(r"[^a-z0-9]", "", text.lower())
