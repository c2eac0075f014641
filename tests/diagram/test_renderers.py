"""The renderers themselves: a good chart's arrows are read back, and a broken chart is noticed."""

from pathlib import Path

import pytest

from tests.diagram.arrows import Arrow, mermaid_arrows, plantuml_arrows
from tests.diagram.rendering import (
    ChartError,
    mermaid_answers,
    mermaid_picture,
    render_mermaid,
    render_plantuml,
    screenshot,
)

PLANTUML = """@startuml
participant "Client" as C
participant "Server <b>at</b> work" as S
autonumber
C -> S : **ClientHello** (1)\\nrandom = 0102
note over C : a note -> that is no arrow
note right of C
two lines
end note
S --> C : ServerHello (2)
== a phase ==
S -[#red]>x C : Alert
C -> C : computes
loop 3 times
C ->> S : data
end
alt one
activate S
C <- S : left
deactivate S
else other
[-> C : incoming
end
ref over C, S : elsewhere
hnote over C : six corners
... later ...
C -[#blue]> S
@enduml
"""

MERMAID = """sequenceDiagram
  autonumber
  participant C as Client
  participant S as Server #35;1
  C->>S: ClientHello (1)<br/>random = 0102#59;
  Note over C: a note
  S-->>C: ServerHello (2)
  rect rgb(240, 240, 240)
  S-xC: Alert
  C->>C: computes
  end
  loop 3 times
  C-)S: data
  end
"""


def test_plantuml_arrows_are_read_back() -> None:
    (svg,) = render_plantuml([PLANTUML])
    assert plantuml_arrows(svg) == [
        Arrow("1", ("ClientHello (1)", "random = 0102"), "right"),
        Arrow("2", ("ServerHello (2)",), "left"),
        Arrow("3", ("Alert",), "left"),
        Arrow("4", ("computes",), "self"),
        Arrow("5", ("data",), "right"),
        Arrow("6", ("left",), "left"),
        Arrow("7", ("incoming",), "right"),
        Arrow("8", (), "right"),
    ]


def test_mermaid_arrows_are_read_back(tmp_path: Path) -> None:
    (svg,) = render_mermaid([MERMAID])
    assert mermaid_arrows(svg) == [
        Arrow("1", ("ClientHello (1)", "random = 0102;"), "right"),
        Arrow("2", ("ServerHello (2)",), "left"),
        Arrow("3", ("Alert",), "left"),
        Arrow("4", ("computes",), "self"),
        Arrow("5", ("data",), "right"),
    ]
    screenshot(svg, tmp_path / "chart.png")
    assert (tmp_path / "chart.png").read_bytes().startswith(b"\x89PNG")


def test_many_plantuml_charts_come_back_in_order() -> None:
    charts = [f"@startuml\nA -> B : № {n} → naïve\n@enduml\n" for n in range(5)]
    assert [plantuml_arrows(svg)[0].label for svg in render_plantuml(charts)] == [f"№ {n} → naïve" for n in range(5)]


def test_a_long_plantuml_chart_is_drawn_whole() -> None:
    lines = "".join(f"A -> B : number {n}\n" for n in range(400))
    (svg,) = render_plantuml([f"@startuml\n{lines}@enduml\n"])
    assert len(plantuml_arrows(svg)) == 400


@pytest.mark.parametrize(
    "chart",
    [
        "@startuml\nA -> B : hello\nnote over A :\nthis is no statement ->\n@enduml\n",
        "A -> B : no start\n",
        "@startuml\n@enduml\n",
    ],
)
def test_plantuml_errors_are_noticed(chart: str) -> None:
    with pytest.raises(ChartError):
        render_plantuml(["@startuml\nA -> B : good\n@enduml\n", chart])


def test_plantuml_forgives_an_unfinished_arrow_but_its_label_is_missed() -> None:
    (svg,) = render_plantuml(["@startuml\nA -> B : whole\nA ->\n@enduml\n"])
    assert [arrow.label for arrow in plantuml_arrows(svg)] == ["whole", ""]


def test_mermaid_errors_are_noticed() -> None:
    broken = {
        "sequenceDiagram\n  A->>B hello\n": "Parse error",
        "sequenceDiagram\n  A->>B: one; two\n  A->>\n": "Parse error",
        "sequenceDiagram\n" + "  A->>B: hello there all\n" * 3000: "Maximum text size",
        "flowchart LR\n  A --> B\n": "no sequence diagram",
    }
    good, *bad = mermaid_answers(["sequenceDiagram\n  A->>B: good\n", *broken])
    assert len(mermaid_arrows(mermaid_picture(good))) == 1
    for answer, complaint in zip(bad, broken.values(), strict=True):
        with pytest.raises(ChartError, match=complaint):
            mermaid_picture(answer)
