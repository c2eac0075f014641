"""A session: what both sides remember of a full handshake to do figure 2 instead of figure 1 the next time.

RFC 5246, 7.3 and F.1.4; which extensions belong to a session and which to a connection is said by RFC 6066, 3, 4 and 7,
RFC 7366, 3.1 and RFC 7627, 5.3.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from operator import attrgetter
from typing import Any, Final

from hellodone.crypto.secret import Secret
from hellodone.errors import ConfigurationError, DecodeError, EncodeError
from hellodone.session.state import SessionState

LARGEST_SESSION: Final = 2**17
"""Octets that an encoded session has at most: a chain of a few kilobytes and a ticket of 64 fit well."""

_FORMAT: Final = b"\x03"
"""The first octet; another one when the fields change, so that releases do not misread each other."""

_fields = attrgetter(*SessionState._names)


@dataclass(frozen=True, kw_only=True)  # without slots: a kept one is made again in one step, not a call a field
class Session:
    """What figure 2 needs to know (RFC 5246, 7.3). Its ``repr`` shows no secret.

    ``peer_certificates`` are the other side's, leaf first, DER: a client keeps the server's, a server the client's
    (one SubjectPublicKeyInfo when ``peer_certificate_type`` says RawPublicKey, RFC 7250). ``created`` is the time of
    the *full* handshake and ``lifetime`` counts from there, in seconds. ``session_id`` is the name in the server's
    cache, ``ticket`` the client's copy of a ticket. ``max_fragment_length`` is in octets, 0 when it was not negotiated.
    ``verified_until`` ends the session earlier: nobody asks again whether the peer's certificates are revoked while it
    is continued, so it must not outlive the answers that were believed; None when there were none.
    Raises ConfigurationError when a time has no time zone.
    """

    version: int
    cipher_suite: int
    master_secret: Secret
    extended_master_secret: bool
    server_name: str
    peer_certificates: tuple[bytes, ...] = field(repr=False)
    created: datetime
    lifetime: int
    session_id: bytes = b""
    ticket: bytes = field(default=b"", repr=False)
    max_fragment_length: int = 0
    encrypt_then_mac: bool = False
    truncated_hmac: bool = False
    peer_certificate_type: int = 0
    psk_identity: bytes = b""
    verified_until: datetime | None = None

    def __post_init__(self) -> None:
        if self.created.tzinfo is None or (self.verified_until is not None and self.verified_until.tzinfo is None):
            raise ConfigurationError("a session's clock gives times with a time zone (datetime.now(UTC))")

    @classmethod
    def restored(cls, fields: dict[str, Any]) -> Session:
        """The session of these fields, all of them, which were one before. The dict is the session's from then on."""
        session = object.__new__(cls)
        object.__setattr__(session, "__dict__", fields)
        return session

    def expired(self, at: datetime) -> bool:
        """Whether its lifetime is over; also when it is made that far in the future, by a clock that was wrong."""
        if not -self.lifetime < (at - self.created).total_seconds() < self.lifetime:
            return True
        return self.verified_until is not None and at >= self.verified_until

    def left(self, at: datetime) -> timedelta:
        """How long it may still be continued; not positive when that is over."""
        left = timedelta(seconds=self.lifetime) - (at - self.created)
        return left if self.verified_until is None else min(left, self.verified_until - at)

    def half_over(self, at: datetime) -> bool:
        """Whether more than half of its lifetime is over."""
        return (at - self.created).total_seconds() * 2 > self.lifetime

    @property
    def size(self) -> int:
        """How many octets it takes to keep, of those parts whose length others decide."""
        chain = sum(map(len, self.peer_certificates))
        return chain + len(self.ticket) + len(self.server_name) + len(self.psk_identity)

    def encode(self) -> bytes:
        """The session as octets, *with* its master secret. Raises EncodeError when it is too large or does not fit."""
        data = _FORMAT + SessionState(*_fields(self)).encode()
        if len(data) > LARGEST_SESSION:
            raise EncodeError(f"a session of {len(data)} bytes, at most {LARGEST_SESSION} are kept")
        return data

    @classmethod
    def decode(cls, data: bytes) -> Session:
        """The session that :meth:`encode` wrote. Raises DecodeError for all other octets."""
        if len(data) > LARGEST_SESSION:
            raise DecodeError(f"a session of {len(data)} bytes, at most {LARGEST_SESSION} are kept")
        if data[:1] != _FORMAT:
            raise DecodeError("not a session in the format of this release")
        return cls.restored(vars(SessionState.parse(data, len(_FORMAT))))
