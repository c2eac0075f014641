"""The blocking socket with Python's ssl module, which is OpenSSL, at the other end, in both roles."""

import contextlib
import hashlib
import socket
import ssl
import threading
from collections.abc import Callable, Iterator

import pytest

from hellodone.errors import AlertDescription, ConnectionClosed, FatalAlert, TruncationError
from hellodone.trace.model import Party
from hellodone.transport.blocking import TlsSocket
from hellodone.transport.client import connect
from hellodone.transport.errors import ConnectionLost
from hellodone.transport.listener import TlsListener
from tests.transport.laboratory import laboratory, openssl_client, openssl_server
from tests.transport.loopback import SECONDS, reset, serving

Peer = Callable[[ssl.SSLSocket], None]


@contextlib.contextmanager
def to_openssl(handler: Peer, context: ssl.SSLContext | None = None) -> Iterator[TlsSocket]:
    """Our client, connected to an OpenSSL server that does ``handler``."""
    chosen = context or openssl_server()

    def serve(connection: socket.socket) -> None:
        with chosen.wrap_socket(connection, server_side=True) as tls:
            handler(tls)

    config = laboratory().client_config(alpn=("http/1.1",))
    with serving(serve) as address, connect(address, config, server_name="localhost", timeout=SECONDS) as tls:
        yield tls


@contextlib.contextmanager
def from_openssl(handler: Peer) -> Iterator[TlsSocket]:
    """Our server's side of a connection with an OpenSSL client that does ``handler``."""
    faults: list[BaseException] = []
    with TlsListener(("127.0.0.1", 0), laboratory().server_config()) as listener:

        def call() -> None:
            try:
                with (
                    socket.create_connection(listener.address, SECONDS) as plain,
                    openssl_client().wrap_socket(plain, server_hostname="localhost") as tls,
                ):
                    handler(tls)
            except BaseException as error:  # noqa: BLE001 - raised again below
                faults.append(error)

        thread = threading.Thread(target=call, daemon=True)
        thread.start()
        with listener.accept() as tls:
            tls.settimeout(SECONDS)
            tls.do_handshake(SECONDS)
            yield tls
        thread.join(SECONDS)
    if faults:
        raise faults[0]


def echo(tls: ssl.SSLSocket) -> None:
    while data := tls.recv(65536):
        tls.sendall(data)
    tls.unwrap()


def test_a_client_talks_to_openssl() -> None:
    with to_openssl(echo) as tls:
        tls.sendall(b"hello")
        with pytest.raises(ValueError, match="asked for -1 bytes"):
            tls.recv(-1)
        assert tls.recv() == b"hello"
        assert tls.version == 0x0303
        assert tls.cipher_suite is not None
        assert tls.cipher_suite.forward_secret
        assert tls.server_name == "localhost"
        assert tls.peer_certificates[0].subject_names[0] == "localhost"
        assert tls.getpeername()[1] == int(tls.peer.rpartition(":")[2])


def test_a_server_talks_to_openssl() -> None:
    def client(tls: ssl.SSLSocket) -> None:
        tls.sendall(b"hello")
        assert tls.recv(5) == b"HELLO"
        tls.unwrap()

    with from_openssl(client) as tls:
        tls.sendall(tls.recv().upper())
        assert tls.recv() == b""
        assert tls.server_name == "localhost"


def test_reading_less_than_came_keeps_the_rest() -> None:
    with to_openssl(echo) as tls:
        tls.sendall(b"0123456789")
        assert [tls.recv(4), tls.recv(4), tls.recv(4)] == [b"0123", b"4567", b"89"]


def test_large_data_goes_both_ways_at_once() -> None:
    data = bytes(range(256)) * 8192  # 2 MiB: more than the kernel's buffers hold
    with to_openssl(echo) as tls:
        sender = threading.Thread(target=tls.sendall, args=(data,))
        sender.start()
        got = b""
        while len(got) < len(data):
            got += tls.recv()
        sender.join()
    assert hashlib.sha256(got).digest() == hashlib.sha256(data).digest()


def test_closing_is_an_exchange_of_close_notify_then_fin() -> None:
    with to_openssl(echo) as tls:
        tls.close()
        assert tls.trace is not None
        assert tls.trace.connections[0].closed == "close_notify"
        end = [(step.name, step.sender) for step in tls.trace.steps[-4:]]
        assert end[0] == ("Alert", Party.client)
        assert end[1] == ("Alert", Party.server)
        assert {name for name, _ in end[2:]} == {"FIN"}


def test_nothing_can_be_sent_after_close() -> None:
    with to_openssl(echo) as tls:
        tls.close()
        with pytest.raises(ConnectionClosed):
            tls.sendall(b"x")


def test_closing_twice_is_allowed() -> None:
    with to_openssl(echo) as tls:
        tls.close()
        tls.close()


def test_the_end_without_close_notify_is_a_truncation() -> None:
    def cut(tls: ssl.SSLSocket) -> None:
        tls.sendall(b"half of")
        socket.socket.shutdown(tls, socket.SHUT_RDWR)

    with to_openssl(cut) as tls:
        assert tls.recv() == b"half of"
        with pytest.raises(TruncationError, match="close_notify"):
            tls.recv()
        assert tls.trace is not None
        assert tls.trace.connections[0].closed == "truncated"


def test_a_reset_after_the_handshake_is_named() -> None:
    def cut(tls: ssl.SSLSocket) -> None:
        tls.recv(10)
        reset(tls)

    with to_openssl(cut) as tls:
        tls.sendall(b"x")
        with pytest.raises(ConnectionLost, match="reset"):
            tls.recv()


def test_reading_in_time_or_again() -> None:
    release = threading.Event()

    def late(tls: ssl.SSLSocket) -> None:
        release.wait(SECONDS)
        tls.sendall(b"late")

    with to_openssl(late) as tls:
        tls.settimeout(0.05)
        with pytest.raises(TimeoutError):
            tls.recv()
        release.set()
        tls.settimeout(SECONDS)
        assert tls.recv() == b"late"


def test_a_close_wakes_a_reader_in_another_thread() -> None:
    def deaf(tls: ssl.SSLSocket) -> None:
        tls.settimeout(SECONDS)
        with contextlib.suppress(OSError):
            socket.socket.recv(tls, 1, socket.MSG_PEEK)  # sees close_notify, never answers it
            release.wait(SECONDS)

    release = threading.Event()
    outcome: list[object] = []

    def read(tls: TlsSocket) -> None:
        try:
            outcome.append(tls.recv())
        except ConnectionClosed as error:
            outcome.append(error)

    with to_openssl(deaf) as tls:
        reader = threading.Thread(target=read, args=(tls,))
        reader.start()
        tls.close(linger=0.1)
        reader.join(SECONDS)
        assert not reader.is_alive()
        release.set()
    assert len(outcome) == 1


def test_our_alert_reaches_the_peer_before_the_end() -> None:
    heard: list[str] = []

    def serve(connection: socket.socket) -> None:
        try:
            openssl_server().wrap_socket(connection, server_side=True)
        except ssl.SSLError as error:
            heard.append(error.reason)

    config = laboratory().client_config()
    with serving(serve) as address, pytest.raises(FatalAlert) as caught:
        connect(address, config, server_name="other.example", timeout=SECONDS)
    assert caught.value.sender == "us"
    assert caught.value.trace is not None
    assert caught.value.trace.failure is not None
    assert heard
    assert "ALERT" in heard[0]


def test_the_alert_of_a_server_is_raised_though_we_are_still_writing() -> None:
    """OpenSSL refuses a client without certificate only after our Finished is on its way."""

    def serve(connection: socket.socket) -> None:
        with contextlib.suppress(ssl.SSLError):
            openssl_server(client_auth=True).wrap_socket(connection, server_side=True)

    with serving(serve) as address, pytest.raises(FatalAlert) as caught:
        connect(address, laboratory().client_config(), server_name="localhost", timeout=SECONDS)
    assert caught.value.alert == AlertDescription.handshake_failure
    assert caught.value.sender == "peer"


def test_a_client_certificate_is_sent_and_verified() -> None:
    def subject(tls: ssl.SSLSocket) -> None:
        certificate = tls.getpeercert()
        assert certificate is not None
        tls.sendall(str(certificate["subject"]).encode())
        tls.unwrap()

    context = openssl_server(client_auth=True)

    def serve(connection: socket.socket) -> None:
        with context.wrap_socket(connection, server_side=True) as tls:
            subject(tls)

    config = laboratory().client_config(identity=laboratory().client)
    with serving(serve) as address, connect(address, config, server_name="localhost", timeout=SECONDS) as tls:
        assert b"alice" in tls.recv()


def test_ipv6() -> None:
    if not socket.has_ipv6:
        pytest.skip("this machine has no IPv6")
    try:
        listener = TlsListener(("::1", 0), laboratory().server_config())
    except ValueError:
        pytest.skip("this machine has no IPv6 loopback address")
    with listener:

        def serve() -> None:
            with listener.accept() as tls:
                tls.do_handshake(SECONDS)
                tls.sendall(b"six")

        thread = threading.Thread(target=serve)
        thread.start()
        with connect(listener.address, laboratory().client_config(), timeout=SECONDS) as tls:
            assert tls.recv() == b"six"
            assert tls.peer.startswith("[::1]:")
        thread.join()
