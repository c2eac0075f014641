"""The words of a language: sentences with places for values, read from ``narration/CODE.toml``."""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Iterable, Mapping
from functools import cache
from importlib.resources import files
from types import MappingProxyType
from typing import Any

from hellodone.diagram.phrases import Joints, Phrases
from hellodone.errors import ConfigurationError
from hellodone.trace.model import Phase

CODES = ("en", "da", "zh")
ENGLISH = "en"
"""What traces are recorded and charts are made in."""

PHRASES = ("claims", "things", "chart", "values", "conditions", "meanings", "reasons", "forms")
"""Tables whose keys are what stands in English in traces and charts, wherever it stands."""
LABELS, SUBJECTS, PAGE = "labels", "subjects", "page"
"""More tables with English keys: what stands before a colon, what a check is about, the words of the page."""

_EXPECTED = "; expected: "  # what was found, and the claim that it contradicts; see ``Handshake.check``


class Language:
    """One language. ``say`` makes a sentence of its own; ``text`` turns what a trace or a chart says in English."""

    text: Callable[[str], str]

    def __init__(self, code: str, tables: Mapping[str, Mapping[str, str]]) -> None:
        self.code = code
        self._tables = tables
        self.text = str if code == ENGLISH else self._phrases().say

    @property
    def name(self) -> str:
        """What the language calls itself."""
        return self.say("language.name")

    @property
    def page(self) -> Mapping[str, str]:
        """The words of the page by what they are in English; in English none."""
        return self._tables.get(PAGE, {})

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

    def listed(self, items: Iterable[str]) -> str:
        """The items with what this language puts between them."""
        return self.say("language.separator").join(items)

    def reason(self, english: str) -> str:
        """Why something failed, as it was recorded; what there are no words for is called English."""
        if self.code == ENGLISH:
            return english
        detail, expected, claim = english.rpartition(_EXPECTED)
        if not expected:
            said = self.text(english)
            return said if said != english else self.say("outcome.in_english", text=english)
        return self.text(f"{self.reason(detail)}{_EXPECTED}{claim}" if self.text(detail) == detail else english)

    def _phrases(self) -> Phrases:
        tables = self._tables
        found = {phase.value: self.heading(phase) for phase in Phase}
        found |= {english: other for name in PHRASES for english, other in tables[name].items()}
        separator, conjunction, disjunction, space = (
            self.say(f"language.{name}") for name in ("separator", "conjunction", "disjunction", "space")
        )
        joints = Joints(separator, conjunction, disjunction, spaced=bool(space))
        return Phrases(found, tables[LABELS], tables[SUBJECTS], joints)


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
