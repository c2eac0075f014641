"""What ``connect`` does with a connection: one GET, or standard input and output joined to it."""

from __future__ import annotations

import contextlib
import os
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from hellodone.cli.faults import InputUnreadable
from hellodone.cli.settings import note
from hellodone.errors import TlsError, system_reason

if TYPE_CHECKING:
    from hellodone.cli.target import Target
    from hellodone.https.client import Response
    from hellodone.transport.blocking import TlsSocket


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of it: whether the peer's data went to standard output, a sentence about it, and why it ended badly."""

    printed: bool = False
    summary: str = ""
    fault: TlsError | None = None


def fetch(connection: TlsSocket, goal: Target, body: str | None) -> Outcome:
    """Send the GET and read the answer."""
    from hellodone.https.client import get

    try:
        with _kept(body) as keep:
            response = get(connection, goal.authority, goal.request or "/", keep)
    except TlsError as fault:
        return Outcome(body == "-", fault=fault)
    return Outcome(body == "-", _summary(response, body))


def _summary(response: Response, body: str | None) -> str:
    from hellodone.pki.text import printable

    kept = f"kept in {body}" if body not in (None, "-") else "withheld (--body FILE keeps it)" if body is None else ""
    parts = (
        f"HTTP/{response.http_version} {response.status} {printable(response.reason)}".rstrip(),
        f"{response.length:,} bytes of body",
        f"SHA-256 {response.sha256}",
        kept,
    )
    return ", ".join(part for part in parts if part)


@contextlib.contextmanager
def _kept(body: str | None) -> Iterator[Callable[[bytes], object] | None]:
    """Where the body goes, opened before anything is asked for."""
    if body is None:
        yield None
    elif body == "-":
        yield sys.stdout.buffer.write
        sys.stdout.buffer.flush()
    else:
        try:
            file = open(body, "wb")  # noqa: SIM115 - closed below; the with would hide whose OSError it is
        except OSError as fault:
            raise InputUnreadable(f"{body}: cannot be written: {system_reason(fault)}") from None
        with file:
            yield file.write


def talk(connection: TlsSocket, timeout: float, *, http: bool) -> Outcome:
    """Join standard input and output to the connection.

    A terminal at a port of HTTP is left alone: there is nothing that one would type there. A pipe that nobody writes
    to ends by the time-out, a terminal does not; Ctrl-C ends it like Ctrl-D.
    """
    from hellodone.cli.join import join

    descriptor = _input()
    terminal = descriptor is not None and os.isatty(descriptor)
    if descriptor is None or (terminal and http):
        return Outcome()
    if terminal:
        note(f"connected to {connection.peer} with {connection.cipher_suite}; what you type is sent, Ctrl-D ends")
    heard = False

    def write(data: bytes) -> None:
        nonlocal heard
        heard = True
        sys.stdout.buffer.write(data)
        sys.stdout.buffer.flush()

    try:
        join(connection, descriptor, write, None if terminal else timeout)
    except TlsError as fault:
        return Outcome(heard, fault=fault)
    except KeyboardInterrupt:
        if not terminal:
            raise
    return Outcome(heard)


def _input() -> int | None:
    """The descriptor of standard input, None when it is closed."""
    try:
        return sys.stdin.fileno() if sys.stdin is not None else None
    except (OSError, ValueError):
        return None
