"""What was received is taken whole or in part, in order, whatever pieces it came in."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from hellodone.transport.received import Received


@given(st.lists(st.one_of(st.binary(max_size=9), st.integers(0, 12))))
def test_it_is_a_queue_of_bytes(done: list[bytes | int]) -> None:
    received, expected = Received(), b""
    for what in done:
        if isinstance(what, bytes):
            received.add(what)
            expected += what
        else:
            assert received.take(what) == expected[:what]
            expected = expected[what:]
        assert bool(received) == bool(expected)
    assert received.take(len(expected) + 1) == expected
    assert not received


def test_a_piece_that_is_wanted_whole_is_not_copied() -> None:
    received, piece = Received(), bytes(5)
    received.add(piece)
    assert received.take(5) is piece


def test_many_small_pieces_are_taken_in_time() -> None:
    received = Received()
    for _ in range(200_000):
        received.add(b"ab")
    assert received.take(300_000) == b"ab" * 150_000
    assert received.take(300_000) == b"ab" * 50_000
