"""Drive hellodone in this process against a real server: the sans-I/O connection over one loopback socket."""

from __future__ import annotations

import socket
from dataclasses import dataclass, replace
from typing import Any

import hellodone
from hellodone.events import CloseNotifyReceived, DataReceived, Event
from tests.interop.cells import Cell
from tests.interop.pki import Pki
from tests.interop.stacks import PSK

SECONDS = 20.0
ENCRYPT_THEN_MAC = 22  # RFC 7366, 2


@dataclass(frozen=True, slots=True)
class Outcome:
    """A finished conversation: the connection, what the server answered, and its bytes before anything else."""

    connection: hellodone.ClientConnection
    answer: bytes
    first_bytes: bytes


def client_config(cell: Cell, pki: Pki) -> hellodone.ClientConfig:
    """The configuration that allows exactly what a cell asks for."""
    policy = hellodone.Policy.compatible().with_cipher_suites([cell.suite.name])
    if cell.group:
        policy = policy.with_groups([cell.group])
    name = cell.client_certificate
    return hellodone.ClientConfig(
        trust=hellodone.TrustStore.from_file(pki.authorities),
        policy=replace(policy, encrypt_then_mac=cell.encrypt_then_mac),
        identity=hellodone.Identity.from_files(pki.chain(name), pki.key(name)) if name else None,
        alpn=(cell.alpn,) if cell.alpn else (),
        record=True,
    )


def historic_client(cell: Cell, pki: Pki, **changes: Any) -> hellodone.ClientConfig:
    """A client that speaks just the suite of a cell, however old."""
    name = cell.client_certificate
    return hellodone.ClientConfig(
        **{
            "trust": hellodone.TrustStore.from_file(pki.authorities),
            "policy": historic(cell),
            "identity": hellodone.Identity.from_files(pki.chain(name), pki.key(name)) if name else None,
            "psk": (b"psk1", bytes.fromhex(PSK)) if cell.suite.uses_psk else None,
            **changes,
        }
    )


def historic_server(cell: Cell, pki: Pki, **changes: Any) -> hellodone.ServerConfig:
    """A server that speaks just the suite of a cell, however old."""
    name = cell.certificate
    return hellodone.ServerConfig(
        **{
            "identity": hellodone.Identity.from_files(pki.chain(name), pki.key(name)) if name else None,
            "policy": historic(cell),
            "psk": {b"psk1": bytes.fromhex(PSK)} if cell.suite.uses_psk else None,
            "client_trust": hellodone.TrustStore.from_file(pki.authorities),
            "client_auth": "required" if cell.client_certificate else "none",
            **changes,
        }
    )


def historic(cell: Cell) -> hellodone.Policy:
    """The widest policy, narrowed to the suite and group of a cell."""
    policy = hellodone.Policy.historic().with_cipher_suites([cell.suite.name])
    return policy.with_groups([cell.group]) if cell.group else policy


def converse(
    port: int, config: hellodone.ClientConfig, request: bytes, until: bytes, *, server_name: str = "localhost"
) -> Outcome:
    """Connect to 127.0.0.1, send the request once the handshake is done, read until the answer holds ``until``."""
    connection = hellodone.ClientConnection(config, server_name=server_name)
    connection.initiate_handshake()
    answer, first_bytes, asked = b"", b"", False
    with socket.create_connection(("127.0.0.1", port), timeout=SECONDS) as tcp:
        while until not in answer:
            tcp.sendall(connection.data_to_send())
            data = tcp.recv(65536)
            assert data, f"the server closed the connection after {answer!r}"
            first_bytes = first_bytes or data
            events = take(connection, tcp, data)
            answer += b"".join(event.data for event in events if isinstance(event, DataReceived))
            if any(isinstance(event, hellodone.HandshakeCompleted) for event in events) and not asked:
                connection.send_data(request)
                asked = True
        connection.close()
        tcp.sendall(connection.data_to_send())
        drain(tcp, connection)
    return Outcome(connection, answer, first_bytes)


def take(connection: hellodone.ClientConnection, tcp: socket.socket, data: bytes) -> list[Event]:
    """Give the connection some bytes; when it fails, still send the alert with which it says so."""
    try:
        return connection.receive_data(data)
    except hellodone.FatalAlert:
        tcp.sendall(connection.data_to_send())
        raise


def drain(tcp: socket.socket, connection: hellodone.ClientConnection) -> None:
    """Read on until the server's close_notify or its end of the stream."""
    while data := tcp.recv(65536):
        if any(isinstance(event, CloseNotifyReceived) for event in connection.receive_data(data)):
            return


def answered_extensions(first_bytes: bytes) -> set[int]:
    """The extension numbers in a ServerHello, read from the server's first bytes without help of hellodone."""
    assert (first_bytes[0], first_bytes[5]) == (22, 2), "a handshake record that begins with a ServerHello"
    end = 9 + int.from_bytes(first_bytes[6:9])
    at = 9 + 2 + 32
    at += 1 + first_bytes[at] + 2 + 1 + 2
    numbers = set()
    while at < end:
        numbers.add(int.from_bytes(first_bytes[at : at + 2]))
        at += 4 + int.from_bytes(first_bytes[at + 2 : at + 4])
    return numbers
