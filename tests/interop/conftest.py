"""What the interop tests share: the stacks and the servers that stay up."""

from collections.abc import Iterator

import pytest

from tests.interop.commands import Serve
from tests.interop.pki import Pki
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
