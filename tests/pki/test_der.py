"""The little DER that Diffie-Hellman keys need, held against the library's ASN.1 and against arbitrary octets."""

from __future__ import annotations

from contextlib import suppress

import pytest
from cryptography.hazmat import asn1
from cryptography.x509 import ObjectIdentifier
from hypothesis import given
from hypothesis import strategies as st

from hellodone.pki.der import DerError, Elements, Tag, element, integer, object_identifier, sequence

ARCS = st.lists(st.integers(0, 1 << 30), min_size=1, max_size=8)


@given(st.integers(0, 1 << 9000))
def test_integers_are_those_of_the_library(number: int) -> None:
    der = integer(number)
    assert der == asn1.encode_der(number)
    elements = Elements(der)
    assert elements.natural(max(1, number.bit_length())) == number
    elements.finish()


@given(st.integers(0, 2), st.integers(0, 39), ARCS)
def test_object_identifiers_are_those_of_the_library(first: int, second: int, arcs: list[int]) -> None:
    dotted = ".".join(map(str, (first, second, *arcs)))
    assert object_identifier(dotted) == asn1.encode_der(ObjectIdentifier(dotted))


@given(st.sampled_from(list(Tag)), st.integers(0, 70_000), st.binary(max_size=4))
def test_elements_of_every_length(tag: Tag, length: int, after: bytes) -> None:
    contents = bytes(length)
    elements = Elements(element(tag, contents) + after)
    assert elements.take(tag) == contents
    assert elements.next_tag == (after[0] if after else None)


def test_elements_inside_elements() -> None:
    outer = Elements(sequence(integer(1), sequence(integer(2)), element(Tag.OCTET_STRING, b"x")))
    fields = outer.inside()
    assert fields.natural(8) == 1
    assert fields.inside().natural(8) == 2
    assert fields.take(Tag.OCTET_STRING) == b"x"
    fields.finish()
    outer.finish()


@pytest.mark.parametrize(
    ("octets", "sentence"),
    [
        ("", "nothing stands where an INTEGER was expected"),
        ("0401", "an element with tag 0x04 stands where an INTEGER"),
        ("02", "a length is cut short"),
        ("0201", "longer than what holds it"),
        ("020205", "longer than what holds it"),
        ("0280", "not written in its shortest form"),
        ("028105" + "01" * 5, "not written in its shortest form"),
        ("02820080" + "01" * 128, "not written in its shortest form"),
        ("0282", "cut short"),
        ("0285000000000101", "too long"),
        ("02850100000000", "too long"),
        ("02ff", "cut short"),
        ("0200", "an INTEGER is not written in its shortest form"),
        ("02020001", "an INTEGER is not written in its shortest form"),
        ("0201ff", "an INTEGER is negative"),
        ("02020100", "an INTEGER is longer than 8 bits"),
        ("020400ffffff", "an INTEGER is longer than 8 bits"),
    ],
)
def test_what_is_no_small_integer(octets: str, sentence: str) -> None:
    with pytest.raises(DerError, match=sentence):
        Elements(bytes.fromhex(octets)).natural(8)


def test_nothing_may_follow_the_end() -> None:
    with pytest.raises(DerError, match="something follows"):
        Elements(b"\x00").finish()


@given(st.binary(max_size=40), st.sampled_from(list(Tag)))
def test_arbitrary_octets(octets: bytes, tag: Tag) -> None:
    with suppress(DerError):
        contents = Elements(octets).take(tag)
        assert octets.startswith(element(tag, contents))  # there is one way only to write it
