from __future__ import annotations

import subprocess
import sys
import threading
import time
from dataclasses import replace
from datetime import timedelta
from random import Random

import pytest
from redis import Redis

from hellodone.clock import utc_now
from hellodone.errors import ConfigurationError
from hellodone.session.redis import LARGEST_VALUE, RedisSessionStore
from hellodone.session.session import Session
from hellodone.session.store import SessionStore
from tests.session.making import MASTER_SECRET, START, FakeClock, make_session
from tests.session.redis_server import RedisServer, pretender

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


@pytest.fixture
def redis(shared_redis: RedisServer) -> RedisServer:
    with Redis.from_url(shared_redis.url) as client:
        client.flushall()
    return shared_redis


@pytest.mark.parametrize("key", [None, KEY])
def test_what_was_put_is_there_until_it_is_removed(redis: RedisServer, key: bytes | None) -> None:
    held = Held(redis.url, key=key)
    store: SessionStore = held.store
    first, second = fresh_session(session_id=b"1"), fresh_session(peer_certificates=(b"x" * 3000,), ticket=b"t" * 999)
    assert store.get(b"\x00\xff") is None
    store.put(b"\x00\xff", first)
    store.put(b"b", second)
    assert (store.get(b"\x00\xff"), store.get(b"b")) == (first, second)
    store.put(b"b", first)
    store.remove(b"\x00\xff")
    store.remove(b"never there")
    assert (store.get(b"\x00\xff"), store.get(b"b")) == (None, first)
    assert held.warnings == []


def test_stores_of_one_redis_share_sessions_and_other_prefixes_do_not(redis: RedisServer) -> None:
    session = fresh_session()
    Held(redis.url).store.put(b"id", session)
    assert Held(redis.url).store.get(b"id") == session
    assert Held(redis.url, prefix="other:").store.get(b"id") is None


def test_another_process_gets_it(redis: RedisServer) -> None:
    session = fresh_session()
    Held(redis.url).store.put(b"id", session)
    program = (
        "import sys; from hellodone.session.redis import RedisSessionStore\n"
        "store = RedisSessionStore(sys.argv[1], 'test:', 5, key=bytes.fromhex(sys.argv[2]))\n"
        "print(store.get(b'id').encode().hex()); store.close()"
    )
    arguments = [sys.executable, "-c", program, redis.url, KEY.hex()]
    answer = subprocess.run(arguments, capture_output=True, text=True, timeout=60, check=True)
    assert Session.decode(bytes.fromhex(answer.stdout)) == session


def test_redis_forgets_a_session_when_its_life_is_over(redis: RedisServer) -> None:
    held = Held(redis.url)
    store = held.store
    store.put(b"long", fresh_session(lifetime=3600))
    store.put(b"older", replace(fresh_session(lifetime=3600), created=utc_now() - timedelta(minutes=50)))
    store.put(b"over", make_session(created=utc_now() - timedelta(hours=2), lifetime=3600))
    with Redis.from_url(redis.url) as client:
        assert 3500 < client.ttl(b"test:" + b"long".hex().encode()) <= 3600
        assert 500 < client.ttl(b"test:" + b"older".hex().encode()) <= 600
        assert client.dbsize() == 2
    assert held.warnings == []


def test_expired_sessions_are_given_to_nobody(redis: RedisServer) -> None:
    clock = FakeClock()
    store = RedisSessionStore(redis.url, timeout=PATIENT, clock=clock)
    store.put(b"id", make_session(created=START, lifetime=60))
    assert store.get(b"id") is not None
    clock.advance(seconds=60)
    assert store.get(b"id") is None


def test_with_a_key_redis_learns_nothing_and_without_one_everything(redis: RedisServer) -> None:
    session = fresh_session()
    Held(redis.url).store.put(b"sealed", session)
    Held(redis.url, key=None).store.put(b"open", session)
    with Redis.from_url(redis.url) as client:
        sealed, plain = (client.get(b"test:" + name.hex().encode()) for name in (b"sealed", b"open"))
    assert isinstance(sealed, bytes)
    assert isinstance(plain, bytes)
    assert MASTER_SECRET in plain
    assert MASTER_SECRET[:8] not in sealed
    assert b"example.com" not in sealed


@pytest.mark.parametrize(("writer", "reader"), [(KEY, bytes(32)), (KEY, None), (None, KEY)])
def test_another_key_costs_a_full_handshake_and_one_warning(
    redis: RedisServer, writer: bytes | None, reader: bytes | None
) -> None:
    Held(redis.url, key=writer).store.put(b"id", fresh_session())
    held = Held(redis.url, key=reader)
    assert [held.store.get(b"id") for _ in range(3)] == [None] * 3
    assert len(held.warnings) == 1
    assert "key" in held.warnings[0]


def test_a_value_moved_to_another_name_is_no_session(redis: RedisServer) -> None:
    held = Held(redis.url)
    held.store.put(b"mine", fresh_session())
    with Redis.from_url(redis.url) as client:
        client.copy("test:" + b"mine".hex(), "test:" + b"yours".hex())
    assert held.store.get(b"yours") is None
    assert held.store.get(b"mine") is not None


def test_garbage_in_redis_costs_a_full_handshake_and_one_warning(redis: RedisServer) -> None:
    random = Random(4)
    values = [b"x", b"\x02", bytes(LARGEST_VALUE + 10), make_session().encode()[:-1]]
    values += [random.randbytes(random.randrange(1, 300)) for _ in range(30)]
    for key in (None, KEY):
        held = Held(redis.url, key=key)
        with Redis.from_url(redis.url) as client:
            for value in values:
                client.set("test:" + b"id".hex(), value)
                assert held.store.get(b"id") is None
        assert len(held.warnings) == 1
        session = fresh_session()
        held.store.put(b"id", session)
        assert held.store.get(b"id") == session
        with Redis.from_url(redis.url) as client:
            client.set("test:" + b"id".hex(), b"again")
        assert held.store.get(b"id") is None
        assert len(held.warnings) == 2


def test_a_value_of_another_type_is_no_session(redis: RedisServer) -> None:
    held = Held(redis.url)
    with Redis.from_url(redis.url) as client:
        client.lpush("test:" + b"id".hex(), b"a list")
    assert [held.store.get(b"id") for _ in range(3)] == [None] * 3
    assert held.warnings == ["Redis does not let us read sessions (ResponseError)"]
    held.store.put(b"other", fresh_session())
    assert held.store.get(b"other") is not None


def test_a_session_that_is_too_large_is_not_kept(redis: RedisServer) -> None:
    held = Held(redis.url)
    held.store.put(b"id", fresh_session(peer_certificates=(bytes(2**18),)))
    assert held.store.get(b"id") is None
    assert held.warnings == []


def test_threads(redis: RedisServer) -> None:
    held = Held(redis.url)
    faults: list[bytes] = []

    def work(number: int) -> None:
        for count in range(40):
            key = bytes([number, count])
            held.store.put(key, fresh_session(session_id=key))
            found = held.store.get(key)
            if found is None or found.session_id != key:
                faults.append(key)

    threads = [threading.Thread(target=work, args=(number,)) for number in range(5)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert faults == []
    assert held.warnings == []


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


def test_by_default_it_is_logged(caplog: pytest.LogCaptureFixture) -> None:
    with pretender(lambda request: None) as url:
        store = RedisSessionStore(url)
        assert store.get(b"id") is None
        assert store.get(b"id") is None
    assert [record.levelname for record in caplog.records] == ["WARNING"]


@pytest.mark.parametrize("url", ["", "http://localhost", "redis://localhost:99999", "redis://localhost?nonsense=1"])
def test_urls_without_meaning_are_refused_at_once(url: str) -> None:
    with pytest.raises(ConfigurationError, match="URL"):
        RedisSessionStore(url)


def test_the_password_is_in_no_error() -> None:
    with pytest.raises(ConfigurationError) as caught:
        RedisSessionStore("redis://:mellon@localhost:99999")
    assert "mellon" not in str(caught.value)
    assert caught.value.__suppress_context__


def test_keys_of_another_length_are_refused_at_once() -> None:
    with pytest.raises(ConfigurationError, match="32 bytes"):
        RedisSessionStore("redis://localhost", key=bytes(16))


def test_without_redis_py_it_says_what_to_install() -> None:
    program = (
        "import sys; sys.modules['redis'] = None\n"
        "from hellodone.errors import ConfigurationError\n"
        "from hellodone.session.redis import RedisSessionStore\n"
        "try: RedisSessionStore('redis://localhost')\n"
        "except ConfigurationError as error: print(error)"
    )
    answer = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, timeout=60, check=True)
    assert "pip install hellodone[redis]" in answer.stdout
