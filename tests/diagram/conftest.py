"""A window of a browser for each test of pages, and a page that many of them look at."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext

from tests.diagram.pages import Window, written
from tests.diagram.rendering import browser
from tests.traces import trace


@pytest.fixture(scope="module")
def context() -> Iterator[BrowserContext]:
    with browser(width=1600) as context:
        yield context


@pytest.fixture
def window(context: BrowserContext) -> Iterator[Window]:
    """Whatever a test does, nothing may be complained of and nothing fetched."""
    window = Window(context.new_page())
    yield window
    assert window.complaints == []
    assert [url for url in window.requests if not url.startswith(("file:", "about:"))] == []
    window.page.close()


@pytest.fixture(scope="module")
def file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return written(trace("client_auth"), tmp_path_factory.mktemp("pages") / "page.html")
