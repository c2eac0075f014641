"""Record headers, alerts and ChangeCipherSpec (RFC 5246, 6.2, 7.1, 7.2)."""

from __future__ import annotations

import pytest

from hellodone.errors import AlertDescription, AlertLevel, DecodeError
from hellodone.messages.record import HEADER_LENGTH, Alert, ChangeCipherSpec, RecordHeader
from tests.messages.illustrated import message, record


def test_the_header_of_a_record() -> None:
    raw = record("clienthello")
    header = RecordHeader.parse(raw[:HEADER_LENGTH])
    assert header == RecordHeader(content_type=22, version=0x0301, length=len(raw) - HEADER_LENGTH)
    assert header.encode() == raw[:HEADER_LENGTH]


def test_an_alert() -> None:
    alert = Alert(AlertLevel.fatal, AlertDescription.handshake_failure)
    assert alert.encode() == b"\x02\x28"
    assert Alert.parse(b"\x01\x00") == Alert(AlertLevel.warning, AlertDescription.close_notify)
    assert str(alert) == "fatal handshake_failure(40)"
    assert str(Alert(9, 99)) == "level 9 unknown_alert(99)"


@pytest.mark.parametrize("raw", [b"", b"\x02", b"\x02\x28\x00"])
def test_an_alert_is_two_bytes(raw: bytes) -> None:
    with pytest.raises(DecodeError):
        Alert.parse(raw)


def test_change_cipher_spec() -> None:
    assert ChangeCipherSpec.parse(message("clientccs")) == ChangeCipherSpec()
    assert ChangeCipherSpec().encode() == b"\x01"
    assert ChangeCipherSpec.parse(b"\x02").type == 2  # the connection refuses it
