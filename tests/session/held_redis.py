"""A store in Redis whose warnings are kept and whose clock a test moves."""

from __future__ import annotations

from hellodone.clock import utc_now
from hellodone.session.redis import RedisSessionStore
from hellodone.session.session import Session
from tests.session.making import make_session

KEY = bytes(range(32))
PATIENT = 5.0  # for tests in which Redis is well: the machine may be busy


class Held:
    """A store with the warnings it gave and a stopwatch that the test moves."""

    def __init__(self, url: str, timeout: float = PATIENT, key: bytes | None = KEY, prefix: str = "test:") -> None:
        self.warnings: list[str] = []
        self.seconds = 0.0
        self.store = RedisSessionStore(url, prefix, timeout, self.warnings.append, key, monotonic=lambda: self.seconds)


def fresh_session(**changes: object) -> Session:
    return make_session(created=utc_now(), **changes)
