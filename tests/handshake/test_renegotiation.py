"""Another handshake on the same connection (RFC 5746): by either side, with data in between, or declined."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from hellodone.config import ClientAuth
from hellodone.errors import AlertDescription, AlertLevel, ConnectionClosed, FatalAlert
from hellodone.events import AlertReceived, DataReceived, HandshakeCompleted
from hellodone.handshake.context import ClientHandshake
from hellodone.handshake.flow import Flow
from hellodone.handshake.tls12.resumption import offered_session
from hellodone.policy import Policy
from hellodone.session.session import Session
from hellodone.session.store import MemorySessionStore
from tests.pairs import client_config, client_identity, clock, compatible, connected, server_config


@pytest.mark.parametrize("initiator", ["client", "server"])
@pytest.mark.parametrize(
    "suite", ["TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256", "TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA256"]
)
def test_either_side_may_begin(initiator: str, suite: str) -> None:
    policy = compatible(suite)
    ends = connected(
        client_config(policy=policy, renegotiation="accept"), server_config(policy=policy, renegotiation="accept")
    )
    first = ends.client.handshake.master_secret
    for _ in range(3):
        (ends.client if initiator == "client" else ends.server).renegotiate()
        ends.pump()
        assert ends.completed
        assert ends.client.handshake.master_secret != first
        assert ends.client.handshake.master_secret == ends.server.handshake.master_secret
        ends.client.send_data(b"after")
        ends.pump()
        assert ends.server_events[-1] == DataReceived(b"after")
    with pytest.raises(ConnectionClosed, match="3 times"):
        ends.client.renegotiate()


def test_a_server_asks_for_a_certificate_by_renegotiation() -> None:
    ends = connected(
        client_config(identity=client_identity("ec"), renegotiation="accept"), server_config(client_auth="none")
    )
    assert ends.server.peer_certificates == ()
    ends.server.renegotiate(client_auth="required")
    ends.pump()
    assert ends.completed
    assert ends.server.peer_certificates
    assert ends.server_events.count(HandshakeCompleted()) == 2


@pytest.mark.parametrize("initiator", ["client", "server"])
def test_refused_by_default_and_the_connection_goes_on(initiator: str) -> None:
    ends = connected()
    (ends.client if initiator == "client" else ends.server).renegotiate()
    ends.pump()
    events = ends.client_events if initiator == "client" else ends.server_events
    assert list(events)[-1] == AlertReceived(AlertLevel.warning, AlertDescription.no_renegotiation)
    ends.client.send_data(b"still here")
    ends.server.send_data(b"here too")
    ends.pump()
    assert list(ends.server_events)[-1] == DataReceived(b"still here")
    assert list(ends.client_events)[-1] == DataReceived(b"here too")


def test_application_data_may_come_in_between() -> None:
    ends = connected(client_config(), server_config(renegotiation="accept"))
    ends.client.renegotiate()
    ends.client.send_data(b"between ClientHello and Finished")
    ends.server.send_data(b"before ServerHello")
    ends.pump()
    assert ends.completed
    assert DataReceived(b"between ClientHello and Finished") in ends.server_events
    assert DataReceived(b"before ServerHello") in ends.client_events


def test_data_sent_while_keys_change_waits_for_them() -> None:
    ends = connected(client_config(), server_config(renegotiation="accept"))
    ends.client.renegotiate()
    ends.server.receive_data(ends.client.data_to_send())
    ends.client.receive_data(ends.server.data_to_send())
    ends.client.send_data(b"under the new keys")
    ends.pump()
    assert ends.completed
    assert list(ends.server_events)[-1] == DataReceived(b"under the new keys")


def test_without_rfc_5746_nothing_is_renegotiated() -> None:
    policy = replace(Policy.modern(), secure_renegotiation="off")
    ends = connected(client_config(policy=policy), server_config(policy=policy, renegotiation="accept"))
    with pytest.raises(ConnectionClosed, match="RFC 5746"):
        ends.client.renegotiate()


@pytest.mark.parametrize("side", ["client", "server"])
def test_a_handshake_that_does_not_follow_the_first_is_refused(side: str) -> None:
    """What an attacker who splices two connections would cause (RFC 5746, 1)."""
    ends = connected(client_config(renegotiation="accept"), server_config(renegotiation="accept"))
    liar = ends.client if side == "client" else ends.server
    if side == "client":
        liar.handshake.client_verify_data = bytes(12)
    else:
        liar.handshake.server_verify_data = bytes(12)
    ends.client.renegotiate()
    ends.pump()
    refusals = [e for e in ends.errors if isinstance(e, FatalAlert) and e.sender == "us"]
    assert [e.alert for e in refusals] == [AlertDescription.handshake_failure]


def test_not_before_the_first_handshake_is_complete() -> None:
    from tests.pairs import pair

    with pytest.raises(ConnectionClosed, match="under way"):
        pair().client.renegotiate()


@pytest.mark.parametrize("side", ["client", "server"])
def test_extended_master_secret_is_not_dropped_on_the_way(side: str) -> None:
    accepting: dict[str, Any] = {"policy": Policy.compatible(), "renegotiation": "accept"}
    ends = connected(client_config(**accepting), server_config(**accepting))
    other = ends.server if side == "client" else ends.client
    other.config = replace(other.config, policy=replace(Policy.compatible(), extended_master_secret="off"))
    ends.client.renegotiate()
    ends.pump()
    refusals = [e for e in ends.errors if isinstance(e, FatalAlert) and e.sender == "us"]
    assert [e.alert for e in refusals] == [AlertDescription.handshake_failure]
    assert "RFC 7627, 5.2" in refusals[0].reason


def _offered_again(hs: ClientHandshake) -> Flow[Session | None]:
    """A client that offers its session in a renegotiation too, as ours does not (RFC 5246, 7.4.1.2 allows it)."""
    previous, hs._previous = hs._previous, None
    session = yield from offered_session(hs)
    hs._previous = previous
    return session


@pytest.mark.parametrize(("client_auth", "resumed"), [(None, True), ("requested", False), ("required", False)])
def test_a_session_may_be_resumed_unless_a_certificate_is_asked_for(
    monkeypatch: pytest.MonkeyPatch, client_auth: ClientAuth | None, resumed: bool
) -> None:
    monkeypatch.setattr("hellodone.handshake.tls12.client.offered_session", _offered_again)
    ends = connected(
        client_config(
            identity=client_identity("ec"), renegotiation="accept", session_store=MemorySessionStore(clock=clock)
        ),
        server_config(session_store=MemorySessionStore(clock=clock)),
    )
    ends.server.renegotiate(client_auth=client_auth)
    ends.pump()
    assert ends.completed
    assert ends.server_events[-1] == HandshakeCompleted(resumed)
    assert bool(ends.server.peer_certificates) is not resumed
