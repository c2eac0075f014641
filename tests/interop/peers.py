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


def require(program: str) -> str:
    """Path of a program, or of the Mermaid script; skips the calling test when it is not installed, or fails it."""
    path = find(program)
    if path is None:
        missing(f"{program} is not installed ({HINT})")
    return path


def find(program: str) -> str | None:
    """Path of a program, or of the Mermaid script; None when it is not installed."""
    if program == "mermaid":
        return newest_mermaid()
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
