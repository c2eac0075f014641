"""Accepting TLS connections over blocking sockets."""

from __future__ import annotations

import contextlib
import os
import socket
from types import TracebackType
from typing import TYPE_CHECKING

from hellodone.endpoint import ServerConnection
from hellodone.errors import ConfigurationError, system_reason
from hellodone.transport.address import display, join
from hellodone.transport.blocking import TlsSocket
from hellodone.transport.dial import round_trip

if TYPE_CHECKING:
    from hellodone.config import ServerConfig


class TlsListener:
    """A listening TCP socket whose connections speak TLS. Port 0 lets the system choose; ``address`` tells."""

    def __init__(self, address: tuple[str, int], config: ServerConfig, *, backlog: int = 128) -> None:
        """Raises ConfigurationError when the address cannot be bound."""
        self.config = config
        self._socket = listen(*address, backlog)

    @property
    def address(self) -> tuple[str, int]:
        """Host and port that are listened at."""
        host, port = self._socket.getsockname()[:2]
        return str(host), int(port)

    def settimeout(self, timeout: float | None) -> None:
        """Seconds that ``accept`` waits, None for no limit; then it raises TimeoutError."""
        self._socket.settimeout(timeout)

    def accept(self) -> TlsSocket:
        """The next connection. Its handshake has not begun: ``do_handshake`` does it, where it keeps nobody waiting."""
        sock, peer = self._socket.accept()
        sock.settimeout(None)
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        connection = ServerConnection(self.config)
        if self.config.revocation is not None and self.config.revocation.ask:
            from hellodone.transport.fetch import fetch

            connection.fetch = fetch
        connection.transport_event(
            "accepted", local=display(sock.getsockname()), peer=display(peer), rtt=round_trip(sock)
        )
        return TlsSocket(sock, connection, is_client=False, peer=display(peer))

    def close(self) -> None:
        """Stop listening; an ``accept`` that waits in another thread ends. Connections that were accepted live on."""
        with contextlib.suppress(OSError):  # some systems say that it was never connected
            self._socket.shutdown(socket.SHUT_RDWR)
        self._socket.close()

    def __enter__(self) -> TlsListener:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, tb: TracebackType | None) -> None:
        self.close()


def listen(host: str, port: int, backlog: int) -> socket.socket:
    """A listening socket; an empty host is every address, IPv6 included where the system has it."""
    try:
        if not host:
            dual = socket.has_dualstack_ipv6()
            family = socket.AF_INET6 if dual else socket.AF_INET
            return socket.create_server(("", port), family=family, backlog=backlog, dualstack_ipv6=dual)
        family, _, _, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)[0]
        return socket.create_server(address[:2], family=family, backlog=backlog)
    except socket.gaierror as error:
        raise ConfigurationError(f"no address is known for {host!r} ({system_reason(error)})") from None
    except OSError as error:
        reason = os.strerror(error.errno).lower() if error.errno else str(error)
        raise ConfigurationError(f"cannot listen at {join(host, port)}: {reason}") from None
