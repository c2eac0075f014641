"""The octets of a stored session, after the StatePlaintext of RFC 5077, 4: field for field what a Session has."""

from datetime import UTC, datetime, timedelta
from typing import Annotated, Final

from hellodone.crypto.prf import MASTER_SECRET_LENGTH
from hellodone.crypto.secret import Secret
from hellodone.wire.codec import fixed, opaque, uint8, uint16, uint32, uint64, vector
from hellodone.wire.forms import Meaning
from hellodone.wire.struct import Struct

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND: Final = timedelta(microseconds=1)


def _load_time(microseconds: int) -> datetime:
    return _EPOCH + timedelta(microseconds=microseconds)


def _store_time(time: datetime) -> int:
    return (time - _EPOCH) // _MICROSECOND


def _load_end(microseconds: int) -> datetime | None:
    return _load_time(microseconds) if microseconds else None


def _store_end(time: datetime | None) -> int:
    return 0 if time is None else _store_time(time)


# What is called for each session is the interpreter's own where that does: it costs less than a function of ours.
_text = Meaning(opaque(0, 2**16 - 1), bytes.decode, str.encode, "text in UTF-8")
_time = Meaning(uint64, _load_time, _store_time, "a time before the year 10000")
_end = Meaning(uint64, _load_end, _store_end, "a time before the year 10000, or 0")
_truth = Meaning(uint8, {0: False, 1: True}.__getitem__, int, "1 for true or 0 for false")
_secret = Meaning(fixed(MASTER_SECRET_LENGTH), Secret, Secret.reveal, "a secret")


class SessionState(Struct):
    """The fields of :class:`hellodone.session.session.Session`, by the same names; what has a fixed length first."""

    version: Annotated[int, uint16]
    cipher_suite: Annotated[int, uint16]
    master_secret: Annotated[Secret, _secret]
    extended_master_secret: Annotated[bool, _truth]
    created: Annotated[datetime, _time]
    lifetime: Annotated[int, uint32]
    max_fragment_length: Annotated[int, uint16]
    encrypt_then_mac: Annotated[bool, _truth]
    truncated_hmac: Annotated[bool, _truth]
    peer_certificate_type: Annotated[int, uint8]
    verified_until: Annotated[datetime | None, _end]
    server_name: Annotated[str, _text]
    peer_certificates: Annotated[tuple[bytes, ...], vector(opaque(1, 2**24 - 1), 0, 2**24 - 1)]
    session_id: Annotated[bytes, opaque(0, 32)]
    ticket: Annotated[bytes, opaque(0, 2**16 - 1)]
    psk_identity: Annotated[bytes, opaque(0, 2**16 - 1)]
