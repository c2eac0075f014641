"""Pages in a real browser, which keeps what it complains of and what it asks the network for."""

from __future__ import annotations

from pathlib import Path

from playwright.sync_api import Page

from hellodone.diagram.draw import draw
from hellodone.trace.model import Trace

IN_SIGHT = """() => {
  const badge = document.querySelector("g.current .badge").getBoundingClientRect();
  const chart = document.getElementById("chart").getBoundingClientRect();
  return badge.top > chart.top + 60 && badge.bottom < chart.bottom;
}"""  # below the heads of the lanes


class Window:
    """A page that keeps what the browser complained about and what it asked the network for."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.complaints: list[str] = []
        self.requests: list[str] = []
        page.on("console", lambda message: self.complaints.append(message.text))
        page.on("pageerror", lambda error: self.complaints.append(str(error)))
        page.on("request", lambda request: self.requests.append(request.url))

    def open(self, file: Path, fragment: str = "") -> Page:
        self.page.goto("about:blank")
        self.page.goto(f"{file.as_uri()}{fragment}")
        self.page.wait_for_selector("html[data-ready]")
        return self.page


def written(shown: Trace, path: Path, *, show_secrets: bool = False) -> Path:
    path.write_text(draw(shown, "html", show_secrets=show_secrets), encoding="utf-8")
    return path


def number_of(name: str, shown: Trace) -> int:
    return next(step.number for step in shown.steps if step.name == name)


def text(page: Page, selector: str) -> str:
    return page.inner_text(selector)
