"""Draw charts with the real programs and read the pictures back.

PlantUML and Mermaid both draw a picture of an error message for input they do not understand, sometimes
without saying so otherwise. Everything here raises ChartError then, so that a test can trust a picture. One
kind of mistake stays invisible: PlantUML forgives what is unfinished (an ``alt`` without its ``end``, an arrow without
target or label), so a test must also read the arrows back (`arrows.py`).
"""

import subprocess
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from xml.etree import ElementTree

from playwright.sync_api import BrowserContext, sync_playwright

from tests.interop import peers

PLANTUML_SECONDS = 120
BROWSER_MILLISECONDS = 30_000

# What stands in the pictures that PlantUML draws of its own errors, and of an empty chart.
PLANTUML_COMPLAINTS = ("Syntax Error", "[From ", "An error has occured", "Welcome to PlantUML")

RENDER_MERMAID = """async ([source, name]) => {
    try { return {svg: (await mermaid.render(name, source)).svg}; }
    catch (error) { return {error: String(error.message || error)}; }
}"""


class ChartError(Exception):
    """A renderer did not understand a chart; the text is what it said."""


def render_plantuml(charts: Sequence[str]) -> list[str]:
    """Draw PlantUML sources, all in one run of the program, and return one SVG text for each."""
    program = peers.require("plantuml")
    with tempfile.TemporaryDirectory() as folder:
        files = [Path(folder, f"{number:04}", "chart.puml") for number in range(len(charts))]
        for file, chart in zip(files, charts, strict=True):
            file.parent.mkdir()
            file.write_text(chart, encoding="utf-8")
        done = subprocess.run(
            [program, "-tsvg", "-charset", "UTF-8", *map(str, files)],
            env={"PATH": "/usr/bin:/bin", "LC_ALL": "C.UTF-8", "PLANTUML_LIMIT_SIZE": "16384", "HOME": folder},
            capture_output=True,
            text=True,
            stdin=subprocess.DEVNULL,
            timeout=PLANTUML_SECONDS,
            check=False,
        )
        drawn = [plantuml_picture(file.parent) for file in files]
    if done.returncode != 0:
        raise ChartError(f"plantuml ended with status {done.returncode}: {done.stderr.strip()}")
    return drawn


def plantuml_picture(folder: Path) -> str:
    """The one SVG that PlantUML drew into a folder; ChartError when it is none, several, or shows an error."""
    pictures = list(folder.glob("*.svg"))
    if len(pictures) != 1:
        raise ChartError(f"plantuml drew {len(pictures)} pictures for one chart")
    svg = pictures[0].read_text(encoding="utf-8")
    texts = ["".join(node.itertext()) for node in ElementTree.fromstring(svg).iter() if is_tag(node, "text")]
    complaints = [text for text in texts if text.startswith(PLANTUML_COMPLAINTS)]
    if complaints:
        raise ChartError(f"plantuml drew an error: {' '.join(complaints)}")
    return svg


def render_mermaid(charts: Sequence[str]) -> list[str]:
    """Draw Mermaid sequence diagrams, all in one page of a browser without network; one SVG text for each."""
    return [mermaid_picture(answer) for answer in mermaid_answers(charts)]


def mermaid_answers(charts: Sequence[str]) -> list[dict[str, str]]:
    """What Mermaid makes of each source: ``{"svg": picture}`` or ``{"error": its complaint}``."""
    script = peers.require("mermaid")
    with browser() as context:
        page = context.new_page()
        page.set_content("<body></body>")
        page.add_script_tag(path=script)
        page.evaluate("mermaid.initialize({startOnLoad: false, securityLevel: 'strict', suppressErrorRendering: true})")
        return [page.evaluate(RENDER_MERMAID, [chart, f"chart{n}"]) for n, chart in enumerate(charts)]


def mermaid_picture(answer: dict[str, str]) -> str:
    """The SVG out of the page's answer; ChartError when Mermaid complained or drew something else in its place."""
    if "error" in answer:
        raise ChartError(f"mermaid: {answer['error']}")
    svg = answer["svg"]
    root = ElementTree.fromstring(svg)
    if root.get("aria-roledescription") != "sequence":
        raise ChartError(f"mermaid drew no sequence diagram: {' '.join(root.itertext()).strip()[-200:]}")
    return svg


def screenshot(svg: str, png: Path, *, width: int = 1400) -> None:
    """Write a picture of an SVG, as a browser shows it in a window of this width, to a PNG file."""
    with browser(width=width) as context:
        page = context.new_page()
        page.set_content(f"<body style='margin: 8px; background: white'>{svg}</body>")
        page.locator("body > svg").screenshot(path=png)


@contextmanager
def browser(*, width: int = 1400) -> Iterator[BrowserContext]:
    """A fresh profile of Debian's Chromium that cannot reach any network."""
    chromium = peers.require("chromium")
    with sync_playwright() as playwright:
        program = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        context = program.new_context(offline=True, viewport={"width": width, "height": 900})
        context.set_default_timeout(BROWSER_MILLISECONDS)
        try:
            yield context
        finally:
            program.close()


def is_tag(node: ElementTree.Element, name: str) -> bool:
    """Whether an element has this SVG name, with or without a namespace."""
    return node.tag == name or node.tag.endswith(f"}}{name}")
