"""``hellodone draw``: a chart from a trace that was kept."""

from __future__ import annotations

import click

from hellodone.cli import options
from hellodone.cli.app import Command


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
    from hellodone.cli.kept import load
    from hellodone.cli.output import Output

    output = Output(out)
    output.show(load(trace))
    return 0
