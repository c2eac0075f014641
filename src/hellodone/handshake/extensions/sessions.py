"""Sessions that the client keeps for the server."""

from __future__ import annotations

from hellodone.errors import AlertDescription
from hellodone.handshake.context import ClientHandshake, ServerHandshake
from hellodone.handshake.extensions.rule import Rule
from hellodone.handshake.tls12.resumption import issues_ticket
from hellodone.messages.extensions.records import SessionTicket
from hellodone.registry.codes import ExtensionType


class SessionTicketRule(Rule[SessionTicket, SessionTicket]):
    """The client keeps the session's state, sealed by the server for itself (RFC 5077, 3.2).

    What the ticket is has its place in ``offer_all`` and ``read_all``: all else is the same from one hello to the next.
    """

    extension_type = ExtensionType.session_ticket
    offered = answered = SessionTicket

    def offer(self, hs: ClientHandshake) -> SessionTicket | None:
        """That the client knows tickets: empty, to be given one."""
        asks = hs._config.session_store is not None and hs._config.ask_for_tickets
        return SessionTicket(b"") if asks else None

    def answer(self, hs: ServerHandshake) -> SessionTicket | None:
        """The promise of a NewSessionTicket."""
        hs._ticket_promised = issues_ticket(hs)
        return SessionTicket(b"") if hs._ticket_promised else None

    def accept(self, hs: ClientHandshake, answer: SessionTicket | None) -> None:
        """Whether a NewSessionTicket will come."""
        if answer is not None:
            hs.check(answer.ticket == b"", AlertDescription.decode_error, "the server's session_ticket is empty")
        hs._ticket_promised = answer is not None
