"""Servers and scripts as child processes: each its own process group, ended with all it started."""

from __future__ import annotations

import contextlib
import os
import signal
import socket
import subprocess
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

HOST = "127.0.0.1"
_SPAN = 2000  # ports
_PATIENCE = 0.05  # seconds between two looks


class Ports:
    """Loopback ports from ``base`` upwards, each handed out once, while it is free.

    ``base`` should lie below the system's range for outgoing connections (often 32768 and up): a probe from a port of
    that range can end up connected to itself.
    """

    def __init__(self, base: int) -> None:
        self._numbers = iter(range(base, base + _SPAN))
        self._lock = threading.Lock()

    def take(self) -> int:
        """The next free one. Raises StopIteration when there is none."""
        with self._lock:
            return next(port for port in self._numbers if _is_free(port))


def _is_free(port: int) -> bool:
    with socket.socket() as probe:
        try:
            probe.bind((HOST, port))
        except OSError:
            return False
    return True


@contextlib.contextmanager
def server(command: Sequence[str], port: int, log: Path, patience: float) -> Iterator[subprocess.Popen[bytes]]:
    """A server that accepts connections at the port. Raises OSError when it does not within ``patience`` seconds."""
    with log.open("wb") as out:
        process = subprocess.Popen(
            command, stdin=subprocess.DEVNULL, stdout=out, stderr=subprocess.STDOUT, start_new_session=True
        )
        try:
            _await_listening(process, port, patience)
            yield process
        finally:
            _end(process)


def _await_listening(process: subprocess.Popen[bytes], port: int, patience: float) -> None:
    end = time.monotonic() + patience
    while time.monotonic() < end and process.poll() is None:
        with contextlib.suppress(OSError), socket.create_connection((HOST, port), 1.0):
            return
        time.sleep(_PATIENCE)
    raise OSError(f"the server does not listen (exit status {process.poll()})")


def run(command: Sequence[str], folder: Path, env: Mapping[str, str], log: Path, limit: float) -> int | None:
    """Run to the end; the exit status, None when it took longer than ``limit`` seconds."""
    with log.open("wb") as out:
        process = subprocess.Popen(
            command,
            cwd=folder,
            env={**os.environ, **env},
            stdin=subprocess.DEVNULL,
            stdout=out,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
        try:
            return process.wait(limit)
        except subprocess.TimeoutExpired:
            return None
        finally:
            _end(process)


def _end(process: subprocess.Popen[bytes]) -> None:
    for number in (signal.SIGTERM, signal.SIGKILL):
        if process.poll() is not None:
            return
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, number)
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(3.0)
