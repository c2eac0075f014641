"""The messages of a handshake, hashed as they come and go (RFC 5246, 7.4.8 and 7.4.9)."""

from __future__ import annotations

import hashlib
from typing import Protocol


class _Hash(Protocol):
    def update(self, data: bytes, /) -> None: ...
    def digest(self) -> bytes: ...
    def copy(self) -> _Hash: ...


class Transcript:
    """Every handshake message from ClientHello on, except HelloRequest.

    The hash is known only with the cipher suite, and CertificateVerify may use another: so the messages are kept
    until ``forget`` says that none will be signed any more.
    """

    __slots__ = ("_hash", "_messages", "length")

    def __init__(self) -> None:
        self._messages: list[bytes] | None = []
        self._hash: _Hash | None = None
        self.length = 0

    def add(self, message: bytes) -> None:
        """A message, header included."""
        self.length += len(message)
        if self._messages is not None:
            self._messages.append(message)
        if self._hash is not None:
            self._hash.update(message)

    def start(self, hash_name: str) -> None:
        """The hash of the PRF is known: all messages so far and all to come go through it."""
        self._hash = getattr(hashlib, hash_name)(self.messages())

    def messages(self) -> bytes:
        """All messages, for a signature with a hash of its own (7.4.8)."""
        return b"".join(self._messages or ())

    def forget(self) -> None:
        """Keep the hash alone."""
        self._messages = None

    def digest(self) -> bytes:
        """The hash of all messages so far."""
        if self._hash is None:
            raise ValueError("the hash of the handshake is not known before the cipher suite")
        return self._hash.copy().digest()
