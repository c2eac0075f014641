"""Headless Chromium opens the page that `hellodone serve` answers with."""

from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser

from tests.conftest import CELL
from tests.interop.browser import assert_browser_agrees, chromium, visit
from tests.interop.cells import ECDHE_ECDSA, ECDHE_RSA, Cell, cell, planned
from tests.interop.commands import Serve
from tests.interop.servers import Peers
from tests.interop.stacks import Setup


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as started:
        yield started


def test_the_browser_and_another_server_agree(peers: Peers, browser: Browser) -> None:
    """A control, without hellodone."""
    one = cell("server", "go", ECDHE_RSA)
    seen = visit(browser, f"https://localhost:{peers.server('go', Setup.of(one)).port}/some/path")
    assert_browser_agrees(seen, one)
    assert "/some/path" in seen.page
    with pytest.raises(AssertionError):
        assert_browser_agrees(seen, cell("server", "go", ECDHE_ECDSA))


@pytest.mark.parametrize("one", planned("server", browser=True), ids=str)
def test_the_browser_opens_our_page(
    serve: Serve, browser: Browser, one: Cell, record_property: Callable[[str, object], None]
) -> None:
    record_property(CELL, str(one))
    server = serve(one, only=True)
    seen = visit(browser, f"https://localhost:{server.port}/nonce-5f3759df")
    assert_browser_agrees(seen, one)
    assert one.suite.name in seen.page
    assert "/nonce-5f3759df" in seen.page
