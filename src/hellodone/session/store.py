"""Where sessions are kept by name: a server's cache of session IDs, a client's memory of servers."""

from __future__ import annotations

import threading
from collections import OrderedDict
from operator import attrgetter
from typing import Any, Final, Protocol

from hellodone.clock import Clock, utc_now
from hellodone.crypto.secret import Secret
from hellodone.errors import ConfigurationError
from hellodone.session.session import Session
from hellodone.session.state import SessionState

LARGEST_ENTRY: Final = 2**16
"""A session larger than this is not kept in memory: capacity bounds the number of sessions, this what they weigh."""

_NAMES: Final = ("master_secret", *(name for name in SessionState._names if name != "master_secret"))
_values = attrgetter(*_NAMES[1:])

# A session as it is kept: a tuple of plain values, which the garbage collector soon stops visiting. A million objects
# would make each of its full rounds take half a second.
_Kept = tuple[bytes, tuple[Any, ...]]


class SessionStore(Protocol):
    """Sessions by name: a session ID for servers; for clients what names the server (its host and port).

    None of the three ever raises because of what is stored or because it cannot be reached: no session, then, and
    a full handshake. They may be called by several threads at once.
    """

    def get(self, key: bytes) -> Session | None:
        """The session of this name, None when there is none or it has expired."""
        ...

    def put(self, key: bytes, session: Session) -> None:
        """Keep a session, in place of the one that had the name."""
        ...

    def remove(self, key: bytes) -> None:
        """Forget a session; nothing happens when there is none."""
        ...


class MemorySessionStore:
    """Up to ``capacity`` sessions of this process; the one not used for longest goes first. Raises ConfigurationError.

    Every call takes the same time however many sessions there are. An expired session is given to nobody; its room is
    used again when it is asked for or its turn to be the oldest comes.
    """

    def __init__(self, capacity: int = 10_000, clock: Clock = utc_now) -> None:
        if capacity < 1:
            raise ConfigurationError(f"a session store has room for at least one session, not for {capacity}")
        self.capacity = capacity
        self._clock = clock
        # Not a dict: finding the oldest entry of one walks over all the entries that were removed before it.
        self._sessions: OrderedDict[bytes, _Kept] = OrderedDict()
        self._lock = threading.Lock()

    def get(self, key: bytes) -> Session | None:
        """See SessionStore."""
        now = self._clock()
        with self._lock:
            kept = self._sessions.get(key)
            if kept is None:
                return None
            master_secret, values = kept
            session = Session.restored(dict(zip(_NAMES, (Secret(master_secret), *values))))  # noqa: B905 (as many)
            if session.expired(now):
                del self._sessions[key]
                return None
            self._sessions.move_to_end(key)
            return session

    def put(self, key: bytes, session: Session) -> None:
        """See SessionStore."""
        if session.size > LARGEST_ENTRY or session.expired(self._clock()):
            self.remove(key)
            return
        kept = (session.master_secret.reveal(), _values(session))
        with self._lock:
            self._sessions[key] = kept
            self._sessions.move_to_end(key)
            if len(self._sessions) > self.capacity:
                self._sessions.popitem(last=False)

    def remove(self, key: bytes) -> None:
        """See SessionStore."""
        with self._lock:
            self._sessions.pop(key, None)

    def __len__(self) -> int:
        return len(self._sessions)
