"""TLS over asyncio: ``open_connection`` and ``start_server`` with the readers and writers of asyncio's own streams."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Final

from hellodone.config import ClientConfig, ServerConfig
from hellodone.endpoint import ClientConnection, ServerConnection
from hellodone.errors import TlsError, system_reason
from hellodone.pki.names import normalize_server_name
from hellodone.transport.address import join
from hellodone.transport.errors import PeerNotReached
from hellodone.transport.protocol import TlsProtocol

LIMIT: Final = 2**16  # bytes that a reader holds before the peer is made to wait
TIMEOUT: Final = 30.0  # seconds for a handshake

Handler = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None] | None]
Told = Callable[[TlsError], None]


async def open_connection(
    host: str,
    port: int,
    config: ClientConfig,
    *,
    server_name: str | None = None,
    timeout: float | None = TIMEOUT,
    limit: int = LIMIT,
) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    """A reader and a writer whose handshake is complete, in the manner of ``asyncio.open_connection``.

    ``server_name`` is whom to expect there, by default the host; ``timeout`` in seconds is for TCP and handshake
    together; ``limit`` bounds, in bytes, what the reader holds. ``writer.get_extra_info("tls_connection")`` is the
    ClientConnection. Reading raises TruncationError, FatalAlert or ConnectionLost when the connection ends so.
    Look-ups in the network (``revocation`` with ``ask``) are not made here: they would stop the loop.
    Raises PeerNotReached, NotTls, ConnectionLost, FatalAlert, ConfigurationError.
    """
    loop = asyncio.get_running_loop()
    connection = ClientConnection(config, server_name or host)
    address = host.strip("[]") if "%" in host else normalize_server_name(host).text
    peer = join(host, port)
    reader = asyncio.StreamReader(limit=limit, loop=loop)
    application = asyncio.StreamReaderProtocol(reader, loop=loop)
    protocol = TlsProtocol(connection, application, is_client=True, peer=peer, timeout=timeout)
    try:
        async with asyncio.timeout(timeout):
            await loop.create_connection(lambda: protocol, address, port)
    except TimeoutError:
        raise PeerNotReached(f"{peer} did not answer within {timeout:g} s") from None
    except OSError as error:
        raise PeerNotReached(f"{peer} cannot be reached: {system_reason(error)}") from None
    try:
        await protocol.established
    except TlsError:
        await protocol.over  # our alert is on its way
        raise
    except BaseException:
        protocol.abandon()
        raise
    return reader, asyncio.StreamWriter(protocol.channel, application, reader, loop)


async def start_server(
    handler: Handler,
    host: str | None,
    port: int,
    config: ServerConfig,
    *,
    timeout: float | None = TIMEOUT,
    limit: int = LIMIT,
    backlog: int = 128,
    on_failure: Told | None = None,
) -> asyncio.Server:
    """A server that calls ``handler(reader, writer)`` for every handshake that succeeds, as ``asyncio.start_server``.

    ``timeout`` in seconds is for each handshake; a handshake that fails is told to ``on_failure`` alone.
    ``writer.get_extra_info("tls_connection")`` is the ServerConnection. Raises OSError when it cannot listen.
    """
    loop = asyncio.get_running_loop()

    def accepted() -> TlsProtocol:
        reader = asyncio.StreamReader(limit=limit, loop=loop)
        application = asyncio.StreamReaderProtocol(reader, handler, loop=loop)
        protocol = TlsProtocol(ServerConnection(config), application, is_client=False, timeout=timeout)
        protocol.established.add_done_callback(lambda future: _tell(future, on_failure))
        return protocol

    return await loop.create_server(accepted, host, port, backlog=backlog)


def _tell(future: asyncio.Future[None], on_failure: Told | None) -> None:
    error = None if future.cancelled() else future.exception()
    if on_failure is not None and isinstance(error, TlsError):
        on_failure(error)
