"""What every key exchange does, in the order of figure 1 (RFC 5246, 7.3)."""

from __future__ import annotations

from enum import Enum
from typing import Any, Protocol

from hellodone.errors import DecodeError
from hellodone.handshake.context import ClientHandshake, ServerHandshake
from hellodone.handshake.flow import Flow
from hellodone.messages.handshake import ClientKeyExchange, ServerKeyExchange
from hellodone.messages.key_exchange import client_key_exchange_form, server_key_exchange_form
from hellodone.registry.suites import KeyExchange


class Presence(Enum):
    """Whether a ServerKeyExchange comes (RFC 5246, 7.4.3; RFC 4279, 2)."""

    due = "due"
    optional = "optional"
    absent = "absent"


class Method(Protocol):
    """One way to a premaster secret. When the fourth of these is done, both sides have ``premaster_secret``."""

    server_key_exchange_is: Presence

    def server_key_exchange(self, hs: ServerHandshake) -> Flow[ServerKeyExchange | None]:
        """The server's parameters, signed where the suite says so; None when it has none to send."""
        ...

    def accept_server_key_exchange(self, hs: ClientHandshake, message: ServerKeyExchange | None) -> None:
        """The client reads and checks them."""
        ...

    def client_key_exchange(self, hs: ClientHandshake) -> ClientKeyExchange:
        """The client's part; it then has the premaster secret."""
        ...

    def accept_client_key_exchange(self, hs: ServerHandshake, message: ClientKeyExchange) -> None:
        """The server reads it and has the premaster secret too."""
        ...


def server_form(key_exchange: KeyExchange) -> Any:
    """The struct of its ServerKeyExchange."""
    form = server_key_exchange_form(key_exchange)
    if form is None:
        raise ValueError(f"{key_exchange.value} has no ServerKeyExchange")
    return form


def client_form(key_exchange: KeyExchange) -> Any:
    """The struct of its ClientKeyExchange."""
    form = client_key_exchange_form(key_exchange)
    if form is None:
        raise ValueError(f"{key_exchange.value} has no ClientKeyExchange that we know")
    return form


def explicit(public: bytes | None) -> bytes:
    """The client's public value, which only one with a fixed Diffie-Hellman certificate leaves out (7.4.7.2)."""
    if public is None:
        raise DecodeError("ClientKeyExchange: no public value (RFC 5246, 7.4.7.2)")
    return public
