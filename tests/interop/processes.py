"""Run peers on the loopback interface: servers that are waited for, clients that are talked to. All bounded in time."""

import contextlib
import os
import random
import re
import selectors
import signal
import socket
import subprocess
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from types import TracebackType
from typing import Self

START_SECONDS = 30.0
CLIENT_SECONDS = 40.0
STOP_SECONDS = 10.0
TICK = 0.02

LOWEST_PORT, HIGHEST_PORT = 20_000, 32_000  # below the range from which the kernel takes ports by itself
LISTENING = "0A"  # TCP_LISTEN in /proc/net/tcp


class PeerError(Exception):
    """A peer did not start, or did not do what was waited for; the text holds what it said."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What a client program printed, and its exit status (None: it was ended by us)."""

    text: str
    status: int | None


class Server:
    """A server program in a process group of its own, on one port of 127.0.0.1. A context manager."""

    def __init__(
        self, command: Sequence[str], log: Path, ready: Callable[[], int | None], *, typed: bool = False
    ) -> None:
        """Start the program and wait until ``ready`` gives the port that it listens on; PeerError when it does not.

        With ``typed`` its standard input stays open for ``enter``.
        """
        self.log = log
        source = subprocess.PIPE if typed else subprocess.DEVNULL
        with log.open("wb") as output:
            self._process = subprocess.Popen(
                command, stdin=source, stdout=output, stderr=output, start_new_session=True, env=clean()
            )
        try:
            self.port = self._wait(ready)
        except BaseException:
            self.stop()
            raise

    def _wait(self, ready: Callable[[], int | None]) -> int:
        deadline = time.monotonic() + START_SECONDS
        while (port := ready()) is None:
            if self._process.poll() is not None or time.monotonic() > deadline:
                raise PeerError(f"{self._process.args!r} does not listen:\n{self.said()}")
            time.sleep(TICK)
        return port

    def said(self, start: int = 0) -> str:
        """What the program printed, from this byte of its log on."""
        return self.log.read_bytes()[start:].decode(errors="replace")

    def wait_for(self, pattern: str, start: int = 0, seconds: float = 10.0) -> str:
        """The log from this byte on, once it has the pattern; PeerError when it has not in time."""
        deadline = time.monotonic() + seconds
        while not re.search(pattern, text := self.said(start)):
            if time.monotonic() > deadline:
                raise PeerError(f"{self._process.args!r} never printed {pattern!r} but:\n{text}")
            time.sleep(TICK)
        return text

    def enter(self, line: str) -> None:
        """Give the program a line of input, as somebody at its terminal would."""
        assert self._process.stdin is not None
        self._process.stdin.write(f"{line}\n".encode())
        self._process.stdin.flush()

    def mark(self) -> int:
        """Where the log ends now."""
        return self.log.stat().st_size

    def interrupt(self, seconds: float = STOP_SECONDS) -> int:
        """Send the signal of Ctrl-C, wait for the end, and give the exit status."""
        self._process.send_signal(signal.SIGINT)
        return self._process.wait(seconds)

    def stop(self) -> None:
        """End the whole process group."""
        end_group(self._process)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()


def start_server(command: Callable[[int], Sequence[str]], log: Path, *, typed: bool = False) -> Server:
    """Start a server on a free port, on another one when a port was taken in between."""
    for attempt in range(3):
        port = free_port()
        try:
            return Server(command(port), log, partial(listening, port), typed=typed)
        except PeerError:
            if attempt == 2:
                raise
    raise AssertionError("unreachable")


def converse(
    command: Sequence[str], send: bytes = b"", until: str | None = None, seconds: float = CLIENT_SECONDS
) -> Answer:
    """Run a client: give it this input, keep its input open, and read what it prints until the pattern or its end.

    Without a pattern the input is closed and the program runs to its end. PeerError when time is up first.
    """
    process = subprocess.Popen(
        command,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        start_new_session=True,
        env=clean(),
    )
    assert process.stdin is not None
    try:
        with contextlib.suppress(BrokenPipeError):
            process.stdin.write(send)
            process.stdin.flush()
            if until is None:
                process.stdin.close()
        text, ended = read_until(process, until, time.monotonic() + seconds)
        status = process.wait(STOP_SECONDS) if ended else None
    finally:
        end_group(process)
    return Answer(text, status)


def read_until(process: subprocess.Popen[bytes], until: str | None, deadline: float) -> tuple[str, bool]:
    """The program's output up to the pattern, and whether the output ended before it came."""
    assert process.stdout is not None
    output = b""
    with selectors.DefaultSelector() as selector:
        selector.register(process.stdout, selectors.EVENT_READ)
        while (left := deadline - time.monotonic()) > 0:
            if not selector.select(left):
                continue
            piece = os.read(process.stdout.fileno(), 65536)
            output += piece
            text = output.decode(errors="replace")
            if not piece:
                return text, True
            if until is not None and re.search(until, text):
                return text, False
    raise PeerError(f"{process.args!r} took too long and printed:\n{output.decode(errors='replace')}")


def end_group(process: subprocess.Popen[bytes]) -> None:
    """Kill a process and all that it started, and wait for it."""
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait(STOP_SECONDS)
    for stream in (process.stdin, process.stdout):
        if stream is not None:
            with contextlib.suppress(BrokenPipeError):
                stream.close()


def free_port() -> int:
    """A port of 127.0.0.1 that nobody uses at this moment."""
    for _ in range(100):
        port = random.randrange(LOWEST_PORT, HIGHEST_PORT)
        with socket.socket() as probe:
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
            return port
    raise PeerError("no free port found")


def listening(port: int) -> int | None:
    """The port, once some process listens on it; asks the kernel, so that the server sees no connection."""
    wanted = f":{port:04X}"
    for table in ("/proc/net/tcp", "/proc/net/tcp6"):
        with contextlib.suppress(FileNotFoundError):
            for line in Path(table).read_text(encoding="ascii").splitlines()[1:]:
                words = line.split()
                if words[1].endswith(wanted) and words[3] == LISTENING:
                    return port
    return None


def written_port(file: Path) -> int | None:
    """The port in a file that a server writes when it listens."""
    return int(file.read_text()) if file.exists() else None


def clean() -> dict[str, str]:
    """Our environment without what would change how a peer behaves or prints."""
    unwanted = {"NODE_EXTRA_CA_CERTS", "SSLKEYLOGFILE", "SSL_CERT_FILE", "SSL_CERT_DIR", "OPENSSL_CONF", "http_proxy"}
    return {name: value for name, value in os.environ.items() if name not in unwanted} | {"LC_ALL": "C.UTF-8"}
