from __future__ import annotations

from bench.measure import MINIMUM_ROUNDS, Operation, Sampler, Spread, Timed, compared, interleave
from bench.rows import MORE, RATES, TIMES


def test_contestants_take_turns_and_each_goes_first() -> None:
    order: list[str] = []

    def sampler(name: str) -> Sampler:
        def sample() -> float:
            order.append(name)
            return 1.0

        return sample

    samples = interleave({name: sampler(name) for name in "abc"}, seconds=0)
    assert order[:9] == ["a", "b", "c", "b", "c", "a", "c", "a", "b"]
    assert {name: len(values) for name, values in samples.items()} == dict.fromkeys("abc", MINIMUM_ROUNDS)


def test_a_ratio_is_made_within_each_round() -> None:
    drifting = [1.0, 2.0, 4.0, 8.0]
    assert compared([2 * value for value in drifting], drifting, TIMES.compare) == Spread(2.0, 2.0, 2.0)


def test_a_spread_is_the_median_and_the_quartiles() -> None:
    assert Spread.of([5.0, 1.0, 4.0, 2.0, 3.0]) == Spread(2.0, 3.0, 4.0)


def test_every_turn_has_an_operation_of_its_own() -> None:
    prepared: list[int] = []
    done: list[None] = []

    def prepare() -> Operation:
        prepared.append(len(done))
        return lambda: done.append(None)

    sample = Timed(prepare)
    assert sample() > 0
    assert sample() > 0
    assert len(prepared) == 3
    assert len(set(prepared)) == 3


def test_comparisons_know_their_good_side() -> None:
    assert TIMES.compare(1.0, 2.0) == 0.5
    assert TIMES.met(0.5, 0.75)
    assert not TIMES.met(0.8, 0.75)
    assert RATES.compare(1.0, 2.0) == 2.0
    assert RATES.met(2.0, 1.5)
    assert not RATES.met(1.4, 1.5)
    assert MORE.compare(0.2, 0.1) == 100.0
    assert MORE.met(100.0, 150.0)
