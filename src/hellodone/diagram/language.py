"""The words of a language: sentences with places for values, read from ``narration/CODE.toml``."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from types import MappingProxyType
from typing import Any

from hellodone.errors import ConfigurationError
from hellodone.trace.model import Phase

CODES = ("en", "da", "zh")

_REFERENCE = re.compile(r"(?P<claim>.*?)(?P<reference> \(RFC [^()]*\))?", re.DOTALL)
_BORDER = re.compile(r"(?<=[\w)])(?<![\u4e00-\u9fff])(?=[\u4e00-\u9fff])|(?<=[\u4e00-\u9fff])(?=[A-Za-z0-9])")


class Language:
    """One language. ``say`` makes a sentence; ``claim`` and ``heading`` turn what the trace says in English."""

    def __init__(self, code: str, tables: Mapping[str, Mapping[str, str]]) -> None:
        self.code = code
        self._tables = tables
        self._claims = _patterns(tables.get("claims", {}))
        self._things = _patterns(tables.get("things", {}))

    @property
    def name(self) -> str:
        """What the language calls itself."""
        return self._tables["language"]["name"]

    def say(self, key: str, **values: object) -> str:
        """The sentence ``table.key`` with the values in their places."""
        table, _, name = key.partition(".")
        return self._tables[table][name].format(**values)

    def has(self, key: str) -> bool:
        """Whether there is such a sentence."""
        table, _, name = key.partition(".")
        return name in self._tables.get(table, {})

    def heading(self, phase: Phase, again: bool = False) -> str:
        """The heading of a phase; ``again`` when it begins another handshake on the connection."""
        return self.say("phases.again" if again and phase is Phase.negotiation else f"phases.{phase.name}")

    def claim(self, english: str) -> str:
        """A claim that was tested, or another recorded sentence; as it is where this language has no words for it."""
        match = _REFERENCE.fullmatch(english)
        said, reference = (english, "") if match is None else (match["claim"], match["reference"] or "")
        for pattern, other in self._claims:
            if (found := pattern.fullmatch(said)) is not None:
                return self._spaced(other.format(*map(self._thing, found.groups()))) + reference
        return english

    def _thing(self, english: str) -> str:
        for pattern, other in self._things:
            if (found := pattern.fullmatch(english)) is not None:
                return other.format(*found.groups())
        return english

    def _spaced(self, text: str) -> str:
        """A script without spaces has them around what is written in Latin letters."""
        return text if self._tables["language"]["space"] else _BORDER.sub(" ", text)


@cache
def language(code: str) -> Language:
    """The language of that code. Raises ConfigurationError when there is none."""
    if code not in CODES:
        raise ConfigurationError(f"no language is called {code!r}; there are {', '.join(CODES)}")
    text = (files("hellodone.diagram") / "narration" / f"{code}.toml").read_text(encoding="utf-8")
    return Language(code, MappingProxyType(tomllib.loads(text)))


def tables(code: str) -> Mapping[str, Any]:
    """Everything the file of that language says, for tests that compare languages."""
    return language(code)._tables


def _patterns(sentences: Mapping[str, str]) -> tuple[tuple[re.Pattern[str], str], ...]:
    """Each English sentence, with something in place of each ``{}``, and what stands for it."""
    return tuple((re.compile("(.+?)".join(map(re.escape, e.split("{}"))), re.DOTALL), o) for e, o in sentences.items())
