"""Figure 2 of RFC 5246: session IDs and tickets, when they are continued and when not."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from hellodone.config import ClientConfig, ServerConfig
from hellodone.errors import AlertDescription, FatalAlert
from hellodone.events import DataReceived, HandshakeCompleted
from hellodone.pki.laboratory import LabAuthority
from hellodone.pki.revocation import Revocation
from hellodone.policy import Policy
from hellodone.session.store import MemorySessionStore
from hellodone.session.tickets import TicketKeys
from tests.pairs import NOW, client_config, client_identity, clock, compatible, connected, pair, server_config
from tests.session.making import FakeClock


def configs(kind: str, policy: Policy | None = None, **server: Any) -> tuple[ClientConfig, ServerConfig]:
    """A client and a server that keep sessions in this manner."""
    policy = policy or Policy.modern()
    keeping = (
        {"session_store": MemorySessionStore(clock=clock)}
        if kind == "id"
        else {"tickets": TicketKeys.generate(clock=clock)}
    )
    client = client_config(policy=policy, session_store=MemorySessionStore(clock=clock), alpn=("a", "b"))
    return client, server_config(policy=policy, **keeping, **server)


@pytest.mark.parametrize("kind", ["id", "ticket"])
@pytest.mark.parametrize(
    "suite", ["TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256", "TLS_ECDHE_ECDSA_WITH_AES_256_CBC_SHA384"]
)
def test_the_second_connection_is_abbreviated(kind: str, suite: str) -> None:
    client, server = configs(kind, compatible(suite))
    first = connected(client, server)
    assert not first.client.resumed
    for _ in range(3):
        again = connected(client, server)
        assert again.client.resumed
        assert again.server.resumed
        assert HandshakeCompleted(resumed=True) in again.client_events
        assert again.client.handshake.master_secret == first.client.handshake.master_secret
        assert again.client.handshake.key_block != first.client.handshake.key_block
        assert again.client.peer_certificates == first.client.peer_certificates
        again.client.send_data(b"more")
        again.pump()
        assert again.server_events[-1] == DataReceived(b"more")


def test_a_client_need_not_take_tickets() -> None:
    client, server = configs("ticket", session_store=MemorySessionStore(clock=clock))
    connected(client, server)  # the session has a ticket, which the same client then leaves alone
    without = replace(client, ask_for_tickets=False)
    assert [connected(without, server).client.resumed for _ in range(2)] == [False, True]
    assert connected(without, replace(server, session_store=None)).client.resumed is False


@pytest.mark.parametrize("kind", ["id", "ticket"])
def test_alpn_is_negotiated_afresh(kind: str) -> None:
    client, server = configs(kind, alpn=("a",))
    assert connected(client, server).client.alpn == "a"
    again = connected(client, replace(server, alpn=("b",)))
    assert again.client.resumed
    assert again.client.alpn == "b"


@pytest.mark.parametrize("kind", ["id", "ticket"])
def test_client_certificates_are_remembered(kind: str) -> None:
    client, server = configs(kind, client_auth="required")
    client = replace(client, identity=client_identity("ec"))
    first = connected(client, server)
    again = connected(client, server)
    assert again.server.resumed
    assert again.server.peer_certificates == first.server.peer_certificates


@pytest.mark.parametrize("kind", ["id", "ticket"])
def test_a_session_without_client_certificate_is_no_way_around_one(kind: str) -> None:
    client, server = configs(kind)
    client = replace(client, identity=client_identity("ec"))
    connected(client, server)
    again = connected(client, replace(server, client_auth="required"))
    assert not again.server.resumed
    assert again.server.peer_certificates


@pytest.mark.parametrize("kind", ["id", "ticket"])
def test_an_expired_session_is_a_full_handshake(kind: str) -> None:
    client, server = configs(kind)
    connected(client, server)

    def later() -> datetime:
        return NOW + timedelta(hours=3)

    server = replace(server, clock=later)
    again = connected(client, server)
    assert not again.server.resumed


@pytest.mark.parametrize("judge", ["client", "server"])
@pytest.mark.parametrize("kind", ["id", "ticket"])
def test_a_session_does_not_outlive_the_list_by_which_the_peer_was_not_revoked(kind: str, judge: str) -> None:
    ca, now = LabAuthority.create(at=NOW), FakeClock(NOW)
    listed = Revocation.hard(crls=[ca.crl(NOW, NOW + timedelta(hours=4))], ask=False)
    keeping: dict[str, Any] = {"session_store": MemorySessionStore(clock=now)}
    if kind == "ticket":  # renewed every hour: that gains nothing
        keeping = {"tickets": TicketKeys.generate(clock=now, rotate_after=timedelta(hours=1))}
    client = client_config(
        trust=ca.trust,
        clock=now,
        session_lifetime=86400,
        identity=ca.issue_client(key="ec"),
        session_store=MemorySessionStore(clock=now),
        revocation=listed if judge == "client" else None,
    )
    server = server_config(
        identity=ca.issue_server(key="ec"),
        clock=now,
        session_lifetime=86400,
        client_trust=ca.trust,
        client_auth="required",
        revocation=listed if judge == "server" else None,
        **keeping,
    )
    assert not connected(client, server).client.resumed
    for _ in range(3):
        now.advance(hours=1)
        assert connected(client, server).client.resumed
    now.advance(hours=1)
    assert not connected(client, server).client.resumed
    now.advance(hours=1)
    assert not pair(client, server).pump().completed, "the list is out of date, and nobody resumes without asking"


def test_an_unknown_session_id_is_a_full_handshake_with_a_new_one() -> None:
    client, server = configs("id")
    first = connected(client, server)
    again = connected(client, replace(server, session_store=MemorySessionStore(clock=clock)))
    assert not again.server.resumed
    assert again.client.handshake.session_id != first.client.handshake.session_id
    assert again.client.handshake.session_id != b""


def test_a_foreign_ticket_is_a_full_handshake_with_a_new_one() -> None:
    client, server = configs("ticket")
    connected(client, server)
    server = replace(server, tickets=TicketKeys.generate(clock=clock))
    assert not connected(client, server).client.resumed
    assert connected(client, server).client.resumed


@pytest.mark.parametrize("judge", ["client", "server"])
@pytest.mark.parametrize("kind", ["id", "ticket"])
def test_a_session_ends_with_the_certificate_of_the_peer(kind: str, judge: str) -> None:
    """Also where the same configuration found it valid a moment ago."""
    ca, now = LabAuthority.create(at=NOW), FakeClock(NOW)
    profiles = {"server": ca.server_profile(key="ec"), "client": ca.client_profile(key="ec")}
    peer = "server" if judge == "client" else "client"
    profiles[peer] = replace(profiles[peer], not_after=NOW + timedelta(minutes=9))
    keeping: dict[str, Any] = {"session_store": MemorySessionStore(clock=now)}
    if kind == "ticket":
        keeping = {"tickets": TicketKeys.generate(clock=now)}
    client = client_config(
        trust=ca.trust,
        clock=now,
        identity=ca.issue_identity(profiles["client"], "ec"),
        session_store=MemorySessionStore(clock=now),
    )
    server = server_config(
        identity=ca.issue_identity(profiles["server"], "ec"),
        clock=now,
        client_trust=ca.trust,
        client_auth="required",
        **keeping,
    )
    assert not connected(client, server).client.resumed
    for _ in range(4):
        now.advance(minutes=2)
        assert connected(client, server).client.resumed
    now.advance(minutes=2)
    ends = pair(client, server).pump()
    assert not ends.completed
    assert not ends.client.resumed


def test_a_session_is_trusted_for_the_name_that_is_meant() -> None:
    client, server = configs("id")
    connected(client, server)
    assert connected(client, server).client.resumed
    store = client.session_store
    assert store is not None
    session = store.get(b"localhost")
    assert session is not None
    store.put(b"elsewhere.example", session)
    assert pair(client, server, name="elsewhere.example").client.handshake.session_id_offered == b""


@pytest.mark.parametrize("kind", ["id", "ticket"])
def test_another_name_is_a_full_handshake(kind: str) -> None:
    client, server = configs(kind)
    connected(client, server)
    store = client.session_store
    assert store is not None
    session = store.get(b"localhost")
    assert session is not None
    store.put(b"127.0.0.1", session)
    ends = pair(client, server, name="127.0.0.1").pump()
    assert ends.completed
    assert not ends.client.resumed


@pytest.mark.parametrize("kind", ["id", "ticket"])
def test_a_session_with_extended_master_secret_is_not_resumed_without(kind: str) -> None:
    preferred = replace(Policy.modern(), extended_master_secret="preferred")
    client, server = configs(kind, preferred)
    connected(client, server)
    ends = pair(replace(client, policy=replace(preferred, extended_master_secret="off")), server).pump()
    assert isinstance(ends.server_error, FatalAlert)  # RFC 7627, 5.3
    assert ends.server_error.alert == AlertDescription.handshake_failure


@pytest.mark.parametrize("kind", ["id", "ticket"])
def test_a_session_without_extended_master_secret_is_not_resumed_with(kind: str) -> None:
    without = replace(Policy.modern(), extended_master_secret="off")
    client, server = configs(kind, without)
    connected(client, server)
    preferred = replace(without, extended_master_secret="preferred")
    again = connected(replace(client, policy=preferred), replace(server, policy=preferred))
    assert not again.server.resumed  # RFC 7627, 5.3


def test_a_client_must_offer_the_suite_of_the_session() -> None:
    policy = compatible("TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256", "TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384")
    client, server = configs("id", policy)
    connected(client, server)
    ends = pair(client, server)
    ends.client = pair(client, server).client
    hello = bytearray(ends.client.data_to_send())
    place = hello.index(bytes.fromhex("c02bc02c"))
    hello[place : place + 4] = bytes.fromhex("c02cc02c")
    with pytest.raises(FatalAlert) as caught:
        ends.server.receive_data(bytes(hello))
    assert caught.value.alert == AlertDescription.illegal_parameter


def test_a_connection_that_failed_is_forgotten() -> None:
    client, server = configs("id")
    first = connected(client, server)
    first.client.send_data(b"x")
    broken = bytearray(first.client.data_to_send())
    broken[-1] ^= 1
    with pytest.raises(FatalAlert):
        first.server.receive_data(bytes(broken))
    assert not connected(client, server).server.resumed


def test_a_ticket_near_its_end_is_renewed() -> None:
    client, server = configs("ticket")
    connected(client, server)

    def later() -> datetime:
        return NOW + timedelta(minutes=90)

    store = client.session_store
    assert store is not None
    before = store.get(b"localhost")
    again = connected(client, replace(server, clock=later))
    assert again.client.resumed
    after = store.get(b"localhost")
    assert before is not None
    assert after is not None
    assert before.ticket != after.ticket
