"""Sockets over loopback, the server in a process of its own: one blocking transfer, or many asyncio connections."""

from __future__ import annotations

import asyncio
import os
import signal
import socket
from collections.abc import Awaitable, Callable
from time import perf_counter, process_time
from typing import Any

from bench import limits
from bench.parties.ours import Ours
from bench.parties.stdlib_ssl import StdlibSsl
from bench.scenario import SERVER_NAME, Scenario
from hellodone.transport.asynchronous import open_connection, start_server
from hellodone.transport.client import connect
from hellodone.transport.listener import TlsListener

LOCAL = "127.0.0.1"
PIECE = bytes(2**18)
AT_ONCE = 100  # handshakes under way at a time while connections gather

Streams = tuple[asyncio.StreamReader, asyncio.StreamWriter]
Answer = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


class OurSockets:
    """hellodone's blocking sockets and its asyncio front."""

    def __init__(self) -> None:
        self._party = Ours(Scenario())
        self._listener = TlsListener((LOCAL, 0), self._party.server_config)
        self.address = self._listener.address

    def read(self, size: int) -> None:
        """So many bytes from one client, who gets one back."""
        with self._listener.accept() as tls:
            tls.do_handshake()
            _read(tls, size)

    def call(self) -> Any:
        return connect(self.address, self._party.client_config, server_name=SERVER_NAME)

    async def start(self, answer: Answer) -> asyncio.Server:
        return await start_server(answer, LOCAL, 0, self._party.server_config, backlog=AT_ONCE)

    async def open(self, port: int) -> Streams:
        return await open_connection(LOCAL, port, self._party.client_config, server_name=SERVER_NAME)


class SslSockets:
    """The same with the ssl module."""

    def __init__(self) -> None:
        self._party = StdlibSsl(Scenario())
        self._listener = socket.create_server((LOCAL, 0))
        self.address = self._listener.getsockname()

    def read(self, size: int) -> None:
        with self._party.server_context.wrap_socket(self._listener.accept()[0], server_side=True) as tls:
            _read(tls, size)

    def call(self) -> Any:
        plain = socket.create_connection(self.address)
        return self._party.client_context.wrap_socket(plain, server_hostname=SERVER_NAME)

    async def start(self, answer: Answer) -> asyncio.Server:
        return await asyncio.start_server(answer, LOCAL, 0, ssl=self._party.server_context, backlog=AT_ONCE)

    async def open(self, port: int) -> Streams:
        context = self._party.client_context
        return await asyncio.open_connection(LOCAL, port, ssl=context, server_hostname=SERVER_NAME)


Sockets = OurSockets | SslSockets


def transfer(contestant: str, mebibytes: int) -> float:
    """Seconds until another process has read so much from a blocking socket."""
    sockets, size = _sockets(contestant), mebibytes * 2**20
    child = os.fork()
    if child == 0:
        sockets.read(size)
        os._exit(0)
    with sockets.call() as client:
        client.sendall(PIECE)  # the handshake is over on both sides, and so are page faults
        start = perf_counter()
        for _ in range(size // len(PIECE) - 1):
            client.sendall(PIECE)
        client.recv(1)
        seconds = perf_counter() - start
    os.waitpid(child, 0)
    return seconds


def held(contestant: str, connections: int) -> float:
    """CPU seconds of both ends for each of so many asyncio connections, or as many as there may be, held at once."""
    number, sockets = limits.room(connections), _sockets(contestant)
    port_out, port_in = os.pipe()
    child = os.fork()
    if child == 0:
        asyncio.run(_answer_all(sockets, port_in))
    try:
        port = int.from_bytes(os.read(port_out, 2))
        clients = asyncio.run(_hold(sockets, port, number))
    finally:
        os.kill(child, signal.SIGKILL)
        _, _, server = os.wait4(child, 0)
    return (clients + server.ru_utime + server.ru_stime) / number


async def _answer_all(sockets: Sockets, port_in: int) -> None:
    """Serve until killed: everything that comes in goes back."""

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while data := await reader.read(100):
            writer.write(data)

    server = await sockets.start(answer)
    os.write(port_in, server.sockets[0].getsockname()[1].to_bytes(2))
    await server.serve_forever()


async def _hold(sockets: Sockets, port: int, connections: int) -> float:
    """CPU seconds of this side until so many connections have exchanged a byte, the first of them once more."""

    async def called() -> Streams:
        streams = await sockets.open(port)
        await _ping(streams)
        return streams

    start = process_time()
    gathered: list[Streams] = []
    while (missing := connections - len(gathered)) > 0:
        gathered += await asyncio.gather(*(called() for _ in range(min(AT_ONCE, missing))))
    await _ping(gathered[0])
    return process_time() - start


async def _ping(streams: Streams) -> None:
    reader, writer = streams
    writer.write(b"x")
    await reader.readexactly(1)


def _sockets(contestant: str) -> Sockets:
    return OurSockets() if contestant == "hellodone" else SslSockets()


def _read(tls: Any, size: int) -> None:
    while size > 0:
        size -= len(tls.recv(2**16))
    tls.sendall(b".")
