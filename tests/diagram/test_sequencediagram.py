"""Charts for sequencediagram.org, read back by a small grammar of that notation."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hellodone.diagram import sequencediagram
from hellodone.diagram.rows import Detail, Divider, Loop, Note
from tests.diagram.expected import CASES, chart, chart_with, expected, seen, squeezed
from tests.diagram.sequence_grammar import NotUnderstoodError, parse
from tests.hostile import texts


@pytest.mark.parametrize(("name", "detail"), CASES)
def test_charts_are_understood(name: str, detail: Detail) -> None:
    rows = chart(name, detail)
    diagram = parse(sequencediagram.render(rows))
    assert seen(diagram.arrows) == expected(rows)
    assert diagram.title == rows.title
    assert list(diagram.participants) == ["client", "server"]
    assert diagram.dividers == [row.title for row in rows.rows if isinstance(row, Divider)]
    assert diagram.loops == [row.title for row in rows.rows if isinstance(row, Loop)]
    notes = [row for row in rows.rows if isinstance(row, Note)]
    assert len(diagram.notes) == len(notes)
    for text, note in zip(diagram.notes, notes, strict=True):
        assert squeezed(note.lines[-1].text) in squeezed(text)


@pytest.mark.parametrize("text", texts())
def test_hostile_texts_stay_texts(text: str) -> None:
    rows = chart_with([text or "-"])
    assert seen(parse(sequencediagram.render(rows)).arrows) == expected(rows)


@given(st.lists(st.text(min_size=1), min_size=1, max_size=4))
def test_any_text_stays_a_text(some: list[str]) -> None:
    rows = chart_with(some)
    assert seen(parse(sequencediagram.render(rows)).arrows) == expected(rows)


@pytest.mark.parametrize(
    "line", ["client->server", "client~>server:x", "note client:x", "loop #red x", "end note", 'participant "a"b" as c']
)
def test_the_grammar_is_strict(line: str) -> None:
    with pytest.raises(NotUnderstoodError):
        parse(f'participant "C" as client\nparticipant "S" as server\n{line}\n')


@pytest.mark.parametrize("text", ["a **b", "<color:#red>x", "a//b", "--", 'say ""x'])
def test_the_grammar_notices_markup(text: str) -> None:
    with pytest.raises(NotUnderstoodError):
        parse(f'participant "C" as client\nparticipant "S" as server\nclient->server:x\\n{text}\n')
