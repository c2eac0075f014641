"""``hellodone chart``: the general chart of a protocol, made by running all its branches."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from hellodone.cli.app import Command
from hellodone.cli.demo_options import KEY_EXCHANGES
from hellodone.cli.faults import InputUnreadable
from hellodone.cli.options import LANGUAGE, LANGUAGES
from hellodone.cli.settings import note
from hellodone.errors import ConfigurationError, system_reason

if TYPE_CHECKING:
    from hellodone.general.runs import Run
    from hellodone.registry.key_exchange import KeyExchange

TITLE = "TLS 1.2 (RFC 5246)"
_ANY = ("any", "always", "never")
_EXTENSIONS = ("tickets", "status", "supplemental")


@click.command(
    "chart",
    cls=Command,
    short_help="Draw the protocol itself, with all its alternatives.",
    examples=(
        "hellodone chart tls12",
        "hellodone chart tls12 -o tls12.puml",
        "hellodone chart tls12 --only rsa,ecdhe --client-auth never -o tls12.svg",
    ),
)
@click.argument("protocol", type=click.Choice(["tls12"]), metavar="tls12")
@click.option("--only", metavar="LIST", help="Key exchanges, or their families: rsa,dhe,ecdhe,psk ...")
@click.option(
    "--client-auth", type=click.Choice(_ANY), default="any", show_default=True, help="With a client's certificate."
)
@click.option("--resumption", type=click.Choice(_ANY), default="any", show_default=True, help="Of an earlier session.")
@click.option("--no-extensions", is_flag=True, help="Without the messages that extensions add to RFC 5246.")
@click.option("--no-renegotiation", is_flag=True, help="Without a second handshake.")
@click.option("--no-failures", is_flag=True, help="Without the alerts that end a handshake.")
@click.option("--output", "-o", "files", multiple=True, metavar="FILE", help="Write it there: .txt .puml .mmd .sd .svg")
@click.option("--format", "-f", "format_", metavar="NAME", help="text (the RFCs' figures), plantuml, mermaid, svg ...")
@click.option("--lang", type=click.Choice(LANGUAGES), default="en", show_default=True, help=LANGUAGE)
@click.option("--detail", type=click.Choice(["brief", "normal", "full"]), default="normal", show_default=True)
def command(
    protocol: str,
    only: str | None,
    client_auth: str,
    resumption: str,
    no_extensions: bool,
    no_renegotiation: bool,
    no_failures: bool,
    files: tuple[str, ...],
    format_: str | None,
    lang: str,
    detail: str,
) -> int:
    """Draw the protocol itself: what is always sent, what under which condition, and which ways there are.

    Nobody has drawn it: both ends are run through every branch, in memory, and what their traces have in common is
    put together. On a terminal it is drawn as the RFCs do, in two columns.
    """
    from hellodone.cli.every_branch import runs

    targets = [(file, _format(file, format_)) for file in files] or [("-", format_ or "text")]
    for _, name in targets:
        _check(name)
    wanted = {"client_auth": client_auth, "resumption": resumption}
    left_out = {"extensions": no_extensions, "renegotiation": no_renegotiation, "failures": no_failures}
    found = [run for run in runs(_exchanges(only)) if _kept(run, wanted, left_out)]
    if not any(not run.failure for run in found):
        raise ConfigurationError("nothing is left of the protocol: these choices exclude one another")
    title = TITLE + (f": {only}" if only else "")
    for file, name in targets:
        text = _drawn(found, name, detail, title, lang)
        if file == "-":
            sys.stdout.write(text)
        else:
            _write(Path(file), text)
    return 0


def _drawn(runs: Sequence[Run], format_: str, detail: str, title: str, lang: str) -> str:
    """The figures, or the chart."""
    if format_ == "text":
        return _figures(runs, lang)
    from hellodone.diagram.draw import in_language, picture
    from hellodone.diagram.rows import Detail
    from hellodone.general.chart import chart
    from hellodone.general.tree import merged

    tree = merged(runs)
    return picture(lambda level: in_language(chart(tree, runs, title, level), lang), format_, Detail(detail))


def _figures(runs: Sequence[Run], lang: str) -> str:
    from hellodone.diagram.draw import words_of
    from hellodone.general.figure import figure

    words = words_of(lang)
    whole = [run for run in runs if not run.failure]
    parts = (
        ("Message flow for a full handshake", [run for run in whole if run.features["handshake"] == "full"]),
        ("Message flow for an abbreviated handshake", [run for run in whole if run.features["handshake"] != "full"]),
    )
    return "\n\n".join(figure(some, caption, words) for caption, some in parts if some)


def _exchanges(only: str | None) -> tuple[KeyExchange, ...]:
    """The key exchanges that are named, each by itself or with its family; all without names."""
    from hellodone.registry.key_exchange import KeyExchange
    from hellodone.registry.naming import did_you_mean

    every = tuple([kx for kx in KeyExchange if kx.value.lower() in KEY_EXCHANGES])
    if only is None:
        return every
    chosen = set()
    for word in only.lower().replace("-", "_").split(","):
        name = word.strip()
        found = [kx for kx in every if kx.value.lower() == name]
        found = found or [kx for kx in every if name in kx.value.lower().split("_")]
        if not found:
            known = {kx: kx for kx in KEY_EXCHANGES}
            raise ConfigurationError(f"--only: no key exchange is called {name!r}{did_you_mean(name, known)}")
        chosen.update(found)
    return tuple([kx for kx in every if kx in chosen])


def _kept(run: Run, wanted: dict[str, str], left_out: dict[str, bool]) -> bool:
    """Whether the run is part of what was asked for."""
    resumed = run.features["handshake"] != "full"
    asked = bool(run.features.get("client_auth"))
    fits = (
        resumed or wanted["client_auth"] == "any" or asked == (wanted["client_auth"] == "always") or bool(run.failure),
        wanted["resumption"] == "any" or resumed == (wanted["resumption"] == "always"),
        not (left_out["failures"] and run.failure),
        not (left_out["renegotiation"] and run.features.get("renegotiation")),
        not (left_out["extensions"] and _extended(run)),
    )
    return all(fits)


def _extended(run: Run) -> bool:
    """Whether there is a message in it that RFC 5246 does not have."""
    return any(run.features.get(name) for name in _EXTENSIONS) or run.features.get("client_auth") == "url"


def _format(file: str, format_: str | None) -> str:
    from hellodone.diagram.draw import format_of

    return format_ or ("text" if file == "-" else format_of(file))


def _check(format_: str) -> None:
    from hellodone.diagram.draw import PICTURES

    if format_ not in PICTURES:
        raise ConfigurationError(f"the protocol cannot be drawn as {format_!r}, but as {', '.join(PICTURES)}")


def _write(path: Path, text: str) -> None:
    try:
        path.write_text(text, encoding="utf-8")
    except OSError as fault:
        raise InputUnreadable(f"{path}: cannot be written: {system_reason(fault)}") from None
    note(f"wrote {path}")
