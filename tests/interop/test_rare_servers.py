"""hellodone as server in the rare branches: one connection for each planned cell from a client that still has them."""

from collections.abc import Callable

import pytest

from hellodone.registry.groups import NamedGroup
from tests.conftest import CELL
from tests.interop.cells import Cell
from tests.interop.checks import assert_agrees
from tests.interop.rare_cells import planned
from tests.interop.rare_peers import RarePeers


@pytest.mark.parametrize("one", planned("server"), ids=str)
def test_hellodone_serves(rare_peers: RarePeers, one: Cell, record_property: Callable[[str, object], None]) -> None:
    record_property(CELL, str(one))
    output, served = rare_peers.talk(one)
    if served.error is not None:
        raise served.error
    report = rare_peers.get(one.peer).client_report(output)
    assert_agrees(report, one, authenticated=bool(one.certificate))
    assert f"hellodone {one.suite.name}" in output  # the page that we sent
    assert bool(served.connection.peer_certificates) == bool(one.client_certificate)
    if one.group:
        assert served.connection.group == NamedGroup[one.group]
