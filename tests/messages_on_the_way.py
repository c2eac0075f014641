"""Handshakes in which a message in the clear is changed on its way: replaced, removed, or followed by another."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from hellodone.messages.handshake import HandshakeMessage

Wire = Callable[[bytes], bytes]


def replaced(msg_type: int, *by: HandshakeMessage) -> Wire:
    """Every message of that type gives way to these."""
    return _mapped(lambda raw: b"".join(m.frame() for m in by) if raw[0] == msg_type else raw)


def inserted_after(msg_type: int, *more: HandshakeMessage) -> Wire:
    """After every message of that type come these."""
    return _mapped(lambda raw: raw + b"".join(m.frame() for m in more) if raw[0] == msg_type else raw)


def inserted_before(msg_type: int, *more: HandshakeMessage) -> Wire:
    """Before every message of that type come these."""
    return _mapped(lambda raw: b"".join(m.frame() for m in more) + raw if raw[0] == msg_type else raw)


def _mapped(change: Callable[[bytes], bytes]) -> Wire:
    """A wire that applies the change to each handshake message up to the first ChangeCipherSpec."""

    def wire(data: bytes) -> bytes:
        content, rest = in_the_clear(data)
        changed = b"".join(change(raw) for raw in _messages(content))
        records = [changed[i : i + 2**14] for i in range(0, len(changed), 2**14)]
        return b"".join(b"\x16\x03\x03" + len(part).to_bytes(2, "big") + part for part in records) + rest

    return wire


def in_the_clear(data: bytes) -> tuple[bytes, bytes]:
    """What the handshake records at the beginning of a flight carry, and the records after them."""
    content = b""
    while data[:1] == b"\x16":
        end = 5 + int.from_bytes(data[3:5], "big")
        content, data = content + data[5:end], data[end:]
    return content, data


def _messages(content: bytes) -> Iterator[bytes]:
    while content:
        length = 4 + int.from_bytes(content[1:4], "big")
        yield content[:length]
        content = content[length:]
