"""What the interop tests share: the stacks and the servers that stay up."""

import functools
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.conftest import once
from tests.interop import peers
from tests.interop.building import build_gnutls, build_java, build_mbedtls, build_wolfssl
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
def gnutls_peer(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The built GnuTLS peer, once for all workers of a run."""
    return once(tmp_path_factory, "gnutls", build_gnutls) / "gnutls"


@pytest.fixture(scope="session")
def wolfssl_peer(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The built wolfSSL peer, once for all workers of a run."""
    return once(tmp_path_factory, "wolfssl", build_wolfssl) / "wolfssl"


@pytest.fixture(scope="session")
def java_peer(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of the compiled peers in Java, once for all workers of a run."""
    return once(tmp_path_factory, "java", build_java)


@pytest.fixture(scope="session")
def staples(pki: Pki, tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Path]:
    """An OCSP response of OpenSSL's that says a certificate is good: its file."""
    folder = tmp_path_factory.mktemp("staples")

    @functools.cache
    def staple(name: str) -> Path:
        authority = {"srv-ec": "ca-ec"}.get(name, "ca-rsa")
        for source in (*pki.folder.glob(f"{name}.*"), *pki.folder.glob(f"{authority}.*")):
            (folder / source.name).write_bytes(source.read_bytes())
        command = ["bash", str(peers.PROGRAMS / "ocsp.sh"), name, authority]
        subprocess.run(command, cwd=folder, stdin=subprocess.DEVNULL, capture_output=True, timeout=60, check=True)
        return folder / f"{name}.ocsp"

    return staple
