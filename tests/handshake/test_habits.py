"""What a configuration remembers of its handshakes changes nothing about them."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import Any

import pytest

from hellodone.endpoint import ClientConnection, ServerConnection
from hellodone.errors import AlertDescription, FatalAlert
from hellodone.handshake.context import Handshake
from hellodone.handshake.habit import LONGEST, MOST
from hellodone.messages.handshake import ClientHello
from hellodone.pki.certificates import Certificate
from hellodone.pki.laboratory import LabAuthority
from hellodone.pki.verified import VerifiedPaths
from hellodone.pki.verify import VerifiedPath
from hellodone.policy import Policy
from hellodone.session.store import MemorySessionStore
from hellodone.session.tickets import TicketKeys
from tests.pairs import NOW, client_config, clock, connected, pair, server_config
from tests.session.making import FakeClock

FRESH = ("random", "share", "private", "secret", "key_block", "verify_data", "hash", "session_id", "path")


def lasting(hs: Handshake[Any]) -> dict[str, object]:
    """The facts that two handshakes under the same configurations share, in their order."""
    return {name: value for name, value in vars(hs).items() if name[0] != "_" and not any(f in name for f in FRESH)}


def test_the_second_handshake_knows_and_checks_what_the_first_did() -> None:
    client, server = client_config(alpn=("h2",)), server_config(alpn=("h2", "http/1.1"))
    first, second = connected(client, server), connected(client, server)
    assert client.habits
    assert server.habits
    for one, other in ((first.client, second.client), (first.server, second.server)):
        assert list(lasting(one.handshake).items()) == list(lasting(other.handshake).items())
        claims = [
            [made[:2] for made in hs._checks if isinstance(made, tuple)] for hs in (one.handshake, other.handshake)
        ]
        assert claims[0] == claims[1]


def test_another_name_is_another_offer() -> None:
    client, server = client_config(), server_config()
    for name in ("localhost", "www.example.com", "localhost"):
        ends = pair(client, server, name).pump()
        assert ends.server.handshake.server_name == name
        assert ends.completed == (name == "localhost")


def test_a_refusal_is_made_anew_each_time() -> None:
    client, server = client_config(alpn=("spdy/3",)), server_config(alpn=("h2",))
    for _ in range(3):
        with pytest.raises(FatalAlert) as caught:
            connected(client, server)
        assert caught.value.alert == AlertDescription.no_application_protocol


def test_a_clock_without_a_zone_tells_utc() -> None:
    """The first time and when the path is known."""

    def naive() -> datetime:
        return NOW.replace(tzinfo=None)

    client, server = client_config(clock=naive), server_config(clock=naive)
    paths = [connected(client, server).client.handshake.server_path for _ in range(3)]
    assert paths[0] == paths[1] == paths[2]


def test_they_are_bounded() -> None:
    server = server_config()
    for number in range(MOST + 10):
        connected(client_config(alpn=(f"protocol/{number}",)), server)
        assert len(server.habits) <= MOST


def test_what_is_long_is_not_kept() -> None:
    """Nobody who sends large hellos makes a server hold them."""
    client, server = client_config(), server_config()
    connected(client, server)
    few = len(server.habits)
    hello = ClientConnection(client, "localhost")
    hello.initiate_handshake()
    message = ClientHello.parse(hello.data_to_send()[9:])
    for number in range(3):
        many = message.cipher_suites + tuple(range(0x6000 + number, 0x6000 + LONGEST))
        raw = message.replace(cipher_suites=many).frame()
        ServerConnection(server).receive_data(b"\x16\x03\x01" + len(raw).to_bytes(2, "big") + raw)
    assert len(server.habits) == few


def test_a_ticket_is_never_remembered() -> None:
    """What goes with a hello is; the ticket in it is the client's of that connection."""
    server = server_config(tickets=TicketKeys.generate(clock=clock))
    clients = [client_config(session_store=MemorySessionStore(clock=clock)) for _ in range(2)]
    for client in clients:
        connected(client, server)
    for client in (*clients, *clients):
        ends = connected(client, server)
        assert ends.server.resumed
        store, key = client.session_store, b"localhost"
        kept = store.get(key) if store is not None else None
        assert kept is not None
        assert ends.server.handshake._ticket_offered == kept.ticket
        assert ends.server.handshake.master_secret == kept.master_secret == ends.client.handshake.master_secret


def test_another_offer_is_another_choice() -> None:
    server = server_config(policy=Policy.compatible())
    suites = ("TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384", "TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256")
    clients = [client_config(policy=Policy.compatible().with_cipher_suites([suite])) for suite in suites]
    for client, suite in zip(clients * 2, suites * 2, strict=True):
        ends = connected(client, server)
        assert ends.server.handshake.cipher_suite.name == ends.client.handshake.cipher_suite.name == suite


def test_what_is_asked_of_somebody_is_asked_each_time() -> None:
    asked: list[str] = []

    def timestamps(certificate: Certificate) -> tuple[bytes, ...]:
        asked.append(certificate.name)
        return ()

    client, server = client_config(certificate_timestamps=True), server_config(certificate_timestamps=timestamps)
    for count in (1, 2, 3):
        connected(client, server)
        assert len(asked) == count


def test_a_path_that_is_known_is_one_of_this_handshake_and_its_time() -> None:
    ca, now = LabAuthority.create(at=NOW), FakeClock(NOW)
    client, server = client_config(trust=ca.trust, clock=now), server_config(identity=ca.issue_server(key="ec"))
    first = connected(client, server).client.handshake.server_path
    now.advance(minutes=1)
    second = connected(client, server).client.handshake.server_path
    assert isinstance(first, VerifiedPath)
    assert isinstance(second, VerifiedPath)
    assert second == replace(first, demands=first.demands._replace(now=now()))
    assert (second.kept, second.found) == (first.kept, first.found)
    assert second.checks != first.checks, "they tell the time"


def test_no_path_is_remembered_for_a_trust_store_that_keeps_none() -> None:
    ca = LabAuthority.create(at=NOW)
    trust = ca.trust
    trust.verified = VerifiedPaths(0)
    client = client_config(trust=trust)
    path = connected(client, server_config(identity=ca.issue_server(key="ec"))).client.handshake.server_path
    assert isinstance(path, VerifiedPath)
    assert path.kept is None
    assert not any(isinstance(habit, VerifiedPath) for habit in client.habits.values())
