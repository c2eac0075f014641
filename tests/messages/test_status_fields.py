"""OCSP requests, responses and CRLs opened to their fields: every byte under one name, whatever the bytes."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hellodone.messages.status_fields import dissect_crl, dissect_ocsp_request, dissect_ocsp_response
from hellodone.pki.lab_ocsp import make_unsuccessful
from hellodone.pki.laboratory import LabAuthority
from hellodone.pki.lookups import ocsp_query
from hellodone.wire.field import Field
from tests.pairs import NOW, lab

Dissect = Callable[[bytes], Field]
LEAF = lab().issue_server(key="ec").leaf
REQUEST = ocsp_query(LEAF, lab().certificate, "http://ca.test/", nonce=bytes(32)).body
CASES: list[tuple[Dissect, bytes]] = [
    (dissect_ocsp_request, REQUEST),
    (dissect_ocsp_response, lab().ocsp_response(REQUEST)),
    (dissect_ocsp_response, lab().ocsp_response(LEAF, delegated=lab().ocsp_delegate(), by_name=True)),
    (dissect_ocsp_response, make_unsuccessful("try_later")),
    (dissect_crl, lab().crl().der),
]


def said(field: Field, name: str) -> str:
    found = field.find(name)
    assert found is not None, name
    return found.meaning


@pytest.mark.parametrize(("dissect", "raw"), CASES)
def test_every_byte_belongs_to_one_field(dissect: Dissect, raw: bytes) -> None:
    place = 0
    for leaf in dissect(raw).leaves():
        assert leaf.start == place
        place = leaf.end
    assert place == len(raw)


def test_what_a_request_asks() -> None:
    field = dissect_ocsp_request(REQUEST)
    assert int(said(field, "serialNumber"), 16) == LEAF.x509.serial_number
    assert said(field, "extnID") == "nonce"
    assert said(field, "algorithm") == "sha1"


def test_what_a_response_says() -> None:
    good = dissect_ocsp_response(lab().ocsp_response(LEAF, NOW))
    assert said(good, "responseStatus") == "successful(0)"
    assert said(good, "certStatus") == "good"
    assert said(good, "thisUpdate") == "2026-06-01 12:00:00Z"
    assert said(good, "nextUpdate") == "2026-06-08 12:00:00Z"
    by_name = dissect_ocsp_response(lab().ocsp_response(LEAF, by_name=True))
    assert said(by_name, "responderID") == "CN=hellodone laboratory root"
    ca = LabAuthority.create(at=NOW)
    leaf = ca.issue_server(key="ec").leaf
    ca.revoke(leaf, at=NOW - timedelta(days=2))
    revoked = dissect_ocsp_response(ca.ocsp_response(leaf))
    assert said(revoked, "certStatus") == "revoked"
    assert said(revoked, "revocationTime") == "2026-05-30 12:00:00Z"
    assert said(dissect_ocsp_response(make_unsuccessful("unauthorized")), "responseStatus") == "unauthorized(6)"


def test_what_a_list_says() -> None:
    ca = LabAuthority.create(at=NOW)
    for _ in range(60):
        ca.revoke(ca.issue_server(key="ec").leaf)
    field = dissect_crl(ca.crl().der)
    assert said(field, "issuer") == "CN=hellodone laboratory root"
    entries = field.find("revokedCertificates")
    assert entries is not None
    assert entries.meaning == "more than 50 entries"
    assert entries.children[-1].name == "more"
    assert len(entries.children) <= 52


@given(st.binary(max_size=80))
def test_other_bytes_are_a_field_that_says_so(raw: bytes) -> None:
    for dissect in (dissect_ocsp_request, dissect_ocsp_response, dissect_crl):
        assert sum(leaf.end - leaf.start for leaf in dissect(raw).leaves()) == len(raw)


@given(st.integers(0, 4), st.data())
def test_altered_bytes_too(number: int, data: st.DataObject) -> None:
    dissect, raw = CASES[number]
    at = data.draw(st.integers(0, len(raw) - 1))
    altered = raw[:at] + bytes([data.draw(st.integers(0, 255))]) + raw[at + 1 :]
    assert sum(leaf.end - leaf.start for leaf in dissect(altered).leaves()) == len(raw)
