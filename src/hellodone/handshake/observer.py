"""What a connection reports to whoever watches it. The protocol code itself calls only ``Handshake.check``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from hellodone.errors import TlsError
    from hellodone.handshake.context import Handshake
    from hellodone.pki.lookups import Fetched, Lookup


class Observer:
    """Nothing is done with anything; a recorder overrides what it wants to know.

    ``sent`` is True for what this side sends. Calls come in the order in which things happen on this side.
    """

    __slots__ = ()

    def handshake_began(self, hs: Handshake[Any]) -> None:
        """A handshake starts; ``hs`` collects this side's facts and checks from now on."""

    def message(self, sent: bool, msg_type: int, raw: bytes) -> None:
        """A handshake message, header included."""

    def change_cipher_spec(self, sent: bool) -> None:
        """A ChangeCipherSpec: for this direction the pending state becomes current."""

    def alert(self, sent: bool, level: int, description: int) -> None:
        """An alert."""

    def sealed(self, content_type: int, data: bytes, limit: int, pieces: list[bytes]) -> None:
        """``data`` of ours was sealed in records of at most ``limit`` octets; what they carry was told of, unless it is
        application data. ``pieces`` are the records, two pieces each, the first of them beginning with the header."""

    def opened(self, content_type: int, content: bytes, record: bytes) -> None:
        """A record of the peer's was read and opened; what it holds will be told of. ``record`` is what was on the
        wire."""

    def delivered(self, contents: list[bytes], records: list[bytes]) -> None:
        """The same of records that were read together, with application data that the application gets; of long ones
        there is the header."""

    def piece(self, sent: bool, length: int) -> None:
        """So many bytes of the stream were handed over at once: to the transport, or by it, before they are read."""

    def asked(self, lookup: Lookup) -> None:
        """Whoever fetches for the connection is about to ask the authority."""

    def answered(self, lookup: Lookup, fetched: Fetched) -> None:
        """What became of it; ``fetched`` may be a failure."""

    def handshake_completed(self, hs: Handshake[Any]) -> None:
        """Both Finished are verified as far as this side can know."""

    def failed(self, error: TlsError) -> None:
        """The connection failed; the alert, if one was sent, has been or will be reported by ``alert``."""

    def transport(self, event: str, **details: object) -> None:
        """Something below TLS, told by the transport: ``connected``, ``accepted``, ``fin``, ``rst``, ``timeout``; and
        ``failed`` with the ``reason`` why it gave the connection up, for it may know more than the connection."""
