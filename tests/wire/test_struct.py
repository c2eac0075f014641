"""Structs and the forms that are made of other forms."""

from __future__ import annotations

from typing import Annotated, Any

import pytest

from hellodone.errors import DecodeError, EncodeError
from hellodone.wire.codec import Reader, fixed, opaque, uint8, uint16, vector
from hellodone.wire.forms import embedded, maybe, sized, unassigned
from hellodone.wire.struct import Struct, dissect, select


class Point(Struct):
    x: Annotated[int, uint8]
    y: Annotated[int, uint8] = 7


class Line(Struct):
    start: Point
    ends: Annotated[tuple[Point, ...], vector(Point, 0, 255)]


class Shape(Struct):
    kind: Annotated[int, uint8]
    body: Annotated[Any, select("kind", {1: Point, 2: opaque(1, 255)}, default=unassigned)]


class Open(Struct):
    kind: Annotated[int, uint8]
    body: Annotated[Any, select("kind", {1: Point})]


class Boxed(Struct):
    box: Annotated[Point, sized(Point, 255)]
    after: Annotated[int, uint8]


class Ending(Struct):
    x: Annotated[int, uint8]
    last: Annotated[bytes | None, maybe(opaque(1, 255))]


class Holder(Struct):
    inside: Annotated[bytes, embedded(Point, 0, 255)]


class Nothing(Struct):
    """No fields."""


def leaves(kind: type[Struct], raw: str) -> list[tuple[str, int]]:
    return [(leaf.name, leaf.end - leaf.start) for leaf in dissect(kind, bytes.fromhex(raw)).leaves()]


def test_values_are_given_by_place_or_name_and_may_have_defaults() -> None:
    assert Point(1, 2) == Point(x=1, y=2) == Point(1, y=2)
    assert Point(1).y == 7
    assert Point(1) != Point(2)
    assert repr(Point(1)) == "Point(x=1, y=7)"
    assert Nothing() == Nothing()
    assert Nothing() != Point(1)


@pytest.mark.parametrize("values", [{"y": 1}, {"x": 1, "z": 2}])
def test_missing_and_unknown_fields_are_refused(values: dict[str, int]) -> None:
    with pytest.raises(TypeError, match="Point"):
        Point(**values)


def test_values_given_twice_or_in_excess_are_refused() -> None:
    with pytest.raises(TypeError):
        Point(1, x=2)  # type: ignore[misc]
    with pytest.raises(TypeError):
        Point(1, 2, 3)  # type: ignore[call-arg]


def test_structs_do_not_change() -> None:
    point = Point(1, 2)
    with pytest.raises(AttributeError):
        point.x = 3  # type: ignore[misc]
    with pytest.raises(AttributeError):
        del point.x
    assert point.replace(x=3) == Point(3, 2)
    assert {point, Point(1, 2)} == {point}


def test_structs_hold_structs() -> None:
    line = Line(Point(1, 2), (Point(3, 4), Point(5, 6)))
    assert line.encode().hex() == "01020403040506"
    assert Line.parse(line.encode()) == line


def test_faults_name_struct_and_field() -> None:
    with pytest.raises(DecodeError, match=r"^Line\.start: Point\.y: 1 byte expected, 0 there$"):
        Line.parse(b"\x01")
    with pytest.raises(DecodeError, match=r"^Point: 1 byte left over$"):
        Point.parse(b"\x01\x02\x03")
    with pytest.raises(EncodeError, match=r"^Line\.start: Point\.x: 256 does not fit in 1 byte$"):
        Line(Point(256), ()).encode()


def test_a_variant_follows_from_an_earlier_field() -> None:
    assert Shape.parse(b"\x01\x02\x03").body == Point(2, 3)
    assert Shape.parse(b"\x02\x01a").body == b"a"
    assert Open.parse(b"\x09abc").body == b"abc"
    assert Shape(2, b"a").encode() == b"\x02\x01a"


def test_an_unassigned_variant_cannot_be_read_or_written() -> None:
    with pytest.raises(DecodeError, match="not assigned"):
        Shape.parse(b"\x09abc")
    with pytest.raises(EncodeError, match="not assigned"):
        Shape(9, b"abc").encode()
    assert leaves(Shape, "09616263") == [("kind", 1), ("malformed", 3)]


def test_a_sized_form_must_fill_its_length() -> None:
    assert Boxed(Point(1, 2), 3).encode().hex() == "02010203"
    assert Boxed.parse(bytes.fromhex("02010203")) == Boxed(Point(1, 2), 3)
    for wrong in ("0301020303", "010103", "05010203"):
        with pytest.raises(DecodeError, match=r"^Boxed\.box"):
            Boxed.parse(bytes.fromhex(wrong))
    assert leaves(Boxed, "02010203") == [("length", 1), ("x", 1), ("y", 1), ("after", 1)]
    assert leaves(Boxed, "0301020309")[:4] == [("length", 1), ("x", 1), ("y", 1), ("trailing", 1)]
    assert leaves(Boxed, "050102") == [("malformed", 3)]


def test_a_sized_form_has_a_ceiling() -> None:
    with pytest.raises(EncodeError):
        sized(opaque(0, 2**16 - 1), 255).write(bytes(300), bytearray())


def test_a_form_may_be_absent_at_the_end() -> None:
    assert Ending.parse(b"\x01").last is None
    assert Ending.parse(b"\x01\x01a").last == b"a"
    assert Ending(1, None).encode() == b"\x01"
    with pytest.raises(DecodeError):
        Ending.parse(b"\x01\x00")
    assert leaves(Ending, "01") == [("x", 1)]


def test_an_embedded_form_is_dissected_but_kept_as_bytes() -> None:
    assert Holder.parse(bytes.fromhex("020102")).inside == b"\x01\x02"
    assert leaves(Holder, "020102") == [("length", 1), ("x", 1), ("y", 1)]
    assert Holder.parse(bytes.fromhex("0101")).inside == b"\x01"
    assert leaves(Holder, "0101") == [("length", 1), ("inside", 1)]
    assert leaves(Holder, "03010203") == [("length", 1), ("inside", 3)]


def test_an_empty_struct_takes_no_bytes() -> None:
    assert Nothing.parse(b"") == Nothing()
    assert Nothing().encode() == b""
    with pytest.raises(DecodeError, match=r"^Nothing: 1 byte left over$"):
        Nothing.parse(b"\x00")
    assert leaves(Nothing, "00") == [("trailing", 1)]


def test_a_dissection_goes_on_to_the_fault_and_names_the_rest() -> None:
    items = [("x", 1), ("y", 1), ("x", 1)]
    assert leaves(Line, "010203aabbcc") == [("x", 1), ("y", 1), ("length", 1), *items]
    assert leaves(Line, "010203aabbccdd") == [("x", 1), ("y", 1), ("length", 1), *items, ("malformed", 1)]
    assert leaves(Line, "010209aabbcc") == [("x", 1), ("y", 1), ("malformed", 4)]


def test_a_dissection_has_the_places_of_the_whole_message() -> None:
    field = dissect(Point, b"....\x01\x02..", 4, 6, "origin")
    assert (field.name, field.start, field.end) == ("origin", 4, 6)
    assert [(leaf.name, leaf.start, leaf.meaning) for leaf in field.leaves()] == [("x", 4, "1"), ("y", 5, "2")]


def test_a_fixed_field_that_is_cut_short_is_malformed() -> None:
    class Random(Struct):
        random: Annotated[bytes, fixed(32)]
        version: Annotated[int, uint16]

    field = dissect(Random, bytes(31))
    assert [(leaf.name, leaf.start, leaf.end) for leaf in field.leaves()] == [("malformed", 0, 31)]
    assert field.find("random") is not None


def test_a_reader_of_a_struct_stops_after_it() -> None:
    reader = Reader(b"\x01\x02\x03")
    assert Point.read(reader) == Point(1, 2)
    assert reader.pos == 2
