"""``hellodone recompute``: for a value of a trace the program that computes it again."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from hellodone.cli import exports
from hellodone.cli.app import Command
from hellodone.cli.branch_choices import MaterialChoice
from hellodone.cli.branch_options import material_options
from hellodone.cli.faults import InputUnreadable
from hellodone.errors import ConfigurationError

if TYPE_CHECKING:
    from hellodone.cli.exports import Material
    from hellodone.trace.model import Trace
    from hellodone.trace.recompute import Snippet

_SHOWN = 32  # digits of a value in the list


@click.command(
    "recompute",
    cls=Command,
    short_help="Print the program that computes a value of a trace again.",
    examples=(
        "hellodone recompute trace.json                       (made by hellodone demo -o trace.json)",
        "hellodone recompute trace.json master_secret | python3",
        "hellodone recompute trace.json server_verify_data --shell | sh",
        "hellodone recompute trace.json --record 9",
        "hellodone recompute trace.json --keymatexport EXPORTER-mine | python3",
    ),
)
@click.argument("trace", metavar="TRACE.json")
@click.argument("fact", metavar="[NAME]", required=False)
@click.option("--party", type=click.Choice(["client", "server"]), help="Whose way to the value; whoever computes it.")
@click.option(
    "--handshake", type=click.IntRange(1), metavar="N", help="Of a trace with several; the first that has it."
)
@click.option("--record", type=click.IntRange(0), metavar="N", help="Open this record of the trace instead.")
@material_options
@click.option("--server-key", metavar="FILE", help="The server's private key (PEM), which RSA decryption needs.")
@click.option("--shell", is_flag=True, help="Commands of openssl in place of Python, where there are some.")
def command(
    trace: str,
    fact: str | None,
    party: str | None,
    handshake: int | None,
    record: int | None,
    material: MaterialChoice,
    server_key: str | None,
    shell: bool,
) -> int:
    """Print a short program that computes a value of a trace again: Python with its standard library and cryptography.

    It holds the inputs of that very handshake and prints the value, which the last line names for comparison. Without
    a NAME all values are listed. The trace must show its secrets: that of a demonstration does, others when they were
    made with --show-secrets.
    """
    from hellodone.cli.kept import load

    loaded = load(trace)
    key = _text_of(server_key) if server_key else ""
    if (exporter := exports.material(material)) is not None:
        snippet = _exporter(loaded, exporter, handshake)
    elif record is not None:
        snippet = _record(loaded, record)
    elif fact is not None:
        snippet = _fact(loaded, fact, party, handshake, key)
    else:
        return _list(loaded, key)
    if shell and snippet.shell is None:
        raise ConfigurationError("openssl has no command for that; without --shell there is a program in Python")
    program = (snippet.shell if shell else None) or snippet.python
    print(f"{program.rstrip()}\n# {snippet.expected}")
    return 0


def _list(trace: Trace, key: str) -> int:
    from hellodone.trace.recompute_all import recompute_all

    found = list(recompute_all(trace, server_key=key))
    if not found:
        raise ConfigurationError("nothing in this trace can be computed again: it withholds its secrets")
    for one in found:
        value = one.snippet.expected
        shown = value if len(value) <= _SHOWN else f"{value[:_SHOWN]}… ({len(value) // 2} bytes)"
        also = ", shell" if one.snippet.shell else ""
        print(f"{one.handshake + 1} {one.party:<6} {one.name:<20} {shown} [python{also}]")
    return 0


def _fact(trace: Trace, name: str, party: str | None, handshake: int | None, key: str) -> Snippet:
    """By the client's way, or by the server's where the client has none."""
    from hellodone.registry.naming import did_you_mean
    from hellodone.trace.courses import courses
    from hellodone.trace.fact_table import FACTS
    from hellodone.trace.model import Party
    from hellodone.trace.recompute import RECOMPUTABLE, recompute

    if name not in RECOMPUTABLE:
        like = did_you_mean(name, {known: known for known in RECOMPUTABLE})
        fault = f"{name!r} is not computed from other values" if name in FACTS else f"no value is called {name!r}"
        raise ConfigurationError(f"{fault}{like} (without a name all that can be computed are listed)")
    index = None if handshake is None else handshake - 1
    connections = {course.connection for course in courses(trace).all if index in (None, course.index)}
    refused = None
    for side in (Party(party),) if party else (Party.client, Party.server):
        for connection in sorted(connections):
            try:
                return recompute(trace, name, side, connection, handshake=index, server_key=key)
            except ConfigurationError as fault:
                refused = refused or fault
    raise refused or ConfigurationError(f"the trace has no handshake {handshake}")


def _record(trace: Trace, record: int) -> Snippet:
    from hellodone.trace.recompute_record import recompute_record

    return recompute_record(trace, record)


def _exporter(trace: Trace, wanted: Material, handshake: int | None) -> Snippet:
    from hellodone.trace.recompute_exporter import recompute_exporter

    index = None if handshake is None else handshake - 1
    return recompute_exporter(trace, wanted.label, wanted.length, wanted.context, index)


def _text_of(path: str) -> str:
    from hellodone.cli import settings

    try:
        return (settings.content(path) or b"").decode("ascii")
    except UnicodeDecodeError:
        raise InputUnreadable(f"{path}: not PEM") from None
