"""Whether a peer's own words about a connection are what a cell asked for."""

from tests.interop.cells import Cell
from tests.interop.stacks import Report


def assert_agrees(report: Report, cell: Cell, *, authenticated: bool) -> None:
    """AssertionError unless the peer saw this suite, this ALPN protocol, and an authenticated peer (or none)."""
    assert report.suite == cell.suite.name
    if report.alpn is not None:
        assert report.alpn == cell.alpn
    if report.peer_authenticated is not None:
        assert report.peer_authenticated == authenticated
    if report.encrypt_then_mac is not None and cell.suite.is_cbc:
        assert report.encrypt_then_mac == cell.encrypt_then_mac
