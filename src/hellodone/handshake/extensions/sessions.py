"""Sessions that the client keeps for the server."""

from __future__ import annotations

from hellodone.errors import AlertDescription
from hellodone.handshake.context import ClientHandshake, ServerHandshake
from hellodone.handshake.extensions.rule import Rule
from hellodone.handshake.tls12.resumption import issues_ticket
from hellodone.messages.extensions.records import SessionTicket
from hellodone.registry.codes import ExtensionType


class SessionTicketRule(Rule[SessionTicket, SessionTicket]):
    """The client keeps the session's state, sealed by the server for itself (RFC 5077, 3.2)."""

    extension_type = ExtensionType.session_ticket
    offered = answered = SessionTicket

    def offer(self, hs: ClientHandshake) -> SessionTicket | None:
        """The ticket, or nothing in it to be given one."""
        if hs._config.session_store is None or not hs._config.ask_for_tickets:
            return None
        return SessionTicket(b"" if hs._session is None else hs._session.ticket)

    def read(self, hs: ServerHandshake, offer: SessionTicket | None) -> None:
        """Whether the client knows tickets, and the one it has."""
        hs._ticket_offered = None if offer is None else offer.ticket

    def answer(self, hs: ServerHandshake) -> SessionTicket | None:
        """The promise of a NewSessionTicket."""
        hs._ticket_promised = issues_ticket(hs)
        return SessionTicket(b"") if hs._ticket_promised else None

    def accept(self, hs: ClientHandshake, answer: SessionTicket | None) -> None:
        """Whether a NewSessionTicket will come."""
        if answer is not None:
            hs.check(answer.ticket == b"", AlertDescription.decode_error, "the server's session_ticket is empty")
        hs._ticket_promised = answer is not None
