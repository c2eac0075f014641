"""``hellodone draw``: a chart from a trace that was kept."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from hellodone.cli import options
from hellodone.cli.app import Command
from hellodone.cli.faults import InputUnreadable
from hellodone.errors import ConfigurationError

_MAXIMUM = 256 * 1024 * 1024  # bytes of a trace


@click.command(
    "draw",
    cls=Command,
    short_help="Draw a trace that was kept as JSON.",
    examples=(
        "hellodone draw trace.json",
        "hellodone draw trace.json -o trace.puml -o trace.mmd",
        "hellodone connect example.com -f json | hellodone draw - --detail full",
    ),
)
@click.argument("trace", metavar="TRACE.json")
@options.output_options
def command(trace: str, out: options.OutputChoice) -> int:
    """Draw a trace in JSON, as demo, connect and serve write it (-o FILE.json); - is standard input."""
    from hellodone.cli.output import Output
    from hellodone.trace.model import Trace

    output = Output(out)
    data = _read(trace)
    try:
        loaded = Trace.from_json(data)
    except ConfigurationError as fault:
        raise InputUnreadable(f"{trace}: {fault.reason}") from None
    output.show(loaded)
    return 0


def _read(path: str) -> bytes:
    try:
        if path == "-":
            data = sys.stdin.buffer.read(_MAXIMUM + 1)
        else:
            with Path(path).open("rb") as file:
                data = file.read(_MAXIMUM + 1)
    except OSError as fault:
        raise InputUnreadable(f"{path}: cannot be read: {(fault.strerror or '').lower()}") from None
    if len(data) > _MAXIMUM:
        raise InputUnreadable(f"{path}: larger than {_MAXIMUM >> 20} MiB, which no trace is")
    return data
