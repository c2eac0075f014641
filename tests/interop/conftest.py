"""What the interop tests share: the stacks and the servers that stay up."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.conftest import once
from tests.interop.building import build_java, build_mbedtls
from tests.interop.commands import Serve
from tests.interop.pki import Pki
from tests.interop.rare_peers import RarePeers
from tests.interop.servers import Peers, Servers


@pytest.fixture(scope="session")
def servers(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Servers]:
    """Servers that stay up until the end of the session."""
    running = Servers(tmp_path_factory.mktemp("servers"))
    yield running
    running.stop()


@pytest.fixture(scope="session", name="peers")
def started_peers(servers: Servers, pki: Pki, request: pytest.FixtureRequest) -> Peers:
    """The peers that can be servers and clients."""
    return Peers(servers, pki, request)


@pytest.fixture(scope="session")
def serve(servers: Servers, pki: Pki) -> Serve:
    """``hellodone serve`` for a cell."""
    return Serve(servers, pki)


@pytest.fixture(scope="session")
def rare_peers(servers: Servers, pki: Pki, request: pytest.FixtureRequest) -> RarePeers:
    """The peers of the rare branches."""
    return RarePeers(servers, pki, request)


@pytest.fixture(scope="session")
def mbedtls_peer(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The built Mbed TLS peer, once for all workers of a run."""
    return once(tmp_path_factory, "mbedtls", build_mbedtls) / "mbedtls"


@pytest.fixture(scope="session")
def java_peer(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of the compiled peers in Java, once for all workers of a run."""
    return once(tmp_path_factory, "java", build_java)
