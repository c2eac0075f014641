"""Peers that do not complete a handshake: one sentence that says what was seen and what was expected."""

import socket
import ssl
import threading
import time

import pytest

from hellodone.errors import AlertDescription, ConfigurationError, FatalAlert, TlsError
from hellodone.transport.blocking import TlsSocket
from hellodone.transport.client import connect
from hellodone.transport.errors import ConnectionLost, NotTls, PeerNotReached, VersionRefused
from hellodone.transport.listener import TlsListener
from tests.transport.laboratory import laboratory, openssl_server
from tests.transport.loopback import SECONDS, Handler, closed_port, reset, scripted, serving


def fail(handler: Handler, timeout: float = SECONDS) -> TlsError:
    """How a handshake with such a server fails."""
    with serving(handler) as address, pytest.raises(TlsError) as caught:
        connect(address, laboratory().client_config(), server_name="localhost", timeout=timeout)
    assert str(caught.value).isprintable()
    return caught.value


def http(connection: socket.socket) -> None:
    connection.recv(4096)
    connection.sendall(b"HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n")


def silent(connection: socket.socket) -> None:
    while connection.recv(4096):
        pass


def test_an_http_server_is_named() -> None:
    error = fail(http)
    assert isinstance(error, NotTls)
    assert "'HTTP/1.1 400 Bad Request'" in error.reason
    assert "expected a ServerHello" in error.reason
    assert "HTTPS" in error.reason
    assert error.trace is not None


@pytest.mark.parametrize(
    ("banner", "words"),
    [(b"SSH-2.0-OpenSSH_9.2p1\r\n", "an SSH server"), (b"220 mail ESMTP\r\n", "--starttls smtp")],
)
def test_a_banner_is_named(banner: bytes, words: str) -> None:
    assert words in fail(scripted(banner, "\x16")).reason


def test_a_banner_in_two_pieces_is_heard_whole() -> None:
    def slow(connection: socket.socket) -> None:
        connection.sendall(b"220 ma")
        time.sleep(0.05)
        connection.sendall(b"il ESMTP Postfix\r\n")
        silent(connection)

    assert "Postfix" in fail(slow).reason


def test_silence_ends_with_the_time_out() -> None:
    started = time.monotonic()
    error = fail(silent, 0.3)
    assert 0.25 < time.monotonic() - started < 3
    assert isinstance(error, ConnectionLost)
    assert "said nothing within 0.3 s" in error.reason
    assert error.trace is not None


def test_falling_silent_within_the_handshake_is_told_apart() -> None:
    def half(connection: socket.socket) -> None:
        connection.recv(4096)
        connection.sendall(b"\x16\x03\x03\x00\x7a\x02")
        silent(connection)

    assert "in the middle of the handshake" in fail(half, 0.3).reason


def test_a_trickle_does_not_hold_the_handshake_open() -> None:
    """The time-out is for the handshake as a whole, not for each byte of it."""

    def trickle(connection: socket.socket) -> None:
        connection.recv(4096)
        connection.sendall(b"\x16\x03\x03\x00\x7a")
        for _ in range(40):
            try:
                connection.sendall(b"\x02")
            except OSError:
                return
            time.sleep(0.05)

    started = time.monotonic()
    assert isinstance(fail(trickle, 0.3), ConnectionLost)
    assert time.monotonic() - started < 1.9


def test_an_immediate_end_is_named() -> None:
    error = fail(scripted("\x01"))
    assert isinstance(error, ConnectionLost)
    assert "closed the connection when it saw our ClientHello" in error.reason


def test_a_reset_is_named() -> None:
    def cut(connection: socket.socket) -> None:
        connection.recv(4096)
        reset(connection)

    error = fail(cut)
    assert isinstance(error, ConnectionLost)
    assert "reset the connection when it saw our ClientHello" in error.reason


def test_random_bytes_are_quoted() -> None:
    assert "the bytes 00 9c" in fail(scripted(bytes.fromhex("009c8001ff02"), "\x16")).reason


def test_a_server_of_tls_1_3_only_is_named_as_such() -> None:
    context = openssl_server()
    context.maximum_version = ssl.TLSVersion.MAXIMUM_SUPPORTED
    context.minimum_version = ssl.TLSVersion.TLSv1_3

    def serve(connection: socket.socket) -> None:
        with pytest.raises(ssl.SSLError):
            context.wrap_socket(connection, server_side=True)

    error = fail(serve)
    assert isinstance(error, VersionRefused)
    assert error.alert == AlertDescription.protocol_version
    assert "TLS 1.3" in error.reason


def test_a_closed_port() -> None:
    port = closed_port()
    with pytest.raises(PeerNotReached, match=f"127.0.0.1:{port} is not reached: the connection was refused"):
        connect(("127.0.0.1", port), laboratory().client_config(), timeout=SECONDS)


def test_a_network_that_does_not_answer() -> None:
    """A listener whose queue is full drops what comes: the connection attempt is left without an answer."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen(0)
        address = listener.getsockname()
        queued = [socket.socket() for _ in range(4)]
        for sock in queued:
            sock.setblocking(False)
            sock.connect_ex(address)
        try:
            with pytest.raises(PeerNotReached, match=r"no answer within 0\.3 s"):
                connect(address, laboratory().client_config(), timeout=0.3)
        finally:
            for sock in queued:
                sock.close()


def test_an_unknown_name() -> None:
    with pytest.raises(PeerNotReached, match=r"no address is known for 'no-such-host.invalid'"):
        connect(("no-such-host.invalid", 443), laboratory().client_config(), timeout=SECONDS)


def test_no_name_at_all_is_a_fault_of_the_caller() -> None:
    with pytest.raises(ConfigurationError):
        connect(("", 443), laboratory().client_config(), timeout=SECONDS)


def test_all_addresses_of_a_name_are_tried() -> None:
    """localhost is ::1 and 127.0.0.1 on most machines; the server is at the second only."""
    with serving(http) as (_, port), pytest.raises(NotTls):
        connect(("localhost", port), laboratory().client_config(), timeout=SECONDS)


def refuse(data: bytes, timeout: float = SECONDS) -> tuple[TlsError, bytes]:
    """How our server fails with a client that says ``data``, and what it answers."""
    answers: list[bytes] = []
    with TlsListener(("127.0.0.1", 0), laboratory().server_config()) as listener:

        def call() -> None:
            with socket.create_connection(listener.address, SECONDS) as plain:
                plain.sendall(data)
                if not data.endswith(b"..."):
                    plain.shutdown(socket.SHUT_WR)
                answers.append(plain.recv(4096))

        thread = threading.Thread(target=call)
        thread.start()
        tls: TlsSocket = listener.accept()
        with pytest.raises(TlsError) as caught:
            tls.do_handshake(timeout)
        thread.join(SECONDS)
    return caught.value, answers[0]


def test_a_client_without_tls_is_named_and_gets_an_alert() -> None:
    error, answer = refuse(b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n")
    assert isinstance(error, NotTls)
    assert "'GET / HTTP/1.1'" in error.reason
    assert "use https://" in error.reason
    assert answer[:1] == b"\x15"


def test_a_client_that_says_nothing() -> None:
    error, answer = refuse(b"")
    assert isinstance(error, ConnectionLost)
    assert "before it sent a ClientHello" in error.reason
    assert answer == b""


def test_a_client_that_stops_in_its_hello() -> None:
    error, _ = refuse(b"\x16\x03\x01\x02\x00\x01...", 0.3)
    assert isinstance(error, ConnectionLost)
    assert "not complete within 0.3 s" in error.reason


def test_a_malformed_hello_is_a_fatal_alert() -> None:
    error, answer = refuse(b"\x16\x03\x01\x00\x05\x01\x00\x00\x01\x00")
    assert isinstance(error, FatalAlert)
    assert answer[:1] == b"\x15"
    assert answer[-2:] == bytes([2, error.alert or 0])


def test_a_port_that_is_taken_is_a_fault_of_the_caller() -> None:
    with (
        TlsListener(("127.0.0.1", 0), laboratory().server_config()) as listener,
        pytest.raises(ConfigurationError, match="cannot listen at"),
    ):
        TlsListener(listener.address, laboratory().server_config())
