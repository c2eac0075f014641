"""asyncio's streams over our TLS, with asyncio over Python's ssl module at the other end, in both roles."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Awaitable, Callable

import pytest

import hellodone
from hellodone.errors import AlertDescription, ConnectionClosed, FatalAlert, TlsError, TruncationError
from hellodone.transport.errors import ConnectionLost, NotTls, PeerNotReached
from tests.transport.laboratory import laboratory, openssl_client, openssl_server
from tests.transport.loopback import SECONDS

LOCAL = "127.0.0.1"
Handler = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


async def echo(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Everything back, until the peer closes."""
    while data := await reader.read(2**16):
        writer.write(data)
        await writer.drain()
    writer.close()


def port_of(server: asyncio.Server) -> int:
    return int(server.sockets[0].getsockname()[1])


async def exchange(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, data: bytes) -> bytes:
    """Write while the answer is read."""

    async def send() -> None:
        writer.write(data)
        await writer.drain()

    sending = asyncio.create_task(send())
    answer = await asyncio.wait_for(reader.readexactly(len(data)), SECONDS)
    await sending
    return answer


def test_a_client_with_an_openssl_server() -> None:
    async def talk() -> None:
        async with await asyncio.start_server(echo, LOCAL, 0, ssl=openssl_server()) as server:
            config = laboratory().client_config()
            reader, writer = await hellodone.open_connection(LOCAL, port_of(server), config, server_name="localhost")
            data = os.urandom(3 * 2**20)
            assert await exchange(reader, writer, data) == data
            connection = writer.get_extra_info("tls_connection")
            assert connection.version == 0x0303
            assert connection.peer_certificates
            writer.close()
            await asyncio.wait_for(writer.wait_closed(), SECONDS)
            with pytest.raises(ConnectionClosed):
                writer.write(b"late")

    asyncio.run(talk())


def test_a_server_with_many_openssl_clients() -> None:
    async def call(port: int) -> None:
        reader, writer = await asyncio.open_connection(LOCAL, port, ssl=openssl_client(), server_hostname="localhost")
        data = os.urandom(100_000)
        assert await exchange(reader, writer, data) == data
        writer.close()
        await asyncio.wait_for(writer.wait_closed(), SECONDS)

    async def talk() -> None:
        async with await hellodone.start_server(echo, LOCAL, 0, laboratory().server_config()) as server:
            await asyncio.gather(*(call(port_of(server)) for _ in range(20)))

    asyncio.run(talk())


def test_both_ends_ours_and_what_was_read_after_the_close() -> None:
    async def greet(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(await reader.readline())
        writer.close()

    async def talk() -> None:
        async with await hellodone.start_server(greet, LOCAL, 0, laboratory().server_config()) as server:
            config = laboratory().client_config()
            reader, writer = await hellodone.open_connection(LOCAL, port_of(server), config, server_name="localhost")
            writer.write(b"hello\n")
            assert await asyncio.wait_for(reader.read(), SECONDS) == b"hello\n"
            writer.close()
            await asyncio.wait_for(writer.wait_closed(), SECONDS)

    asyncio.run(talk())


def test_a_certificate_that_does_not_verify_is_refused_and_the_server_is_told() -> None:
    told: list[TlsError] = []

    async def talk() -> None:
        config = laboratory().server_config()
        async with await hellodone.start_server(echo, LOCAL, 0, config, on_failure=told.append) as server:
            client = laboratory().client_config()
            with pytest.raises(FatalAlert) as caught:
                await hellodone.open_connection(LOCAL, port_of(server), client, server_name="elsewhere.example")
            assert caught.value.sender == "us"
            for _ in range(200):
                if told:
                    break
                await asyncio.sleep(0.01)

    asyncio.run(talk())
    (error,) = told
    assert isinstance(error, FatalAlert)
    assert (error.sender, error.alert) == ("peer", AlertDescription.bad_certificate)


def test_an_end_without_close_notify_is_no_end() -> None:
    async def cut(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"half a sen")
        await writer.drain()
        network = writer.transport._protocol.network  # type: ignore[attr-defined]
        network.close()

    async def talk() -> None:
        async with await hellodone.start_server(cut, LOCAL, 0, laboratory().server_config()) as server:
            config = laboratory().client_config()
            reader, _ = await hellodone.open_connection(LOCAL, port_of(server), config, server_name="localhost")
            with pytest.raises(TruncationError):
                await asyncio.wait_for(reader.readexactly(100), SECONDS)

    asyncio.run(talk())


def test_peers_that_are_not_there_or_speak_something_else_or_nothing() -> None:
    async def banner(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"SSH-2.0-OpenSSH_9.2\r\n")
        await reader.read()
        writer.close()

    async def silent(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read()
        writer.close()

    async def open_to(handler: Handler, timeout: float = SECONDS) -> None:
        async with await asyncio.start_server(handler, LOCAL, 0) as server:
            port, config = port_of(server), laboratory().client_config()
            await hellodone.open_connection(LOCAL, port, config, server_name="localhost", timeout=timeout)

    async def talk() -> None:
        with pytest.raises(NotTls, match="SSH"):
            await open_to(banner)
        with pytest.raises(ConnectionLost, match="said nothing within"):
            await open_to(silent, timeout=0.2)
        async with await asyncio.start_server(silent, LOCAL, 0) as server:
            port = port_of(server)
        with pytest.raises(PeerNotReached):
            await hellodone.open_connection(LOCAL, port, laboratory().client_config(), server_name="localhost")

    asyncio.run(talk())


def test_a_reader_that_does_not_read_makes_the_writer_wait() -> None:
    async def flood(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        for _ in range(400):
            writer.write(bytes(2**16))
            await writer.drain()
        writer.close()

    async def talk() -> None:
        async with await hellodone.start_server(flood, LOCAL, 0, laboratory().server_config()) as server:
            config = laboratory().client_config()
            reader, writer = await hellodone.open_connection(LOCAL, port_of(server), config, server_name="localhost")
            await asyncio.sleep(0.3)
            connection = writer.get_extra_info("tls_connection")
            assert len(connection.trace.records) < 400  # some 6 MiB of 25 at the most: the rest waits at the sender
            total = 0
            while data := await asyncio.wait_for(reader.read(2**18), SECONDS):
                total += len(data)
            assert total == 400 * 2**16
            writer.close()

    asyncio.run(talk())
