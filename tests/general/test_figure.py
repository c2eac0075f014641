"""The two columns, beside those that the RFCs have."""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path

import pytest

from hellodone.general.figure import LEGEND, figure, lines_of
from hellodone.general.runs import Run
from tests.general.every import chosen

FIGURES = Path(__file__).parent.parent / "data" / "figures"
RFC_5246 = ("RSA", "DHE_RSA", "DHE_DSS", "DH_RSA", "DH_DSS", "DH_anon")
RFC_4492 = ("ECDH_ECDSA", "ECDHE_ECDSA", "ECDH_RSA", "ECDHE_RSA", "ECDH_anon")
_LABEL = re.compile(r"\((?:with|empty|w/)?[^()]*extensions?\)")


def normal(lines: Iterable[str]) -> list[str]:
    """A figure's lines without what is not a message: white space, rules, remarks about extensions."""
    squeezed = (" ".join(_LABEL.sub(" ", line).split()) for line in lines)
    return [line for line in squeezed if line.strip("- ")]


def drawn_by(rfc: str) -> list[str]:
    lines = (FIGURES / f"{rfc}.txt").read_text().splitlines()
    return [line for line in normal(lines) if not line.startswith(("* ", "+ ", "is desired"))]


def ours(runs: list[Run], *, authentication_marked: bool = True) -> list[str]:
    lines = figure(runs, "caption").splitlines()
    end = next(i for i, line in enumerate(lines) if "Application Data" in line)
    found = normal(lines[: end + 1])
    return found if authentication_marked else [line.replace("+", "") for line in found]


def full(run: Run) -> bool:
    return run.features["handshake"] == "full"


def without_extensions(run: Run) -> bool:
    return not any(run.features.get(name) for name in ("tickets", "status", "supplemental")) and (
        run.features.get("client_auth") != "url"
    )


def test_figure_1_of_rfc_5246() -> None:
    runs = chosen(lambda run: full(run) and without_extensions(run) and run.features["key_exchange"] in RFC_5246)
    assert ours(runs, authentication_marked=False) == drawn_by("rfc5246-figure1")


def test_figure_2_of_rfc_5246() -> None:
    assert ours(chosen(lambda run: not full(run))) == drawn_by("rfc5246-figure2")


def test_figure_1_of_rfc_4492() -> None:
    runs = chosen(lambda run: full(run) and without_extensions(run) and run.features["key_exchange"] in RFC_4492)
    assert ours(runs) == drawn_by("rfc4492-figure1")
    text = " ".join(figure(runs, "caption").split())
    rfc = " ".join((FIGURES / "rfc4492-figure1.txt").read_text().split())
    for mark, words in LEGEND.items():
        assert f"{mark} {words}" in text
        assert f"{mark} {words}" in rfc


def test_figure_1_of_rfc_5077() -> None:
    """With a ticket in every run it is sent always."""
    without_ticket = chosen(lambda run: full(run) and without_extensions(run))
    assert "NewSessionTicket" not in "".join(ours(without_ticket))
    runs = chosen(lambda run: full(run) and run.features.get("tickets") == "yes")
    assert "NewSessionTicket" in ours(runs)
    undecided = {"ServerKeyExchange", "CertificateStatus", "SupplementalData"}  # that hang on what is not chosen here
    assert names(ours(runs), undecided) == names(drawn_by("rfc5077-figure1"), undecided)


def names(lines: list[str], without: set[str]) -> list[str]:
    """The messages alone, without marks and arrows."""
    found = (re.sub(r"<?-{4,}>?|[*+]", "", line).strip() for line in lines)
    return [name for name in found if name and name not in without]


def test_figure_1_of_rfc_4680() -> None:
    runs = chosen(
        lambda run: (
            full(run)
            and not any(run.features.get(name) for name in ("tickets", "status"))
            and run.features.get("client_auth") != "url"
        )
    )
    assert ours(runs, authentication_marked=False) == drawn_by("rfc4680-figure1")


def test_full_and_abbreviated_handshakes_are_two_figures() -> None:
    with pytest.raises(ValueError, match="contrary orders"):
        lines_of(chosen(lambda run: True))


def test_the_columns_are_those_of_rfc_5246_to_the_character() -> None:
    runs = chosen(lambda run: full(run) and without_extensions(run) and run.features["key_exchange"] in RFC_5246)
    text = figure(runs, "caption").replace("+", " ")
    drawn = [line.rstrip() for line in text.splitlines()]
    theirs = (FIGURES / "rfc5246-figure1.txt").read_text().splitlines()
    marked = ("Certificate*", "CertificateRequest*", "CertificateVerify*")
    assert [line for line in theirs if not line.strip().startswith(marked) and line not in drawn] == []


def test_every_optional_message_has_its_condition() -> None:
    for line in lines_of(chosen(full)):
        assert bool(line.marks) == bool(line.when), line
