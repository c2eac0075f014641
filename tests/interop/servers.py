"""Servers that stay up for many cells, each started when the first cell needs it."""

from collections.abc import Callable, Hashable, Sequence
from pathlib import Path

import pytest

from tests.interop.pki import Pki
from tests.interop.processes import PeerError, Server, start_server
from tests.interop.stacks import Client, Curl, GnuTLS, Go, OpenSSL, Setup, Stack


class Servers:
    """Started servers by key. One object lives as long as a test session (in each of its workers)."""

    def __init__(self, folder: Path) -> None:
        """With the folder for the servers' logs."""
        self._folder = folder
        self._running: dict[Hashable, Server] = {}
        self._failed: dict[Hashable, PeerError] = {}

    def get(self, key: Hashable, command: Callable[[int], Sequence[str]]) -> Server:
        """The server of this key, started by ``command(port)`` unless it runs already. PeerError when it cannot be."""
        if key in self._failed:  # not again for every cell
            raise self._failed[key]
        if key not in self._running:
            try:
                self._running[key] = start_server(command, self._folder / f"{len(self._running)}.log")
            except PeerError as error:
                self._failed[key] = error
                raise
        return self._running[key]

    def stop(self) -> None:
        """End all of them."""
        for server in self._running.values():
            server.stop()
        self._running.clear()


class Peers:
    """The peers by name, as servers (kept running) and as clients."""

    def __init__(self, servers: Servers, pki: Pki, request: pytest.FixtureRequest) -> None:
        """``request`` gives the Go peer when it is first needed."""
        self.pki = pki
        self._servers = servers
        self._request = request

    def stack(self, name: str) -> Stack:
        """The peer of that name."""
        if name == "go":
            program: Path = self._request.getfixturevalue("go_peer")
            return Go(program)
        return OpenSSL() if name == "openssl" else GnuTLS()

    def client(self, name: str) -> Client:
        """The peer of that name, which need not be able to be a server."""
        return Curl() if name == "curl" else self.stack(name)

    def server(self, name: str, setup: Setup) -> Server:
        """A running server of that peer."""
        stack = self.stack(name)
        return self._servers.get((name, setup), lambda port: stack.server(setup, self.pki, port))
