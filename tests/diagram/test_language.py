"""Languages have the same sentences, none left in English, and words for everything that is checked."""

from __future__ import annotations

import ast
import re
import string
from collections.abc import Iterator
from pathlib import Path

import pytest

from hellodone.diagram.language import CODES, LABELS, PAGE, PHRASES, SUBJECTS, language, tables
from hellodone.errors import ConfigurationError
from hellodone.general.conditions import PHRASES as CONDITIONS
from hellodone.general.conditions import WHOLE
from hellodone.trace.fact_table import FACTS
from hellodone.trace.model import Party, Phase

SOURCE = Path(__file__).parent.parent.parent / "src" / "hellodone"
PAGE_FILES = SOURCE / "diagram" / "page"
OTHERS = [code for code in CODES if code != "en"]
BY_ENGLISH = (*PHRASES, LABELS, SUBJECTS, PAGE)
"""The tables whose keys are English."""
SAME_EVERYWHERE = {"language.space", "language.separator", "language.disjunction", "language.arrow"}
SHARED = re.compile(
    r"\{\d?\w*\}|\b(?:bytes?|cipher suites?|server|records?|version|data|CA)\b|Baseline Requirements", re.IGNORECASE
)
"""Places, and words that are the same in Danish, or a name."""
FILLED = (
    "lang",
    "title",
    "generator",
    "style",
    "digest",
    "chart",
    "steps",
    "data",
    "script",
    "outcome",
    "outcome-kind",
    "heading",
    "overview",
    "width",
)
"""Places of the page that are no words."""


def sentences(code: str) -> dict[str, str]:
    return {
        f"{table}.{key}": text
        for table, keys in tables(code).items()
        if table not in BY_ENGLISH
        for key, text in keys.items()
    }


def by_english(code: str) -> Iterator[tuple[str, str, str]]:
    """Table, English and the other, of all that is looked up by what it is in English."""
    return ((table, english, other) for table in BY_ENGLISH for english, other in tables(code)[table].items())


def places(text: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(text) if name is not None}


def same(english: str, other: str) -> bool:
    """Whether it was left in English, and there is something in it that is not the same in both."""
    return other == english and any(character.isalpha() for character in SHARED.sub("", english))


def words_of_the_page() -> set[str]:
    """What the scripts hand to ``t`` and the page has in places, values replaced by ``{}``."""
    scripts = "".join([file.read_text(encoding="utf-8") for file in sorted(PAGE_FILES.glob("*.js"))])
    found = {
        re.sub(r"\$\{[^{}]*\}", "{}", text) for text in re.findall(r"(?<![\w$])t`((?:[^`$]|\$\{[^{}]*\})*)`", scripts)
    }
    page = (PAGE_FILES / "page.html").read_text(encoding="utf-8")
    return found | {place for place in re.findall("@@(.+?)@@", page) if place not in FILLED} | {"{} steps"}


def claims_about_certificates() -> Iterator[str]:
    """What ``claim`` is set to where certificates are judged."""
    for path in sorted((SOURCE / "pki").rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "claim":
                yield from templates(node.value)


def claims_in_the_code() -> Iterator[str]:
    """What ``check`` and ``note_checks`` are called with, values replaced by a word."""
    for path in sorted((SOURCE / "handshake").rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Attribute):
                continue
            if node.func.attr == "check" and len(node.args) > 2:
                yield from templates(node.args[2])
            elif node.func.attr == "note_check":
                yield from templates(node.args[0])
            elif node.func.attr == "note_checks" and isinstance(node.args[0], ast.List):
                for claim in node.args[0].elts:
                    yield from templates(claim)


def reasons_in_the_code() -> Iterator[str]:
    """What ``check`` says that it found, and what is wrong where alerts are raised."""
    for path in (*sorted((SOURCE / "handshake").rglob("*.py")), SOURCE / "connection.py", SOURCE / "stream.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if not isinstance(node, ast.Call):
                continue
            called = ast.unparse(node.func).rpartition(".")[2]
            if called == "check" and len(node.args) > 3:
                yield from templates(node.args[3].body if isinstance(node.args[3], ast.Lambda) else node.args[3])
            elif called in ("FatalAlert", "TruncationError") and len(node.args) > (called == "FatalAlert"):
                yield from templates(node.args[-1 if called == "TruncationError" else 1])


def templates(node: ast.expr) -> Iterator[str]:
    if isinstance(node, ast.Constant):
        yield str(node.value)
    elif isinstance(node, ast.JoinedStr):
        yield "".join(str(part.value) if isinstance(part, ast.Constant) else "VALUE" for part in node.values)


@pytest.mark.parametrize("code", OTHERS)
def test_every_sentence_is_there_and_translated(code: str) -> None:
    english, other = sentences("en"), sentences(code)
    assert other.keys() == english.keys()
    assert [key for key in english if same(english[key], other[key]) and key not in SAME_EVERYWHERE] == []
    assert [key for key in english if places(other[key]) != places(english[key])] == []


@pytest.mark.parametrize("code", OTHERS)
def test_all_that_is_looked_up_in_english_is_translated_with_all_its_values(code: str) -> None:
    for table, english, other in by_english(code):
        assert not same(english, other), f"{table}: {english}"
        count = english.count("{}")
        found = [name for _, name, _, _ in string.Formatter().parse(other) if name is not None]
        assert sorted(found) in ([""] * count, [str(number) for number in range(count)]), english


def test_languages_have_words_for_the_same() -> None:
    first, *rest = ([(table, english) for table, english, _ in by_english(code)] for code in OTHERS)
    assert all(other == first for other in rest)


@pytest.mark.parametrize("code", OTHERS)
def test_the_page_has_the_words_that_it_uses_and_no_others(code: str) -> None:
    assert set(tables(code)[PAGE]) == words_of_the_page()


@pytest.mark.parametrize("code", OTHERS)
def test_facts_say_what_they_mean_and_how_they_are_computed(code: str) -> None:
    words = language(code)
    assert [fact.meaning for fact in FACTS.values() if words.text(fact.meaning) == fact.meaning] == []
    formulas = {source.formula for fact in FACTS.values() for party in Party for source in fact.sources_of(party)}
    prose = [formula for formula in formulas if re.search(r"\b(the|as|bytes|length)\b", formula)]
    assert len(prose) > 4
    assert [formula for formula in prose if words.text(formula) == formula] == []


@pytest.mark.parametrize("code", OTHERS)
def test_what_is_decided_in_the_protocol_has_words(code: str) -> None:
    words = language(code)
    said = [*(phrase for phrases in CONDITIONS.values() for phrase in phrases.values()), *WHOLE.values()]
    assert [phrase for phrase in said if words.text(phrase) == phrase] == []


def test_alternatives_and_lists_are_translated_part_by_part() -> None:
    words = language("da")
    assert words.text("a session is resumed, the client has no certificate") == (
        "en session genoptages, klienten har intet certifikat"
    )
    assert words.text("the server begins it or both agree to it") == "serveren indleder den eller begge går med til det"
    assert words.text("static Diffie-Hellman: DH_RSA, DH_DSS") == "Diffie-Hellman med faste nøgler: DH_RSA, DH_DSS"


def test_a_list_has_the_separator_of_its_language() -> None:
    assert language("zh").listed(["a", "b"]) == "a、b"
    assert language("da").text("RFC 9325, 4.1 and 4.2") == "RFC 9325, 4.1 og 4.2"
    assert (
        language("zh").text("resumed: no (agreed, RFC 5746, 3.4 and 3.6)")
        == "resumed: 否（商定，RFC 5746, 3.4 和 3.6）"
    )


def test_names_of_the_rfcs_stay_as_they_are() -> None:
    for said in (
        "cipher_suite: TLS_RSA_WITH_AES_128_CBC_SHA",
        "extensions: server_name, session_ticket",
        "DHE_RSA, RSA",
    ):
        assert [language(code).text(said) for code in OTHERS] == [said] * len(OTHERS)


def test_a_reason_without_words_is_called_english() -> None:
    assert (
        language("da").reason("it is not so that the client speaks TLS 1.2")
        == "det passer ikke, at klienten taler TLS 1.2"
    )
    assert language("da").reason("the moon is full") == "the moon is full (på engelsk)"
    half = "the moon is full; expected: the client speaks TLS 1.2"
    assert language("da").reason(half) == "the moon is full (på engelsk); ventet: klienten taler TLS 1.2"
    assert language("en").reason("the moon is full") == "the moon is full"


@pytest.mark.parametrize("code", OTHERS)
def test_every_check_of_the_handshake_has_words(code: str) -> None:
    words = language(code)
    said = [claim.replace("the VALUE", "the client", 1) for claim in claims_in_the_code()]
    said = [re.sub("^the client extended", "the client offers extended", claim) for claim in said]
    assert len(said) > 50
    assert [claim for claim in said if words.text(claim) == claim] == []


@pytest.mark.parametrize("code", OTHERS)
def test_every_check_of_a_certificate_has_words(code: str) -> None:
    words, said = language(code), list(claims_about_certificates())
    assert len(said) > 15
    assert [claim for claim in said if words.text(claim) == claim] == []


@pytest.mark.parametrize("code", OTHERS)
def test_every_reason_for_an_alert_has_words(code: str) -> None:
    words, said = language(code), [reason for reason in reasons_in_the_code() if " " in reason.replace("VALUE", "")]
    assert len(said) > 20
    assert [reason for reason in said if words.text(reason) == reason] == []


def test_a_reference_stays_behind_the_claim() -> None:
    said = language("da").text("the client's verify_data is what we compute over the handshake (RFC 5246, 7.4.9)")
    assert said == "klientens verify_data er den, vi selv beregner over handshaket (RFC 5246, 7.4.9)"


def test_what_a_claim_is_about_is_translated_too() -> None:
    claim = "the certificate of CN=a is within its dates"
    assert language("da").text(claim) == "certifikatet for CN=a er inden for sin gyldighedsperiode"
    assert language("zh").text(claim) == "CN=a 的证书在有效期内"


def test_what_has_no_words_stays_as_it_was_recorded() -> None:
    assert language("zh").text("a claim of a later version") == "a claim of a later version"


def test_every_phase_has_a_heading() -> None:
    for code in CODES:
        assert len({language(code).heading(phase) for phase in Phase}) == len(Phase)


def test_an_unknown_language_is_refused() -> None:
    with pytest.raises(ConfigurationError, match="en, da, zh"):
        language("tlh")
