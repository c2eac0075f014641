"""Faults that were found by reading, each with what it could have led to."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from hellodone.config import ServerConfig
from hellodone.errors import AlertDescription, ConnectionClosed, FatalAlert
from hellodone.events import DataReceived
from hellodone.messages.handshake import Certificate
from hellodone.pki.laboratory import LabAuthority
from hellodone.policy import Policy
from hellodone.session.store import MemorySessionStore
from hellodone.session.tickets import TicketKeys
from tests.pairs import NOW, client_config, clock, compatible, connected, pair, server_config


def test_an_exception_of_the_application_ends_the_connection() -> None:
    """Else the next message would be taken for the end of the handshake, and data would go out in the clear."""

    def forgotten(hint: bytes) -> tuple[bytes, bytes]:
        raise KeyError(hint)

    policy = Policy.historic().with_cipher_suites(["TLS_PSK_WITH_AES_128_GCM_SHA256"])
    ends = pair(client_config(policy=policy, psk=forgotten), server_config(policy=policy, psk={b"a": b"b"}))
    ends.server.receive_data(ends.client.data_to_send())
    flight = ends.server.data_to_send()
    with pytest.raises(KeyError):
        ends.client.receive_data(flight)
    assert ends.client.closed
    assert ends.client.data_to_send()[-1] == AlertDescription.internal_error
    with pytest.raises(ConnectionClosed):
        ends.client.receive_data(flight)
    with pytest.raises(ConnectionClosed):
        ends.client.send_data(b"GET /secret")
    assert not ends.client.handshake_complete


@pytest.mark.parametrize("der", [b"garbage", b"\x30\x82\x00\x00", bytes(40)])
def test_a_certificate_that_is_none_is_told_all_the_same(der: bytes) -> None:
    ends = pair(client_config(record=True), server_config(record=True))
    ends.server.receive_data(ends.client.data_to_send())
    flight = ends.server.data_to_send()
    message = Certificate((der,)).frame()
    hello = flight[5 : 9 + int.from_bytes(flight[6:9], "big")]
    records = b"".join(b"\x16\x03\x03" + len(part).to_bytes(2, "big") + part for part in (hello, message))
    with pytest.raises(FatalAlert):
        ends.client.receive_data(records)
    assert ends.client.trace is not None
    assert ends.client.trace.failure is not None
    assert ends.client.trace.to_json()


def test_a_session_is_no_way_around_a_trust_store_of_the_server() -> None:
    rogue = LabAuthority.create(key="ec", at=NOW, name="Rogue").issue_client(key="ec")
    tickets = TicketKeys.generate(clock=clock)
    client = client_config(identity=rogue, session_store=MemorySessionStore(clock=clock))
    careless = server_config(client_auth="requested", client_trust=None, tickets=tickets)
    assert connected(client, careless).server.peer_certificates
    strict = server_config(client_auth="required", tickets=tickets)
    ends = pair(client, strict).pump()
    assert not ends.completed


def test_a_session_is_no_way_around_a_trust_store_of_the_client() -> None:
    store = MemorySessionStore(clock=clock)
    server = server_config(session_store=MemorySessionStore(clock=clock))
    connected(client_config(trust=None, session_store=store), server)
    stranger = LabAuthority.create(key="ec", at=NOW, name="Stranger")
    ends = pair(client_config(trust=stranger.trust, session_store=store), server).pump()
    assert not ends.completed


def test_a_renegotiation_keeps_encrypt_then_mac() -> None:
    policy = compatible("TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA256")
    ends = connected(client_config(policy=policy), server_config(policy=policy, renegotiation="accept"))
    assert ends.client.handshake.encrypt_then_mac
    ends.client.config = replace(ends.client.config, policy=replace(policy, encrypt_then_mac=False))
    ends.client.renegotiate()
    ends.pump()
    assert isinstance(ends.server_error, FatalAlert)  # RFC 7366, 3.1
    assert ends.server_error.alert == AlertDescription.handshake_failure


def test_what_comes_behind_close_notify_is_not_kept() -> None:
    ends = connected()
    ends.client.close()
    ends.pump()
    for _ in range(100):
        assert ends.server.receive_data(bytes(65_536)) == []
    assert ends.server._records.pending == 0


@pytest.mark.parametrize(
    "config",
    [
        client_config(psk=(b"identity", b"very secret key")),
        ServerConfig(psk={b"identity": b"very secret key"}),
    ],
)
def test_configurations_do_not_print_keys(config: Any) -> None:
    assert "very secret" not in repr(config)


def test_closing_while_keys_change_loses_nothing() -> None:
    ends = connected(client_config(), server_config(renegotiation="accept"))
    ends.client.renegotiate()
    ends.server.receive_data(ends.client.data_to_send())
    ends.client.receive_data(ends.server.data_to_send())
    ends.client.send_data(b"last words")
    ends.client.close()
    with pytest.raises(ConnectionClosed):
        ends.client.send_data(b"too late")
    ends.pump()
    assert DataReceived(b"last words") in ends.server_events
    assert ends.server.closed


def test_a_declined_renegotiation_is_not_remembered_as_a_wish() -> None:
    ends = connected()  # both refuse
    ends.server.renegotiate()
    ends.pump()
    ends.client.renegotiate()
    ends.pump()
    assert ends.completed
    assert ends.server_events.count(ends.server_events[0]) == 1  # one HandshakeCompleted


def test_after_our_close_notify_nothing_more_is_sent() -> None:
    from hellodone.messages.handshake import HelloRequest
    from hellodone.registry.codes import ContentType

    ends = connected(client_config(renegotiation="accept"), server_config())
    ends.client.close()
    ends.client.data_to_send()
    ends.server._write(ContentType.handshake, HelloRequest().frame())
    ends.client.receive_data(ends.server.data_to_send())
    assert ends.client.data_to_send() == b""


def test_half_an_alert_does_not_survive_a_change_of_keys() -> None:
    ends = pair()
    ends.server.receive_data(ends.client.data_to_send())
    ends.client.receive_data(ends.server.data_to_send())
    flight = ends.client.data_to_send()
    change = flight.index(b"\x14\x03\x03\x00\x01\x01")
    with pytest.raises(FatalAlert) as caught:
        ends.server.receive_data(flight[:change] + b"\x15\x03\x03\x00\x01\x01" + flight[change:])
    assert caught.value.alert == AlertDescription.unexpected_message


def test_an_end_before_any_byte_awaited_a_client_hello() -> None:
    from hellodone.endpoint import ServerConnection
    from hellodone.errors import TruncationError

    with pytest.raises(TruncationError, match="ClientHello"):
        ServerConnection(server_config()).receive_eof()
