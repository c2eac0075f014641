"""x509-limbo: the verdict on every case, each exception with the sentence that decides it, and what is said of it."""

from __future__ import annotations

from typing import Any

import pytest
from tools.limbo import cases, profile_of, table, verdict, write

EXCEPTIONS = table("exceptions")
CHECKS = table("checks")
BEYOND_THE_LIBRARY = [n for n, key in EXCEPTIONS["path"].items() if key in ("self-issued", "directory-name")]
CASES = [pytest.param(case, id=case["id"]) for case in cases()]


def test_every_case_is_here_and_every_negative_one_has_its_check() -> None:
    assert len(CASES) == 208
    assert set(CHECKS) == {case["id"] for case in cases() if not case["expected"]}


@pytest.mark.parametrize("case", CASES)
def test_the_verdict_is_the_expected_one_or_a_listed_exception(case: dict[str, Any]) -> None:
    for mode, found in (("path", verdict(case)), ("profile", verdict(case, profile_of(case)))):
        assert (found.accepted == case["expected"]) is (case["id"] not in EXCEPTIONS[mode]), found.reason


def test_every_exception_has_the_sentence_that_decides_it() -> None:
    for mode in ("path", "profile"):
        for name, key in EXCEPTIONS[mode].items():
            assert EXCEPTIONS["sentences"][key]["sentence"], name
            assert EXCEPTIONS["sentences"][key]["source"].startswith("RFC "), name


@pytest.mark.parametrize(
    "name", [n for n, key in EXCEPTIONS["path"].items() if key in ("self-issued", "directory-name")]
)
def test_where_the_library_cannot_judge_our_own_walk_says_so_and_may_decide(name: str) -> None:
    case = next(case for case in cases() if case["id"] == name)
    assert "our own walk (RFC 5280, 6) finds nothing wrong" in verdict(case).reason
    assert verdict(case, judge_alone=True).accepted


def test_the_explanation_names_the_check_that_a_case_is_about() -> None:
    found = {case["id"]: verdict(case, profile_of(case)) for case in cases() if not case["expected"]}
    unnamed = {name for name, rule in CHECKS.items() if rule not in found[name].rules}
    assert unnamed == set(EXCEPTIONS["unnamed"])
    assert len(unnamed) <= 0.05 * len(CHECKS)
    assert all(refused.reason for refused in found.values() if not refused.accepted)


def test_the_page_is_what_the_cases_say(tmp_path: Any) -> None:
    page = tmp_path / "limbo.md"
    write(page)
    text = page.read_text(encoding="utf-8")
    for mode in ("path", "profile"):
        assert all(f"`{name}`" in text for name in EXCEPTIONS[mode])
