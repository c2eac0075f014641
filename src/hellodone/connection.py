"""The sans-I/O driver of one connection: bytes in, bytes out, events (in the manner of h11).

Everything passes here once: records are opened and joined to messages, a message goes to the handshake that waits for
it, what the handshake sends is framed, hashed and sealed, and the observer is told of each. Faults become alerts at
one place, ``receive_data``: whatever goes wrong with the peer's bytes ends in a FatalAlert and nothing else.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Generic

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
from hellodone.events import AlertReceived, CloseNotifyReceived, DataReceived, Event, HandshakeCompleted
from hellodone.handshake.context import C, Handshake, Role
from hellodone.handshake.flow import Expect, Flow
from hellodone.handshake.observer import Observer
from hellodone.handshake.transcript import Transcript
from hellodone.messages.handshake import HANDSHAKE_MESSAGES, HandshakeMessage, HelloRequest
from hellodone.messages.record import Alert, ChangeCipherSpec
from hellodone.record.joiner import Joiner
from hellodone.record.layer import Opener, RecordLayer, Sealer
from hellodone.registry.codes import ContentType, HandshakeType
from hellodone.registry.naming import name_of
from hellodone.wire.struct import Struct

MAXIMUM_EMPTY_RECORDS = 32
MAXIMUM_WARNINGS = 4

Handshaker = Callable[[Handshake[C]], Flow[None]]


class Connection(Generic[C]):
    """One side of one TLS connection, without I/O. The roles' classes are in ``endpoint``."""

    def __init__(self, role: Role, config: C, handshaker: Handshaker[C], observer: Observer | None = None) -> None:
        self.role = role
        self.config = config
        self._handshaker = handshaker
        self._observer = observer
        self._records = RecordLayer()
        self._joiner = Joiner(config.maximum_handshake)
        self._alerts = bytearray()
        self._outgoing: list[bytes] = []
        self._flight = bytearray()
        self._events: list[Event] = []
        self._flow: Flow[None] | None = None
        self._awaiting: Expect | None = None
        self._transcript = Transcript()
        self.handshake = self._new_handshake()
        self.handshake_complete = False
        self._write_closed = False
        self._read_closed = False
        self._failure: TlsError | None = None
        self._empty_records = 0
        self._warnings = 0

    def _new_handshake(self) -> Handshake[C]:
        return Handshake(self.role, self.config, self, self._transcript)

    # --- for the caller

    @property
    def closed(self) -> bool:
        """Nothing more can be sent or received."""
        return self._failure is not None or (self._write_closed and self._read_closed)

    def initiate_handshake(self) -> None:
        """The client sends its ClientHello (``data_to_send``); a server waits for one."""
        if self._flow is not None:
            raise ConnectionClosed("the handshake has already begun")
        self._begin()

    def data_to_send(self) -> bytes:
        """The bytes for the peer that have gathered, b"" when there are none."""
        if not self._outgoing:
            return b""
        data = self._outgoing[0] if len(self._outgoing) == 1 else b"".join(self._outgoing)
        self._outgoing.clear()
        return data

    def receive_data(self, data: bytes) -> list[Event]:
        """Take bytes of the peer; what they brought about, in order.

        Raises FatalAlert when the connection failed. When it was our decision, the alert is in ``data_to_send``.
        Events that preceded the failure are lost with it, except that their data was already accepted: read
        ``pending_events`` for them.
        """
        self._refuse_if_failed()
        if self._flow is None:
            self._begin()
        self._records.feed(data)
        try:
            self._process_records()
            self._flush_flight()
        except FatalAlert as fault:
            self._fail(fault)
        except DecodeError as fault:
            self._fail(FatalAlert(AlertDescription.decode_error, fault.reason))
        except BadRecordMac:
            self._fail(FatalAlert(AlertDescription.bad_record_mac, "a record's protection does not verify"))
        return self.pending_events()

    def pending_events(self) -> list[Event]:
        """Events not handed out yet."""
        events, self._events = self._events, []
        return events

    def receive_eof(self) -> list[Event]:
        """The peer ended the byte stream. Raises TruncationError unless its close_notify came first (7.2.1)."""
        self._refuse_if_failed()
        if self._read_closed:
            return []
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
        self._refuse_if_failed()
        if not self.handshake_complete:
            raise ConnectionClosed("application data can be sent when the handshake is complete")
        if self._write_closed:
            raise ConnectionClosed("our side of the connection is closed; nothing more can be sent")
        if self._observer is not None:
            self._observer.application_data(True, bytes(data))
        self._write(ContentType.application_data, data)

    def close(self) -> None:
        """Send close_notify: this side will send nothing more (7.2.1). Closing twice does nothing."""
        if self._write_closed or self._failure is not None:
            return
        self._send_alert(AlertLevel.warning, AlertDescription.close_notify)
        self._write_closed = True

    # --- what the handshake asks for (handshake.context.Channel)

    def send(self, message: Struct) -> None:
        """Frame a message; handshake messages of one flight share records."""
        if isinstance(message, HandshakeMessage):
            raw = message.frame()
            self._transcript.add(raw)
            self._flight += raw
            if self._observer is not None:
                self._observer.message(True, message.msg_type, raw)
            return
        self._flush_flight()
        if self._observer is not None:
            self._observer.change_cipher_spec(True)
        self._write(ContentType.change_cipher_spec, message.encode())

    def protect_writes(self, sealer: Sealer) -> None:
        """Everything sent from here on is protected by it."""
        self._flush_flight()
        self._records.protect_writes(sealer)

    def protect_reads(self, opener: Opener) -> None:
        """Everything received from here on is opened by it."""
        self._records.protect_reads(opener)

    def negotiated(self, version: int) -> None:
        """Records carry this version from here on (6.2.1)."""
        self._records.write_version = version
        self._records.read_version = version

    # --- records to messages

    def _process_records(self) -> None:
        next_record, observer = self._records.next_record, self._observer
        while not self._read_closed and (record := next_record()) is not None:
            content_type, plaintext, wire = record
            if observer is not None:
                observer.record(False, content_type, len(plaintext), wire)
            if content_type == ContentType.application_data:
                self._receive_application_data(plaintext)
                continue
            self._refuse_empty(content_type, plaintext)
            if content_type == ContentType.handshake:
                self._receive_handshake(plaintext)
            elif content_type == ContentType.alert:
                self._receive_alerts(plaintext)
            else:
                self._receive_change_cipher_spec(plaintext)

    def _receive_application_data(self, data: bytes) -> None:
        if not self.handshake_complete or self._joiner.partial:
            raise FatalAlert(
                AlertDescription.unexpected_message,
                f"application data came when {self._awaited()} was awaited (RFC 5246, 7.4)",
            )
        self._warnings = 0
        if not data:
            self._empty_records += 1
            if self._empty_records > MAXIMUM_EMPTY_RECORDS:
                raise FatalAlert(
                    AlertDescription.unexpected_message, f"more than {MAXIMUM_EMPTY_RECORDS} empty records in a row"
                )
            return
        self._empty_records = 0
        if self._observer is not None:
            self._observer.application_data(False, data)
        self._events.append(DataReceived(data))

    @staticmethod
    def _refuse_empty(content_type: int, plaintext: bytes) -> None:
        if not plaintext:
            raise FatalAlert(
                AlertDescription.unexpected_message,
                f"an empty record of type {name_of(ContentType, content_type)} (RFC 5246, 6.2.1)",
            )

    def _receive_handshake(self, plaintext: bytes) -> None:
        for raw in self._joiner.join(plaintext):
            msg_type = raw[0]
            if self._observer is not None:
                self._observer.message(False, msg_type, raw)
            kind = HANDSHAKE_MESSAGES.get(msg_type)
            if kind is None:
                raise FatalAlert(
                    AlertDescription.unexpected_message,
                    f"a handshake message of type {name_of(HandshakeType, msg_type)}, which TLS 1.2 does not have",
                )
            if kind is HelloRequest:
                self._receive_hello_request(raw)
            elif self.handshake_complete:
                self._receive_renegotiation(kind)
            else:
                self._deliver(kind, raw)

    def _receive_hello_request(self, raw: bytes) -> None:
        """Ignored by a client that is in a handshake, and never hashed (7.4.1.1)."""
        if self.role == "server":
            raise FatalAlert(
                AlertDescription.unexpected_message, "a HelloRequest came from a client (RFC 5246, 7.4.1.1)"
            )
        HelloRequest.parse(raw[4:])
        if self.handshake_complete:
            self._send_alert(AlertLevel.warning, AlertDescription.no_renegotiation)

    def _receive_renegotiation(self, kind: type[HandshakeMessage]) -> None:
        """A ClientHello after the handshake is declined, anything else has no place there (7.2.2)."""
        if self.role == "server" and kind.msg_type == HandshakeType.client_hello:
            self._send_alert(AlertLevel.warning, AlertDescription.no_renegotiation)
            return
        raise FatalAlert(
            AlertDescription.unexpected_message,
            f"{kind.__name__} came after the handshake was complete (RFC 5246, 7.4)",
        )

    def _receive_change_cipher_spec(self, plaintext: bytes) -> None:
        message = ChangeCipherSpec.parse(plaintext)
        if message.type != 1:
            raise FatalAlert(AlertDescription.decode_error, f"ChangeCipherSpec has {message.type} in place of 1 (7.1)")
        if self._joiner.partial:
            raise FatalAlert(
                AlertDescription.unexpected_message, "ChangeCipherSpec came within a handshake message (7.1)"
            )
        if self._observer is not None:
            self._observer.change_cipher_spec(False)
        self._resume(message, ChangeCipherSpec, None)

    def _receive_alerts(self, plaintext: bytes) -> None:
        self._alerts += plaintext
        while len(self._alerts) >= 2 and not self._read_closed:
            alert = Alert.parse(bytes(self._alerts[:2]))
            del self._alerts[:2]
            self._receive_alert(alert)

    def _receive_alert(self, alert: Alert) -> None:
        if self._observer is not None:
            self._observer.alert(False, alert.level, alert.description)
        if alert.level not in (AlertLevel.warning, AlertLevel.fatal):
            raise FatalAlert(
                AlertDescription.illegal_parameter, f"an alert has level {alert.level}, 1 or 2 are allowed (7.2)"
            )
        if alert.description == AlertDescription.close_notify:
            self._receive_close_notify()
            return
        if alert.level == AlertLevel.fatal:
            raise FatalAlert(alert.description, f"the peer sent {alert_name(alert.description)}", sender="peer")
        self._warnings += 1
        if self._warnings > MAXIMUM_WARNINGS:
            raise FatalAlert(
                AlertDescription.unexpected_message, f"more than {MAXIMUM_WARNINGS} warning alerts in a row"
            )
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

    # --- the handshake

    def _begin(self) -> None:
        if self._observer is not None:
            self._observer.handshake_began(self.handshake)
        self._flow = self._handshaker(self.handshake)
        self._advance(None)
        self._flush_flight()

    def _deliver(self, kind: type[HandshakeMessage], raw: bytes) -> None:
        message = kind.parse(raw[4:])
        self._resume(message, kind, raw)

    def _resume(self, message: Struct, kind: type[Struct], raw: bytes | None) -> None:
        """Hand the message to the flow, which may pass over optional ones it waits for."""
        accepted = []
        while self._awaiting is not None and self._awaiting.kind is not kind:
            accepted.append(self._awaiting.kind.__name__)
            if not self._awaiting.optional:
                break
            self._advance(None)
        if self._awaiting is None or self._awaiting.kind is not kind:
            raise FatalAlert(
                AlertDescription.unexpected_message,
                f"{kind.__name__} came when {' or '.join(accepted) or 'no handshake message'} was awaited",
            )
        if raw is not None:
            self._transcript.add(raw)
        self._advance(message)

    def _advance(self, message: Any) -> None:
        assert self._flow is not None, "a flow runs from the first byte on"
        try:
            self._awaiting = self._flow.send(message)
        except StopIteration:
            self._awaiting = None
            self._complete()

    def _complete(self) -> None:
        self._flush_flight()
        self.handshake_complete = True
        if self._observer is not None:
            self._observer.handshake_completed(self.handshake)
        self._events.append(HandshakeCompleted())

    def _awaited(self) -> str:
        return self._awaiting.kind.__name__ if self._awaiting is not None else "no handshake message"

    # --- records out

    def _flush_flight(self) -> None:
        if self._flight:
            flight, self._flight = bytes(self._flight), bytearray()
            self._write(ContentType.handshake, flight)

    def _write(self, content_type: int, data: bytes) -> None:
        wire = self._records.seal(content_type, data)
        self._outgoing.append(wire)
        if self._observer is not None:
            self._observer.record(True, content_type, len(data), wire)

    def _send_alert(self, level: AlertLevel, description: AlertDescription | int) -> None:
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
        self._write_closed = self._read_closed = True
        self._observe_failure(fault)
        raise fault

    def _observe_failure(self, fault: TlsError) -> None:
        if self._observer is not None:
            self._observer.failed(fault)

    def _refuse_if_failed(self) -> None:
        if self._failure is not None:
            raise ConnectionClosed(f"the connection has failed: {self._failure.reason}")
