"""Standard input and output joined to a connection, with OpenSSL at the other end."""

import contextlib
import os
import pty
import socket
import ssl
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from hellodone.cli.join import join
from hellodone.errors import TruncationError
from tests.transport.laboratory import laboratory, openssl_server
from tests.transport.loopback import SECONDS, serving
from tests.transport.test_blocking import echo, to_openssl


@contextlib.contextmanager
def piped(data: bytes, *, close: bool = True) -> Iterator[int]:
    """A descriptor to read ``data`` from, that ends or stays open."""
    reading, writing = os.pipe()
    os.write(writing, data)
    if close:
        os.close(writing)
    try:
        yield reading
    finally:
        if not close:
            os.close(writing)
        # the reading end is left to the thread that may still wait for it


def carried(input_: bytes, handler: object = echo, *, close: bool = True, idle: float | None = SECONDS) -> bytes:
    """What the peer said when ``input_`` was typed."""
    said: list[bytes] = []
    with piped(input_, close=close) as descriptor, to_openssl(handler) as tls:  # type: ignore[arg-type]
        join(tls, descriptor, said.append, idle)
    return b"".join(said)


def test_what_is_typed_goes_out_and_what_comes_is_shown() -> None:
    assert carried(b"hello\n") == b"hello\n"


def test_nothing_typed_closes_at_once() -> None:
    started = time.monotonic()
    assert carried(b"") == b""
    assert time.monotonic() - started < 1.5


def test_the_peers_end_ends_it_though_the_input_is_open() -> None:
    def bye(tls: ssl.SSLSocket) -> None:
        tls.sendall(b"bye")
        tls.unwrap()

    assert carried(b"", bye, close=False) == b"bye"


def test_an_input_that_nobody_writes_to_ends_with_the_time_out() -> None:
    started = time.monotonic()
    assert carried(b"", close=False, idle=0.2) == b""
    assert time.monotonic() - started < 2


def test_large_input_is_carried_whole() -> None:
    data = os.urandom(1 << 20)
    said: list[bytes] = []
    reading, writing = os.pipe()

    def write() -> None:
        with os.fdopen(writing, "wb") as file:
            file.write(data)

    writer = threading.Thread(target=write)
    writer.start()
    with to_openssl(echo) as tls:
        join(tls, reading, said.append, SECONDS)
    writer.join()
    assert b"".join(said) == data


def test_a_truncated_answer_is_shown_and_then_said() -> None:
    def cut(tls: ssl.SSLSocket) -> None:
        tls.sendall(b"half")

    said: list[bytes] = []
    with piped(b"", close=False) as descriptor, to_openssl(cut) as tls, pytest.raises(TruncationError):
        join(tls, descriptor, said.append, SECONDS)
    assert b"".join(said) == b"half"


def test_a_terminal_is_joined_and_drawn_after_its_end(tmp_path: Path) -> None:
    """What people do: type a line into a terminal, read the answer, press Ctrl-D."""
    ca = tmp_path / "ca.pem"
    ca.write_bytes(laboratory().authority.pem)

    def serve(connection: socket.socket) -> None:
        with openssl_server().wrap_socket(connection, server_side=True) as tls:
            tls.sendall(b"you said " + tls.recv(100))
            tls.recv(100)  # the client's close_notify

    with serving(serve) as (_, port):
        terminal, other = pty.openpty()
        command = [sys.executable, "-m", "hellodone", "connect", f"localhost:{port}", "--cacert", str(ca)]
        with subprocess.Popen(command, stdin=other, stdout=other, stderr=other) as running:
            os.close(other)
            screen = type_and_read(terminal, {b"Ctrl-D ends": b"hello\n", b"you said hello": b"\x04"})
        os.close(terminal)
    assert running.returncode == 0
    assert b"ServerHelloDone" in screen


def type_and_read(terminal: int, answers: dict[bytes, bytes]) -> bytes:
    """Everything on the screen; each of ``answers`` is typed once its words have appeared."""
    screen = b""
    limit = time.monotonic() + 30
    while time.monotonic() < limit:
        try:
            more = os.read(terminal, 4096)
        except OSError:  # how Linux says that the other side of a terminal is closed
            break
        screen += more
        for words, typed in list(answers.items()):
            if words in screen:
                os.write(terminal, typed)
                del answers[words]
        if not more:
            break
    return screen
