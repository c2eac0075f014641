"""The lower half of a connection: a protected stream of records, with alerts, application data and an end.

What the handshake is about is left to ``connection.Connection``, which fills in the methods at the bottom.
"""

from __future__ import annotations

from abc import ABC, abstractmethod

from hellodone.crypto.errors import BadRecordMac
from hellodone.errors import (
    AlertDescription,
    AlertLevel,
    ConnectionClosed,
    DecodeError,
    FatalAlert,
    TlsError,
    TruncationError,
    alert_name,
)
from hellodone.events import AlertReceived, CloseNotifyReceived, DataReceived, Event
from hellodone.handshake.observer import Observer
from hellodone.messages.record import Alert
from hellodone.record.layer import APPLICATION_DATA, Opener, RecordLayer, Sealer
from hellodone.registry.codes import ContentType
from hellodone.registry.naming import name_of

HANDSHAKE, ALERT = int(ContentType.handshake), int(ContentType.alert)  # an enum's members compare slowly
MAXIMUM_EMPTY_RECORDS = 32
MAXIMUM_WARNINGS = 4


class Stream(ABC):
    """Bytes in, bytes out, events; faults of the peer's bytes become alerts in one place, ``receive_data``."""

    __slots__ = (
        "_alerts",
        "_begun",
        "_close_held",
        "_empty_records",
        "_events",
        "_failure",
        "_flight",
        "_held",
        "_observer",
        "_outgoing",
        "_read_closed",
        "_records",
        "_takes_data",
        "_warnings",
        "_write_closed",
        "handshake_complete",
    )  # a dict of more than 30 names would cost every access

    def __init__(self, observer: Observer | None = None) -> None:
        self._begun = False  # whether the first handshake has begun
        self.handshake_complete = False
        self._observer = observer
        self._records = RecordLayer(watched=observer is not None)
        self._alerts = b""
        self._outgoing: list[bytes] = []  # pieces of records
        self._flight: list[bytes] = []  # handshake messages that wait to share a record
        self._takes_data = False  # whether application data of the peer has a place now
        self._events: list[Event] = []
        # application data that waits for the new keys of a renegotiation; None when it may go out at once
        self._held: list[bytes] | None = []
        self._close_held = False
        self._write_closed = False
        self._read_closed = False
        self._failure: TlsError | None = None
        self._empty_records = 0
        self._warnings = 0

    # --- for the caller

    @property
    def closed(self) -> bool:
        """Nothing more can be sent or received."""
        return self._failure is not None or (self._write_closed and self._read_closed)

    def data_to_send(self) -> bytes:
        """The bytes for the peer that have gathered, b"" when there are none."""
        data = b"".join(self._outgoing)
        self._outgoing.clear()
        if data and self._observer is not None:
            self._observer.piece(True, len(data))
        return data

    def receive_data(self, data: bytes) -> list[Event]:
        """Take bytes of the peer; what they brought about, in order.

        Raises FatalAlert when the connection failed; if that was our decision, the alert is in ``data_to_send``.
        Events that came before the failure are then in ``pending_events``.
        """
        if self._read_closed:
            self._refuse_if_failed()
            return []  # what comes behind close_notify is ignored (7.2.1)
        try:
            content = self._records.read_only(data) if self._takes_data and self._observer is None else None
            if content:
                self._warnings = self._empty_records = 0
                return [DataReceived(content)]
            if content is None:
                self._read(data)
            else:
                self._receive_undelivered()
        except FatalAlert as fault:
            self._fail(fault)
        except DecodeError as fault:
            self._fail(FatalAlert(AlertDescription.decode_error, fault.reason))
        except BadRecordMac:
            self._fail(FatalAlert(AlertDescription.bad_record_mac, "a record's protection does not verify"))
        events, self._events = self._events, []
        return events

    def pending_events(self) -> list[Event]:
        """Events not handed out yet."""
        events, self._events = self._events, []
        return events

    def receive_eof(self) -> list[Event]:
        """The peer ended the byte stream. Raises TruncationError unless its close_notify came first (7.2.1)."""
        self._refuse_if_failed()
        if self._read_closed:
            return []
        self._end_writes()
        self._read_closed = True
        if self.handshake_complete:
            where = "without close_notify; data may be missing (RFC 5246, 7.2.1)"
        else:
            where = f"during the handshake, when {self._awaited()} was awaited"
        self._failure = TruncationError(f"the peer ended the connection {where}")
        self._observe_failure(self._failure)
        raise self._failure

    def send_data(self, data: bytes) -> None:
        """Send application data, as many records as it takes."""
        if self._held is not None:
            self._hold(data)
        elif self._observer is None:
            self._records.seal(APPLICATION_DATA, data, self._outgoing)
        else:
            self._write(APPLICATION_DATA, bytes(data))

    def _hold(self, data: bytes) -> None:
        """Application data that cannot be sent now: it waits for new keys, or is refused."""
        self._refuse_if_failed()
        if not self.handshake_complete:
            raise ConnectionClosed("application data can be sent when the handshake is complete")
        if self._held is None or self._write_closed or self._close_held:
            raise ConnectionClosed("our side of the connection is closed; nothing more can be sent")
        self._held.append(bytes(data))

    def close(self) -> None:
        """Send close_notify: this side will send nothing more (7.2.1). Closing twice does nothing."""
        if self._write_closed or self._failure is not None:
            return
        if self._held:
            self._close_held = True  # behind the data that waits for the new keys
            return
        self._send_alert(AlertLevel.warning, AlertDescription.close_notify)
        self._end_writes()

    def _end_writes(self) -> None:
        """Nothing goes out any more."""
        self._write_closed = True
        self._held = []

    # --- for the handshake (handshake.context.Channel)

    def protect_writes(self, sealer: Sealer) -> None:
        """Everything sent from here on is protected by it."""
        if self._flight:
            self._flush_flight()
        self._records.protect_writes(sealer)

    def protect_reads(self, opener: Opener) -> None:
        """Everything received from here on is opened by it."""
        self._records.protect_reads(opener)

    def limit_writes(self, length: int) -> None:
        """No record of ours carries more plaintext from here on."""
        self._records.max_plaintext = length

    def limit_reads(self, length: int) -> None:
        """No record of the peer's may carry more plaintext from here on."""
        self._records.limit_incoming(length)

    def negotiated(self, version: int) -> None:
        """Records carry this version from here on (6.2.1)."""
        self._records.write_version = self._records.read_version = int(version)  # an enum's members compare slowly

    # --- records in

    def _read(self, data: bytes) -> None:
        if not self._begun:
            self._begin()
        if self._observer is not None:
            self._read_observed(data, self._observer)
        else:
            deliver = self._events.append
            for content_type, content, _ in self._records.read(data):
                if content and content_type == APPLICATION_DATA and self._takes_data:
                    self._warnings = self._empty_records = 0
                    deliver(DataReceived(content))
                elif content and content_type == HANDSHAKE:
                    self._receive_handshake(content)
                else:
                    self._receive(content_type, content)
                    if self._read_closed:
                        break
        if self._flight:
            self._flush_flight()

    def _read_observed(self, data: bytes, observer: Observer) -> None:
        """The same for somebody who looks on: application data that is read together is shown together."""
        observer.piece(False, len(data))
        contents: list[bytes] = []
        wires: list[bytes] = []
        try:
            for content_type, content, wire in self._records.read(data):
                if content_type == APPLICATION_DATA and self._takes_data and content:
                    contents.append(content)
                    wires.append(wire)
                    continue
                if contents:
                    self._deliver(contents, wires, observer)
                    contents, wires = [], []
                observer.opened(content_type, content, wire)
                self._receive(content_type, content)
                if self._read_closed:
                    break
        finally:
            if contents:
                self._deliver(contents, wires, observer)

    def _deliver(self, contents: list[bytes], wires: list[bytes], observer: Observer) -> None:
        observer.delivered(contents, wires)
        self._warnings = self._empty_records = 0
        self._events += map(DataReceived, contents)

    def _receive(self, content_type: int, content: bytes) -> None:
        """What a record held that is not application data in its place."""
        if content and content_type == HANDSHAKE:
            self._receive_handshake(content)
        elif content_type == APPLICATION_DATA:
            self._receive_undelivered()
        elif not content:
            raise FatalAlert(
                AlertDescription.unexpected_message,
                f"an empty record of type {name_of(ContentType, content_type)} (RFC 5246, 6.2.1)",
            )
        elif content_type == ALERT:
            self._receive_alerts(content)
        else:
            self._receive_change_cipher_spec(content)

    def _receive_undelivered(self) -> None:
        """Application data when there must be none, or an empty record of it, of which there may be some (6.2.1)."""
        if not self._takes_data:
            raise FatalAlert(
                AlertDescription.unexpected_message,
                f"application data came when {self._awaited()} was awaited (RFC 5246, 7.4)",
            )
        self._warnings = 0
        self._empty_records += 1
        if self._empty_records > MAXIMUM_EMPTY_RECORDS:
            raise FatalAlert(
                AlertDescription.unexpected_message, f"more than {MAXIMUM_EMPTY_RECORDS} empty records in a row"
            )

    def _receive_alerts(self, plaintext: bytes) -> None:
        self._alerts += plaintext
        while len(self._alerts) >= 2 and not self._read_closed:
            alert, self._alerts = Alert.parse(self._alerts[:2]), self._alerts[2:]
            self._receive_alert(alert)

    def _receive_alert(self, alert: Alert) -> None:
        if self._observer is not None:
            self._observer.alert(False, alert.level, alert.description)
        if alert.description == AlertDescription.close_notify:  # of whatever level: 7.2.1 gives it none
            self._receive_close_notify()
            return
        if alert.level not in (AlertLevel.warning, AlertLevel.fatal):
            raise FatalAlert(
                AlertDescription.illegal_parameter, f"an alert has level {alert.level}, 1 or 2 are allowed (7.2)"
            )
        if alert.level == AlertLevel.fatal:
            raise FatalAlert(alert.description, f"the peer sent {alert_name(alert.description)}", sender="peer")
        self._warnings += 1
        if self._warnings > MAXIMUM_WARNINGS:
            raise FatalAlert(
                AlertDescription.unexpected_message, f"more than {MAXIMUM_WARNINGS} warning alerts in a row"
            )
        self._receive_warning(alert.description)
        self._events.append(AlertReceived(AlertLevel.warning, alert.description))

    def _receive_close_notify(self) -> None:
        """The peer will send nothing more; we answer in kind (7.2.1)."""
        self._read_closed = True
        if not self.handshake_complete:
            raise FatalAlert(
                AlertDescription.close_notify,
                f"the peer closed the connection during the handshake, when {self._awaited()} was awaited",
                sender="peer",
            )
        self._events.append(CloseNotifyReceived())
        self.close()

    # --- records out

    def _flush_flight(self) -> None:
        """Seal the handshake messages that wait to share a record."""
        flight, self._flight = self._flight, []
        if self._observer is None:
            self._records.seal(HANDSHAKE, b"".join(flight), self._outgoing)  # at once, a call less
        else:
            self._write(HANDSHAKE, b"".join(flight))

    def _write(self, content_type: int, data: bytes) -> None:
        if self._observer is None:
            self._records.seal(content_type, data, self._outgoing)
            return
        first = len(self._outgoing)
        self._records.seal(content_type, data, self._outgoing)
        self._observer.sealed(content_type, data, self._records.max_plaintext, self._outgoing[first:])

    def _send_alert(self, level: AlertLevel, description: AlertDescription | int) -> None:
        if self._flight:
            self._flush_flight()
        if self._observer is not None:
            self._observer.alert(True, level, description)
        self._write(ContentType.alert, Alert(level, description).encode())

    # --- the end

    def _fail(self, fault: FatalAlert) -> None:
        """Send our alert, if the decision is ours, and raise."""
        self._failure = fault
        if fault.sender == "us" and not self._write_closed:
            self._send_alert(AlertLevel.fatal, fault.description)
        self._end_writes()
        self._read_closed = True
        self._observe_failure(fault)
        raise fault

    def _break_off(self, reason: str) -> None:
        """End the connection because of a fault on this side; whoever caused it has its own exception."""
        fault = FatalAlert(AlertDescription.internal_error, reason)
        self._failure = fault
        if not self._write_closed:
            self._send_alert(AlertLevel.fatal, fault.description)
        self._end_writes()
        self._read_closed = True
        self._observe_failure(fault)

    def _observe_failure(self, fault: TlsError) -> None:
        if self._observer is not None:
            self._observer.failed(fault)

    def _refuse_if_failed(self) -> None:
        if self._failure is not None:
            raise ConnectionClosed(f"the connection has failed: {self._failure.reason}")

    # --- what the upper half knows

    @abstractmethod
    def _begin(self) -> None:
        """The handshake begins: a caller says so, or bytes of the peer are about to be read."""

    @abstractmethod
    def _receive_handshake(self, plaintext: bytes) -> None:
        """Content of type handshake."""

    @abstractmethod
    def _receive_change_cipher_spec(self, plaintext: bytes) -> None:
        """Content of type change_cipher_spec."""

    @abstractmethod
    def _receive_warning(self, description: AlertDescription | int) -> None:
        """A warning that may concern a handshake."""

    @abstractmethod
    def _awaited(self) -> str:
        """What the handshake waits for, in words."""
