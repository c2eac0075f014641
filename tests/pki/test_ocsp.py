"""OCSP requests, and which responses are believed (RFC 6960, 3.2 and 4.2)."""

from __future__ import annotations

import base64
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any
from urllib.parse import unquote

import pytest
from cryptography import x509
from cryptography.x509.ocsp import load_der_ocsp_request
from hypothesis import given
from hypothesis import strategies as st

from hellodone.errors import AlertDescription, ConfigurationError
from hellodone.pki import lab_ocsp
from hellodone.pki.answers import Question, RevocationAnswer
from hellodone.pki.certificates import Certificate
from hellodone.pki.laboratory import LabAuthority
from hellodone.pki.lookups import crl_urls, ocsp_query, ocsp_urls
from hellodone.pki.ocsp import OcspResponse
from hellodone.pki.ocsp_judge import judge_ocsp
from tests.pki.conftest import NOON

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
NONCE = bytes(range(32))


@pytest.fixture(scope="module")
def ca() -> LabAuthority:
    return LabAuthority.create(at=NOON, name="Root")


@pytest.fixture(scope="module")
def leaf(ca: LabAuthority) -> Certificate:
    return ca.issue_server(("leaf.example",), "ec").leaf


Ask = Callable[..., RevocationAnswer]


@pytest.fixture
def ask(ca: LabAuthority, leaf: Certificate) -> Ask:
    """The answer that a response of the laboratory is judged to be; ``authority`` is who signs it."""

    def answer(authority: LabAuthority | None = None, **changes: Any) -> RevocationAnswer:
        response = (authority or ca).ocsp_response(leaf, **changes)
        return judge_ocsp(OcspResponse(response), Question(leaf, ca.certificate, NOON))

    return answer


def refused(answer: RevocationAnswer, *words: str) -> None:
    """The answer is of no use; its last check and its reason say why."""
    assert answer.status == "unusable"
    assert answer.alert == AlertDescription.certificate_unknown
    for word in words:
        assert word in answer.reason
    last = answer.checks[-1]
    assert not last.passed
    assert last.reason == answer.reason
    assert all(check.passed for check in answer.checks[:-1])


# --- requests


@pytest.mark.parametrize("hash_name", ["sha1", "sha256"])
@pytest.mark.parametrize("nonce", [None, NONCE])
def test_a_request_is_about_one_certificate(
    ca: LabAuthority, leaf: Certificate, hash_name: str, nonce: bytes | None
) -> None:
    query = ocsp_query(leaf, ca.certificate, "http://ca.example/ocsp", nonce=nonce, hash_name=hash_name)
    request = load_der_ocsp_request(query.body)
    assert request.serial_number == leaf.x509.serial_number
    assert request.hash_algorithm.name == hash_name
    assert [e.value.nonce for e in request.extensions if isinstance(e.value, x509.OCSPNonce)] == (
        [] if nonce is None else [NONCE]
    )


def test_get_is_for_what_a_cache_may_answer(ca: LabAuthority, leaf: Certificate) -> None:
    query = ocsp_query(leaf, ca.certificate, "http://ca.example/ocsp/")
    assert query.method == "GET"
    path = query.get_url.removeprefix("http://ca.example/ocsp/")
    assert base64.b64decode(unquote(path)) == query.body
    assert not set(path) & set("+/=")
    assert ocsp_query(leaf, ca.certificate, "http://ca.example/", nonce=NONCE).method == "POST"
    assert replace(query, body=bytes(200)).method == "POST"


def test_requests_that_cannot_be_made(ca: LabAuthority, leaf: Certificate) -> None:
    with pytest.raises(ConfigurationError, match="sha512"):
        ocsp_query(leaf, ca.certificate, "http://x/", hash_name="sha512")
    with pytest.raises(ConfigurationError, match="1 to 128"):
        ocsp_query(leaf, ca.certificate, "http://x/", nonce=b"")


def test_where_to_ask_stands_in_the_certificate(ca: LabAuthority, leaf: Certificate) -> None:
    located = replace(ca, ocsp_url="http://ca.example/ocsp", crl_url="http://ca.example/ca.crl")
    certificate = located.issue_server(key="ec").leaf
    assert ocsp_urls(certificate) == ("http://ca.example/ocsp",)
    assert crl_urls(certificate) == ("http://ca.example/ca.crl",)
    assert ocsp_urls(leaf) == crl_urls(leaf) == ()
    assert ocsp_urls(located.intermediate().certificate) == ("http://ca.example/ocsp",)


@pytest.mark.parametrize(
    "url", ["https://ca.example/", "ldap://ca.example/", "file:///etc/passwd", "http://a/ b", "http://a/" + "b" * 2050]
)
def test_only_plain_http_is_followed(ca: LabAuthority, url: str) -> None:
    certificate = replace(ca, ocsp_url=url, crl_url=url).issue_server(key="ec").leaf
    assert ocsp_urls(certificate) == crl_urls(certificate) == ()


# --- responses that are believed


@pytest.mark.parametrize("by_name", [True, False])
@pytest.mark.parametrize("hash_name", ["sha1", "sha256"])
def test_the_issuer_answers_itself(ask: Ask, by_name: bool, hash_name: str) -> None:
    answer = ask(by_name=by_name, hash_name=hash_name)
    assert answer.status == "good"
    assert answer.conclusive
    assert answer.responder == "CN=Root"
    assert (answer.this_update, answer.next_update) == (NOON - HOUR, NOON - HOUR + 7 * DAY)
    assert answer.produced_at == NOON - HOUR
    assert len(answer.checks) == 6
    assert all(check.passed and check.claim for check in answer.checks)
    assert str(answer) == (
        "CN=leaf.example is good by the OCSP response of CN=Root as of 2026-11-21 11:00:00Z, until 2026-11-28 11:00:00Z"
    )


@pytest.mark.parametrize("by_name", [True, False])
@pytest.mark.parametrize("key", ["ec", "rsa", "ed25519"])
def test_a_delegate_answers(ask: Ask, ca: LabAuthority, by_name: bool, key: str) -> None:
    answer = ask(delegated=ca.ocsp_delegate(key), by_name=by_name)
    assert answer.status == "good"
    assert answer.responder == "CN=laboratory OCSP responder, delegated by CN=Root"
    dates = next(check for check in answer.checks if "within its dates" in check.claim)
    assert dates.values["revocation"] == "not to be checked (id-pkix-ocsp-nocheck)"


def test_a_delegate_without_nocheck_is_not_looked_up(ask: Ask, ca: LabAuthority) -> None:
    answer = ask(delegated=ca.ocsp_delegate(extensions=()))
    assert answer.status == "good"
    assert "not checked" in [check.values.get("revocation") for check in answer.checks]


@pytest.mark.parametrize("reason", ["keyCompromise", "certificateHold", "unspecified"])
def test_revoked_with_time_and_reason(reason: str, leaf: Certificate, ca: LabAuthority) -> None:
    other = replace(ca, register=type(ca.register)())
    other.revoke(leaf, reason, NOON - 3 * DAY)
    answer = judge_ocsp(OcspResponse(other.ocsp_response(leaf)), Question(leaf, ca.certificate, NOON))
    assert (answer.status, answer.reason, answer.revoked_at) == ("revoked", reason, NOON - 3 * DAY)
    assert answer.alert == AlertDescription.certificate_revoked
    assert str(answer).startswith(f"CN=leaf.example is revoked since 2026-11-18 12:00:00Z ({reason}) by")


def test_unknown_is_the_responders_word(ask: Ask) -> None:
    answer = ask(status="unknown")
    assert (answer.status, answer.reason) == ("unknown", "the responder does not know CN=leaf.example")
    assert not answer.conclusive


@pytest.mark.parametrize("status", sorted(lab_ocsp.UNSUCCESSFUL))
def test_responders_that_do_not_answer(status: str, leaf: Certificate, ca: LabAuthority) -> None:
    response = OcspResponse(lab_ocsp.make_unsuccessful(status))
    answer = judge_ocsp(response, Question(leaf, ca.certificate, NOON))
    assert answer.status == "unanswered"
    assert status in answer.reason


def test_clocks_may_differ_a_little(ask: Ask) -> None:
    assert ask(at=NOON + timedelta(minutes=4)).status == "good"
    assert ask(at=NOON - DAY, until=NOON - timedelta(minutes=4)).status == "good"


def test_without_an_end_it_holds_for_a_day(ask: Ask) -> None:
    assert ask(open_end=True).next_update is None
    assert ask(open_end=True, at=NOON - 23 * HOUR).status == "good"
    refused(ask(open_end=True, at=NOON - 25 * HOUR), "out of date", "no next update")


# --- several statements


def statement(ca: LabAuthority, number: int, **changes: Any) -> lab_ocsp.Statement:
    made = lab_ocsp.Statement(ca.certificate, number, NOON - HOUR, NOON + DAY)
    return replace(made, **changes)


def several(ca: LabAuthority, leaf: Certificate, *statements: lab_ocsp.Statement) -> RevocationAnswer:
    responder = lab_ocsp.Responder(ca.certificate, ca.private_key)
    response = lab_ocsp.make_response(statements, responder, NOON - HOUR)
    return judge_ocsp(OcspResponse(response), Question(leaf, ca.certificate, NOON))


def test_the_statement_about_the_certificate_counts(ca: LabAuthority, leaf: Certificate) -> None:
    number = leaf.x509.serial_number
    others = [statement(ca, 1, status="revoked"), statement(ca, 2, status="unknown")]
    assert several(ca, leaf, *others, statement(ca, number)).status == "good"
    newer = statement(ca, number, this_update=NOON - timedelta(minutes=1))
    assert several(ca, leaf, statement(ca, number, status="unknown"), newer).status == "good"
    assert several(ca, leaf, newer, statement(ca, number, status="revoked")).status == "revoked"


def test_none_or_too_many_statements(ca: LabAuthority, leaf: Certificate) -> None:
    refused(several(ca, leaf), "another certificate", "none")
    many = [statement(ca, number) for number in range(1, 1002)]
    refused(several(ca, leaf, *many), "about 1,001 certificates")


# --- responses that are not believed


def test_another_ca(ask: Ask) -> None:
    stranger = LabAuthority.create(at=NOON, name="Stranger")
    refused(ask(stranger), "which is not the issuer CN=Root")
    namesake = LabAuthority.create(at=NOON, name="Root")
    refused(ask(namesake, by_name=True), "not made with the key of CN=Root", "forged")


def test_a_damaged_signature(ca: LabAuthority, leaf: Certificate) -> None:
    response = bytearray(ca.ocsp_response(leaf))
    response[-1] ^= 1
    answer = judge_ocsp(OcspResponse(bytes(response)), Question(leaf, ca.certificate, NOON))
    refused(answer, "forged or damaged")


def test_a_weak_signature(ca: LabAuthority, leaf: Certificate) -> None:
    response = OcspResponse(ca.ocsp_response(leaf, signature_hash="sha1"))
    question = Question(leaf, ca.certificate, NOON)
    refused(judge_ocsp(response, question), "ecdsa-with-SHA1", "too weak")
    assert judge_ocsp(response, replace(question, allow_weak_signatures=True)).status == "good"


def test_a_delegate_of_another_ca(ask: Ask) -> None:
    stranger = LabAuthority.create(at=NOON, name="Stranger")
    refused(ask(delegated=stranger.ocsp_delegate()), "was not issued by CN=Root", "its issuer is CN=Stranger")


def test_a_delegate_that_claims_the_issuers_name(ask: Ask) -> None:
    namesake = LabAuthority.create(at=NOON, name="Root")
    refused(ask(delegated=namesake.ocsp_delegate()), "was not issued by CN=Root")


def test_a_delegate_of_a_ca_below(ask: Ask, ca: LabAuthority) -> None:
    refused(ask(delegated=ca.intermediate(name="Below").ocsp_delegate()), "its issuer is CN=Below")


@pytest.mark.parametrize("purposes", [None, ("serverAuth",), ("anyExtendedKeyUsage",)])
def test_a_delegate_without_the_purpose(ask: Ask, ca: LabAuthority, purposes: tuple[str, ...] | None) -> None:
    refused(ask(delegated=ca.ocsp_delegate(extended_key_usage=purposes)), "OCSPSigning expected")


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"not_before": NOON - 9 * DAY, "not_after": NOON - DAY}, "expired"),
        ({"not_before": NOON + DAY, "not_after": NOON + 9 * DAY}, "not yet valid"),
        ({"key_usage": ("keyEncipherment",)}, "digitalSignature expected"),
        ({"signature_hash": "sha1"}, "a weak signature (ecdsa-with-SHA1)"),
        ({"extensions": ((x509.UnrecognizedExtension(x509.ObjectIdentifier("1.2.3.4"), b""), True),)}, "1.2.3.4"),
    ],
)
def test_a_delegate_that_is_unfit(ask: Ask, ca: LabAuthority, changes: dict[str, Any], words: str) -> None:
    refused(ask(delegated=ca.ocsp_delegate(**changes)), "laboratory OCSP responder", words)


def test_a_delegate_with_a_small_key(ask: Ask, ca: LabAuthority) -> None:
    refused(ask(delegated=ca.ocsp_delegate("rsa1024")), "a weak key")


def test_a_delegate_whose_certificate_is_missing(ask: Ask, ca: LabAuthority) -> None:
    refused(ask(delegated=ca.ocsp_delegate(), with_certificate=False), "brings no certificate of that responder")


def test_a_leaf_is_no_responder(ask: Ask, ca: LabAuthority) -> None:
    refused(ask(delegated=ca.issue_server(key="ec")), "may not sign OCSP responses")


def test_out_of_date(ask: Ask) -> None:
    refused(ask(at=NOON - 9 * DAY), "out of date", "next update 2026-11-19 12:00:00Z", "now 2026-11-21 12:00:00Z")
    refused(ask(at=NOON - HOUR, until=NOON - 2 * HOUR), "out of date")


def test_from_the_future(ask: Ask) -> None:
    refused(ask(at=NOON + HOUR), "from the future", "one of the clocks is wrong")


def test_about_another_certificate(ca: LabAuthority, leaf: Certificate) -> None:
    other = ca.issue_server(key="ec").leaf
    answer = judge_ocsp(OcspResponse(ca.ocsp_response(other)), Question(leaf, ca.certificate, NOON))
    refused(answer, "about another certificate", leaf.serial_number, other.serial_number)


@pytest.mark.parametrize("name", ["Root", "Stranger"])
def test_about_the_same_number_of_another_issuer(ask: Ask, name: str) -> None:
    stranger = LabAuthority.create(at=NOON, name=name)
    refused(ask(issuer=stranger.certificate), "about another certificate")


# --- nonce


def test_a_nonce_must_be_repeated(ca: LabAuthority, leaf: Certificate) -> None:
    question = Question(leaf, ca.certificate, NOON)
    query = ocsp_query(leaf, ca.certificate, "http://x/", nonce=NONCE)
    fresh = OcspResponse(ca.ocsp_response(query.body))
    answer = judge_ocsp(fresh, question, nonce=NONCE)
    assert answer.status == "good"
    assert "its nonce is ours" in answer.checks[-1].claim
    refused(judge_ocsp(fresh, question, nonce=bytes(32)), "another nonce")
    assert judge_ocsp(fresh, question).status == "good"  # a staple repeats the server's nonce
    assert judge_ocsp(OcspResponse(ca.ocsp_response(leaf)), question, nonce=NONCE).status == "good"  # made beforehand


def test_requests_that_the_laboratory_does_not_answer(ca: LabAuthority, leaf: Certificate) -> None:
    assert str(OcspResponse(ca.ocsp_response(b"\x30\x00"))) == "the responder says malformed_request"
    stranger = LabAuthority.create(at=NOON)
    query = ocsp_query(leaf, stranger.certificate, "http://x/")
    assert str(OcspResponse(ca.ocsp_response(query.body))) == "the responder says unauthorized"


# --- hostile octets


def judged(octets: bytes, leaf: Certificate, ca: LabAuthority) -> RevocationAnswer:
    return judge_ocsp(OcspResponse(octets), Question(leaf, ca.certificate, NOON), "staple")


@pytest.mark.parametrize("octets", [b"", b"\x30\x00", b"\x30\x84\xff\xff\xff\xff", b"<html>", bytes(4096)])
def test_garbage(octets: bytes, leaf: Certificate, ca: LabAuthority) -> None:
    answer = judged(octets, leaf, ca)
    assert answer.status == "unusable"
    assert answer.alert == AlertDescription.bad_certificate_status_response


def test_a_huge_response_is_not_even_read(leaf: Certificate, ca: LabAuthority) -> None:
    answer = judged(ca.ocsp_response(leaf) + bytes(2**20), leaf, ca)
    assert answer.reason == "the OCSP response is longer than 1 MiB"


@given(data=st.data())
def test_any_damage_is_noticed(data: st.DataObject) -> None:
    ca, leaf, good = _sample()
    unused_bits = len(good) - 65  # before the signature: how many of its last bits do not count, which changes nothing
    place = data.draw(st.integers(0, len(good) - 1).filter(lambda place: place != unused_bits))
    change = data.draw(st.integers(1, 255))
    octets = good[:place] + bytes([good[place] ^ change]) + good[place + 1 :]
    assert judged(octets, leaf, ca).status in ("unusable", "unanswered")


def _sample() -> tuple[LabAuthority, Certificate, bytes]:
    if not _SAMPLE:
        ca = LabAuthority.create("ed25519", at=NOON)
        leaf = ca.issue_server(key="ec").leaf
        _SAMPLE.append((ca, leaf, ca.ocsp_response(leaf)))
    return _SAMPLE[0]


_SAMPLE: list[tuple[LabAuthority, Certificate, bytes]] = []


def test_a_delegate_whose_key_is_elsewhere(ca: LabAuthority, leaf: Certificate) -> None:
    elsewhere = replace(ca.ocsp_delegate(), signer=object())  # type: ignore[arg-type]
    with pytest.raises(ConfigurationError, match="not in this process"):
        ca.ocsp_response(leaf, delegated=elsewhere)


def test_impossible_statements(ca: LabAuthority, leaf: Certificate) -> None:
    with pytest.raises(ConfigurationError, match="'boredom' is no reason"):
        ca.revoke(leaf, "boredom")
    with pytest.raises(ConfigurationError, match="'boredom' is no reason"):
        several(ca, leaf, statement(ca, 1, status="revoked", reason="boredom"))
    with pytest.raises(ConfigurationError, match="can be made here"):
        ca.ocsp_response(leaf, signature_hash="md5")
