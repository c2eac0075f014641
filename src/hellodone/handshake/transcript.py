"""The messages of a handshake, hashed as they come and go (RFC 5246, 7.4.8 and 7.4.9)."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from typing import Protocol


class _Hash(Protocol):
    def update(self, data: bytes, /) -> None: ...
    def digest(self) -> bytes: ...


class Transcript:
    """Every handshake message from ClientHello on, except HelloRequest.

    The hash is known only with the cipher suite, and CertificateVerify may use another: so the messages are kept
    until ``forget`` says that none will be signed any more. Until then they are hashed when a hash of them is wanted.
    """

    conclusion: Callable[[], bytes]
    """The hash of all messages so far, at once; there is one from ``forget`` on."""

    __slots__ = ("_hash", "_hashed", "_messages", "add", "conclusion")

    def __init__(self) -> None:
        self._messages: list[bytes] = []
        self._hashed = 0  # of the messages, those that went through the hash
        self._hash: _Hash | None = None
        self.add: Callable[[bytes], None] = self._messages.append
        """Takes a message, header included."""

    def start(self, hash_name: str) -> None:
        """The hash of the PRF is known: all messages so far and all to come go through it."""
        self._hash = getattr(hashlib, hash_name)()

    def messages(self) -> bytes:
        """All messages, for a signature with a hash of its own (7.4.8)."""
        return b"".join(self._messages)

    def forget(self) -> None:
        """Keep the hash alone: what comes goes through it at once."""
        known = self._hash
        if known is None:
            return
        known.update(b"".join(self._messages[self._hashed :]))
        self._messages = []
        self.add = known.update
        self.conclusion = known.digest

    def digest(self) -> bytes:
        """The hash of all messages so far."""
        if self._hash is None:
            raise ValueError("the hash of the handshake is not known before the cipher suite")
        messages = self._messages
        if messages:
            self._hash.update(b"".join(messages[self._hashed :]))
            self._hashed = len(messages)
        return self._hash.digest()
