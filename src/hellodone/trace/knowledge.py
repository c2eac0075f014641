"""Who knows what, since when and why: client, server, authority and eavesdropper.

The eavesdropper sees every byte on the wire. It can be given keys, and then the closure says what it reads: all of an
RSA handshake with the server's private key, nothing of an ephemeral one - unless a session ticket undoes it.
"""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Collection, Iterator
from functools import cached_property
from itertools import combinations

from hellodone.errors import ConfigurationError
from hellodone.registry.naming import did_you_mean
from hellodone.trace.closure import Closure
from hellodone.trace.courses import courses
from hellodone.trace.fact_info import Source
from hellodone.trace.given import Gift, gifts, told
from hellodone.trace.known import How, Known
from hellodone.trace.model import Kind, Origin, Party, Step, Trace

__all__ = ["HOLDINGS", "LONG_TERM_KEYS", "How", "Knowledge", "Known", "knowledge"]

LONG_TERM_KEYS = ("server_private_key", "psk", "ticket_key")
"""Keys that outlive a connection and may be stolen later."""

HOLDINGS = (*LONG_TERM_KEYS, "keylog")
"""What an eavesdropper can be given. ``keylog`` is the master secrets as SSLKEYLOGFILE has them."""


def knowledge(trace: Trace, eavesdropper_has: Collection[str] = ()) -> Knowledge:
    """Who knows what in this trace. Raises ConfigurationError for a name that is not among ``HOLDINGS``."""
    for name in eavesdropper_has:
        if name not in HOLDINGS:
            raise ConfigurationError(
                f"an eavesdropper cannot have {name!r}{did_you_mean(name, {n: n for n in HOLDINGS})}"
            )
    return Knowledge(trace, frozenset(eavesdropper_has))


class Knowledge:
    """The closure for all four parties; each is computed when it is first asked for."""

    def __init__(self, trace: Trace, eavesdropper_has: frozenset[str] = frozenset()) -> None:
        self.trace = trace
        self.eavesdropper_has = eavesdropper_has
        self._courses = courses(trace)
        self._told = told(trace, self._courses)
        self._minds: dict[Party, _Mind] = {}

    def at(self, step: int, party: Party) -> tuple[Known, ...]:
        """All that the party knows of the step's connection when this step is over, in the order it learnt it."""
        there = self._there(step, party)
        return there.known[: there.until(step)]

    def count(self, step: int, party: Party) -> int:
        """How many things ``at`` gives."""
        return self._there(step, party).until(step)

    def learned(self, step: int, party: Party) -> tuple[Known, ...]:
        """What this step adds."""
        mind = self._mind(party)
        return mind.known[mind.until(step - 1) : mind.until(step)]

    def when(self, party: Party, fact: str, handshake: int | None = None) -> int | None:
        """The step from which the party knows the fact, in that handshake or in any; None when it never does."""
        return next(
            (
                known.step
                for known in self._mind(party).known
                if known.name == fact and handshake in (None, known.handshake)
            ),
            None,
        )

    def readable(self, step: int, party: Party) -> bool:
        """Whether the party can read what travels in this step, now or later: who listens keeps what it hears."""
        there = self._step(step)
        if there.kind is Kind.start:
            return party is there.sender
        return self._mind(party).closure.readable(there)

    @property
    def idle(self) -> tuple[str, ...]:
        """What the eavesdropper was given and what plays no part in any handshake of the trace."""
        given = gifts(self.trace, self._courses, Party.eavesdropper, self.eavesdropper_has, self._told)
        used = {gift.name for some in given.values() for gift in some}
        if any(True for _ in self._logged()):
            used.add("keylog")
        return tuple([name for name in HOLDINGS if name in self.eavesdropper_has and name not in used])

    @property
    def forward_secret(self) -> bool:
        """Whether the connections stay sealed when every long-term key is lost: nothing protected becomes readable.

        A trace in which nothing was protected keeps no secret either.
        """
        protected = self._protected()
        return bool(protected) and not any(self._opens(LONG_TERM_KEYS, step) for step in protected)

    @property
    def opened_by(self) -> tuple[tuple[str, ...], ...]:
        """The smallest sets of long-term keys that open something protected; one empty set when nothing is sealed."""
        found: list[tuple[str, ...]] = []
        for size in range(len(LONG_TERM_KEYS) + 1):
            for keys in combinations(LONG_TERM_KEYS, size):
                if any(set(smaller) <= set(keys) for smaller in found):
                    continue
                if any(self._opens(keys, step) for step in self._protected()):
                    found.append(keys)
        return tuple(found)

    # --- parts

    def _there(self, step: int, party: Party) -> _Learned:
        """What the party ever knows of the step's connection."""
        return self._mind(party).of_connection.get(self._step(step).connection, _Learned(()))

    def _mind(self, party: Party) -> _Mind:
        if party not in self._minds:
            has = self.eavesdropper_has if party is Party.eavesdropper else frozenset[str]()
            self._minds[party] = self._think(party, has)
        return self._minds[party]

    def _think(self, party: Party, has: Collection[str]) -> _Mind:
        given = gifts(self.trace, self._courses, party, has, self._told)
        if "keylog" in has:
            for step, gift in self._logged():
                given.setdefault(step, []).append(gift)
        closure = Closure(self.trace, self._courses, party, given, self._told)
        return _Mind(closure, closure.run())

    def _logged(self) -> Iterator[tuple[int, Gift]]:
        """A key log gets a line as soon as either side has a master secret."""
        for course in self._courses.all:
            steps = [self.when(party, "master_secret", course.index) for party in (Party.client, Party.server)]
            there = [step for step in steps if step is not None]
            if there:
                yield min(there), Gift(course, "master_secret", Source(Origin.configured, formula="key log"))

    def _opens(self, keys: Collection[str], step: Step) -> bool:
        key = frozenset(keys)
        if key not in self._thieves:
            self._thieves[key] = self._think(Party.eavesdropper, key)
        return self._thieves[key].closure.readable(step)

    @cached_property
    def _thieves(self) -> dict[frozenset[str], _Mind]:
        return {}

    def _protected(self) -> list[Step]:
        return [step for step in self.trace.steps if step.number in self._courses.sealed]

    def _step(self, number: int) -> Step:
        if not 1 <= number <= len(self.trace.steps):
            raise ConfigurationError(f"the trace has steps 1 to {len(self.trace.steps)}, not {number}")
        return self.trace.steps[number - 1]


class _Learned:
    """Things in the order in which they were learnt."""

    def __init__(self, known: tuple[Known, ...]) -> None:
        self.known = known
        self._steps = [one.step for one in known]

    def until(self, step: int) -> int:
        """How many there are when that step is over."""
        return bisect_right(self._steps, step)


class _Mind(_Learned):
    """One party's closure, and what it knows by step."""

    def __init__(self, closure: Closure, known: tuple[Known, ...]) -> None:
        super().__init__(known)
        self.closure = closure

    @cached_property
    def of_connection(self) -> dict[int, _Learned]:
        """What it knows of each connection."""
        found: dict[int, list[Known]] = defaultdict(list)
        for one in self.known:
            found[one.connection].append(one)
        return {connection: _Learned(tuple(known)) for connection, known in found.items()}
