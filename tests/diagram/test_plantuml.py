"""Charts drawn by Debian's PlantUML and read back out of its pictures."""

from __future__ import annotations

from hellodone.diagram import plantuml
from hellodone.diagram.chart import chart_of
from hellodone.diagram.rows import Arrow, Chart, Detail, Line, Note, Participant
from tests.diagram.arrows import plantuml_arrows
from tests.diagram.expected import CASES, CLIENT, DRAWN, SERVER, Shown, chart, chart_with, expected, seen, squeezed
from tests.diagram.rendering import render_plantuml
from tests.hostile import texts

HOSTILE = [chart_with(texts()[start : start + 25]) for start in range(0, len(texts()), 25)]


def test_pictures_have_every_arrow_with_its_label() -> None:
    """All charts in one run of the program, for starting it takes longest."""
    charts = {f"{name} {detail}": chart(name, detail) for name, detail in DRAWN}
    charts |= {f"hostile texts {number}": rows for number, rows in enumerate(HOSTILE)}
    pictures = dict(zip(charts, render_plantuml([plantuml.render(rows) for rows in charts.values()]), strict=True))
    wrong = {}
    for name, rows in charts.items():
        found, wanted = seen(plantuml_arrows(pictures[name])), expected(rows)
        pairs = list(zip(found, wanted, strict=False))
        wrong[name] = [(one, other) for one, other in pairs if uncut(one, other) != other]
        assert len(found) == len(wanted), name
    assert {name: pairs[:1] for name, pairs in wrong.items() if pairs} == {}
    shown = squeezed("".join(pictures["client_auth normal"].split("<")))
    for text in ("Negotiation", "Authentication", "fromhereonCHACHA20_POLY1305", "client_write_key", "server_path"):
        assert text in shown


def uncut(found: Shown, wanted: Shown) -> Shown:
    """What was found, and where it says that it was cut, the rest of what was wanted if it says how much."""
    text, _, end = found.text.rpartition("…(")
    if not end.endswith("charactersmore)"):
        return found
    assert len(text) > 1000
    missing = wanted.text[len(text) :]
    assert len(missing) <= int(end.removesuffix("charactersmore)").replace(",", "")), "white space is counted too"
    return found._replace(text=text + missing)


def test_the_source_keeps_to_the_old_dialect() -> None:
    source = plantuml.render(chart("client_auth", Detail.full))
    assert source.startswith("@startuml\n")
    assert source.endswith("@enduml\n")
    assert "!theme" not in source
    assert "\nautonumber\n" in source


def test_a_message_has_a_limit_and_says_what_is_missing() -> None:
    lines = tuple(f"line {n}: " + "word " * 10 for n in range(100))
    rows = Chart(
        "long",
        (Participant(CLIENT, "Client"), Participant(SERVER, "Server")),
        (Arrow(1, CLIENT, SERVER, "Long", lines), Note(CLIENT, tuple(map(Line, lines)))),
    )
    source = plantuml.render(rows)
    (arrow,) = [line for line in source.splitlines() if line.startswith("client ->")]
    note = source[source.index("note left") : source.index("end note")]
    for text in (arrow.partition(" : ")[2], note.partition("\n")[2]):
        assert len(text) <= plantuml.MAXIMUM_MESSAGE
        assert "characters more)" in text
    (picture,) = render_plantuml([source])
    (found,) = plantuml_arrows(picture)
    assert found.label.endswith("characters more)")


def test_nothing_is_cut_that_fits() -> None:
    for name, detail in CASES:
        if detail is not Detail.full:
            assert "characters more)" not in plantuml.render(chart(name, detail, secrets=True))


def test_a_large_trace_is_drawn() -> None:
    from tests.traces import trace

    source = plantuml.render(chart_of(trace("talkative"), Detail.brief))
    assert "loop 100 times" in source
