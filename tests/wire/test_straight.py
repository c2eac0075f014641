"""What straight-line code reads and writes is what the codecs read and write, struct within struct, framed or not."""

from __future__ import annotations

from typing import Annotated, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hellodone.errors import DecodeError, EncodeError
from hellodone.wire.codec import Reader, fixed, opaque, rest, uint8, uint16, uint24, uint32, uint64, vector
from hellodone.wire.forms import Meaning, maybe, unassigned
from hellodone.wire.struct import MOST_FRAMED, Struct, select

TRUTH = Meaning(uint8, {0: False, 1: True}.__getitem__, int, "1 for true or 0 for false")


class Numbers(Struct):
    a: Annotated[int, uint8]
    b: Annotated[int, uint16]
    c: Annotated[int, uint24]
    d: Annotated[int, uint32]
    e: Annotated[int, uint64]
    f: Annotated[bool, TRUTH]


class Chosen(Struct):
    kind: Annotated[int, uint8]
    body: Annotated[Any, select("kind", {1: uint16, 2: opaque(2, 9), 3: Numbers}, default=unassigned)]


class Whole(Struct, kind=7):
    name: Annotated[bytes, opaque(1, 2**24 - 1)]
    chosen: Chosen
    numbers: Numbers
    few: Annotated[tuple[int, ...], vector(uint8, 0, 4)]
    many: Annotated[tuple[int, ...], vector(uint16, 2, 2**16 - 2)]
    names: Annotated[tuple[bytes, ...], vector(opaque(1, 255), 0, 2**16 - 1)]
    tail: Annotated[bytes, rest]


class Ending(Struct, kind=9):
    fixed: Annotated[bytes, fixed(4)]
    last: Annotated[bytes | None, maybe(opaque(1, 255))]


class Body(Struct, kind=255):
    all: Annotated[bytes, rest]


class Empty(Struct, kind=14):
    """No fields."""


NUMBERS = st.builds(Numbers, *(st.integers(0, 2 ** (8 * size) - 1) for size in (1, 2, 3, 4, 8)), st.booleans())
CHOSEN = st.one_of(
    st.builds(Chosen, st.just(1), st.integers(0, 2**16 - 1)),
    st.builds(Chosen, st.just(2), st.binary(min_size=2, max_size=9)),
    st.builds(Chosen, st.just(3), NUMBERS),
)
WHOLE = st.builds(
    Whole,
    st.binary(min_size=1, max_size=70),
    CHOSEN,
    NUMBERS,
    st.lists(st.integers(0, 255), max_size=4).map(tuple),
    st.lists(st.integers(0, 2**16 - 1), min_size=1, max_size=9).map(tuple),
    st.lists(st.binary(min_size=1, max_size=9), max_size=3).map(tuple),
    st.binary(max_size=5),
)


def by_codecs(value: Struct) -> bytes:
    out = bytearray()
    value._write_checked(out)
    return bytes(out)


@given(WHOLE)
def test_what_is_written_is_what_the_codecs_write_and_is_read_again(value: Whole) -> None:
    raw = value.encode()
    assert raw == by_codecs(value)
    assert Whole.parse(raw) == value
    assert Whole.parse(b"before" + raw, 6) == value
    assert Whole.read(reader := Reader(raw)) == value
    assert reader.pos == len(raw)


@given(WHOLE, st.data())
def test_what_is_cut_short_is_refused_from_wherever_it_is_read(value: Whole, data: st.DataObject) -> None:
    raw = value.replace(tail=b"").encode()
    short = raw[: data.draw(st.integers(0, len(raw) - 1))]
    for start in (0, 4):
        with pytest.raises(DecodeError, match=r"^Whole"):
            Whole.parse(bytes(start) + short, start)


@given(WHOLE)
def test_a_framed_struct_is_its_kind_its_length_and_itself(value: Whole) -> None:
    raw = value.encode()
    assert value.frame() == b"\x07" + len(raw).to_bytes(3, "big") + raw
    assert Whole.parse(value.frame(), 4) == value


def test_what_a_struct_writes_in_a_way_of_its_own_stays_so() -> None:
    class Own(Body, kind=3):
        def frame(self) -> bytes:
            return b"own"

    class Derived(Own, kind=4):
        more: Annotated[int, uint8]

    assert Own(b"abc").encode() == b"abc"
    assert Own(b"abc").frame() == b"own"
    assert Derived(b"", 5).frame() == b"\x04\x00\x00\x01\x05"


def test_small_and_empty_structs_are_framed_too() -> None:
    assert Empty().frame() == b"\x0e\x00\x00\x00"
    assert Body(b"").frame() == b"\xff\x00\x00\x00"
    assert Ending(b"abcd", None).frame() == b"\x09\x00\x00\x04abcd"
    assert Ending(b"abcd", b"e").frame() == b"\x09\x00\x00\x06abcd\x01e"


def test_only_messages_are_framed_and_none_that_is_too_long() -> None:
    with pytest.raises(TypeError, match="Numbers is no message"):
        Numbers(1, 2, 3, 4, 5, True).frame()
    with pytest.raises(EncodeError, match=r"^Body: 16777216 bytes, at most 16777215 allowed$"):
        Body(bytes(MOST_FRAMED + 1)).frame()
    with pytest.raises(EncodeError, match=r"^Ending.fixed: 3 bytes where 4 are due$"):
        Ending(b"abc", None).frame()


@pytest.mark.parametrize(
    ("value", "fault"),
    [
        (Chosen(1, 2**16), r"^Chosen.body: 65536 does not fit in 2 bytes$"),
        (Chosen(2, b"a"), r"^Chosen.body: 1 byte, 2 to 9 allowed$"),
        (Chosen(3, Numbers(1, 2, 2**24, 4, 5, True)), r"^Chosen.body: Numbers.c: 16777216 does not fit in 3 bytes$"),
        (Chosen(4, b""), "not assigned"),
    ],
)
def test_what_does_not_fit_is_named(value: Chosen, fault: str) -> None:
    with pytest.raises(EncodeError, match=fault):
        value.encode()


@pytest.mark.parametrize(
    ("raw", "fault"),
    [
        ("0100", r"^Chosen.body: 2 bytes expected, 1 there$"),
        ("020161", r"^Chosen.body: a length of 1, 2 to 9 allowed$"),
        ("0301000200000300000004000000000000000502", r"^Chosen.body: Numbers.f: 2 is not 1 for true"),
        ("04", "not assigned"),
        ("01000100", r"^Chosen: 1 byte left over$"),
    ],
)
def test_what_is_malformed_is_named(raw: str, fault: str) -> None:
    with pytest.raises(DecodeError, match=fault):
        Chosen.parse(bytes.fromhex(raw))


def test_a_struct_within_a_message_does_not_read_beyond_it() -> None:
    reader = Reader(bytes.fromhex("0100010203"), 0, 2)
    with pytest.raises(DecodeError):
        Chosen.read(reader)
    reader = Reader(b"abcd\x05efgh", 0, 6)
    with pytest.raises(DecodeError):
        Ending.read(reader)
