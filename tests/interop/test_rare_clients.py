"""hellodone as client in the rare branches: one connection for each planned cell to a server that still has them."""

from collections.abc import Callable

import pytest

from hellodone.registry.groups import NamedGroup
from tests.conftest import CELL
from tests.interop.cells import Cell
from tests.interop.checks import assert_agrees
from tests.interop.driving import converse, historic_client
from tests.interop.rare_cells import planned
from tests.interop.rare_peers import RarePeers
from tests.interop.stacks import Setup

NONCE = "nonce-5f3759df"


@pytest.mark.parametrize("one", planned("client"), ids=str)
def test_hellodone_connects(rare_peers: RarePeers, one: Cell, record_property: Callable[[str, object], None]) -> None:
    record_property(CELL, str(one))
    peer, server = rare_peers.get(one.peer), rare_peers.server(one.peer, Setup.of(one))
    start = server.mark()
    config = historic_client(one, rare_peers.pki)
    outcome = converse(server.port, config, peer.request(NONCE), peer.answer(NONCE))
    report = peer.server_report(outcome.answer.decode(errors="replace"), server.said(start))
    assert_agrees(report, one, authenticated=bool(one.client_certificate))
    connection = outcome.connection
    assert connection.cipher_suite is not None
    assert connection.cipher_suite.name == one.suite.name
    assert bool(connection.peer_certificates) == bool(one.certificate)
    if one.group:
        assert connection.group == NamedGroup[one.group]
