"""What each hello extension is for, and who may send it (RFC 5246, 7.4.1.4; RFC 6066; RFC 8446, 4.2)."""

from __future__ import annotations

from hellodone.explain.entry import Entry, Part
from hellodone.messages.extensions.forms import extension_form
from hellodone.messages.meanings_extensions import EXTENSIONS
from hellodone.registry.codes import ExtensionType as E
from hellodone.registry.codes import HandshakeType
from hellodone.wire.struct import Struct


def explain_extension(kind: E) -> Entry:
    """The extension, and what it holds in the hellos of TLS 1.2."""
    sentence, reference = EXTENSIONS[kind]
    parts = [
        Part(where, _content(form))
        for where, message in (("ClientHello", HandshakeType.client_hello), ("ServerHello", HandshakeType.server_hello))
        if (form := extension_form(kind, message)) is not None
    ]
    return Entry("extension", f"{kind.name}({int(kind)})", sentence, reference, tuple(parts))


def _content(form: type[Struct]) -> str:
    return ", ".join(form._names) or "empty: being there is all it says"
