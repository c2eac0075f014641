"""The driver: splitting and joining of bytes, closing, alerts, bounds, and what may not be done when."""

from __future__ import annotations

import pytest

from hellodone.crypto.errors import BadRecordMac
from hellodone.endpoint import ServerConnection
from hellodone.errors import AlertDescription, ConfigurationError, ConnectionClosed, FatalAlert, TruncationError
from hellodone.events import AlertReceived, CloseNotifyReceived, DataReceived, HandshakeCompleted
from hellodone.messages.handshake import HelloRequest
from hellodone.registry.codes import ContentType
from tests.pairs import client_config, compatible, connected, pair, server_config

A = AlertDescription


def test_byte_by_byte() -> None:
    ends = pair()
    while True:
        up, down = ends.client.data_to_send(), ends.server.data_to_send()
        if not up and not down:
            break
        for byte in up:
            ends.server_events += ends.server.receive_data(bytes((byte,)))
        for byte in down:
            ends.client_events += ends.client.receive_data(bytes((byte,)))
    assert ends.client_events == [HandshakeCompleted()]
    assert ends.server_events == [HandshakeCompleted()]


def test_data_behind_the_last_message_is_delivered_with_it() -> None:
    ends = pair()
    ends.server.receive_data(ends.client.data_to_send())
    ends.client.receive_data(ends.server.data_to_send())
    flight = ends.client.data_to_send()
    ends.server.receive_data(flight)
    finished = ends.server.data_to_send()
    ends.server.send_data(b"early bird")
    assert ends.client.receive_data(finished + ends.server.data_to_send()) == [
        HandshakeCompleted(),
        DataReceived(b"early bird"),
    ]


def test_closing_one_side_closes_the_other() -> None:
    ends = connected()
    ends.server.close()
    ends.server.close()
    ends.pump()
    assert ends.client_events[-1] == CloseNotifyReceived()
    assert ends.client.closed
    assert ends.server.closed
    assert ends.client.receive_eof() == []
    with pytest.raises(ConnectionClosed):
        ends.client.send_data(b"late")


@pytest.mark.parametrize("level", [0, 1, 2, 255])
def test_the_level_of_close_notify_says_nothing(level: int) -> None:
    ends = connected()
    ends.client._write(ContentType.alert, bytes((level, A.close_notify)))
    assert ends.server.receive_data(ends.client.data_to_send()) == [CloseNotifyReceived()]
    assert ends.server.closed


def test_truncation_is_noticed() -> None:
    ends = connected()
    with pytest.raises(TruncationError, match="without close_notify"):
        ends.client.receive_eof()
    assert ends.client.closed


def test_an_end_during_the_handshake_says_what_was_awaited() -> None:
    ends = pair()
    ends.client.data_to_send()
    with pytest.raises(TruncationError, match="ServerHello"):
        ends.client.receive_eof()


def test_close_notify_during_the_handshake_ends_it() -> None:
    ends = pair()
    ends.client.close()
    ends.pump()
    assert isinstance(ends.server_error, FatalAlert)
    assert ends.server_error.alert == A.close_notify
    assert ends.server_error.sender == "peer"


def test_a_fatal_alert_of_the_peer_is_raised_and_nothing_is_sent_back() -> None:
    ends = connected()
    ends.client._send_alert(2, A.internal_error)  # type: ignore[arg-type]
    with pytest.raises(FatalAlert) as caught:
        ends.server.receive_data(ends.client.data_to_send())
    assert (caught.value.alert, caught.value.sender) == (A.internal_error, "peer")
    assert ends.server.data_to_send() == b""
    with pytest.raises(ConnectionClosed):
        ends.server.receive_data(b"more")


def test_warnings_are_events_until_there_are_too_many() -> None:
    ends = connected()
    for _ in range(4):
        ends.client._send_alert(1, A.user_canceled)  # type: ignore[arg-type]
    events = ends.server.receive_data(ends.client.data_to_send())
    assert events == [AlertReceived(1, A.user_canceled)] * 4  # type: ignore[arg-type]
    ends.client._send_alert(1, A.user_canceled)  # type: ignore[arg-type]
    with pytest.raises(FatalAlert):
        ends.server.receive_data(ends.client.data_to_send())


def test_hello_requests_in_a_handshake_are_ignored_and_not_hashed() -> None:
    ends = pair()
    ends.server.receive_data(ends.client.data_to_send())
    request = b"\x16\x03\x03\x00\x04" + HelloRequest().frame()
    ends.client.receive_data(request)
    ends.pump()
    assert ends.completed


def test_a_hello_request_afterwards_is_declined() -> None:
    ends = connected()
    ends.server._write(ContentType.handshake, HelloRequest().frame())
    ends.pump()
    assert ends.server_events[-1] == AlertReceived(1, A.no_renegotiation)  # type: ignore[arg-type]
    ends.client.send_data(b"still here")
    ends.pump()
    assert list(ends.server_events)[-1] == DataReceived(b"still here")


def test_empty_application_data_is_bounded() -> None:
    ends = connected()
    for _ in range(32):
        ends.client._write(ContentType.application_data, b"")
    assert ends.server.receive_data(ends.client.data_to_send()) == []
    ends.client._write(ContentType.application_data, b"")
    with pytest.raises(FatalAlert):
        ends.server.receive_data(ends.client.data_to_send())


@pytest.mark.parametrize(
    ("wire", "alert"),
    [
        (b"GET / HTTP/1.1\r\n\r\n", A.unexpected_message),
        (b"\x16\x02\x00\x00\x05hello", A.protocol_version),
        (b"\x16\x03\x01\x48\x01", A.record_overflow),
        (b"\x16\x03\x01\x00\x00", A.unexpected_message),
        (b"\x18\x03\x01\x00\x01x", A.unexpected_message),
        (b"\x17\x03\x01\x00\x01x", A.unexpected_message),
        (b"\x14\x03\x01\x00\x01\x01", A.unexpected_message),
        (b"\x14\x03\x01\x00\x02\x01\x01", A.unexpected_message),
        (b"\x14\x03\x01\x00\x01\x02", A.decode_error),
        (b"\x16\x03\x01\x00\x04\x01\xff\xff\xff", A.decode_error),
        (b"\x16\x03\x01\x00\x04\x63\x00\x00\x00", A.unexpected_message),
        (b"\x16\x03\x01\x00\x04\x00\x00\x00\x00", A.unexpected_message),
        (b"\x15\x03\x01\x00\x02\x03\x0a", A.illegal_parameter),
    ],
)
def test_first_bytes_that_no_client_sends(wire: bytes, alert: AlertDescription) -> None:
    server = ServerConnection(server_config())
    with pytest.raises(FatalAlert) as caught:
        server.receive_data(wire)
    assert caught.value.alert == alert
    assert caught.value.reason
    assert server.data_to_send() == bytes((0x15, 3, 1, 0, 2, 2, alert))


def test_a_handshake_message_cut_by_another_record_is_refused() -> None:
    ends = pair()
    hello = ends.client.data_to_send()
    half = hello[5:30]
    ends.server.receive_data(b"\x16\x03\x01" + len(half).to_bytes(2, "big") + half)
    with pytest.raises(FatalAlert) as caught:
        ends.server.receive_data(b"\x14\x03\x01\x00\x01\x01")
    assert caught.value.alert == A.unexpected_message


@pytest.mark.parametrize(
    "suite", ["TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256", "TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA256"]
)
def test_a_changed_record_is_bad_record_mac(suite: str) -> None:
    policy = compatible(suite)
    ends = connected(client_config(policy=policy), server_config(policy=policy))
    ends.client.send_data(b"content")
    wire = bytearray(ends.client.data_to_send())
    wire[-1] ^= 1
    with pytest.raises(FatalAlert) as caught:
        ends.server.receive_data(bytes(wire))
    assert caught.value.alert == A.bad_record_mac
    assert not isinstance(caught.value, BadRecordMac)
    assert len(ends.server.data_to_send()) > 7  # the alert, protected


def test_data_received_before_a_fault_is_not_lost() -> None:
    ends = connected()
    ends.client.send_data(b"good")
    good = ends.client.data_to_send()
    with pytest.raises(FatalAlert):
        ends.server.receive_data(good + good)  # a replay
    assert ends.server.pending_events() == [DataReceived(b"good")]


def test_what_is_too_early_or_the_wrong_way_round() -> None:
    ends = pair()
    with pytest.raises(ConnectionClosed):
        ends.client.send_data(b"too early")
    with pytest.raises(ConnectionClosed):
        ends.client.initiate_handshake()
    with pytest.raises(ConfigurationError):
        ends.server.initiate_handshake()


def test_a_connection_says_nothing_of_its_secrets() -> None:
    ends = connected()
    master = ends.client.handshake.master_secret.reveal()
    shown = repr(vars(ends.client.handshake)) + repr(ends.client) + repr(ends.client.handshake.key_block)
    assert master.hex() not in shown
    assert repr(master)[2:-1] not in shown
