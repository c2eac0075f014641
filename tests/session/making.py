"""Sessions and clocks for the tests."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from hypothesis import strategies as st

from hellodone.crypto.secret import Secret
from hellodone.session.session import Session

START = datetime(2026, 3, 14, 15, 9, 26, tzinfo=UTC)
MASTER_SECRET = bytes(range(48))


@dataclass
class FakeClock:
    """A clock that stands still until it is moved."""

    now: datetime = START

    def __call__(self) -> datetime:
        return self.now

    def advance(self, **how_far: float) -> None:
        self.now += timedelta(**how_far)


def make_session(**changes: Any) -> Session:
    """A session of an hour with everything ordinary but what is named."""
    values: dict[str, Any] = {
        "version": 0x0303,
        "cipher_suite": 0xC02B,
        "master_secret": Secret(MASTER_SECRET),
        "extended_master_secret": True,
        "server_name": "example.com",
        "peer_certificates": (),
        "created": START,
        "lifetime": 3600,
    }
    return Session(**(values | changes))


_times = st.datetimes(datetime(1970, 1, 2), datetime(9999, 12, 31), timezones=st.just(UTC))

sessions = st.builds(
    Session,
    version=st.integers(0, 2**16 - 1),
    cipher_suite=st.integers(0, 2**16 - 1),
    master_secret=st.binary(min_size=48, max_size=48).map(Secret),
    extended_master_secret=st.booleans(),
    server_name=st.text(st.characters(codec="utf-8"), max_size=60),
    peer_certificates=st.lists(st.binary(min_size=1, max_size=300), max_size=4).map(tuple),
    created=_times,
    lifetime=st.integers(0, 2**32 - 1),
    session_id=st.binary(max_size=32),
    ticket=st.binary(max_size=200),
    max_fragment_length=st.integers(0, 2**16 - 1),
    encrypt_then_mac=st.booleans(),
    truncated_hmac=st.booleans(),
    peer_certificate_type=st.integers(0, 255),
    psk_identity=st.binary(max_size=50),
    verified_until=st.none() | _times,
)
