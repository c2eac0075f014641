"""Languages have the same sentences, none left in English, and words for everything that is checked."""

from __future__ import annotations

import ast
import re
import string
from collections.abc import Iterator
from pathlib import Path

import pytest

from hellodone.diagram.language import CODES, language, tables
from hellodone.errors import ConfigurationError
from hellodone.trace.model import Phase

SOURCE = Path(__file__).parent.parent.parent / "src" / "hellodone"
OTHERS = [code for code in CODES if code != "en"]
SAME_EVERYWHERE = {"language.space", "language.code", "reactions.sentence"}


def sentences(code: str) -> dict[str, str]:
    return {
        f"{table}.{key}": text
        for table, keys in tables(code).items()
        if table not in ("claims", "things")
        for key, text in keys.items()
    }


def places(text: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(text) if name is not None}


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
            elif node.func.attr == "note_checks" and isinstance(node.args[0], ast.List):
                for claim in node.args[0].elts:
                    yield from templates(claim)


def templates(node: ast.expr) -> Iterator[str]:
    if isinstance(node, ast.Constant):
        yield str(node.value)
    elif isinstance(node, ast.JoinedStr):
        yield "".join(str(part.value) if isinstance(part, ast.Constant) else "VALUE" for part in node.values)


@pytest.mark.parametrize("code", OTHERS)
def test_every_sentence_is_there_and_translated(code: str) -> None:
    english, other = sentences("en"), sentences(code)
    assert other.keys() == english.keys()
    assert [key for key in english if other[key] == english[key] and key not in SAME_EVERYWHERE] == []
    assert [key for key in english if places(other[key]) != places(english[key])] == []


@pytest.mark.parametrize("code", OTHERS)
def test_every_claim_is_translated_with_all_its_values(code: str) -> None:
    for english, other in (tables(code)["claims"] | tables(code)["things"]).items():
        assert other != english
        assert other.count("{}") == english.count("{}"), english


@pytest.mark.parametrize("code", OTHERS)
def test_every_check_of_the_handshake_has_words(code: str) -> None:
    words = language(code)
    said = [claim.replace("the VALUE", "the client", 1) for claim in claims_in_the_code()]
    said = [re.sub("^the client extended", "the client offers extended", claim) for claim in said]
    assert len(said) > 50
    assert [claim for claim in said if words.claim(claim) == claim] == []


@pytest.mark.parametrize("code", OTHERS)
def test_every_check_of_a_certificate_has_words(code: str) -> None:
    words, said = language(code), list(claims_about_certificates())
    assert len(said) > 15
    assert [claim for claim in said if words.claim(claim) == claim] == []


def test_languages_claim_the_same() -> None:
    first, *rest = (list(tables(code)["claims"]) for code in OTHERS)
    assert all(other == first for other in rest)


def test_a_reference_stays_behind_the_claim() -> None:
    said = language("da").claim("the client's verify_data is what we compute over the handshake (RFC 5246, 7.4.9)")
    assert said == "klientens verify_data er den, vi selv beregner over handshaket (RFC 5246, 7.4.9)"


def test_what_a_claim_is_about_is_translated_too() -> None:
    claim = "the certificate of CN=a is within its dates"
    assert language("da").claim(claim) == "certifikatet for CN=a er inden for sin gyldighedsperiode"
    assert language("zh").claim(claim) == "CN=a 的证书在有效期内"


def test_what_has_no_words_stays_as_it_was_recorded() -> None:
    assert language("zh").claim("a claim of a later version") == "a claim of a later version"


def test_every_phase_has_a_heading() -> None:
    for code in CODES:
        assert len({language(code).heading(phase) for phase in Phase}) == len(Phase)


def test_an_unknown_language_is_refused() -> None:
    with pytest.raises(ConfigurationError, match="en, da, zh"):
        language("tlh")
