from __future__ import annotations

from hellodone.session.circuit import FIRST_PAUSE, LONGEST_PAUSE, Circuit


class Bench:
    """A circuit, the time and what it said."""

    def __init__(self) -> None:
        self.now = 1000.0
        self.said: list[str] = []
        self.circuit = Circuit(self.said.append, lambda: self.now)

    def pause(self) -> float:
        """How long it stays closed from now on, to a tenth of a second."""
        start = self.now
        while self.circuit.closed():
            self.now += 0.1
        return self.now - start


def test_it_is_open_as_long_as_there_are_answers() -> None:
    bench = Bench()
    for _ in range(3):
        assert not bench.circuit.closed()
        bench.circuit.answered()
    assert bench.said == []


def test_pauses_double_up_to_the_longest_and_start_small_again() -> None:
    bench = Bench()
    pauses = []
    for _ in range(8):
        bench.circuit.failed("down")
        pauses.append(round(bench.pause()))
    assert pauses[:3] == [FIRST_PAUSE, 2 * FIRST_PAUSE, 4 * FIRST_PAUSE]
    assert pauses[-1] == LONGEST_PAUSE
    bench.circuit.answered()
    assert not bench.circuit.closed()
    bench.circuit.failed("down")
    assert round(bench.pause()) == FIRST_PAUSE


def test_after_a_pause_one_caller_tries_and_the_others_wait() -> None:
    bench = Bench()
    bench.circuit.failed("down")
    bench.now += FIRST_PAUSE
    assert [bench.circuit.closed() for _ in range(4)] == [False, True, True, True]
    bench.circuit.answered()
    assert not bench.circuit.closed()


def test_one_warning_until_it_works_again() -> None:
    bench = Bench()
    for _ in range(3):
        bench.circuit.failed("down")
    assert bench.said == ["down"]
    bench.circuit.answered()
    bench.circuit.failed("down again")
    assert bench.said == ["down", "down again"]


def test_each_kind_of_trouble_has_its_own_warning() -> None:
    bench = Bench()
    for _ in range(2):
        bench.circuit.trouble("read", "cannot read")
        bench.circuit.trouble("write", "cannot write")
        bench.circuit.over("read")
        bench.circuit.answered()
    assert bench.said == ["cannot read", "cannot write", "cannot read"]
    assert not bench.circuit.closed()
