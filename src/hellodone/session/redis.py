"""Sessions in Redis, for several server processes or machines that share them.

The store is a convenience, never a condition: when it is down, slow, full or talks nonsense, a connection does without,
which costs a full handshake. One warning says so, until it works again.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from datetime import timedelta
from os import urandom
from typing import TYPE_CHECKING, Final, NamedTuple, TypeVar

from hellodone.clock import Clock, utc_now
from hellodone.crypto.sealing import OVERHEAD, SEALING_KEY_LENGTH, SealingKey
from hellodone.errors import ConfigurationError, DecodeError, EncodeError
from hellodone.session.circuit import Circuit
from hellodone.session.session import LARGEST_SESSION, Session

if TYPE_CHECKING:
    from redis import Redis

LARGEST_VALUE: Final = LARGEST_SESSION + OVERHEAD
MOST_CONNECTIONS: Final = 4096
"""Connections to Redis; each thread that asks at the same time takes one."""
SLOW: Final = 4
"""A call may take this many timeouts, for it is several exchanges when a connection is new; a longer one counts as
a failure even if every piece of the answer came in time."""

Warn = Callable[[str], None]
T = TypeVar("T")


class _Faults(NamedTuple):
    """What redis-py raises: Redis answered, but no; there was no answer, or none that has a meaning."""

    refused: tuple[type[Exception], ...]
    failed: tuple[type[Exception], ...]


class RedisSessionStore:
    """Sessions in the Redis of ``url`` (``redis://[user:password@]host[:port][/db]``, ``rediss://``, ``unix://``).

    Names are ``prefix`` and the session's in hexadecimal; values live as long as the session. With a ``key`` of 32
    random octets, the same at all who share the sessions, values are sealed: who reads or writes the Redis neither
    learns master secrets nor plants sessions. Without it, treat the Redis like a private key.

    ``timeout`` in seconds bounds each answer, though not how long the system looks up the host's name. After a failure
    the store is left alone for a while, a second first and half a minute at last, so that a dead one costs no
    connection its timeout but the one that tries again. ``warn`` gets one sentence for each kind of trouble until it
    is over; it is logged by default. ``monotonic`` gives seconds. The calls block: under asyncio, the loop.

    Raises ConfigurationError when redis-py is missing, the URL has no meaning or the key another length.
    """

    def __init__(
        self,
        url: str,
        prefix: str = "hellodone:",
        timeout: float = 0.25,
        warn: Warn | None = None,
        key: bytes | None = None,
        *,
        clock: Clock = utc_now,
        monotonic: Callable[[], float] = time.monotonic,
        random: Callable[[int], bytes] = urandom,
    ) -> None:
        if key is not None and len(key) != SEALING_KEY_LENGTH:
            raise ConfigurationError(f"a session store's key has {SEALING_KEY_LENGTH} bytes, not {len(key)}")
        self._redis, self._faults = _client(url, timeout)
        self._prefix = prefix
        self._key = None if key is None else SealingKey(key)
        self._clock = clock
        self._random = random
        self._longest = SLOW * timeout
        self._monotonic = monotonic
        self._circuit = Circuit(warn or logging.getLogger(__name__).warning, monotonic)

    def get(self, key: bytes) -> Session | None:
        """See SessionStore."""
        name = self._name(key)
        # GETRANGE: however large the value is that somebody put there, no more than this comes.
        data = self._try("read", lambda: self._redis.getrange(name, 0, LARGEST_VALUE))
        if not isinstance(data, bytes) or not data:
            return None
        session = self._unpack(name, data)
        if session is None:
            self._circuit.trouble("value", "a value in the session store is no session, or not sealed with our key")
            return None
        self._circuit.over("value")
        return None if session.expired(self._clock()) else session

    def put(self, key: bytes, session: Session) -> None:
        """See SessionStore."""
        name = self._name(key)
        milliseconds = session.left(self._clock()) // timedelta(milliseconds=1)
        try:
            value = self._pack(name, session)
        except EncodeError:  # too large to be kept
            return
        if milliseconds > 0:
            self._try("write", lambda: self._redis.set(name, value, px=milliseconds))

    def remove(self, key: bytes) -> None:
        """See SessionStore."""
        name = self._name(key)
        self._try("write", lambda: self._redis.delete(name))

    def close(self) -> None:
        """Close the connections to Redis; the next call opens new ones."""
        self._redis.close()

    def _name(self, key: bytes) -> str:
        return self._prefix + key.hex()

    def _pack(self, name: str, session: Session) -> bytes:
        state = session.encode()
        if self._key is None:
            return state
        return self._key.seal(self._key.nonce(self._random), state, name.encode())

    def _unpack(self, name: str, value: bytes) -> Session | None:
        state = value if self._key is None else self._key.unseal(value, name.encode())
        if state is None:
            return None
        try:
            return Session.decode(state)
        except DecodeError:
            return None

    def _try(self, verb: str, call: Callable[[], T]) -> T | None:
        """The answer, or None when there is none; what Redis says is not repeated, it may hold what was stored."""
        if self._circuit.closed():
            return None
        start = self._monotonic()
        try:
            answer = call()
        except self._faults.refused as fault:
            self._circuit.answered()
            self._circuit.trouble(verb, f"Redis does not let us {verb} sessions ({type(fault).__name__})")
            return None
        except self._faults.failed as fault:
            self._circuit.failed(f"the session store does not answer ({type(fault).__name__}): handshakes are full")
            return None
        if self._monotonic() - start > self._longest:
            self._circuit.failed("the session store is slow: handshakes are full")
        else:
            self._circuit.answered()
            self._circuit.over(verb)
        return answer


def _client(url: str, timeout: float) -> tuple[Redis, _Faults]:
    try:
        from redis import Redis, RedisError, ResponseError
        from redis.backoff import NoBackoff
        from redis.retry import Retry
    except ModuleNotFoundError:
        raise ConfigurationError("sessions in Redis need redis-py: pip install hellodone[redis]") from None
    try:
        client = Redis.from_url(
            url,
            socket_timeout=timeout,
            socket_connect_timeout=timeout,
            max_connections=MOST_CONNECTIONS,
            protocol=2,
            retry=Retry(NoBackoff(), 0),  # some releases would try for seconds
        )
        client.connection_pool.make_connection()  # connects nowhere, but refuses options that there are not
    except (ValueError, TypeError):
        raise ConfigurationError("the URL of the session store is not one of a Redis") from None
    # Numbers that are none and lists in lists in lists leave redis-py as Python's own errors.
    return client, _Faults((ResponseError,), (RedisError, OSError, ValueError, RecursionError))
