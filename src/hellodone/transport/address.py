"""Hosts and ports as people write them, and socket addresses as people read them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from hellodone.errors import ConfigurationError


@dataclass(frozen=True, slots=True)
class HostPort:
    """Where to connect to or listen at; ``host`` is bare, an IPv6 address without brackets."""

    host: str
    port: int

    def __str__(self) -> str:
        return join(self.host, self.port)


def join(host: str, port: int) -> str:
    """``host:port``, with brackets around an IPv6 address (RFC 3986, 3.2.2)."""
    return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"


def display(address: Any) -> str:
    """A socket's address as ``getpeername`` gives it, for people."""
    if isinstance(address, tuple) and len(address) >= 2:
        return join(str(address[0]), int(address[1]))
    return str(address) or "a local socket"


def parse_host_port(text: str, default_port: int | None = None) -> HostPort:
    """``host``, ``host:port``, ``[ipv6]``, ``[ipv6]:port`` or a bare IPv6 address.

    Raises ConfigurationError for anything else, or when no port is given and there is no default.
    """
    host, port = _split(text)
    if not host:
        raise ConfigurationError(f"{text!r} names no host; write HOST:PORT, and an IPv6 address in [brackets]")
    if port is None and default_port is None:
        raise ConfigurationError(f"{text!r} names no port; write HOST:PORT")
    return HostPort(host, default_port or 0 if port is None else parse_port(port, text))


def parse_port(port: str, context: str) -> int:
    """A port from 0 to 65535. Raises ConfigurationError naming ``context``, the text it is from."""
    # str.isdigit alone would let in digits of other scripts
    if not (port.isascii() and port.isdigit() and len(port) <= 5 and int(port) <= 65535):
        raise ConfigurationError(f"{port!r} in {context!r} is no port; a port is a number up to 65535")
    return int(port)


def _split(text: str) -> tuple[str, str | None]:
    if text.startswith("["):
        host, bracket, rest = text[1:].partition("]")
        if not bracket or (rest and not rest.startswith(":")):
            raise ConfigurationError(f"{text!r}: an IPv6 address is written [address]:port")
        return host, rest[1:] if rest else None
    if text.count(":") > 1:  # a bare IPv6 address; with a port it needs brackets
        return text, None
    host, colon, port = text.partition(":")
    return host, port if colon else None
