"""The sans-I/O driver of one connection (in the manner of h11): its upper half, which is about handshakes.

Messages are joined from records and go to the handshake that waits for them; what the handshake sends is framed,
hashed and sealed; the observer is told of each. A connection can have several handshakes, one after another (RFC 5746).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Generic, NoReturn

from hellodone.config import ClientAuth
from hellodone.crypto.errors import BadRecordMac
from hellodone.errors import AlertDescription, AlertLevel, ConnectionClosed, DecodeError, FatalAlert
from hellodone.events import HandshakeCompleted
from hellodone.handshake.context import C, Handshake, Previous, Role
from hellodone.handshake.flow import Ask, Expect, Flow
from hellodone.handshake.observer import Observer
from hellodone.handshake.tls12.resumption import forget
from hellodone.handshake.transcript import Transcript
from hellodone.messages.handshake import (
    HANDSHAKE_MESSAGES,
    ClientHello,
    Finished,
    HandshakeMessage,
    HelloRequest,
    ServerHello,
)
from hellodone.messages.record import CHANGE_CIPHER_SPEC, ChangeCipherSpec
from hellodone.pki.lookups import Fetched, Lookup
from hellodone.record.joiner import HEADER_LENGTH, Joiner
from hellodone.registry.codes import ContentType, HandshakeType
from hellodone.registry.naming import name_of
from hellodone.stream import Stream
from hellodone.wire.struct import Struct

MAXIMUM_RENEGOTIATIONS = 3
CHANGES_CIPHER_SPEC = int(ContentType.change_cipher_spec)
_CHANGE = CHANGE_CIPHER_SPEC.encode()

Handshaker = Callable[[Handshake[C]], Flow[None]]
Fetch = Callable[[Lookup], Fetched]


class Connection(Stream, Generic[C]):
    """One side of one TLS connection, without I/O. The roles' classes are in ``endpoint``.

    ``handshake`` is what this side knows from the last handshake that was completed, or from the first while it runs.
    """

    __slots__ = (
        "_awaiting",
        "_client_auth",
        "_current",
        "_flow",
        "_handshaker",
        "_joiner",
        "_renegotiation_requested",
        "_renegotiations",
        "_transcript",
        "config",
        "fetch",
        "handshake",
        "role",
    )

    def __init__(self, role: Role, config: C, handshaker: Handshaker[C], observer: Observer | None = None) -> None:
        super().__init__(observer)
        self.role = role
        self.config = config
        self._handshaker = handshaker
        self._joiner = Joiner(config.maximum_handshake)
        self._flow: Flow[None] | None = None
        self._awaiting: Expect | None = None
        self._transcript = Transcript()
        self.handshake = self._current = Handshake(role, config, self, self._transcript)
        self._renegotiations = 0
        self._renegotiation_requested = False
        self._client_auth: ClientAuth | None = None
        self.fetch: Fetch | None = None  # goes to the network for the handshake: set by the transport

    # --- for the caller

    def initiate_handshake(self) -> None:
        """The client sends its ClientHello (``data_to_send``); a server waits for one."""
        if self._begun:
            raise ConnectionClosed("the handshake has already begun")
        self._begin()

    def renegotiate(self, client_auth: ClientAuth | None = None) -> None:
        """Begin another handshake on this connection: a client sends ClientHello, a server HelloRequest (RFC 5746).

        A server may ask for another ``client_auth`` than the configuration's. Raises ConnectionClosed when the
        connection cannot be renegotiated, with the reason.
        """
        self._refuse_if_failed()
        reason = self._not_renegotiable()
        if reason:
            raise ConnectionClosed(f"this connection cannot be renegotiated: {reason}")
        if self.role == "client":
            self._begin_renegotiation()
            return
        self._client_auth = client_auth
        self._renegotiation_requested = True
        raw = HelloRequest().frame()
        if self._observer is not None:
            self._observer.message(True, HelloRequest.msg_type, raw)
        self._write(ContentType.handshake, raw)

    # --- for the handshake (handshake.context.Channel)

    def look_up(self, lookup: Lookup) -> Fetched:
        """Ask whoever was set to fetch for this connection."""
        if self.fetch is None:
            return Fetched(failure="this connection has nobody who fetches")
        if self._observer is None:
            return self.fetch(lookup)
        self._observer.asked(lookup)
        fetched = self.fetch(lookup)
        self._observer.answered(lookup, fetched)
        return fetched

    def send(self, message: Struct) -> None:
        """Frame a handshake message, which shares a record with the others of its flight, or send ChangeCipherSpec."""
        if isinstance(message, HandshakeMessage):
            raw = message.frame()
            self._transcript.add(raw)
            self._flight.append(raw)
            if self._observer is not None:
                self._observer.message(True, message.msg_type, raw)
            return
        if self._flight:
            self._flush_flight()
        if self.handshake_complete:
            self._held = []
        if self._observer is None:
            self._records.seal(CHANGES_CIPHER_SPEC, _CHANGE, self._outgoing)
        else:
            self._observer.change_cipher_spec(True)
            self._write(CHANGES_CIPHER_SPEC, _CHANGE)

    # --- messages in

    def _receive_handshake(self, plaintext: bytes) -> None:
        for raw in self._joiner.join(plaintext):
            awaiting = self._awaiting
            if awaiting is None or awaiting.msg_type != raw[0]:
                awaiting = self._place_of(raw)
                if awaiting is None:
                    continue
            elif self._observer is not None:
                self._observer.message(False, raw[0], raw)
            kind = awaiting.kind
            message = self._current._forms.get(kind, kind).parse(raw, HEADER_LENGTH)
            self._transcript.add(raw)
            self._advance(message)

    def _place_of(self, raw: bytes) -> Expect | None:
        """Of another message than the next one: behind optional ones that were left out; None if it was unasked for.

        Raises FatalAlert where it is out of place.
        """
        kind = HANDSHAKE_MESSAGES.get(raw[0])
        try:
            passed_over = self._pass_over(kind)  # what follows from its absence comes before this message
        finally:
            if self._observer is not None:
                self._observer.message(False, raw[0], raw)
        if kind is None:
            raise FatalAlert(
                AlertDescription.unexpected_message,
                f"a handshake message of type {name_of(HandshakeType, raw[0])}, which TLS 1.2 does not have",
            )
        if kind is HelloRequest:
            self._receive_hello_request(raw)
            return None
        if self._awaiting is None:
            self._receive_unasked(kind)
        awaiting = self._awaiting
        if awaiting is not None and awaiting.kind is not kind:
            self._current._forms.get(kind, kind).parse(raw, HEADER_LENGTH)  # one that is malformed is refused as that
            self._refuse(kind, passed_over)
        return awaiting

    def _receive_hello_request(self, raw: bytes) -> None:
        """Ignored by a client that is in a handshake, and never hashed (7.4.1.1)."""
        if self.role == "server":
            raise FatalAlert(
                AlertDescription.unexpected_message, "a HelloRequest came from a client (RFC 5246, 7.4.1.1)"
            )
        HelloRequest.parse(raw, HEADER_LENGTH)
        if self._awaiting is None:
            self._answer_renegotiation()

    def _receive_unasked(self, kind: type[HandshakeMessage]) -> None:
        """After the handshake only a ClientHello has a place: it asks for another one (7.4.1.2)."""
        if self.role == "client" or kind is not ClientHello:
            raise FatalAlert(
                AlertDescription.unexpected_message,
                f"{kind.__name__} came after the handshake was complete (RFC 5246, 7.4)",
            )
        self._answer_renegotiation()

    def _receive_change_cipher_spec(self, plaintext: bytes) -> None:
        if len(plaintext) > 1:
            raise FatalAlert(
                AlertDescription.unexpected_message,
                f"a record holds {len(plaintext)} ChangeCipherSpec messages where one is due (6.2.1 and 7.1)",
            )
        if plaintext != b"\x01":
            raise FatalAlert(AlertDescription.decode_error, f"ChangeCipherSpec has {plaintext[0]} in place of 1 (7.1)")
        if self._joiner.partial or self._alerts:
            raise FatalAlert(AlertDescription.unexpected_message, "ChangeCipherSpec came within another message (7.1)")
        if self._observer is not None:
            self._observer.change_cipher_spec(False)
        awaiting = self._awaiting
        if awaiting is None or awaiting.kind is not ChangeCipherSpec:
            passed_over = self._pass_over(ChangeCipherSpec)
            if self._awaiting is None or self._awaiting.kind is not ChangeCipherSpec:
                self._refuse(ChangeCipherSpec, passed_over)
        self._advance(CHANGE_CIPHER_SPEC)

    def _receive_warning(self, description: AlertDescription | int) -> None:
        """A peer that declines our renegotiation leaves the connection as it was (7.2.2)."""
        declined = description == AlertDescription.no_renegotiation and self.handshake_complete
        if declined:
            self._renegotiation_requested = False
        if declined and self._awaiting is not None and self._awaiting.kind is ServerHello:
            self._awaiting = None
            self._current = self.handshake

    # --- the handshake

    def _begin(self) -> None:
        if self._observer is not None:
            self._observer.handshake_began(self._current)
        self._flow = self._handshaker(self._current)
        self._begun = True
        self._advance(None)
        if self._flight:
            self._flush_flight()

    def _pass_over(self, kind: type[Struct] | None) -> list[str]:
        """The flow goes on without the optional messages it waits for, up to this kind; their names."""
        passed_over: list[str] = []
        if kind is None or kind is HelloRequest:
            return passed_over
        while self._awaiting is not None and self._awaiting.optional and self._awaiting.kind is not kind:
            passed_over.append(self._awaiting.kind.__name__)
            self._advance(None)
        return passed_over

    def _refuse(self, kind: type[Struct], passed_over: list[str]) -> NoReturn:
        """A message came that the flow does not wait for."""
        accepted = [*passed_over, self._awaiting.kind.__name__] if self._awaiting is not None else passed_over
        raise FatalAlert(
            AlertDescription.unexpected_message,
            f"{kind.__name__} came when {' or '.join(accepted) or 'no handshake message'} was awaited",
        )

    def _advance(self, message: Any) -> None:
        assert self._flow is not None, "a flow runs from the first byte on"
        try:
            request = self._flow.send(message)
            while isinstance(request, Ask):
                request = self._flow.send(request())
            self._awaiting = request
            if self.handshake_complete:  # during the next handshake, up to its change of keys
                self._takes_data = request.kind is not Finished
        except StopIteration:
            self._awaiting = None
            self._complete()
        except (FatalAlert, DecodeError, BadRecordMac):
            raise
        except Exception as error:
            # what a callback of the application raises is its own affair, but no half-made handshake may outlive it
            self._break_off(f"the application's part of the handshake raised {type(error).__name__}")
            raise

    def _complete(self) -> None:
        if self._flight:
            self._flush_flight()
        self.handshake = self._current
        self.handshake.let_go()
        self.handshake_complete = self._takes_data = True
        self._joiner.reset()
        if self._observer is not None:
            self._observer.handshake_completed(self.handshake)
        self._events.append(HandshakeCompleted(self.handshake.resumed))
        held, self._held = self._held, [] if self._write_closed else None
        if held:
            self._send_held(held)

    def _send_held(self, held: list[bytes]) -> None:
        """Application data, and perhaps the end, that waited for the new keys."""
        closing, self._close_held = self._close_held, False
        for data in held:
            self.send_data(data)
        if closing:
            self.close()

    # --- another handshake (RFC 5746)

    def _answer_renegotiation(self) -> None:
        """The peer wants another handshake: it gets it, or the warning no_renegotiation (7.2.2)."""
        if self._write_closed:
            return  # we have said that we will say nothing more
        wanted = self.config.renegotiation == "accept" or self._renegotiation_requested
        if wanted and not self._not_renegotiable():
            self._begin_renegotiation()
        else:
            self._send_alert(AlertLevel.warning, AlertDescription.no_renegotiation)

    def _not_renegotiable(self) -> str:
        """Why another handshake cannot be had on this connection, "" when it can."""
        hs = self.handshake
        if not self.handshake_complete or self._awaiting is not None:
            return "a handshake is under way"
        if self._write_closed:
            return "our side of it is closed"
        if not hs.secure_renegotiation:
            return "the peer does not know secure renegotiation (RFC 5746)"
        if hs.resumed and not hs.extended_master_secret:
            return "its session was resumed without extended_master_secret (RFC 7627, 5.4)"
        if self._renegotiations >= MAXIMUM_RENEGOTIATIONS:
            return f"it has been, {MAXIMUM_RENEGOTIATIONS} times"
        return ""

    def _begin_renegotiation(self) -> None:
        before = self.handshake
        self._renegotiations += 1
        self._renegotiation_requested = False
        self._transcript = Transcript()
        self._current = Handshake(self.role, self.config, self, self._transcript)
        self._current._previous = Previous(
            before.client_verify_data,
            before.server_verify_data,
            before.extended_master_secret,
            before.encrypt_then_mac,
        )
        if self.role == "client":
            self._current._expected_name = before._expected_name
        if self._client_auth is not None:
            self._current._client_auth = self._client_auth
        self._begin()

    # --- for the lower half

    def _awaited(self) -> str:
        if self._flow is None:
            return ClientHello.__name__
        return self._awaiting.kind.__name__ if self._awaiting is not None else "no handshake message"

    def _fail(self, fault: FatalAlert) -> None:
        """The session of a connection that failed is not continued by another (7.2.2)."""
        forget(self._current)
        super()._fail(fault)
