"""Draw what README and docs show: charts of real runs, and the output that README quotes. Run by ``make docs``."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import hand_charts
import handshakes
import limbo
import protocol
import suite_table
import trust
from peers import Peers

ROOT = Path(__file__).parent.parent
CHARTS = ROOT / "docs" / "charts"
HANDSHAKES = ROOT / "docs" / "handshakes"
PICTURED = "ecdhe_ecdsa"  # in README, and in every format
FORMATS = ("svg", "txt", "puml", "mmd", "sd")


def hellodone(*words: str) -> str:
    """What the program prints, both streams; it may fail, for failures are shown too."""
    command = (sys.executable, "-m", "hellodone", *words)
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)  # noqa: S603 - our own
    return done.stdout + done.stderr


def draw_charts() -> None:
    """README's handshake as a picture and in every notation."""
    CHARTS.mkdir(parents=True, exist_ok=True)
    files = [part for kind in FORMATS for part in ("-o", str(CHARTS / f"{PICTURED}.{kind}"))]
    hellodone("demo", "--key-exchange", PICTURED, "--client-auth", *files)


def quote(text: str, name: str, output: str) -> str:
    """``text`` with the output between its two markers, indented as code."""
    lines = "".join(f"    {line}".rstrip() + "\n" for line in output.rstrip().splitlines())
    pattern = re.compile(rf"(<!-- {name} -->\n).*?(<!-- /{name} -->)", re.DOTALL)
    return pattern.sub(lambda found: found[1] + lines + found[2], text)


def refresh_readme() -> None:
    """The lines that README quotes."""
    readme = ROOT / "README.md"
    text = readme.read_text(encoding="utf-8")
    text = quote(text, "brief", f"$ .venv/bin/hellodone demo --brief\n{hellodone('demo', '--brief')}")
    words = ("demo", "--brief", "--key-exchange", "ecdhe_rsa", "--cipher", "AES_128_GCM_SHA256", "--sigalgs", "ed25519")
    text = quote(text, "failure", f"$ .venv/bin/hellodone {' '.join(words)}\n{hellodone(*words)}")
    readme.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    draw_charts()
    handshakes.write(ROOT / "docs" / "handshakes.md", HANDSHAKES, Peers(ROOT / "docs" / "interop.md"))
    hand_charts.write(ROOT / "docs" / "charts.md", CHARTS)
    suite_table.write(ROOT / "docs" / "suites.md")
    limbo.write(ROOT / "docs" / "limbo.md")
    trust.write(ROOT / "docs" / "trust.md")
    protocol.write(ROOT / "docs" / "protocol.md", CHARTS)
    refresh_readme()
