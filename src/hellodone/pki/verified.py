"""Paths that were verified a moment ago: kept per trust store, so that a busy peer is not verified anew each time.

An entry answers for exactly the chain, the name, the role and the rules it was made for, and only while ``at`` lies
within the dates of every certificate and at most five minutes behind its making. Refusals are not kept, and neither
is anything about revocation, which is not a path's affair.
"""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import count
from threading import Lock
from typing import Final

from hellodone.pki.certificates import Certificate

KEPT_FOR: Final = timedelta(minutes=5)
CAPACITY: Final = 256
_LAST_SECOND: Final = timedelta(microseconds=999_999)
"""A certificate is valid through the second that it names as its last."""


@dataclass(slots=True)
class Kept:
    """A path that was accepted, and from when until when that is an answer."""

    path: tuple[Certificate, ...]
    since: datetime
    until: datetime
    used: int  # when it was asked for last, counted in questions


class VerifiedPaths:
    """A bounded store of accepted paths, 0 keeps none; what was not asked for longest goes first. Threads may share it.

    A configuration that remembers an answer of its own (``handshake.paths``) does not ask again.
    """

    def __init__(self, capacity: int = CAPACITY) -> None:
        self.capacity = capacity
        self._entries: dict[Hashable, Kept] = {}
        self._uses = count()
        self._lock = Lock()  # for those who put: a look takes none

    def __len__(self) -> int:
        return len(self._entries)

    def get(self, key: Hashable, at: datetime) -> Kept | None:
        """The path that was accepted for this, if that still holds at this time."""
        if at.tzinfo is None:
            at = at.replace(tzinfo=UTC)
        entry = self._entries.get(key)
        if entry is None or not entry.since <= at <= entry.until:
            return None
        entry.used = next(self._uses)
        return entry

    def put(self, key: Hashable, path: tuple[Certificate, ...], at: datetime) -> Kept:
        """Keep an accepted path for the next five minutes, or until one of its certificates expires."""
        if at.tzinfo is None:
            at = at.replace(tzinfo=UTC)
        ends = min(certificate.x509.not_valid_after_utc for certificate in path) + _LAST_SECOND
        entry = Kept(path, at, min(at + KEPT_FOR, ends), next(self._uses))
        with self._lock:
            self._entries[key] = entry
            if len(self._entries) > self.capacity:
                del self._entries[min(self._entries, key=lambda kept: self._entries[kept].used)]
        return entry
