"""What was composed or recorded in English, said in another language by templates: ``{}`` stands for anything.

A trace tells in English whatever was checked in it, and the rows of a chart are made in English. Here such a text is
looked up whole, then by the templates of the language, whose ``{}`` are translated the same way, then part by part
where it is a list or a label with its value. What the language has no words for stays as it is.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

_REFERENCE = re.compile(r"(?P<claim>.+?)(?P<reference> \(RFC [^()]*\))", re.DOTALL)
_NUMBERS = re.compile(r"(?<=\d) and (?=\d|[A-Z]\.\d)")  # of sections, of steps
_BORDER = re.compile(r"(?<=[\w)])(?<![\u4e00-\u9fff])(?=[\u4e00-\u9fff])|(?<=[\u4e00-\u9fff])(?=[A-Za-z0-9])")
_GAP = re.compile(r"(?<=[\u4e00-\u9fff]) (?=[\u4e00-\u9fff])")
_MARK = re.compile(r"\s*[✓✗] |\s+")
_TRANSLATED = 8192  # texts that are remembered
_LONGEST_LIST = 12  # of which the items are looked up; a longer one is names of the RFCs
_TOGETHER = 3  # items of a list that may be one phrase


@dataclass(frozen=True, slots=True)
class Joints:
    """What stands between the items of a list, and whether words are parted by spaces."""

    comma: str
    conjunction: str
    disjunction: str
    spaced: bool


class _Template:
    """One sentence with places; ``literal`` is its longest part, which a text must have."""

    def __init__(self, english: str, other: str) -> None:
        parts = english.split("{}")
        self.literal = max(parts, key=len)
        self._pattern = re.compile("(.+?)".join(map(re.escape, parts)), re.DOTALL)
        self.other = other

    def places(self, text: str) -> tuple[str, ...] | None:
        """What stands in the places, None when it is another sentence."""
        found = self._pattern.fullmatch(text) if self.literal in text else None
        return None if found is None else found.groups()


class Phrases:
    """``say`` translates; ``labels`` are what may stand before a colon, ``subjects`` only behind a tick or a cross."""

    def __init__(
        self, phrases: Mapping[str, str], labels: Mapping[str, str], subjects: Mapping[str, str], joints: Joints
    ) -> None:
        self._whole = {english: other for english, other in phrases.items() if "{}" not in english}
        self._labels = labels
        self._subjects = subjects
        self._joints = joints
        self._anything: list[tuple[int, _Template]] = []  # templates that begin with a place
        self._by_word: dict[str, list[tuple[int, _Template]]] = {}
        for number, (english, other) in enumerate(phrases.items()):
            if "{}" in english:
                word = english.partition(" ")[0]
                there = self._anything if "{}" in word else self._by_word.setdefault(word, [])
                there.append((number, _Template(english, other)))
        self.say = lru_cache(_TRANSLATED)(self._said)

    def _said(self, english: str) -> str:
        text = self._translated(english)
        return _NUMBERS.sub(f" {self._joints.conjunction} ", text) if " and " in text else text

    def _translated(self, english: str) -> str:
        if (cited := _REFERENCE.fullmatch(english)) is not None:
            return self.say(cited["claim"]) + cited["reference"]
        if (whole := self._phrase(english)) is not None:
            return whole
        if (marked := _MARK.match(english)) is not None and marked.end() < len(english):
            rest = english[marked.end() :]
            return marked[0] + (self.say(rest) if marked[0].isspace() else self._claimed(rest, self._subjects))
        if "; " in english:
            return "; ".join(map(self.say, english.split("; ")))
        labels = english.count(": ")
        listed = self._listed(english) if labels != 1 else english
        return listed if listed != english or not labels else self._claimed(english, self._labels)

    def _phrase(self, english: str) -> str | None:
        """The text as the language has it, None where it has no words for it."""
        if (whole := self._whole.get(english)) is not None:
            return whole
        for template in self._candidates(english):
            if (places := template.places(english)) is not None:
                return self._parted(template.other.format(*map(self.say, places)))
        return None

    def _candidates(self, english: str) -> Iterator[_Template]:
        """The templates that may fit, in the order of the file."""
        own = self._by_word.get(english.partition(" ")[0], [])
        return (template for _, template in sorted([*own, *self._anything], key=lambda numbered: numbered[0]))

    def _claimed(self, english: str, labels: Mapping[str, str]) -> str:
        """A label and what it says; or something else that may stand behind a mark."""
        label, colon, value = english.partition(": ")
        if not colon or self._phrase(english) is not None:
            return self.say(english)
        return f"{labels.get(label) or self._phrase(label) or label}: {self.say(value)}"

    def _listed(self, english: str) -> str:
        """A list, item by item; alternatives only where there are words for all of them."""
        items = english.split(", ")
        if 1 < len(items) <= _LONGEST_LIST:
            said = list(self._items(items))
            return english if said == items else self._joints.comma.join(said)
        ways = english.split(" or ")
        said = [self.say(way) for way in ways] if len(ways) > 1 else []
        if any(way == other for way, other in zip(ways, said, strict=False)):
            return english
        return self._joints.disjunction.join(said) or english

    def _items(self, items: Sequence[str]) -> Iterator[str]:
        """A phrase may have commas of its own: the longest that there is counts."""
        start = 0
        while start < len(items):
            for end in range(min(len(items), start + _TOGETHER), start + 1, -1):
                if (phrase := self._phrase(", ".join(items[start:end]))) is not None:
                    break
            else:
                phrase, end = self._translated(items[start]), start + 1
            yield phrase
            start = end

    def _parted(self, text: str) -> str:
        """A script without spaces has them around what is written in Latin letters."""
        return text if self._joints.spaced else _GAP.sub("", _BORDER.sub(" ", text))
