"""Lines of a given width, and values of a given length."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hellodone.diagram.values import counted, cut, first_of, moderate, plain, short
from hellodone.diagram.wrap import columns, limited, wrap

TEXT = st.text(st.characters(codec="utf-8"), max_size=120).map(plain)


@given(TEXT, st.integers(20, 100))
def test_lines_are_as_wide_as_allowed_and_nothing_is_lost(text: str, width: int) -> None:
    lines = wrap(text, width)
    assert all(columns(line) <= width for line in lines)
    assert "".join("".join(lines).split()) == "".join(text.split())


def test_lines_break_at_spaces_and_keep_their_indentation() -> None:
    assert wrap("one two three four", 9) == ["one two", "  three", "  four"]
    assert wrap("    in deep water we swim", 16) == ["    in deep", "      water we", "      swim"]
    assert wrap("abcdefghij", 4, "") == ["abcd", "efgh", "ij"]


def test_wide_characters_count_double_and_marks_nothing() -> None:
    assert columns("漢字") == 4
    assert columns("e\u0301") == 1
    assert columns("✓ ⟨secret A⟩ → │") == 16
    assert wrap("漢字漢字", 5, "") == ["漢字", "漢字"]


@given(TEXT)
def test_plain_text_prints_on_one_line(text: str) -> None:
    assert text.isprintable()


def test_what_does_not_print_is_escaped() -> None:
    assert plain("a\nb\x1b[0m\u202e\ud800\xa0") == "a\\nb\\x1b[0m\\u202e\\ud800\\xa0"


@given(st.text(max_size=300), st.integers(40, 100))
def test_a_cut_text_says_how_much_is_missing(text: str, limit: int) -> None:
    result = cut(text, limit)
    assert len(result) <= limit
    if result != text:
        kept, _, end = result.rpartition("… (")
        assert text.startswith(kept)
        assert int(end.removesuffix(" characters more)")) == len(text) - len(kept)


def test_a_cut_divides_no_escape() -> None:
    text = plain("HTTP/1.1 200 OK\r\nServer: \u202e" + "x" * 80)
    for limit in range(40, 80):
        kept = cut(text, limit).partition("…")[0]
        assert re.fullmatch(r"(?:[^\\]|\\[rn]|\\u[0-9a-f]{4})*", kept), kept


def test_values() -> None:
    assert short("ab" * 32) == "abababab… (32 bytes)"
    assert short("ab" * 8) == "ab" * 8
    assert short("not hexadecimal at all, but long") == "not hexadecimal at all, but long"
    assert moderate("ab" * 64) == "ab" * 64
    assert moderate("ab" * 65) == "ab" * 32 + "… (65 bytes)"
    assert first_of("x25519, secp256r1") == "2, first x25519"
    assert first_of("x25519") == "x25519"
    assert [counted(n, "byte") for n in (0, 1, 2, 12345)] == ["0 bytes", "1 byte", "2 bytes", "12,345 bytes"]


@pytest.mark.parametrize("most", [100, 500])
@given(st.lists(st.text("ab ", min_size=1, max_size=90), min_size=1, max_size=30))
def test_limited_lines_fit_and_say_what_is_missing(most: int, lines: list[str]) -> None:
    lengths = [len(line) + 2 for line in lines]
    kept = limited(lines, most, lengths)
    assert sum(len(line) + 2 for line in kept) <= most or kept == lines
    if kept != lines:
        last, _, end = kept[-1].rpartition("… (")
        shown = sum(map(len, kept[:-1])) + len(last)
        assert int(end.removesuffix(" characters more)").replace(",", "")) == sum(map(len, lines)) - shown
