"""Session tickets: the server's memory, sealed and kept by the client (RFC 5077).

A ticket is made as section 4 recommends, with today's primitives: the name of a key, a nonce, and the session sealed
by an AEAD. Keys live for a period of the clock; tickets of the periods before still open, and are renewed.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final, NamedTuple

from hellodone.clock import Clock, utc_now
from hellodone.crypto.prf import prf
from hellodone.crypto.sealing import SEALING_KEY_LENGTH, SealingKey
from hellodone.crypto.secret import Secret
from hellodone.errors import ConfigurationError, DecodeError, EncodeError
from hellodone.session.session import Session

KEY_NAME_LENGTH: Final = 16
SHORTEST_SECRET: Final = 32
LARGEST_TICKET: Final = 2**16 - 2**12
"""A ticket must fit into the client's next hello, whose extensions have 64 KiB, beside all the others."""

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_MATERIAL: Final = KEY_NAME_LENGTH + SEALING_KEY_LENGTH
_LABEL: Final = b"hellodone session ticket key"

Random = Callable[[int], bytes]


class OpenedTicket(NamedTuple):
    """A ticket of ours: its session, and whether the client should get a new ticket for it (RFC 5077, 3.3)."""

    session: Session
    renew: bool


@dataclass(frozen=True, slots=True)
class _Key:
    period: int
    name: bytes
    key: SealingKey


class _InUse(NamedTuple):
    """The keys of a period, its own first, and when the period begins and ends, counted from 1970."""

    begin: timedelta
    end: timedelta
    keys: tuple[_Key, ...]


class TicketKeys:
    """The keys of a server's tickets; made by :meth:`generate` or :meth:`from_secret`. Safe to use from threads.

    Time is cut into periods of ``rotate_after``, the same for all who share a secret. Each has a key; tickets open
    under the keys of the present period, of ``keep`` before it, and of the next: another server's clock may be ahead.
    """

    def __init__(
        self, material: Callable[[int], bytes], random: Random | None, clock: Clock, rotate_after: timedelta, keep: int
    ) -> None:
        """``material`` gives 48 octets for a period: the name of its key and the key."""
        if rotate_after < timedelta(seconds=1) or keep < 0:
            raise ConfigurationError("ticket keys live for a second at least, and keep is not negative")
        self._material = material
        self._random = random or os.urandom
        self._clock = clock
        self._rotate_after = rotate_after
        self._keep = keep
        self._keys: dict[int, _Key] = {}
        self._in_use: _InUse | None = None  # of the period that was asked for last
        self._lock = threading.Lock()

    @classmethod
    def generate(
        cls,
        random: Random | None = None,
        clock: Clock = utc_now,
        rotate_after: timedelta = timedelta(hours=12),
        keep: int = 2,
    ) -> TicketKeys:
        """Keys of this process alone, independent of each other: who has today's cannot open last week's tickets.

        Raises ConfigurationError for a period under a second or a negative ``keep``.
        """
        source = random or os.urandom
        return cls(lambda period: source(_MATERIAL), random, clock, rotate_after, keep)

    @classmethod
    def from_secret(
        cls,
        secret: bytes,
        random: Random | None = None,
        clock: Clock = utc_now,
        rotate_after: timedelta = timedelta(hours=12),
        keep: int = 2,
    ) -> TicketKeys:
        """Keys derived from a secret of 32 random octets or more: all who have it agree on them without talking.

        Whoever learns the secret can open every ticket ever made with it, so change it as the policy of the house
        says. Raises ConfigurationError for a short secret, a period under a second or a negative ``keep``.
        """
        if len(secret) < SHORTEST_SECRET:
            raise ConfigurationError(f"a ticket secret has at least {SHORTEST_SECRET} random bytes, not {len(secret)}")
        held = Secret(secret)
        every = rotate_after // timedelta(microseconds=1)

        def material(period: int) -> bytes:
            seed = every.to_bytes(8, "big") + period.to_bytes(8, "big", signed=True)
            return prf(held, _LABEL, seed, _MATERIAL, "sha256")

        return cls(material, random, clock, rotate_after, keep)

    def seal(self, session: Session, at: datetime | None = None) -> bytes:
        """The ticket of a session, b"" when it would be too large: then none is issued. ``at`` is now, by the clock."""
        key = self._window(at or self._clock())[0]
        try:
            state = session.encode()
        except EncodeError:
            return b""
        ticket = key.name + key.key.seal(key.key.nonce(self._random), state, key.name)
        return ticket if len(ticket) <= LARGEST_TICKET else b""

    def open(self, ticket: bytes, at: datetime | None = None) -> OpenedTicket | None:
        """What a ticket holds; None for one that is forged, cut, foreign, expired or under a key that is gone."""
        now = at or self._clock()
        if len(ticket) > LARGEST_TICKET:
            return None
        window, name = self._window(now), ticket[:KEY_NAME_LENGTH]
        for key in window:
            if key.name == name:
                break
        else:
            return None
        state = key.key.unseal(ticket[KEY_NAME_LENGTH:], name)
        if state is None:
            return None
        try:
            session = Session.decode(state)
        except DecodeError:  # sealed by another release of the program
            return None
        if session.expired(now):
            return None
        return OpenedTicket(session, key.period < window[0].period or session.half_over(now))

    def _window(self, now: datetime) -> tuple[_Key, ...]:
        """The keys in use, the present one first; older ones are forgotten.

        Newer ones are not: another thread may have read the clock later, and sealed with them.
        """
        time, in_use = now - _EPOCH, self._in_use
        if in_use is not None and in_use.begin <= time < in_use.end:
            return in_use.keys
        period = time // self._rotate_after
        oldest = period - self._keep
        wanted = (period, period + 1, *range(period - 1, oldest - 1, -1))
        with self._lock:
            if not all(n in self._keys for n in wanted):
                kept = {n: key for n, key in self._keys.items() if n >= oldest}
                self._keys = {n: self._make(n) for n in wanted if n not in kept} | kept
            keys = tuple(self._keys[n] for n in wanted)
        begin = period * self._rotate_after
        self._in_use = _InUse(begin, begin + self._rotate_after, keys)
        return keys

    def _make(self, period: int) -> _Key:
        material = self._material(period)
        return _Key(period, material[:KEY_NAME_LENGTH], SealingKey(material[KEY_NAME_LENGTH:]))
