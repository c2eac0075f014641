"""Long lines into several, and how wide characters are on a terminal."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence
from functools import lru_cache

from hellodone.diagram.values import ELLIPSIS

INDENT = "  "  # of what continues a line

# Characters of one column that charts are full of; lines of these alone need no table.
_NARROW = re.compile(r"[\x20-\x7e\xa0-\xac\xae-\u02ff‐-‧…←-⇿─-▟✓✗⟨⟩⟦⟧]*")
_BREAK = re.compile(r"\S+\s*|\s+")


def wrap(text: str, width: int, indent: str = INDENT) -> list[str]:
    """The text in lines of at most ``width`` columns, broken at spaces where there are any.

    Lines after the first are indented by ``indent``; the indentation of the text itself is kept.
    """
    if columns(text) <= width:
        return [text]
    lead = text[: len(text) - len(text.lstrip(" "))]
    lines: list[str] = []
    line, used = lead, len(lead)
    start = lead + indent if len(lead) + len(indent) < width // 2 else ""
    for word in _BREAK.findall(text[len(lead) :]):
        needed = columns(word.rstrip())
        if used + needed > width and line.strip():
            lines.append(line.rstrip())
            line, used = start, len(start)
        while used + needed > width:
            head = _fitting(word, width - used)
            lines.append(line + head)
            word = word[len(head) :]
            needed = columns(word.rstrip())
            line, used = start, len(start)
        line += word
        used += columns(word)
    if line.strip():
        lines.append(line.rstrip())
    return lines


def wrap_all(lines: Iterable[str], width: int, indent: str = INDENT) -> list[str]:
    """Every line wrapped."""
    return [part for line in lines for part in wrap(line, width, indent)]


def columns(text: str) -> int:
    """How many columns of a terminal the text takes (UAX 11): 2 for wide characters, 0 for combining ones."""
    if _NARROW.fullmatch(text):
        return len(text)
    return sum(map(_columns_of, text))


def limited(lines: Sequence[str], most: int, lengths: Sequence[int]) -> list[str]:
    """Lines until ``most`` characters of source are used up; the last one says how many characters are missing.

    ``lengths`` are those of the lines as the notation writes them.
    """
    if sum(lengths) <= most:
        return list(lines)
    kept: list[str] = []
    room = most - 40  # for the last words
    for line, length in zip(lines, lengths, strict=True):
        if length > room:
            share = room * len(line) // length
            kept.append(line[:share])
            break
        room -= length
        kept.append(line)
    missing = sum(map(len, lines)) - sum(map(len, kept))
    kept[-1] += f"{ELLIPSIS} ({missing:,} characters more)"
    return kept


def _fitting(word: str, room: int) -> str:
    """As much of a long word as there is room for; at least one character, so that there is an end."""
    used = 0
    for index, character in enumerate(word):
        used += _columns_of(character)
        if used > room:
            return word[: max(index, 1)]
    return word


@lru_cache(maxsize=4096)
def _columns_of(character: str) -> int:
    if unicodedata.category(character) in ("Mn", "Me", "Cf"):
        return 0
    return 2 if unicodedata.east_asian_width(character) in "WF" else 1
