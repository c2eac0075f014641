"""The shape of a contestant, and what the table of rows calls each of them."""

from __future__ import annotations

from typing import Protocol

from bench.scenario import Scenario


class Pair(Protocol):
    """A client and a server after their handshake, joined in memory: what one writes is carried over as bytes."""

    def transfer(self, data: bytes) -> int:
        """The client sends ``data`` and the server reads it; how many bytes it read."""
        ...

    def answer(self, data: bytes) -> int:
        """The other way round."""
        ...


class Party(Protocol):
    """One contestant in one scenario. What programs share between connections is made by the constructor."""

    def __init__(self, scenario: Scenario) -> None: ...

    def handshake(self) -> Pair:
        """A full handshake of two new ends, both sides in this thread. Raises when either side refuses."""
        ...
