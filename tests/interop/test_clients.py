"""hellodone as client: one connection for each planned cell to a real server of another make."""

from collections.abc import Callable

import pytest

from hellodone.registry.groups import NamedGroup
from tests.conftest import CELL
from tests.interop.cells import Cell, planned
from tests.interop.checks import assert_agrees
from tests.interop.driving import ENCRYPT_THEN_MAC, Outcome, answered_extensions, client_config, converse
from tests.interop.servers import Peers
from tests.interop.stacks import Setup

NONCE = "nonce-5f3759df"


@pytest.mark.parametrize("one", planned("client"), ids=str)
def test_hellodone_connects(peers: Peers, one: Cell, record_property: Callable[[str, object], None]) -> None:
    record_property(CELL, str(one))
    stack, server = peers.stack(one.peer), peers.server(one.peer, Setup.of(one))
    start = server.mark()
    outcome = converse(server.port, client_config(one, peers.pki), stack.request(NONCE), stack.answer(NONCE))
    report = stack.server_report(outcome.answer.decode(errors="replace"), server.said(start))
    assert_agrees(report, one, authenticated=bool(one.client_certificate))
    assert_our_view(outcome, one)


def assert_our_view(outcome: Outcome, one: Cell) -> None:
    """What hellodone says about the connection, and what the server's hello shows."""
    connection = outcome.connection
    assert connection.version == 0x0303
    assert connection.cipher_suite is not None
    assert connection.cipher_suite.name == one.suite.name
    assert (connection.alpn or "") == one.alpn
    if one.group:
        assert connection.group == NamedGroup[one.group]
    if one.suite.is_cbc:
        assert (ENCRYPT_THEN_MAC in answered_extensions(outcome.first_bytes)) == one.encrypt_then_mac
