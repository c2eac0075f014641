"""A session: what both sides remember of a full handshake to do figure 2 instead of figure 1 the next time.

RFC 5246, 7.3 and F.1.4; which extensions belong to a session and which to a connection is said by RFC 6066, 3, 4 and 7,
RFC 7366, 3.1 and RFC 7627, 5.3.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from enum import IntFlag
from typing import Annotated, Final, Self

from hellodone.crypto.prf import MASTER_SECRET_LENGTH
from hellodone.crypto.secret import Secret
from hellodone.errors import ConfigurationError, DecodeError, EncodeError
from hellodone.wire.codec import fixed, opaque, uint8, uint16, uint32, uint64, vector
from hellodone.wire.struct import Struct

Clock = Callable[[], datetime]

LARGEST_SESSION: Final = 2**17
"""Octets that an encoded session has at most: a chain of a few kilobytes and a ticket of 64 fit many times."""

_FORMAT: Final = 1
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND: Final = timedelta(microseconds=1)


def utc_now() -> datetime:
    """The system's clock, in UTC."""
    return datetime.now(UTC)


class _Flag(IntFlag):
    """What was negotiated for the whole session, a bit each."""

    extended_master_secret = 1
    encrypt_then_mac = 2
    truncated_hmac = 4


class _SessionState(Struct):
    """The octets of a stored session, after the StatePlaintext of RFC 5077, 4."""

    format: Annotated[int, uint8]
    protocol_version: Annotated[int, uint16]
    cipher_suite: Annotated[int, uint16]
    master_secret: Annotated[bytes, fixed(MASTER_SECRET_LENGTH)]
    flags: Annotated[int, uint8]
    max_fragment_length: Annotated[int, uint16]
    created: Annotated[int, uint64]  # microseconds since 1970
    lifetime: Annotated[int, uint32]  # seconds
    server_name: Annotated[bytes, opaque(0, 2**16 - 1)]
    peer_certificate_type: Annotated[int, uint8]
    peer_certificates: Annotated[tuple[bytes, ...], vector(opaque(1, 2**24 - 1), 0, 2**24 - 1)]
    psk_identity: Annotated[bytes, opaque(0, 2**16 - 1)]
    session_id: Annotated[bytes, opaque(0, 32)]
    ticket: Annotated[bytes, opaque(0, 2**16 - 1)]


@dataclass(frozen=True, slots=True, kw_only=True)
class Session:
    """What figure 2 needs to know (RFC 5246, 7.3). Its ``repr`` shows no secret.

    ``peer_certificates`` are the other side's, leaf first, DER: a client keeps the server's, a server the client's
    (one SubjectPublicKeyInfo when ``peer_certificate_type`` says RawPublicKey, RFC 7250). ``created`` is the time of
    the *full* handshake and ``lifetime`` counts from there, in seconds. ``session_id`` is the name in the server's
    cache, ``ticket`` the client's copy of a ticket. ``max_fragment_length`` is in octets, 0 when it was not negotiated.
    Raises ConfigurationError when ``created`` is a time without time zone.
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

    def __post_init__(self) -> None:
        if self.created.tzinfo is None:
            raise ConfigurationError("a session's clock gives times with a time zone (datetime.now(UTC))")

    def expired(self, at: datetime) -> bool:
        """Whether its lifetime is over; also when it is made that far in the future, by a clock that was wrong."""
        return abs(at - self.created) >= timedelta(seconds=self.lifetime)

    def half_over(self, at: datetime) -> bool:
        """Whether more than half of its lifetime is over."""
        return (at - self.created) * 2 > timedelta(seconds=self.lifetime)

    @property
    def size(self) -> int:
        """About how many octets it takes to keep: of those parts whose length others decide."""
        chain = sum(map(len, self.peer_certificates))
        return chain + len(self.ticket) + len(self.server_name) + len(self.psk_identity)

    def encode(self) -> bytes:
        """The session as octets, *with* its master secret. Raises EncodeError when it is too large or does not fit."""
        flags = _Flag.extended_master_secret * self.extended_master_secret
        flags |= _Flag.encrypt_then_mac * self.encrypt_then_mac | _Flag.truncated_hmac * self.truncated_hmac
        state = _SessionState(
            format=_FORMAT,
            protocol_version=self.version,
            cipher_suite=self.cipher_suite,
            master_secret=self.master_secret.reveal(),
            flags=int(flags),
            max_fragment_length=self.max_fragment_length,
            created=(self.created - _EPOCH) // _MICROSECOND,
            lifetime=self.lifetime,
            server_name=self.server_name.encode(),
            peer_certificate_type=self.peer_certificate_type,
            peer_certificates=self.peer_certificates,
            psk_identity=self.psk_identity,
            session_id=self.session_id,
            ticket=self.ticket,
        )
        data = state.encode()
        if len(data) > LARGEST_SESSION:
            raise EncodeError(f"a session of {len(data)} bytes, at most {LARGEST_SESSION} are kept")
        return data

    @classmethod
    def decode(cls, data: bytes) -> Self:
        """The session that :meth:`encode` wrote. Raises DecodeError for all other octets."""
        if len(data) > LARGEST_SESSION:
            raise DecodeError(f"a session of {len(data)} bytes, at most {LARGEST_SESSION} are kept")
        if data[:1] != bytes([_FORMAT]):
            raise DecodeError("not a session in the format of this version")
        state = _SessionState.parse(data)
        if state.flags & ~sum(_Flag):
            raise DecodeError("a session with unknown flags")
        return cls(
            version=state.protocol_version,
            cipher_suite=state.cipher_suite,
            master_secret=Secret(state.master_secret),
            extended_master_secret=bool(state.flags & _Flag.extended_master_secret),
            server_name=_name(state.server_name),
            peer_certificates=state.peer_certificates,
            created=_time(state.created),
            lifetime=state.lifetime,
            session_id=state.session_id,
            ticket=state.ticket,
            max_fragment_length=state.max_fragment_length,
            encrypt_then_mac=bool(state.flags & _Flag.encrypt_then_mac),
            truncated_hmac=bool(state.flags & _Flag.truncated_hmac),
            peer_certificate_type=state.peer_certificate_type,
            psk_identity=state.psk_identity,
        )


def _name(data: bytes) -> str:
    try:
        return data.decode()
    except UnicodeDecodeError:
        raise DecodeError("a session whose server_name is not text") from None


def _time(microseconds: int) -> datetime:
    try:
        return _EPOCH + timedelta(microseconds=microseconds)
    except OverflowError:
        raise DecodeError("a session from after the year 9999") from None
