"""Traces of demos, run as they are typed."""

from __future__ import annotations

import shlex
from pathlib import Path

from click.testing import CliRunner

from hellodone.cli.demo import command
from hellodone.trace.model import Trace


def demonstrated(options: str, file: Path) -> Trace:
    """The trace of a demo, kept in that file."""
    CliRunner().invoke(command, [*shlex.split(options), "-o", str(file)])
    return Trace.from_json(file.read_text(encoding="utf-8"))
