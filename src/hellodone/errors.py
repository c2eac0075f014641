"""Alerts and the exceptions of the package (RFC 5246, 7.2).

Two borders turn faults into alerts: the wire layer raises :class:`DecodeError`, which the connection maps to
``decode_error``; every rule of the protocol raises :class:`FatalAlert` with the alert the RFC names and a sentence
that says what was wrong.
"""

from __future__ import annotations

from enum import IntEnum
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from hellodone.trace.model import Trace


class AlertLevel(IntEnum):
    """How grave an alert is (RFC 5246, 7.2)."""

    warning = 1
    fatal = 2


class AlertDescription(IntEnum):
    """Every alert that TLS 1.2 and 1.3 register (RFC 5246, 7.2.2 and the extension RFCs)."""

    close_notify = 0
    unexpected_message = 10
    bad_record_mac = 20
    decryption_failed = 21
    record_overflow = 22
    decompression_failure = 30
    handshake_failure = 40
    no_certificate = 41
    bad_certificate = 42
    unsupported_certificate = 43
    certificate_revoked = 44
    certificate_expired = 45
    certificate_unknown = 46
    illegal_parameter = 47
    unknown_ca = 48
    access_denied = 49
    decode_error = 50
    decrypt_error = 51
    too_many_cids_requested = 52
    export_restriction = 60
    protocol_version = 70
    insufficient_security = 71
    internal_error = 80
    inappropriate_fallback = 86
    user_canceled = 90
    no_renegotiation = 100
    missing_extension = 109
    unsupported_extension = 110
    certificate_unobtainable = 111
    unrecognized_name = 112
    bad_certificate_status_response = 113
    bad_certificate_hash_value = 114
    unknown_psk_identity = 115
    certificate_required = 116
    general_error = 117
    no_application_protocol = 120
    ech_required = 121


class TlsError(Exception):
    """Base of everything hellodone raises on purpose.

    ``alert`` is the alert that went with it (None when none did), ``reason`` one sentence for people, ``trace`` the
    trace of the connection when one was recorded.
    """

    alert: AlertDescription | int | None = None
    trace: Trace | None = None

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class ConfigurationError(TlsError, ValueError):
    """What the caller configured cannot work: an unknown suite name, an unreadable key, an empty list."""


class DecodeError(TlsError):
    """Bytes that do not have the form their struct declares (RFC 5246, 4 and the message's own section)."""

    alert = AlertDescription.decode_error


class EncodeError(TlsError, ValueError):
    """A value that does not fit the form its struct declares: ours, never the peer's, fault."""


class FatalAlert(TlsError):
    """The connection is over: ``alert`` was sent by ``sender`` ("us" or "peer") because of ``reason``."""

    def __init__(self, alert: AlertDescription | int, reason: str, sender: Literal["us", "peer"] = "us") -> None:
        super().__init__(reason)
        self.alert = alert
        self.description = alert
        self.sender = sender

    def __str__(self) -> str:
        name = alert_name(self.alert)
        return self.reason if name in self.reason else f"{name}: {self.reason}"


class TruncationError(TlsError):
    """The peer ended the TCP stream without close_notify (RFC 5246, 7.2.1): data may be missing."""


class ConnectionClosed(TlsError):
    """The caller asked for something that a closed or failed connection can no longer do."""


def system_reason(fault: OSError) -> str:
    """What the operating system says was wrong, as the end of a sentence: ``no such file or directory``."""
    return (fault.strerror or str(fault) or type(fault).__name__).lower()


def alert_name(alert: AlertDescription | int | None) -> str:
    """The name of an alert with its number, as RFC 5246 writes it: ``handshake_failure(40)``."""
    if alert is None:
        return "no alert"
    try:
        return f"{AlertDescription(alert).name}({int(alert)})"
    except ValueError:
        return f"unknown_alert({int(alert)})"
