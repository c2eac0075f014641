from __future__ import annotations

import subprocess
import sys
import threading
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
from tests.session.held_redis import KEY, PATIENT, Held, fresh_session
from tests.session.making import MASTER_SECRET, START, FakeClock, make_session
from tests.session.redis_server import RedisServer, pretender


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
