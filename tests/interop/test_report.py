"""The page about interoperability says what happened, and the one in docs/ is about these matrices."""

from pathlib import Path

import pytest

from tests.interop.cells import PLANNED
from tests.interop.every_branch import BRANCHES, CERTIFIED, FIXED, KEY_EXCHANGES, PLAN, SIGNED, SUPPLEMENTAL
from tests.interop.rare_cells import RARE_PLANNED
from tests.interop.report import Outcome, holes, render, table
from tests.interop.suites import STATIC

PAGE = Path(__file__).parents[2] / "docs" / "interop.md"
ALL_PASSED: dict[str, Outcome] = {str(one): "passed" for one in PLANNED + RARE_PLANNED}
ONE = "hellodone_to_node8-DH_RSA_WITH_AES_128_CBC_SHA"
PROOF = "server/curl/resumption by session ID"


def lines(text: str, start: str) -> list[str]:
    """The lines that begin like this."""
    return [line for line in text.splitlines() if line.startswith(start)]


def test_what_passed_has_a_letter_for_its_role() -> None:
    (line,) = lines(render(ALL_PASSED, {PROOF: "passed"}), "| resumption by session ID |")
    assert line.split("|")[5].strip() == "S"
    (line,) = lines(render(ALL_PASSED, {}), "| DH_RSA_WITH_AES_128_CBC_SHA |")
    assert [word.strip() for word in line.split("|")[7:]] == ["C S", "", "", "C S", "", "", ""]


@pytest.mark.parametrize(("outcome", "said"), [("failed", "**C failed** S"), ("skipped", "C not run S")])
def test_what_did_not_pass_is_said(outcome: Outcome, said: str) -> None:
    assert ONE in ALL_PASSED
    page = render(ALL_PASSED | {ONE: outcome}, {PROOF: outcome})
    (line,) = lines(page, "| DH_RSA_WITH_AES_128_CBC_SHA |")
    assert said in line
    assert f"{len(ALL_PASSED) - 1} passed" in page
    assert "0 of 1 further features" in page


def test_a_cell_without_result_was_not_run() -> None:
    page = render({name: outcome for name, outcome in ALL_PASSED.items() if name != ONE}, {})
    assert "1 not run" in page
    assert "C not run S" in lines(page, "| DH_RSA_WITH_AES_128_CBC_SHA |")[0]


def test_nothing_depends_on_the_order_of_the_tests() -> None:
    proofs: dict[str, Outcome] = {PROOF: "passed", "client/go/a thing": "passed"}
    backwards = dict(reversed(ALL_PASSED.items()))
    assert render(ALL_PASSED, proofs) == render(backwards, dict(reversed(proofs.items())))


def test_the_page_in_docs_is_about_these_matrices(request: pytest.FixtureRequest) -> None:
    """Make it anew when this fails: see tests/interop/README.md."""
    if request.config.getoption("--interop-report"):
        pytest.skip("it is being made anew")
    page = PAGE.read_text(encoding="utf-8")
    wanted = render(ALL_PASSED, {})
    for section in ("## Cipher suites", "## Holes"):
        assert page.split(section)[1] == wanted.split(section)[1]
    for planned, shown in zip(lines(wanted, "| group"), lines(page, "| group"), strict=True):
        for field, on_page in zip(planned.split("|"), shown.split("|"), strict=True):
            assert set(field.split()) <= set(on_page.split())  # other tests may have shown more


def test_a_key_exchange_in_a_branch_names_its_peers() -> None:
    proofs: dict[str, Outcome] = {
        "client/openssl/DHE_DSS × resumption by ticket": "passed",
        "client/node8/DHE_DSS × resumption by ticket": "failed",
        "server/gnutls/DHE_DSS × resumption by ticket": "skipped",
    }
    page = render(ALL_PASSED, proofs)
    (line,) = lines(page.split("## Key exchanges by branch")[1], "| DHE_DSS |")
    assert " C OpenSSL 3, **OpenSSL 1.0.2 failed**; S GnuTLS not run " in line
    assert "| DHE_DSS ×" not in page


def test_every_key_exchange_has_a_peer_in_every_branch() -> None:
    """In one role at least: one that begins another handshake with a static DH client, for example, is not known."""
    proofs: dict[str, Outcome] = {str(one): "passed" for one in PLAN}
    table = render(ALL_PASSED, proofs).split("## Key exchanges by branch")[1].split("## ")[0]
    for exchange in KEY_EXCHANGES:
        (line,) = lines(table, f"| {exchange} |")
        fields = dict(zip(BRANCHES, (field.strip() for field in line.split("|")[2:]), strict=False))
        for branch in BRANCHES:
            exists = branch not in (SIGNED, FIXED) or exchange in (CERTIFIED if branch == SIGNED else STATIC)
            if exists and branch != SUPPLEMENTAL:
                assert fields[branch].startswith("C "), (exchange, branch)


def test_a_table_without_results_is_empty() -> None:
    assert table(["x"], {}).splitlines()[-1].replace("|", "").split() == ["x"]
    assert all(line.startswith("- ") for line in holes())
