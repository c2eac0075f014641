"""Stapled OCSP responses (RFC 6066, 8; RFC 6961; RFC 7633) and certificate timestamps (RFC 6962, 3.3)."""

from __future__ import annotations

from dataclasses import replace

import pytest
from cryptography.x509 import TLSFeatureType

from hellodone.messages.handshake import CertificateStatus
from hellodone.pki.certificates import Certificate
from hellodone.pki.revocation import Revocation
from hellodone.registry.codes import CertificateStatusType, ExtensionType
from hellodone.session.store import MemorySessionStore
from hellodone.session.tickets import TicketKeys
from tests.hellos import alert_of, changed, with_extension, without_extension
from tests.messages_on_the_way import inserted_after, replaced
from tests.pairs import Pair, client_config, clock, compatible, connected, pair, server_config, server_identity
from tests.stapling import must_staple, ocsp_response, unsuccessful

OCSP, OCSP_MULTI = CertificateStatusType.ocsp, CertificateStatusType.ocsp_multi
CERTIFICATE, STATUS = 11, 22
V1, V2 = ExtensionType.status_request, ExtensionType.status_request_v2
TIMESTAMPS = ExtensionType.signed_certificate_timestamp


def staple(certificate: Certificate) -> bytes:
    return ocsp_response(certificate)


def status(ends: Pair) -> list[str]:
    """What the client knows of the server's certificates, in words; nothing when nothing was stapled."""
    return [str(response) for response in vars(ends.client.handshake).get("server_certificate_status", ())]


def refusal(message: CertificateStatus, **client: bool) -> str:
    """The client's alert for that CertificateStatus."""
    ends = pair(client_config(**client), server_config(ocsp_response=staple))
    ends.pump(to_client=replaced(STATUS, message))
    return alert_of(ends.client_error)


@pytest.mark.parametrize("source", [staple, staple(server_identity("ec").leaf)])
def test_the_server_staples_its_response(source: object) -> None:
    ends = connected(server=server_config(ocsp_response=source))
    assert status(ends) == ["good as of 2026-06-01 11:00:00Z, until 2026-06-08 12:00:00Z"]


def test_only_for_clients_that_ask() -> None:
    assert status(connected(client_config(ocsp=False), server_config(ocsp_response=staple))) == []


def test_a_server_without_a_response_promises_nothing() -> None:
    ends = connected(server=server_config(ocsp_response=lambda certificate: None))
    assert status(ends) == []
    assert ends.client._current._status_types == ()


def test_bytes_are_for_the_first_identity_only() -> None:
    server = server_config(
        identity=(server_identity("rsa"), server_identity("ec")), ocsp_response=staple(server_identity("rsa").leaf)
    )
    rsa, ec = (compatible(f"TLS_ECDHE_{kind}_WITH_AES_128_GCM_SHA256") for kind in ("RSA", "ECDSA"))
    assert len(status(connected(client_config(policy=rsa), replace(server, policy=rsa)))) == 1
    assert len(status(connected(client_config(policy=ec), replace(server, policy=ec)))) == 0


def test_no_certificate_no_status() -> None:
    policy = compatible("TLS_PSK_WITH_AES_128_GCM_SHA256", "TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256")
    client = client_config(policy=policy, psk=(b"me", bytes(16)))
    server = server_config(policy=policy, psk={b"me": bytes(16)}, ocsp_response=staple)
    ends = connected(client, replace(server, policy=compatible("TLS_PSK_WITH_AES_128_GCM_SHA256")))
    assert status(ends) == []


def test_the_message_may_be_left_out_although_promised() -> None:
    ends = changed(pair(), server=with_extension(V1, b""))
    assert alert_of(ends.server_error) == "bad_record_mac"  # the client came as far as Finished; the hellos differ


def test_a_status_nobody_promised_is_unexpected() -> None:
    message = CertificateStatus(OCSP, staple(server_identity("ec").leaf))
    ends = pair()
    ends.pump(to_client=inserted_after(CERTIFICATE, message))
    assert alert_of(ends.client_error) == "unexpected_message"


def test_a_response_that_says_revoked_is_refused() -> None:
    message = CertificateStatus(OCSP, ocsp_response(server_identity("ec").leaf, revoked=True))
    assert refusal(message) == "bad_certificate_status_response"


def test_an_unreadable_response_is_refused() -> None:
    assert refusal(CertificateStatus(OCSP, b"\x30\x00")) == "bad_certificate_status_response"


def test_a_status_of_another_kind_is_an_illegal_parameter() -> None:
    good = staple(server_identity("ec").leaf)
    assert refusal(CertificateStatus(OCSP_MULTI, (good,))) == "illegal_parameter"
    assert refusal(CertificateStatus(9, good)) == "illegal_parameter"


def test_a_busy_responder_satisfies_only_a_soft_policy() -> None:
    server = server_config(ocsp_response=unsuccessful())
    ends = connected(client_config(revocation=Revocation.soft(ask=False)), server)
    assert status(ends) == ["the responder says try_later"]
    assert alert_of(pair(server=server).pump().client_error) == "bad_certificate_status_response"


def test_requests_for_other_kinds_of_status_are_not_answered() -> None:
    ends = pair(server=server_config(ocsp_response=staple))
    changed(ends, client=with_extension(V1, b"\x07whatever"))
    assert ends.server.handshake._certificate_status is None


@pytest.mark.parametrize("data", [b"", b"\x01", b"\x01\0\0\0", b"\x01\0\0\0\0\0"])
def test_malformed_requests_are_decode_errors(data: bytes) -> None:
    assert alert_of(changed(pair(), client=with_extension(V1, data)).server_error) == "decode_error"


def test_an_answer_with_contents_is_a_decode_error() -> None:
    assert alert_of(changed(pair(), server=with_extension(V1, b"\0")).client_error) == "decode_error"


# --- status_request_v2


def test_a_response_for_each_certificate() -> None:
    ends = connected(client_config(ocsp_multi=True), server_config(ocsp_response=staple))
    assert ends.client.handshake._status_types == (OCSP, OCSP_MULTI)
    assert len(status(ends)) == len(ends.client.peer_certificates)


def test_some_may_be_missing() -> None:
    leaf = server_identity("ec").leaf
    ends = connected(
        client_config(ocsp_multi=True), server_config(ocsp_response=lambda c: staple(c) if c != leaf else None)
    )
    assert status(ends)[:1] in ([], ["no response"])


def test_the_new_extension_goes_before_the_old() -> None:
    ends = connected(client_config(ocsp=True, ocsp_multi=True), server_config(ocsp_response=staple))
    assert ends.server.handshake._certificate_status is not None
    assert ends.server.handshake._certificate_status.status_type == OCSP_MULTI


def test_answers_to_both_are_refused() -> None:
    ends = pair(client_config(ocsp_multi=True), server_config(ocsp_response=staple))
    assert alert_of(changed(ends, server=with_extension(V1, b"")).client_error) == "illegal_parameter"


def test_more_responses_than_certificates_are_refused() -> None:
    good = staple(server_identity("ec").leaf)
    assert refusal(CertificateStatus(OCSP_MULTI, (good,) * 9), ocsp_multi=True) == "bad_certificate_status_response"


# --- TLS feature


def test_a_certificate_that_must_come_with_a_status() -> None:
    server = server_config(identity=must_staple(TLSFeatureType.status_request))
    assert alert_of(pair(server=server).pump().client_error) == "bad_certificate"
    assert connected(server=replace(server, ocsp_response=staple)).completed
    assert connected(client_config(ocsp=False), server).completed  # only what was asked for is due
    assert connected(client_config(trust=None), server).completed


# --- timestamps


def test_timestamps_are_shown_to_those_who_ask() -> None:
    server = server_config(certificate_timestamps=(b"one", b"two"))
    ends = connected(client_config(certificate_timestamps=True), server)
    assert ends.client.handshake.signed_certificate_timestamps == (b"one", b"two")
    assert "signed_certificate_timestamps" not in vars(connected(server=server).client.handshake)


def test_timestamps_are_not_repeated_in_a_session() -> None:
    client = client_config(certificate_timestamps=True, session_store=MemorySessionStore(clock=clock))
    server = server_config(
        certificate_timestamps=lambda certificate: [b"one"],
        ocsp_response=staple,
        tickets=TicketKeys.generate(clock=clock),
    )
    connected(client, server)
    again = connected(client, server)
    assert again.client.resumed
    assert status(again) == []
    assert "signed_certificate_timestamps" not in vars(again.client.handshake)


def test_unsolicited_timestamps_are_refused() -> None:
    ends = changed(pair(), server=with_extension(TIMESTAMPS, b"\0\x03\0\x01x"))
    assert alert_of(ends.client_error) == "unsupported_extension"


def test_malformed_timestamps_are_refused() -> None:
    client = client_config(certificate_timestamps=True)
    assert alert_of(changed(pair(client), server=with_extension(TIMESTAMPS, b"")).client_error) == "decode_error"
    assert alert_of(changed(pair(client), client=with_extension(TIMESTAMPS, b"x")).server_error) == "decode_error"
    ends = changed(pair(client), client=without_extension(TIMESTAMPS))
    assert "signed_certificate_timestamps" not in vars(ends.client.handshake)
