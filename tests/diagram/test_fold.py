"""Repeated application data."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from hellodone.diagram.fold import fold
from hellodone.diagram.rows import Loop
from hellodone.trace.model import Kind, Party, Phase, Step

SENDERS = {"c": Party.client, "s": Party.server}
PEERS = {"c": Party.server, "s": Party.client}


def steps(letters: str, length: int = 10) -> list[Step]:
    return [
        Step(n, Kind.application_data, "ApplicationData", SENDERS[c], PEERS[c], 0.0, Phase.data, length=length + n)
        for n, c in enumerate(letters, 1)
    ]


def told(letters: str) -> list[str]:
    """What comes out, in short: letters for single steps, "times(letters)" for loops."""
    out = []
    for part in fold(steps(letters)):
        if isinstance(part, Loop):
            out.append(f"{part.title}({''.join(arrow.sender[0] for arrow in part.rows)})")
        else:
            out.append("".join(step.sender[0] for step in part))
    return [text for text in out if text]


def test_little_is_not_folded() -> None:
    assert told("cs") == ["cs"]
    assert told("csc") == ["csc"]
    assert told("css") == ["css"]


def test_rounds() -> None:
    assert told("cscs") == ["2 times(cs)"]
    assert told("cs" * 100) == ["100 times(cs)"]
    assert told("csscsss") == ["2 times(cs)"]
    assert told("cscsc") == ["2 times(cs)", "c"]
    assert told("scscssss") == ["2 times(sc)", "4 times(s)"] or told("scscssss") == ["3 times(sc)"]


def test_streams() -> None:
    assert told("c" + "s" * 40) == ["c", "40 times(s)"]
    assert told("ssss") == ["4 times(s)"]


@given(st.text("cs", max_size=40))
def test_no_step_is_lost_and_no_byte(letters: str) -> None:
    numbers: set[int] = set()
    total = 0
    for part in fold(steps(letters)):
        if isinstance(part, Loop):
            for arrow in part.rows:
                total += int(arrow.lines[0].split(", ")[-1].split()[0].replace(",", ""))
            numbers |= set(range(min(a.number for a in part.rows), max(a.last for a in part.rows) + 1))
        else:
            total += sum(step.length for step in part)
            numbers |= {step.number for step in part}
    assert numbers == set(range(1, len(letters) + 1))
    assert total == sum(step.length for step in steps(letters))
