"""hellodone as server: `serve` answers real clients of other makes, one connection for each planned cell."""

from collections.abc import Callable

import pytest

from tests.conftest import CELL
from tests.interop.cells import Cell, planned
from tests.interop.checks import assert_agrees
from tests.interop.commands import Serve
from tests.interop.processes import converse
from tests.interop.servers import Peers
from tests.interop.stacks import http_request

NONCE = "nonce-5f3759df"
TO_THE_END = r"(?!)"  # a pattern that never matches: read until the client ends


@pytest.mark.parametrize("one", planned("server"), ids=str)
def test_hellodone_serves(
    peers: Peers, serve: Serve, one: Cell, record_property: Callable[[str, object], None]
) -> None:
    record_property(CELL, str(one))
    server = serve(one)
    client = peers.client(one.peer)
    output = converse(client.client(one, peers.pki, server.port), http_request(NONCE), TO_THE_END).text
    assert_agrees(client.client_report(output), one, authenticated=True)
    assert_page(output, one)
    if one.peer in ("openssl", "gnutls"):  # the others make a request of their own
        assert NONCE in output


def assert_page(output: str, one: Cell) -> None:
    """What hellodone's page says about the connection."""
    assert one.suite.name in output
    if one.client_certificate:
        assert one.client_certificate in output
