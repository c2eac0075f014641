"""``hellodone explain``: what a word, a number or a handful of bytes means."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Iterator
from typing import TYPE_CHECKING

import click

from hellodone.cli.app import Command
from hellodone.cli.faults import InputUnreadable

if TYPE_CHECKING:
    from hellodone.explain.entry import Entry
    from hellodone.wire.field import Field

_MOST = 4 << 20  # characters that are read from standard input
_WIDEST = 110
_BYTES = 16  # shown of a field


@click.command(
    "explain",
    cls=Command,
    short_help="Say what an alert, suite, message, extension or hex means.",
    examples=(
        "hellodone explain handshake_failure",
        "hellodone explain ECDHE-RSA-AES128-GCM-SHA256",
        "hellodone explain ServerKeyExchange",
        "hellodone explain alert 40",
        "hellodone explain groups",
        "hellodone explain 15030300020228",
    ),
)
@click.argument("terms", metavar="TERM...", nargs=-1, required=True)
def command(terms: tuple[str, ...]) -> int:
    """Say what a word, a number or a handful of bytes means.

    A message, value, alert, extension, group or signature scheme by its name; a cipher suite by IANA's or OpenSSL's
    name or by its number; an alert in another program's error text; records or handshake messages in hexadecimal,
    which - reads from standard input. A kind may stand before a name or number (alert 40), and its plural lists all
    names (alerts, suites, extensions, messages, groups, schemes, values).
    """
    from hellodone.explain.lookup import explain

    term = _standard_input() if terms == ("-",) else " ".join(terms)
    width = min(shutil.get_terminal_size((100, 24)).columns, _WIDEST)
    print("\n\n".join("\n".join(_lines(entry, width)) for entry in explain(term)))
    return 0


def _standard_input() -> str:
    text = sys.stdin.read(_MOST + 1)
    if len(text) > _MOST:
        raise InputUnreadable(f"standard input: more than {_MOST} characters")
    return text


def _lines(entry: Entry, width: int) -> Iterator[str]:
    from hellodone.diagram.wrap import wrap

    yield f"{entry.title}  [{entry.kind}]"
    yield from (f"  {line}" for line in wrap(entry.sentence, width - 2, ""))
    labels = max((len(part.label) for part in entry.parts), default=0)
    for part in entry.parts:
        first, *more = wrap(part.text, max(width - labels - 6, 30), "") or [""]
        yield f"    {part.label:<{labels}}  {first}".rstrip()
        yield from (f"    {'':<{labels}}  {line}" for line in more)
    if entry.field is not None:
        yield from _tree(entry.field, entry.data, width)
    if entry.reference:
        yield f"  {entry.reference}"


def _tree(field: Field, data: bytes, width: int, depth: int = 0) -> Iterator[str]:
    """Every field on its line: where it lies, its bytes, its name and meaning."""
    from hellodone.diagram.values import cut

    for part in field.children or (field,):
        shown = data[part.start : min(part.end, part.start + _BYTES)].hex()
        dots = ".." if part.end - part.start > _BYTES else ""
        where = "" if part.children else shown + dots
        meaning = f" = {part.meaning}" if part.meaning and not part.children and part.meaning != shown else ""
        yield cut(f"  {part.start:5}  {'  ' * depth}{part.name}{meaning}" + (f"   {where}" if where else ""), width)
        if part.children:
            yield from _tree(part, data, width, depth + 1)
