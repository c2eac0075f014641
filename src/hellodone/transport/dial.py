"""Opening a TCP connection: every address of the name in turn, within one time-out; a sentence when none answers."""

from __future__ import annotations

import errno
import os
import socket
import struct
import time
from dataclasses import dataclass
from typing import Any

from hellodone.errors import system_reason
from hellodone.transport.address import display, join
from hellodone.transport.errors import PeerNotReached

_RTT_OFFSET = 68  # of tcpi_rtt in Linux's struct tcp_info: 8 bytes, then the 16th uint32, in microseconds


class Deadline:
    """A point in time until which several operations together may last; None is never."""

    def __init__(self, timeout: float | None) -> None:
        self.timeout = timeout
        self._end = None if timeout is None else time.monotonic() + timeout

    def remaining(self) -> float | None:
        """Seconds left, None for no limit. Raises TimeoutError when there are none."""
        if self._end is None:
            return None
        left = self._end - time.monotonic()
        if left <= 0:
            raise TimeoutError
        return left


@dataclass(frozen=True, slots=True)
class Dialled:
    """An open TCP connection and what opening it showed; times in seconds."""

    socket: socket.socket
    local: str
    peer: str
    seconds: float
    rtt: float | None  # the kernel's estimate, where the platform tells


def dial(host: str, port: int, deadline: Deadline) -> Dialled:
    """Connect to the first address of ``host`` that answers. Raises PeerNotReached."""
    addresses = _resolve(host, port)
    failures: list[str] = []
    for family, kind, protocol, _, address in addresses:
        sock = socket.socket(family, kind, protocol)
        started = time.monotonic()
        try:
            sock.settimeout(deadline.remaining())
            sock.connect(address)
            seconds = time.monotonic() - started
            _set_nodelay(sock)
            return Dialled(sock, display(sock.getsockname()), display(sock.getpeername()), seconds, round_trip(sock))
        except OSError as error:
            sock.close()
            failures.append(_why(error, deadline))
            if isinstance(error, TimeoutError):
                break
    raise PeerNotReached(_sentence(host, port, [a[4] for a in addresses], failures))


def round_trip(sock: socket.socket) -> float | None:
    """The kernel's smoothed round-trip time of this connection in seconds (TCP_INFO), None where it does not tell."""
    option = getattr(socket, "TCP_INFO", None)
    if option is None:
        return None
    try:
        info = sock.getsockopt(socket.IPPROTO_TCP, option, _RTT_OFFSET + 4)
        (microseconds,) = struct.unpack_from("=I", info, _RTT_OFFSET)
    except (OSError, struct.error):
        return None
    return float(microseconds) / 1e6 or None


def _set_nodelay(sock: socket.socket) -> None:
    """Flights are written whole: waiting for more only costs a round trip."""
    if sock.family in (socket.AF_INET, socket.AF_INET6):
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)


def _resolve(host: str, port: int) -> list[tuple[Any, Any, int, str, Any]]:
    try:
        return socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except socket.gaierror as error:
        reason = system_reason(error)
        raise PeerNotReached(f"no address is known for {host!r} ({reason}); check the name") from None
    except UnicodeError:
        raise PeerNotReached(f"{host!r} is no name that can be looked up") from None
    except OSError as error:
        raise PeerNotReached(f"the name {host!r} cannot be looked up: {_why(error, Deadline(None))}") from None


def _why(error: OSError, deadline: Deadline) -> str:
    if isinstance(error, TimeoutError):
        return f"no answer within {deadline.timeout or 0:g} s"
    if isinstance(error, ConnectionRefusedError):
        return "the connection was refused: nothing listens there"
    if error.errno in (errno.ENETUNREACH, errno.EHOSTUNREACH):
        return "there is no route to it"
    return os.strerror(error.errno).lower() if error.errno else str(error)


def _sentence(host: str, port: int, addresses: list[Any], failures: list[str]) -> str:
    """One reason when all addresses failed alike, else each with its own."""
    target = join(host, port)
    tried = [display(address) for address in addresses[: len(failures)]]
    if len(set(failures)) == 1:
        also = f" (tried {', '.join(tried)})" if tried != [target] else ""
        return f"{target} is not reached: {failures[0]}{also}"
    each = "; ".join(f"{address}: {failure}" for address, failure in zip(tried, failures, strict=True))
    return f"{target} is not reached: {each}"
