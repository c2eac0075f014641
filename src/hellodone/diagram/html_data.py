"""What the page's scripts work on: the trace, a sentence for each of its fields, and what each party knows when."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from hellodone.diagram.learning import Learning
from hellodone.diagram.rows import Detail, Item, Knowledge, Reading, Words
from hellodone.diagram.steps import title_of
from hellodone.diagram.values import plain
from hellodone.diagram.view import View
from hellodone.messages.certificate_fields import opened
from hellodone.messages.meanings import LENGTH, Meaning, field_meaning
from hellodone.messages.status_fields import dissect_ocsp_response
from hellodone.trace.json import members
from hellodone.trace.model import Party, Step, Trace
from hellodone.trace.recompute_all import recompute_all
from hellodone.wire.field import Field

if TYPE_CHECKING:
    from hellodone.diagram.language import Language

_RESPONSES = frozenset(("response", "ocsp_response"))  # fields of CertificateStatus (RFC 6066, 8; RFC 6961, 2.2)


def page_data(trace: Trace, view: View, sources: Mapping[str, str], words: Language | None = None) -> dict[str, Any]:
    """Everything, as JSON's types, of a trace withheld or revealed. The trace in it is one that ``Trace.from_json``
    reads, so it stays English."""
    text = str if words is None else words.text
    whole = replace(trace, steps=tuple([_opened(step) for step in trace.steps]))
    sentences = _Sentences()
    return {
        "trace": members(whole),
        "titles": [text(plain(title_of(step))) for step in trace.steps],
        "explained": [sentences.of(step.fields) for step in whole.steps],
        "sentences": sentences.said,
        "knowledge": _knowledge(trace, view, text),
        "programs": _programs(trace),
        "sources": dict(sources),
        **(_language(whole, words) if words is not None else {}),
    }


def _language(trace: Trace, words: Language) -> dict[str, Any]:
    """The words of the page, and for what is recorded in English how they say it, where they do."""
    recorded = dict.fromkeys(_recorded(trace))
    said = [(english, other) for english in recorded if (other := words.text(english)) != english]
    return {"lang": words.code, "words": dict(words.page), "recorded": said}


def _recorded(trace: Trace) -> Iterator[str]:
    """What the page shows of the trace: checks, values of facts and of fields."""
    for step in trace.steps:
        for reaction in step.reactions:
            yield from (check.claim for check in reaction.checks)
            yield from (str(fact.value) for fact in reaction.learned)
        if step.fields is not None:
            yield from _meanings(step.fields)


def _meanings(field: Field) -> Iterator[str]:
    """Of the field and of its parts."""
    yield field.meaning
    for child in field.children:
        yield from _meanings(child)


class _Sentences:
    """Each sentence once, and the numbers of those that a message's fields have, depth first; -1 for none."""

    def __init__(self) -> None:
        self.said: list[tuple[str, str]] = []
        self._numbers: dict[Meaning | None, int] = {None: -1}
        self._by_path: dict[tuple[str, ...], int] = {}

    def of(self, fields: Field | None) -> list[int]:
        """The number for the field, then those for its parts."""
        found: list[int] = []
        if fields is not None:
            self._visit(fields, (), found)
        return found

    def _visit(self, field: Field, outer: tuple[str, ...], found: list[int]) -> None:
        here = (*outer, field.name)
        number = self._by_path.get(here)
        if number is None:
            number = self._by_path[here] = self._number(field_meaning(here))
        found.append(number)
        for child in field.children:
            self._visit(child, here, found)

    def _number(self, meaning: Meaning | None) -> int:
        if meaning is not None and meaning not in self._numbers:
            self._numbers[meaning] = len(self.said)
            self.said.append((meaning.sentence, meaning.reference))
        return self._numbers[meaning]


def _opened(step: Step) -> Step:
    """With certificates and stapled responses opened to their last byte."""
    if step.fields is None:
        return step
    fields = opened(step.fields, step.raw)
    if step.name == "CertificateStatus":
        fields = _with_responses(fields, step.raw)
    return step if fields is step.fields else replace(step, fields=fields)


def _with_responses(field: Field, raw: bytes) -> Field:
    whole = field.end > field.start and not any(child.name == LENGTH for child in field.children)
    if whole and field.name in _RESPONSES:
        found = dissect_ocsp_response(raw[field.start : field.end])
        return _moved(found, field.start) if found.children else field
    return replace(field, children=tuple([_with_responses(child, raw) for child in field.children]))


def _moved(field: Field, by: int) -> Field:
    parts = tuple([_moved(child, by) for child in field.children])
    return replace(field, start=field.start + by, end=field.end + by, children=parts)


def _knowledge(trace: Trace, view: View, text: Words) -> dict[str, list[Any]]:
    """By party: step, connection, and what was learnt then. Who learns nothing is left out, but for who listens."""
    everybody = Learning(trace, View(True, True, view.eavesdropper_has), tuple(Party), Detail.full)
    minds: dict[str, list[Any]] = {party: [] for party in Party}
    for step in trace.steps:
        for row in everybody.rows(step):
            minds[row.party].append((step.number, step.connection, _learned(row, text)))
    return {party: rows for party, rows in minds.items() if rows or party == Party.eavesdropper}


def _programs(trace: Trace) -> dict[str, dict[str, str]]:
    """By connection and party, for each value the program that computes it again; none of what is told twice there."""
    programs: dict[str, dict[str, str]] = {}
    twice = set()
    for one in recompute_all(trace):
        there = programs.setdefault(f"{one.connection} {one.party}", {})
        if one.name in there:
            twice.add((one.connection, one.party, one.name))
        there[one.name] = f"{one.snippet.python.rstrip()}\n# {one.snippet.expected}\n"
    for connection, party, name in twice:
        del programs[f"{connection} {party}"][name]
    return programs


def _learned(row: Knowledge, text: Words) -> dict[str, Any]:
    learned: dict[str, Any] = {"items": [_item(item, text) for item in row.items]}
    if row.readings:
        learned["readings"] = [_reading(reading, text) for reading in row.readings]
    return learned


def _item(item: Item, text: Words) -> dict[str, Any]:
    """Without what is empty."""
    members = {"name": text(item.name), "how": item.how, "why": text(item.why), "secret": item.secret}
    members |= {"value": text(item.value), "meaning": text(item.meaning), "formula": text(item.formula)}
    return {name: member for name, member in members.items() if member}


def _reading(reading: Reading, text: Words) -> dict[str, Any]:
    return {
        "number": reading.number,
        "title": text(reading.title),
        "readable": reading.readable,
        "why": text(reading.why),
        "lines": tuple(map(text, reading.lines)),
    }
