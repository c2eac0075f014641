"""Numbers and vectors of RFC 5246, section 4: the bytes, the bounds, the words for what is wrong."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hellodone.errors import DecodeError, EncodeError
from hellodone.wire.codec import (
    Reader,
    Rest,
    fixed,
    length_width,
    opaque,
    rest,
    text,
    uint8,
    uint16,
    uint24,
    uint32,
    uint64,
    vector,
)


def write(codec: Any, value: Any) -> bytes:
    out = bytearray()
    codec.write(value, out)
    return bytes(out)


def read(codec: Any, data: bytes) -> Any:
    reader = Reader(data)
    value = codec.read(reader)
    reader.finish()
    return value


@pytest.mark.parametrize(
    ("codec", "value", "raw"),
    [
        (uint8, 0x12, "12"),
        (uint16, 0x0303, "0303"),
        (uint24, 0x010203, "010203"),
        (uint32, 1, "00000001"),
        (uint64, 2**63, "8000000000000000"),
        (fixed(3), b"abc", "616263"),
        (rest, b"abc", "616263"),
        (opaque(0, 32), b"", "00"),
        (opaque(0, 255), b"abc", "03616263"),
        (opaque(0, 2**16 - 1), b"abc", "0003616263"),
        (opaque(0, 2**24 - 1), b"abc", "000003616263"),
        (opaque(0, 400), b"abc", "0003616263"),  # the ceiling decides the width, not the value (4.3)
        (vector(uint8, 0, 255), (1, 2), "020102"),
        (vector(uint16, 2, 2**16 - 2), (1, 0x1301), "000400011301"),
        (vector(uint24, 0, 255), (1, 2), "06000001000002"),
        (vector(opaque(1, 255), 2, 2**16 - 1), (b"h2", b"http/1.1"), "000c02683208687474702f312e31"),
    ],
)
def test_bytes_and_values(codec: Any, value: Any, raw: str) -> None:
    assert write(codec, value).hex() == raw
    assert read(codec, bytes.fromhex(raw)) == value


@pytest.mark.parametrize(("ceiling", "width"), [(1, 1), (255, 1), (256, 2), (400, 2), (65535, 2), (65536, 3)])
def test_the_ceiling_decides_the_width_of_a_length(ceiling: int, width: int) -> None:
    assert length_width(ceiling) == width


@pytest.mark.parametrize(
    ("codec", "raw", "reason"),
    [
        (uint16, "01", "2 bytes expected, 1 there"),
        (fixed(4), "010203", "4 bytes expected, 3 there"),
        (opaque(0, 32), "21" + "00" * 33, "a length of 33, 0 to 32 allowed"),
        (opaque(1, 255), "00", "a length of 0, 1 to 255 allowed"),
        (opaque(0, 255), "0401", "4 bytes expected, 1 there"),
        (vector(uint16, 2, 254), "03000102", "a length of 3 does not divide into items of 2 bytes"),
        (vector(uint16, 2, 254), "00", "a length of 0, 2 to 254 allowed"),
        (vector(uint24, 0, 255), "0400000100", "3 bytes expected, 1 there"),
        (vector(opaque(1, 255), 1, 255), "03020101ff", "1 byte left over"),
        (vector(opaque(1, 255), 1, 255), "020501", "5 bytes expected, 1 there"),
        (uint8, "0102", "1 byte left over"),
    ],
)
def test_what_does_not_fit_is_refused_in_words(codec: Any, raw: str, reason: str) -> None:
    with pytest.raises(DecodeError) as caught:
        read(codec, bytes.fromhex(raw))
    assert caught.value.reason == reason


@pytest.mark.parametrize(
    ("codec", "value"),
    [
        (uint8, 256),
        (uint8, -1),
        (uint24, 2**24),
        (fixed(3), b"abcd"),
        (opaque(1, 255), b""),
        (opaque(0, 32), bytes(33)),
        (vector(uint16, 2, 4), ()),
        (vector(uint16, 2, 4), (1, 2, 3)),
        (vector(uint8, 1, 255), (256,)),
    ],
)
def test_values_out_of_bounds_are_not_written(codec: Any, value: Any) -> None:
    with pytest.raises(EncodeError):
        write(codec, value)


@given(st.binary(max_size=20), st.integers(0, 20), st.integers(0, 20))
def test_a_reader_never_leaves_its_stretch(data: bytes, start: int, length: int) -> None:
    end = min(start + length, len(data))
    start = min(start, end)
    reader = Reader(data, start, end)
    assert reader.rest() == data[start:end]
    with pytest.raises(DecodeError):
        reader.take(1)
    with pytest.raises(DecodeError):
        Reader(data, start, end).sub(end - start + 1)


def test_numbers_are_shown_by_their_names() -> None:
    named = uint16({1: "one"}.get)  # type: ignore[arg-type]
    field = named.dissect(Reader(b"\x00\x01"), "number")
    assert (field.name, field.start, field.end, field.meaning) == ("number", 0, 2, "one")
    assert uint16.dissect(Reader(b"\x00\x01"), "number").meaning == "1"


def test_an_opaque_is_its_length_and_its_content() -> None:
    field = opaque(0, 255, text).dissect(Reader(b"\x02hi"), "greeting")
    assert field.meaning == "hi"
    assert [(leaf.name, leaf.meaning) for leaf in field.leaves()] == [("length", "2"), ("greeting", "hi")]
    assert Rest(text).dissect(Reader(b"hi"), "greeting").meaning == "hi"


def test_an_empty_opaque_is_its_length_alone() -> None:
    field = opaque(0, 255).dissect(Reader(b"\x00"), "session_id")
    assert [(leaf.name, leaf.meaning) for leaf in field.leaves()] == [("length", "0")]
    assert len(field.children) == 1


def test_a_vector_is_its_length_and_its_items() -> None:
    field = vector(uint16, 0, 255).dissect(Reader(b"\x04\x00\x01\x00\x02"), "suites")
    assert [leaf.name for leaf in field.leaves()] == ["length", "suite", "suite"]
    assert field.meaning == "1, 2"
    labelled = vector(uint16, 0, 255, "code").dissect(Reader(b"\x02\x00\x01"), "suites")
    assert [leaf.name for leaf in labelled.leaves()] == ["length", "code"]


def test_what_cannot_be_read_is_named_malformed() -> None:
    field = vector(uint16, 0, 255).dissect(Reader(b"\x03\x00\x01\x02"), "suites")
    assert [(leaf.name, leaf.start, leaf.end) for leaf in field.leaves()] == [
        ("length", 0, 1),
        ("suite", 1, 3),
        ("malformed", 3, 4),
    ]
    assert field.find("malformed") is not None
    assert field.find("nothing") is None


@pytest.mark.parametrize(
    ("data", "shown"), [(b"example.com", "example.com"), (b"a\x1b[2Jb", "a\\x1b[2Jb"), (b"\xff\n", "\\xff\\n")]
)
def test_text_holds_nothing_that_a_terminal_would_act_on(data: bytes, shown: str) -> None:
    assert text(data) == shown
