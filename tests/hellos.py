"""Handshakes in which one hello is changed on its way: what a peer that breaks the rules would send."""

from __future__ import annotations

from collections.abc import Callable

from hellodone.errors import AlertDescription, FatalAlert
from hellodone.messages.extensions import Extension, Extensions
from hellodone.messages.handshake import ClientHello, HandshakeMessage, ServerHello, parse_handshake
from tests.messages_on_the_way import in_the_clear
from tests.pairs import Pair

Change = Callable[[Extensions], Extensions]


def with_extension(kind: int, data: bytes) -> Change:
    """The extension in place of whatever the hello says there, or added at the end."""

    def change(extensions: Extensions) -> Extensions:
        others = [e for e in extensions if e.extension_type != kind]
        return Extensions((*others, Extension(kind, data)))

    return change


def without_extension(kind: int) -> Change:
    """The same without that extension."""
    return lambda extensions: Extensions([e for e in extensions if e.extension_type != kind])


def rewrite(data: bytes, change: Change) -> bytes:
    """The records of a flight in the clear that begins with a hello, the extensions of the hello changed."""
    content, rest = in_the_clear(data)
    length = 4 + int.from_bytes(content[1:4], "big")
    hello = parse_handshake(content[:length])
    assert isinstance(hello, ClientHello | ServerHello)
    values = {name: getattr(hello, name) for name in type(hello)._names}
    changed: HandshakeMessage = type(hello)(**{**values, "extensions": change(hello.extensions)})
    content = changed.frame() + content[length:]
    records = [content[i : i + 2**14] for i in range(0, len(content), 2**14)]
    return b"".join(data[:3] + len(part).to_bytes(2, "big") + part for part in records) + rest


def changed(ends: Pair, client: Change | None = None, server: Change | None = None) -> Pair:
    """Run the handshake; the extensions of the first hello of a side are changed on the way."""
    pending = {"client": client, "server": server}

    def once(side: str) -> Callable[[bytes], bytes]:
        def wire(data: bytes) -> bytes:
            change, pending[side] = pending[side], None
            return data if change is None else rewrite(data, change)

        return wire

    return ends.pump(to_server=once("client"), to_client=once("server"))


def alert_of(error: object) -> str:
    """The name of the alert that a side sent."""
    assert isinstance(error, FatalAlert), error
    assert error.sender == "us"
    return AlertDescription(error.description or 0).name
