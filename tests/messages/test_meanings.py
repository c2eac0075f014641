"""Every byte of every message is explained: no leaf without a sentence and a section."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest

from hellodone.messages import handshake, key_exchange, older, record, supplemental
from hellodone.messages.extensions.forms import extension_forms
from hellodone.messages.meanings import field_meaning
from hellodone.messages.meanings_table import MEANINGS
from hellodone.wire.codec import Vector, _singular
from hellodone.wire.field import Field
from hellodone.wire.struct import Select, Struct
from tests.trace.branches import BRANCHES, Branch, traces

MODULES = (handshake, key_exchange, older, record, supplemental)


def declared() -> Iterator[tuple[str, str]]:
    """Struct and field, for every struct there is."""
    forms: list[type[Struct]] = [*extension_forms()]
    forms += [
        v
        for m in MODULES
        for v in vars(m).values()
        if isinstance(v, type) and issubclass(v, Struct) and v is not Struct
    ]
    seen: set[type[Struct]] = set()
    while forms:
        form = forms.pop()
        if form in seen:
            continue
        seen.add(form)
        for name, codec in form._codecs:
            yield form.__name__, name
            if isinstance(codec, Vector) and not (isinstance(codec.item, type) and issubclass(codec.item, Struct)):
                yield form.__name__, codec.label or _singular(name)
            inner = [codec, getattr(codec, "item", None)]
            inner += codec.cases.values() if isinstance(codec, Select) else []
            forms += [i for i in inner if isinstance(i, type) and issubclass(i, Struct)]


@pytest.mark.parametrize(("form", "name"), sorted(set(declared())))
def test_every_declared_field_has_a_sentence(form: str, name: str) -> None:
    meaning = field_meaning((form, name))
    assert meaning is not None


def leaves(field: Field, path: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], Field]]:
    here = (*path, field.name)
    for child in field.children:
        yield from leaves(child, here)
    if not field.children and field.end > field.start:
        yield here, field


@pytest.mark.parametrize("branch", BRANCHES, ids=lambda branch: branch.name)
def test_no_byte_of_any_branch_is_unexplained(branch: Branch) -> None:
    unexplained = 0
    for step in traces(branch)[2].steps:
        covered = 0
        for path, leaf in leaves(step.fields) if step.fields is not None else ():
            covered += leaf.end - leaf.start
            if field_meaning(path) is None:
                unexplained += leaf.end - leaf.start
        unexplained += len(step.raw) - covered
    assert unexplained == 0


def test_sentences_are_sentences() -> None:
    for name, (sentence, reference) in MEANINGS.items():
        assert re.fullmatch(r"(?:[A-Z0-9].*)\.", sentence), name
        assert re.match(r"RFC \d{4}|draft-|X\.690", reference), name


def test_a_name_means_what_stands_around_it() -> None:
    server, client = field_meaning(("ServerHello", "random")), field_meaning(("ClientHello", "random"))
    assert server != client
    length = field_meaning(("ClientHello", "cipher_suites", "length"))
    assert length is not None
    assert length.sentence == "How many bytes of cipher_suites follow."
    assert field_meaning(("ClientHello", "no such field")) is None
