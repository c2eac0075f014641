"""Knowledge beside the lanes, and the lane of who listens, in every notation."""

from __future__ import annotations

import pytest

from hellodone.diagram.chart import chart_of
from hellodone.diagram.draw import draw
from hellodone.diagram.rows import Arrow, Chart, Detail, Knowledge, Note
from hellodone.diagram.view import View
from hellodone.errors import ConfigurationError
from hellodone.trace.known import How
from hellodone.trace.model import Kind, Party, Trace
from hellodone.trace.secrets import reveal, withhold
from tests.diagram.arrows import Arrow as Drawn
from tests.diagram.arrows import mermaid_arrows, plantuml_arrows
from tests.diagram.rendering import render_mermaid, render_plantuml
from tests.diagram.sequence_grammar import parse
from tests.trace.branches import BY_NAME, traces
from tests.traces import SCENARIOS
from tests.traces import trace as scenario

CLIENT, SERVER, EAVESDROPPER = Party.client, Party.server, Party.eavesdropper
RSA, ECDHE = "TLS_RSA_WITH_AES_128_GCM_SHA256", "TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256"
PSK = "TLS_PSK_WITH_AES_128_GCM_SHA256"
ALL = View(knowledge=True, eavesdropper=True)


def merged(name: str) -> Trace:
    return reveal(traces(BY_NAME[name])[2])


def known(chart: Chart, party: Party) -> list[Knowledge]:
    return [row for row in chart.rows if isinstance(row, Knowledge) and row.party is party]


def read(chart: Chart) -> list[tuple[str, ...]]:
    """What the eavesdropper reads of application data, () where it stays sealed."""
    readings = [reading for row in known(chart, EAVESDROPPER) for reading in row.readings]
    return [reading.lines for reading in readings if reading.title.startswith("Application data")]


@pytest.mark.parametrize("name", SCENARIOS)
def test_nobody_listens_and_nothing_is_told_unasked(name: str) -> None:
    chart = chart_of(withhold(scenario(name)))
    assert not any(isinstance(row, Knowledge) for row in chart.rows)
    assert EAVESDROPPER not in [participant.party for participant in chart.participants]


def test_the_lane_says_what_the_eavesdropper_has() -> None:
    chart = chart_of(merged(RSA), view=View(eavesdropper_has=("server_private_key", "psk")))
    (lane,) = [p for p in chart.participants if p.party is EAVESDROPPER]
    assert (lane.name, lane.place) == ("Eavesdropper", "has server_private_key, psk")
    with pytest.raises(ConfigurationError, match="cannot have"):
        chart_of(merged(RSA), view=View(eavesdropper_has=("a hat",)))


@pytest.mark.parametrize(
    ("name", "has", "opens"),
    [
        (RSA, (), False),
        (RSA, ("server_private_key",), True),
        (RSA, ("keylog",), True),
        (RSA, ("psk",), False),
        (ECDHE, ("server_private_key", "psk", "ticket_key"), False),
        (ECDHE, ("keylog",), True),
        (f"{ECDHE}, ticket", ("ticket_key",), True),
        (f"{ECDHE}, ticket", ("server_private_key",), False),
        (PSK, ("psk",), True),
        (PSK, ("server_private_key",), False),
        ("TLS_RSA_WITH_NULL_SHA256", (), True),
    ],
)
def test_the_request_is_in_the_lane_of_who_can_read_it(name: str, has: tuple[str, ...], opens: bool) -> None:
    trace = merged(name)
    chart = chart_of(trace, view=View(True, True, has))
    expected = [("GET / HTTP/1.1",), ("HTTP/1.1 200 OK",)] if opens else [(), ()]
    assert read(chart) == expected * len(trace.connections)


def test_secrets_that_are_withheld_are_not_read_aloud() -> None:
    trace = traces(BY_NAME[RSA])[2]
    for hidden in (trace, withhold(trace)):
        for notation in ("text", "plantuml"):
            chart = chart_of(hidden, Detail.full, View(True, True, ("server_private_key",)))
            assert "GET" not in str(chart.rows)
            assert "GET" not in draw(trace, notation, "full", view=View(True, True, ("server_private_key",)))


@pytest.mark.parametrize("name", [RSA, f"{ECDHE}, ticket", f"{RSA}, server"])
def test_every_fact_is_told_once_to_each_party_with_a_reason(name: str) -> None:
    trace = merged(name)
    chart = chart_of(trace, Detail.full, ALL)
    for party in (CLIENT, SERVER, EAVESDROPPER):
        rows = known(chart, party)
        told = [(trace.steps[row.number - 1].connection, item.name) for row in rows for item in row.items]
        handshakes = 2 if name.endswith("server") else 1
        assert max(map(told.count, told)) <= handshakes
        assert all(item.why for row in rows for item in row.items)
        assert [row.number for row in rows] == sorted(row.number for row in rows)
    client = {item.name: item for row in known(chart, CLIENT) for item in row.items}
    assert client["client_random"].how is How.chosen
    assert ", ServerHello" in client["server_random"].why
    assert client["master_secret"].formula.startswith(("PRF(", "the master secret"))


def test_knowledge_takes_the_place_of_what_the_reactions_tell() -> None:
    """What was checked stays in its note."""
    chart = chart_of(merged(ECDHE), view=View(knowledge=True))
    notes = " ".join(line.text for row in chart.rows if isinstance(row, Note) and row.party for line in row.lines)
    assert "master_secret" not in notes
    assert "the server signed its key share" in notes


def test_folded_data_is_told_of_once() -> None:
    chart = chart_of(reveal(scenario("talkative")), view=View(eavesdropper_has=("server_private_key",)))
    readings = [reading for row in known(chart, EAVESDROPPER) for reading in row.readings]
    titles = [reading.title for reading in readings if reading.title.startswith("Application data")]
    assert len(titles) == 2


def calls(chart: Chart) -> int:
    """How many computations there are, by formula."""
    groups = 0
    for row in chart.rows:
        if isinstance(row, Knowledge):
            formulas = [item.formula for item in row.items if item.formula and item.how is How.computed]
            groups += sum(1 for i, formula in enumerate(formulas) if i == 0 or formula != formulas[i - 1])
    return groups


NAMES = [RSA, f"{ECDHE}, ticket", f"{RSA}, client", "TLS_DHE_PSK_WITH_AES_256_GCM_SHA384"]


def steps(drawn: list[Drawn]) -> list[str]:
    return [arrow.number for arrow in drawn if arrow.direction != "self"]


def travelling(trace: Trace) -> list[str]:
    return [str(step.number) for step in trace.steps if step.kind is not Kind.start]


def test_plantuml_draws_computations_as_calls_to_oneself() -> None:
    sources = [draw(merged(name), "plantuml", show_secrets=True, view=ALL) for name in NAMES]
    for name, svg in zip(NAMES, render_plantuml(sources), strict=True):
        drawn = plantuml_arrows(svg)
        own = [arrow for arrow in drawn if arrow.direction == "self"]
        assert len(own) == calls(chart_of(merged(name), view=ALL)) > 8
        assert not any(arrow.number for arrow in own)
        assert any("master_secret" in arrow.label for arrow in own)
        assert steps(drawn) == travelling(merged(name))


def test_mermaid_does_too() -> None:
    sources = [draw(merged(name), "mermaid", show_secrets=True, view=ALL) for name in NAMES]
    for name, svg in zip(NAMES, render_mermaid(sources), strict=True):
        drawn = mermaid_arrows(svg)
        assert sum(arrow.direction == "self" for arrow in drawn) == calls(chart_of(merged(name), view=ALL))
        assert steps(drawn) == travelling(merged(name))


def test_sequencediagram_does_too() -> None:
    for name in NAMES:
        drawn = parse(draw(merged(name), "sequencediagram", show_secrets=True, view=ALL)).arrows
        assert sum(arrow.direction == "self" for arrow in drawn) == calls(chart_of(merged(name), view=ALL))
        assert steps(drawn) == travelling(merged(name))


@pytest.mark.parametrize("width", [60, 100, 150])
def test_text_names_who_has_no_lane(width: int) -> None:
    view = View(True, True, ("server_private_key",))
    lines = draw(merged(RSA), "text", show_secrets=True, width=width, view=view).splitlines()
    assert max(map(len, lines)) <= width
    assert any("Eavesdropper" in line for line in lines)
    after = "\n".join(lines)[("\n".join(lines)).rindex("premaster_secret") :]
    assert "GET / HTTP/1.1" in after


@pytest.mark.parametrize("detail", Detail)
def test_every_detail_can_show_it(detail: Detail) -> None:
    for notation in ("text", "plantuml", "mermaid", "sequencediagram"):
        assert "premaster_secret" in draw(merged(RSA), notation, detail, show_secrets=True, view=ALL)


def test_arrows_are_those_of_the_plain_chart() -> None:
    trace = merged(ECDHE)
    plain, shown = (chart_of(trace, view=view) for view in (View(), ALL))
    assert [row for row in plain.rows if isinstance(row, Arrow)] == [r for r in shown.rows if isinstance(r, Arrow)]
