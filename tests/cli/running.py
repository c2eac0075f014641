"""The command line run in this process, and as a process of its own where that matters."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from hellodone.cli.app import run
from tests.transport.loopback import SECONDS


@dataclass(frozen=True)
class Outcome:
    """What a run left behind."""

    code: int
    out: str
    err: str

    @property
    def last(self) -> str:
        """The last line on standard error."""
        return self.err.strip().splitlines()[-1] if self.err.strip() else ""


def hellodone(capsys: pytest.CaptureFixture[str], *arguments: object) -> Outcome:
    """Run a command in this process, standard input empty."""
    with open(os.devnull) as nothing:
        before, sys.stdin = sys.stdin, nothing
        try:
            code = run([str(argument) for argument in arguments])
        finally:
            sys.stdin = before
    captured = capsys.readouterr()
    assert "Traceback" not in captured.err
    return Outcome(code, captured.out, captured.err)


def process(*arguments: object, stdin: bytes = b"", env: dict[str, str] | None = None) -> Outcome:
    """Run ``python -m hellodone`` to its end."""
    done = subprocess.run(
        [sys.executable, "-m", "hellodone", *(str(argument) for argument in arguments)],
        input=stdin,
        capture_output=True,
        timeout=60,
        env=_environment(env),
        check=False,
    )
    return Outcome(done.returncode, done.stdout.decode(), done.stderr.decode())


@dataclass
class Server:
    """A running ``hellodone serve``."""

    process: subprocess.Popen[bytes]
    port: int
    folder: Path

    def end(self, number: int = signal.SIGINT) -> Outcome:
        """Stop it by a signal; what it left behind."""
        self.process.send_signal(number)
        out, err = self.process.communicate(timeout=SECONDS)
        return Outcome(self.process.returncode, out.decode(), err.decode())


@contextlib.contextmanager
def serving(folder: Path, *options: object) -> Iterator[Server]:
    """A server at a free port, killed at the end if it still runs."""
    port_file = folder / "port"
    port_file.unlink(missing_ok=True)
    command = [sys.executable, "-m", "hellodone", "serve", "--bind", "127.0.0.1:0", "--port-file", str(port_file)]
    started = subprocess.Popen(
        [*command, *(str(option) for option in options)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env=_environment(None),
    )
    try:
        limit = time.monotonic() + 20
        while not port_file.exists():
            assert started.poll() is None, started.communicate()[1].decode()
            assert time.monotonic() < limit, "the server does not start"
            time.sleep(0.02)
        yield Server(started, int(port_file.read_text()), folder)
    finally:
        if started.poll() is None:
            started.kill()
        started.communicate()


def _environment(more: dict[str, str] | None) -> dict[str, str]:
    clean = {name: value for name, value in os.environ.items() if name not in ("SSLKEYLOGFILE", "NO_COLOR", "COLUMNS")}
    return {**clean, **(more or {})}
