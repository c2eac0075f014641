"""A Redis that is down, full, slow or talks nonsense costs full handshakes and a warning, never an exception."""

from __future__ import annotations

import time

import pytest
from redis import Redis

from tests.session.held_redis import PATIENT, Held, fresh_session
from tests.session.redis_server import RedisServer, pretender


def test_killed_in_between(own_redis: RedisServer) -> None:
    """No exception, one warning, no waiting; and when it is back, so are the sessions."""
    held = Held(own_redis.url)
    session = fresh_session()
    held.store.put(b"id", session)
    assert held.store.get(b"id") == session
    own_redis.stop()
    for _ in range(5):
        assert held.store.get(b"id") is None
        held.store.put(b"id", session)
        held.store.remove(b"id")
        held.seconds += 0.1
    assert len(held.warnings) == 1
    assert "handshakes are full" in held.warnings[0]
    own_redis.start()
    held.store.put(b"id", session)
    assert held.store.get(b"id") is None  # still left alone
    held.seconds += 60
    held.store.put(b"id", session)
    assert held.store.get(b"id") == session
    assert len(held.warnings) == 1
    own_redis.stop()
    assert held.store.get(b"id") is None
    assert len(held.warnings) == 2


def test_restarted_while_nobody_asked(own_redis: RedisServer) -> None:
    """A connection that died in the pool is not a store that is down."""
    held = Held(own_redis.url)
    held.store.put(b"id", fresh_session())
    own_redis.stop()
    own_redis.start()
    assert held.store.get(b"id") is None
    held.store.put(b"id", fresh_session())
    assert held.store.get(b"id") is not None
    assert held.warnings == []


def test_a_full_redis_is_still_read(own_redis: RedisServer) -> None:
    """What it refuses costs one warning, until it does it again; what it can do goes on."""
    held = Held(own_redis.url)
    session = fresh_session()
    held.store.put(b"id", session)
    with Redis.from_url(own_redis.url) as client:
        client.config_set("maxmemory-policy", "noeviction")
        for rounds in (1, 2):
            client.config_set("maxmemory", "1")
            for _ in range(3):
                held.store.put(b"new", session)
                assert held.store.get(b"new") is None
                assert held.store.get(b"id") == session
            assert held.warnings == ["Redis does not let us write sessions (OutOfMemoryError)"] * rounds
            client.config_set("maxmemory", "0")
            held.store.put(b"new", session)
            assert held.store.get(b"new") == session
            held.store.remove(b"new")


def test_password(own_redis: RedisServer) -> None:
    own_redis.stop()
    own_redis.start("--requirepass", "open sesame")
    refused = Held(own_redis.url)
    assert refused.store.get(b"id") is None
    wrong = Held(own_redis.url.replace("//", "//:mellon@"))
    assert wrong.store.get(b"id") is None
    assert "mellon" not in "".join(wrong.warnings)
    assert (len(refused.warnings), len(wrong.warnings)) == (1, 1)
    right = Held(own_redis.url.replace("//", "//:open%20sesame@"))
    session = fresh_session()
    right.store.put(b"id", session)
    assert right.store.get(b"id") == session


def test_a_store_that_never_answers_costs_its_timeout_once() -> None:
    with pretender(lambda request: b"") as url:
        held = Held(url, timeout=0.2)
        start = time.monotonic()
        for _ in range(50):
            assert held.store.get(b"id") is None
            held.store.put(b"id", fresh_session())
        assert 0.15 < time.monotonic() - start < 3
        assert len(held.warnings) == 1


def test_it_is_asked_once() -> None:
    """Some releases of redis-py would by themselves try again and again, with pauses."""
    requests: list[bytes] = []
    with pretender(requests.append) as url:
        assert Held(url).store.get(b"id") is None
    assert len(requests) == 1


def test_a_port_where_nobody_listens() -> None:
    with pretender(lambda request: b"") as url:
        pass
    held = Held(url)
    held.store.put(b"id", fresh_session())
    assert held.store.get(b"id") is None
    assert held.warnings == ["the session store does not answer (ConnectionError): handshakes are full"]


def test_a_store_that_answers_in_drops_is_left_alone() -> None:
    """Each piece is in time, all of them together are not; the answer counts, the next one is not waited for."""
    session = fresh_session()
    value = session.encode()
    pace = iter([4.0, 0.1, 20.1])

    def answer(request: bytes) -> bytes:
        if b"SETINFO" in request:
            return b"+OK\r\n"
        held.seconds += next(pace)
        return b"$%d\r\n%b\r\n" % (len(value), value)

    with pretender(answer) as url:
        held = Held(url, timeout=PATIENT, key=None)
        for _ in range(3):
            assert held.store.get(b"id") == session
        assert held.warnings == ["the session store is slow: handshakes are full"]
        assert held.store.get(b"id") is None


ANSWERS = [
    b"garbage\r\n",
    b"\x00\xff\xfe\r\n",
    b":abc\r\n",
    b":5\r\n",
    b"$abc\r\n",
    b"$-5\r\n",
    b"$99999999999\r\n",
    b"$0\r\n\r\n",
    b"$3\r\nabc\r\n",
    b"$3\r\nabcdef\r\n",
    b"*3\r\n",
    b"*-2\r\n",
    b"*abc\r\n",
    b"*1\r\n$3\r\nabc\r\n",
    b"*1\r\n" * 5000,
    b"+OK\r\n",
    b"+\xff\r\n",
    b"-\r\n",
    b"-ERR \xff\xfe\r\n",
    b"-MOVED x\r\n",
    b"-MOVED 1 1:2\r\n",
    b"-LOADING dataset\r\n",
    b"_\r\n",
    b">2\r\n+a\r\n",
    b"\r\n",
    b"HTTP/1.1 400 Bad Request\r\n\r\n",
    b"\x15\x03\x03\x00\x02\x02\x28",
    None,
]


@pytest.mark.parametrize("greeted", [True, False])
def test_a_server_that_talks_nonsense(greeted: bool) -> None:
    """None of it becomes a session or an exception, and no two warnings are the same."""
    current: list[bytes | None] = [None]

    def answer(request: bytes) -> bytes | None:
        return b"+OK\r\n" if greeted and b"SETINFO" in request else current[0]

    with pretender(answer) as url:
        for current[0] in ANSWERS:
            held = Held(url, timeout=0.1, key=None)
            for _ in range(2):
                assert held.store.get(b"id") is None, current
                held.store.put(b"id", fresh_session())
                held.store.remove(b"id")
            assert len(set(held.warnings)) == len(held.warnings), current
            held.store.close()
