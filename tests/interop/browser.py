"""A real browser opening a page over TLS, and what the browser says about the connection."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from playwright.sync_api import Browser, CDPSession, sync_playwright

from tests.interop import peers
from tests.interop.cells import Cell
from tests.interop.stacks import Report

MILLISECONDS = 20_000

# No traffic but ours: Chromium otherwise looks for updates and the like at every start.
QUIET = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
GROUPS = {"x25519": "X25519", "secp256r1": "P-256", "secp384r1": "P-384", "": ""}


@dataclass(frozen=True, slots=True)
class Visit:
    """A page as shown, and the browser's own account of the connection that brought it."""

    page: str
    report: Report
    group: str


@contextmanager
def chromium() -> Iterator[Browser]:
    """Debian's Chromium without a window."""
    program = peers.require("chromium")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=QUIET)
        try:
            yield browser
        finally:
            browser.close()


def visit(browser: Browser, url: str) -> Visit:
    """Open a page in a fresh profile. The made-up authority is not in the browser's list, so trust is not checked."""
    context = browser.new_context(ignore_https_errors=True)
    try:
        context.set_default_timeout(MILLISECONDS)
        page = context.new_page()
        session: CDPSession = context.new_cdp_session(page)
        responses: list[dict[str, Any]] = []
        session.on("Network.responseReceived", lambda event: responses.append(event["response"]))
        session.send("Network.enable")
        page.goto(url)
        text = page.inner_text("body")
    finally:
        context.close()
    details = responses[0]["securityDetails"]
    return Visit(text, report(details), details.get("keyExchangeGroup", ""))


def report(details: dict[str, str]) -> Report:
    """The browser's words (Network.SecurityDetails of its DevTools protocol) as a report."""
    assert details["protocol"] == "TLS 1.2"
    digest = {"HMAC-SHA1": "SHA"}.get(details.get("mac", ""), "")
    digest = digest or ("SHA384" if details["cipher"] == "AES_256_GCM" else "SHA256")
    suite = f"TLS_{details['keyExchange']}_WITH_{details['cipher']}_{digest}"
    return Report(suite, encrypt_then_mac=False)


def assert_browser_agrees(seen: Visit, cell: Cell) -> None:
    """AssertionError unless the browser saw the cell's suite and group."""
    assert seen.report.suite == cell.suite.name
    assert seen.group == GROUPS[cell.group]
