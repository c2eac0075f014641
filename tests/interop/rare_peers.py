"""The peers of the rare branches, built when they are first needed, and hellodone in this process against them."""

from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

import hellodone
from tests.interop.cells import Cell
from tests.interop.driving import historic_server
from tests.interop.own_programs import CONNECTION, BouncyCastle, Erlang, Jsse, MbedTls, Node8, OneByOne, Peer
from tests.interop.pki import Pki
from tests.interop.processes import PeerError, Server, converse
from tests.interop.rare_cells import IN_ONE_PROCESS, planned
from tests.interop.servers import Servers
from tests.interop.serving import Listener, Served
from tests.interop.stacks import GnuTLS, Go, OpenSSL, Setup, http_request

TO_THE_END = r"(?!)"  # a pattern that never matches: read until the client ends
Act = Callable[[Served], None]


class RarePeers:
    """The peers by name, as servers (kept running) and as clients."""

    def __init__(self, servers: Servers, pki: Pki, request: pytest.FixtureRequest) -> None:
        """``request`` gives the built programs when they are first needed."""
        self.pki = pki
        self._servers = servers
        self._request = request
        self._talks: dict[Cell, tuple[str, Served]] = {}

    def get(self, name: str) -> Peer:
        """The peer of that name."""
        if name in ("openssl", "gnutls", "go"):
            return OneByOne(Go(self._built("go")) if name == "go" else OpenSSL() if name == "openssl" else GnuTLS())
        if name == "node8":
            return Node8()
        if name == "erlang":
            return Erlang()
        if name == "mbedtls":
            return MbedTls(self._built("mbedtls"))
        return Jsse(self._built("java")) if name == "jsse" else BouncyCastle(self._built("java"))

    def _built(self, what: str) -> Path:
        path: Path = self._request.getfixturevalue(f"{what}_peer")
        return path

    def server(self, name: str, setup: Setup, *more: str) -> Server:
        """A running server of that peer; ``more`` are further words of its command line."""
        peer = self.get(name)
        shared = peer.shared(setup)
        key = (name, shared, *more)
        return self._servers.get(key, lambda port: peer.server(shared, self.pki, port, *more))

    def serve(
        self,
        name: str,
        cells: Sequence[Cell],
        configs: Sequence[hellodone.ServerConfig],
        *more: str,
        act: Act | None = None,
        send: bytes | None = None,
    ) -> tuple[str, list[Served]]:
        """Run the peer's client against hellodone: its output, and the connections, one for each configuration."""
        with Listener(configs, act) as listener:
            command = self.get(name).clients(cells, self.pki, listener.port, *more)
            output = converse(command, http_request("nonce") if send is None else send, TO_THE_END).text
        if len(listener.served) != len(configs):
            raise PeerError(f"{name} made {len(listener.served)} connections of {len(configs)}:\n{output}")
        return output, listener.served

    def talk(self, cell: Cell) -> tuple[str, Served]:
        """What the peer's client said about a cell, and our side of it. A slow starter runs all its cells at once."""
        if cell not in self._talks:
            cells = planned("server") if cell.peer in IN_ONE_PROCESS else [cell]
            cells = [one for one in cells if one.peer == cell.peer]
            output, served = self.serve(cell.peer, cells, [historic_server(one, self.pki) for one in cells])
            outputs = [match[0] for match in CONNECTION.finditer(output)] if len(cells) > 1 else [output]
            if len(outputs) != len(cells):
                raise PeerError(f"{cell.peer} told of {len(outputs)} connections of {len(cells)}:\n{output}")
            self._talks |= dict(zip(cells, zip(outputs, served, strict=True), strict=True))
        return self._talks[cell]
