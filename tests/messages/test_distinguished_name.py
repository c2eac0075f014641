"""Distinguished names in DER as text (RFC 4514)."""

from __future__ import annotations

import pytest
from cryptography import x509
from cryptography.x509.name import _ASN1Type
from cryptography.x509.oid import NameOID
from hypothesis import given
from hypothesis import strategies as st

from hellodone.messages.distinguished_name import name_text

OIDS = [NameOID.COMMON_NAME, NameOID.ORGANIZATION_NAME, NameOID.ORGANIZATIONAL_UNIT_NAME, NameOID.LOCALITY_NAME]


def der(*parts: tuple[x509.ObjectIdentifier, str]) -> bytes:
    return x509.Name([x509.NameAttribute(oid, value) for oid, value in parts]).public_bytes()


def test_the_last_part_comes_first() -> None:
    name = der((NameOID.COUNTRY_NAME, "SE"), (NameOID.ORGANIZATION_NAME, "Example AB"), (NameOID.COMMON_NAME, "Root"))
    assert name_text(name) == "CN=Root,O=Example AB,C=SE"


def test_parts_of_several_attributes_are_joined_by_a_plus() -> None:
    part = x509.RelativeDistinguishedName(
        [x509.NameAttribute(NameOID.COMMON_NAME, "a"), x509.NameAttribute(NameOID.USER_ID, "b")]
    )
    assert name_text(x509.Name([part]).public_bytes()) == "CN=a+UID=b"


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        ("Acme, Inc.", "Acme\\, Inc."),
        ("Zoë & Łukasz", "Zoë & Łukasz"),
        ("a\x1b[2J", "a\\1b[2J"),
        ("a=b+c", "a=b\\+c"),
        ("a\\b", "a\\\\b"),
        ("\u2028", "\\e2\\80\\a8"),
    ],
)
def test_special_characters_are_escaped(value: str, shown: str) -> None:
    assert name_text(der((NameOID.COMMON_NAME, value))) == f"CN={shown}"


def test_other_kinds_of_strings_and_attributes() -> None:
    wide = x509.NameAttribute(NameOID.COMMON_NAME, "Žofie", _type=_ASN1Type.BMPString)
    assert name_text(x509.Name([wide]).public_bytes()) == "CN=Žofie"
    assert name_text(der((x509.ObjectIdentifier("2.999.1"), "x"))) == "2.999.1=x"


def test_an_empty_name_is_empty() -> None:
    assert name_text(b"\x30\x00") == ""


@given(st.binary(max_size=60))
def test_what_is_no_name_is_shown_in_hexadecimal(data: bytes) -> None:
    assert isinstance(name_text(data), str)
    assert name_text(b"\x31" + data) == (b"\x31" + data).hex()


@given(st.lists(st.tuples(st.sampled_from(OIDS), st.text("abc xyz0", min_size=1, max_size=20)), max_size=4))
def test_names_are_shown_as_the_library_shows_them(parts: list[tuple[x509.ObjectIdentifier, str]]) -> None:
    parts = [(oid, value.strip() or "x") for oid, value in parts]
    name = x509.Name([x509.NameAttribute(oid, value) for oid, value in parts])
    assert name_text(name.public_bytes()) == name.rfc4514_string()


@given(st.integers(0, 200))
def test_a_name_cut_short_is_shown_in_hexadecimal(end: int) -> None:
    whole = der(
        (NameOID.ORGANIZATION_NAME, "o" * 64), (NameOID.COMMON_NAME, "c" * 64), (NameOID.LOCALITY_NAME, "l" * 64)
    )
    cut = whole[: min(end, len(whole) - 1)]
    assert name_text(cut) == cut.hex()
