"""What needs a process of its own: ``python -m bench.apart KIND CONTESTANT SIZE`` prints one figure.

Memory is what the process occupies (RSS), for what Python counts leaves out what libraries hold.
"""

from __future__ import annotations

import asyncio
import gc
import os
import resource
import socket
import ssl
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from time import perf_counter, process_time
from typing import Any

from bench.parties.ours import Ours
from bench.parties.party import Party
from bench.parties.stdlib_ssl import StdlibSsl
from bench.scenario import SERVER_NAME, Scenario
from hellodone.transport.asynchronous import open_connection, start_server
from hellodone.transport.client import connect
from hellodone.transport.listener import TlsListener

LOCAL = "127.0.0.1"
PIECE = bytes(2**18)


def memory(contestant: str, pairs: int) -> float:
    """Bytes that a pair of idle, established connections takes; configurations are shared."""
    party = _party(contestant)
    for _ in range(50):
        party.handshake()
    gc.collect()
    before = _occupied()
    held = [party.handshake() for _ in range(pairs)]
    gc.collect()
    return (_occupied() - before) / len(held)


def crowd(contestant: str, pairs: int) -> float:
    """CPU seconds of one more handshake while so many connections are held."""
    party = _party(contestant)
    held = [party.handshake() for _ in range(pairs)]
    gc.collect()
    rounds = 200
    start = process_time()
    for _ in range(rounds):
        party.handshake()
    return (process_time() - start) / rounds + 0 * len(held)


def transfer(contestant: str, mebibytes: int) -> float:
    """Seconds until another process has read so much from a blocking socket over loopback."""
    size = mebibytes * 2**20
    listening, serve = _blocking_server(contestant)
    child = os.fork()
    if child == 0:
        serve(size)
        os._exit(0)
    with _blocking_client(contestant, listening) as client:
        client.sendall(PIECE)  # the handshake is over on both sides, and so are page faults
        start = perf_counter()
        for _ in range(size // len(PIECE) - 1):
            client.sendall(PIECE)
        client.recv(1)
        seconds = perf_counter() - start
    os.waitpid(child, 0)
    return seconds


def held(contestant: str, connections: int) -> float:
    """CPU seconds for each of so many asyncio connections over loopback, both ends in one loop, all held at once."""
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
    return asyncio.run(_hold(contestant, connections))


async def _hold(contestant: str, connections: int) -> float:
    ours = contestant == "hellodone"
    party: Any = _party(contestant)

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while data := await reader.read(100):
            writer.write(data)
        writer.close()

    if ours:
        server = await start_server(answer, LOCAL, 0, party.server_config, backlog=1000)
    else:
        server = await asyncio.start_server(answer, LOCAL, 0, ssl=party.server_context, backlog=1000)
    port = server.sockets[0].getsockname()[1]

    async def call() -> asyncio.StreamWriter:
        if ours:
            reader, writer = await open_connection(LOCAL, port, party.client_config, server_name=SERVER_NAME)
        else:
            context: ssl.SSLContext = party.client_context
            reader, writer = await asyncio.open_connection(LOCAL, port, ssl=context, server_hostname=SERVER_NAME)
        writer.write(b"x")
        await reader.readexactly(1)
        return writer

    start = process_time()
    writers: list[asyncio.StreamWriter] = []
    while len(writers) < connections:
        writers += await asyncio.gather(*(call() for _ in range(min(100, connections - len(writers)))))
    seconds = (process_time() - start) / connections
    for writer in writers:
        writer.close()
    await asyncio.gather(*(writer.wait_closed() for writer in writers), return_exceptions=True)
    server.close()
    return seconds


def _party(contestant: str) -> Party:
    parties: dict[str, type[Party]] = {"hellodone": Ours, "ssl": StdlibSsl}
    return parties[contestant](Scenario())


def _occupied() -> int:
    line = next(line for line in Path("/proc/self/status").read_text().splitlines() if line.startswith("VmRSS:"))
    return int(line.split()[1]) * 1024


def _blocking_server(contestant: str) -> tuple[tuple[str, int], Callable[[int], None]]:
    """Where it listens, and what reads so many bytes from one client and answers with one."""
    party: Any = _party(contestant)
    if contestant == "hellodone":
        listener = TlsListener((LOCAL, 0), party.server_config)

        def serve(size: int) -> None:
            with listener.accept() as tls:
                tls.do_handshake()
                _read(tls, size)

        return listener.address, serve
    plain = socket.create_server((LOCAL, 0))

    def serve_ssl(size: int) -> None:
        with party.server_context.wrap_socket(plain.accept()[0], server_side=True) as tls:
            _read(tls, size)

    return plain.getsockname(), serve_ssl


def _read(tls: Any, size: int) -> None:
    while size > 0:
        size -= len(tls.recv(2**16))
    tls.sendall(b".")


def _blocking_client(contestant: str, address: tuple[str, int]) -> Any:
    party: Any = _party(contestant)
    if contestant == "hellodone":
        return connect(address, party.client_config, server_name=SERVER_NAME)
    return party.client_context.wrap_socket(socket.create_connection(address), server_hostname=SERVER_NAME)


KINDS: Mapping[str, Callable[[str, int], float]] = {
    "memory": memory,
    "crowd": crowd,
    "transfer": transfer,
    "held": held,
}

if __name__ == "__main__":
    kind, name, count = sys.argv[1:]
    print(KINDS[kind](name, int(count)))
