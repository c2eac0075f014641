"""What it takes to speak one extension: the client's half - ``offer`` and ``accept`` - and the server's - ``read`` and
``answer``."""

from __future__ import annotations

from typing import Generic, TypeVar

from hellodone.handshake.context import ClientHandshake, ServerHandshake
from hellodone.wire.struct import Struct

O = TypeVar("O", bound=Struct)  # noqa: E741 - the offer, in ClientHello
A = TypeVar("A", bound=Struct)  # the answer, in ServerHello


class Rule(Generic[O, A]):
    """One extension. What is not overridden says nothing and concludes nothing."""

    extension_type: int
    offered: type[O]
    answered: type[A]

    def offer(self, hs: ClientHandshake) -> O | None:
        """The client's extension, None to leave it out."""
        return None

    def read(self, hs: ServerHandshake, offer: O | None) -> None:
        """The server learns what the client said, or that it said nothing."""

    def answer(self, hs: ServerHandshake) -> A | None:
        """The server's extension, once suite and certificate are chosen; dropped if the client did not offer it."""
        return None

    def accept(self, hs: ClientHandshake, answer: A | None) -> None:
        """The client learns what the server said, or that it said nothing."""
