"""OCSP responses for a whole chain with JSSE: its server gets them from a responder, its client verifies with them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

import hellodone
from tests.conftest import Proves
from tests.interop.cells import ECDHE_RSA, cell
from tests.interop.driving import answered_extensions, converse, historic_client, historic_server
from tests.interop.processes import Server
from tests.interop.rare_peers import RarePeers
from tests.interop.shelf import EVERYWHERE, shelf
from tests.interop.stacks import Setup, http_request

STATUS_REQUEST, STATUS_REQUEST_V2 = 5, 17
ASKED = {"ocsp": (STATUS_REQUEST, "OCSP stapling"), "ocsp_multi": (STATUS_REQUEST_V2, "status_request_v2")}
Staples = Callable[[str], Path]


@pytest.fixture(scope="module")
def server(rare_peers: RarePeers, staples: Staples) -> Iterator[Server]:
    """A server with a responder to ask."""
    with shelf({EVERYWHERE: staples("srv-rsa").read_bytes()}) as responder:
        yield rare_peers.server("jsse", Setup("srv-rsa"), f"staple={responder}/")


@pytest.mark.parametrize("asked", ASKED)
def test_a_server_staples(proves: Proves, rare_peers: RarePeers, server: Server, asked: str) -> None:
    number, feature = ASKED[asked]
    proves("client", "jsse", feature)
    one = cell("client", "jsse", ECDHE_RSA)
    config = historic_client(one, rare_peers.pki, **{"ocsp": False, asked: True})
    outcome = converse(server.port, config, http_request("nonce"), b"nonce")
    assert answered_extensions(outcome.first_bytes) & {STATUS_REQUEST, STATUS_REQUEST_V2} == {number}
    (said, *_) = outcome.connection.handshake.server_certificate_status
    assert str(said).startswith("good as of ")


@pytest.mark.parametrize("name", ["srv-rsa", "srv-ec"])
def test_a_client_verifies_with_what_we_staple(
    proves: Proves, rare_peers: RarePeers, staples: Staples, name: str
) -> None:
    """Without a response about it, no certificate is good enough for this client. It asks nobody else for one."""
    proves("server", "jsse", "status_request_v2")

    def staple(certificate: Any) -> bytes | None:
        return staples(name).read_bytes() if "srv-rsa" in str(certificate.subject) else None

    one = cell("server", "jsse", ECDHE_RSA)
    config = historic_server(one, rare_peers.pki, ocsp_response=staple)
    output, (served,) = rare_peers.serve("jsse", [one], [config], "staple=1")
    offered = served.connection.handshake._extensions_offered
    assert {STATUS_REQUEST, STATUS_REQUEST_V2} <= {extension.extension_type for extension in offered}
    if name == "srv-rsa":
        assert "staples=2" in output
        assert served.error is None
    else:
        assert "client FAIL" in output
        assert isinstance(served.error, hellodone.FatalAlert)
        assert served.error.sender == "peer"
