from __future__ import annotations

import threading
from collections import OrderedDict
from datetime import timedelta
from timeit import repeat

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hellodone.clock import utc_now
from hellodone.crypto.secret import Secret
from hellodone.errors import ConfigurationError
from hellodone.session.session import Session
from hellodone.session.store import LARGEST_ENTRY, MemorySessionStore, SessionStore
from tests.session.making import FakeClock, make_session, sessions


def test_what_was_put_is_there_until_it_is_removed() -> None:
    store: SessionStore = MemorySessionStore(clock=FakeClock())
    first, second = make_session(session_id=b"1"), make_session(session_id=b"2")
    assert store.get(b"1") is None
    store.put(b"1", first)
    store.put(b"2", second)
    assert (store.get(b"1"), store.get(b"2")) == (first, second)
    store.remove(b"1")
    store.remove(b"never there")
    assert (store.get(b"1"), store.get(b"2")) == (None, second)


@given(sessions)
def test_every_session_comes_back_as_it_was(session: Session) -> None:
    store = MemorySessionStore(clock=lambda: session.created)
    store.put(b"key", session)
    kept = store.get(b"key")
    assert kept == (None if session.expired(session.created) else session)
    assert kept is None or isinstance(kept.master_secret, Secret)


def test_the_one_not_used_for_longest_goes_first() -> None:
    store = MemorySessionStore(capacity=3, clock=FakeClock())
    for key in (b"a", b"b", b"c"):
        store.put(key, make_session())
    store.get(b"a")
    store.put(b"b", make_session())
    store.put(b"d", make_session())
    assert [key for key in (b"a", b"b", b"c", b"d") if store.get(key)] == [b"a", b"b", b"d"]
    assert len(store) == 3


@given(st.lists(st.tuples(st.sampled_from(["get", "put", "remove"]), st.integers(0, 7)), max_size=60))
def test_it_behaves_like_a_small_ordered_dictionary(calls: list[tuple[str, int]]) -> None:
    store = MemorySessionStore(capacity=4, clock=FakeClock())
    model: OrderedDict[bytes, Session] = OrderedDict()
    for count, (call, number) in enumerate(calls):
        key = bytes([number])
        if call == "put":
            model[key] = make_session(lifetime=count + 1)
            model.move_to_end(key)
            store.put(key, model[key])
            if len(model) > 4:
                model.popitem(last=False)
        elif call == "remove":
            store.remove(key)
            model.pop(key, None)
        else:
            assert store.get(key) == model.get(key)
            if key in model:
                model.move_to_end(key)
    assert len(store) == len(model)
    assert {key: store.get(key) for key in model} == model


def test_expired_sessions_are_given_to_nobody() -> None:
    clock = FakeClock()
    store = MemorySessionStore(clock=clock)
    store.put(b"key", make_session(lifetime=60))
    clock.advance(seconds=59)
    assert store.get(b"key") is not None
    clock.advance(seconds=1)
    assert store.get(b"key") is None
    assert len(store) == 0


def test_expired_and_oversized_sessions_are_not_kept_and_replace_what_was_there() -> None:
    clock = FakeClock()
    store = MemorySessionStore(clock=clock)
    too_large = make_session(peer_certificates=(bytes(LARGEST_ENTRY),))
    for useless in (too_large, make_session(created=clock.now - timedelta(hours=1))):
        store.put(b"key", make_session())
        store.put(b"key", useless)
        assert store.get(b"key") is None
        assert len(store) == 0


def test_room_for_nothing_is_a_mistake() -> None:
    with pytest.raises(ConfigurationError):
        MemorySessionStore(capacity=0)


def test_threads() -> None:
    """Many threads on few keys: nothing breaks, the bound holds, and what comes back is what somebody put."""
    store = MemorySessionStore(capacity=8)
    faults: list[str] = []

    def work(number: int) -> None:
        for count in range(400):
            key = bytes([count % 16])
            if count % 5 == 4:
                store.remove(key)
            elif count % 2:
                found = store.get(key)
                if found is not None and found.session_id != key:
                    faults.append(f"{found.session_id!r} under {key!r}")
            else:
                store.put(key, make_session(created=utc_now(), session_id=key, lifetime=1000 + number))
            if len(store) > 8:
                faults.append(f"{len(store)} sessions")

    threads = [threading.Thread(target=work, args=(number,)) for number in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert faults == []


def test_cost_does_not_grow_with_the_number_of_sessions() -> None:
    """Filled, so that each new session makes the oldest go: the case in which a plain dict would walk."""

    def cost(capacity: int) -> float:
        store = MemorySessionStore(capacity, clock=FakeClock())
        session = make_session()
        for number in range(capacity):
            store.put(number.to_bytes(4, "big"), session)
        fresh = iter(range(capacity, capacity + 10**6))

        def use() -> None:
            key = next(fresh).to_bytes(4, "big")
            store.put(key, session)
            store.get(key)

        return min(repeat(use, number=5, repeat=1000))

    assert cost(100_000) < 5 * cost(100)
