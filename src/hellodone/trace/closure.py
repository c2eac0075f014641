"""What one party can know: the closure of what it has, draws and sees under the derivations of the table of facts.

A party goes through the trace step by step. It reads what travels in the clear and what it has the key for, and
applies every derivation whose inputs it knows, until nothing new follows. Nothing here depends on what an engine
computed: that is what the closure is tested against.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping

from hellodone.trace.courses import Course, Courses
from hellodone.trace.fact_info import Source
from hellodone.trace.fact_messages import COVERED, LONG_TERM, shown_in
from hellodone.trace.fact_table import FACTS
from hellodone.trace.facts import describe
from hellodone.trace.given import Gift, Told, imported
from hellodone.trace.known import HOW, Known
from hellodone.trace.model import Kind, Origin, Party, Step, Trace, Value
from hellodone.trace.traits import Trait

_SAME_SESSION = Source(Origin.computed, None, ("master_secret",), "the master secret of the session that is resumed")
_LASTING = -1  # in place of a handshake: what belongs to the whole connection

Key = tuple[int, int, str]
"""Connection, handshake, and name of a fact."""


class Closure:
    """One party's way through a trace. ``run`` gives what it knows in the end, in the order in which it learnt it."""

    def __init__(
        self, trace: Trace, courses: Courses, party: Party, gifts: Mapping[int, list[Gift]], reactions: Told
    ) -> None:
        self._trace = trace
        self._courses = courses
        self._party = party
        self._gifts = gifts
        self._reactions = reactions
        self._found: dict[Key, Known] = {}
        self._unread: list[Step] = []  # of which nothing says yet that they stay sealed
        self._sealed: dict[int, list[Step]] = defaultdict(list)  # by the handshake whose keys are not known
        self._read: set[int] = set()
        names: dict[int, set[str]] = defaultdict(set)
        for _, index, name in reactions:
            names[index].add(name)
        self._rules = {course.index: _rules(course, names[course.index]) for course in courses.all}
        self._links = [course for course in courses.all if course.continues is not None]
        self._begun = 0  # handshakes so far
        self._news: set[int] = set()  # handshakes of which something was learnt since rules were applied
        self._keys: set[int] = set()  # handshakes of which a key was learnt since messages were read

    def run(self) -> tuple[Known, ...]:
        """Everything, by step."""
        for step in self._trace.steps:
            course = self._courses.all[self._courses.of_step[step.number]]
            self._begun = max(self._begun, course.index + 1)
            if step.kind is Kind.message and self._party is not Party.ca:
                self._unread.append(step)
                self._close(step.number)
            own = self._own(step, course)
            while own:
                self._close(step.number)
                own = self._import(step, course)
        return tuple(self._found.values())

    def readable(self, step: Step) -> bool:
        """Whether the party reads the content of that step, with the keys that it has by now."""
        if self._party is Party.ca:
            return False
        course = self._courses.sealed.get(step.number)
        if course is None or step.sender is self._party:
            return True
        keys = self._courses.all[course]
        return Trait.cipher_keys not in keys.traits or self._get(keys, f"{step.sender}_write_key") is not None

    # --- one step

    def _own(self, step: Step, course: Course) -> bool:
        """What the party has of itself, and else what the trace says that it learnt."""
        new = False
        for gift in self._gifts.get(step.number, ()):
            new |= self._add(gift.course, gift.name, gift.source, step.number)
        return new or self._import(step, course)

    def _close(self, step: int) -> None:
        """Read and derive until nothing new follows."""
        while self._read_messages(step) | self._resume(step) | self._derive(step):
            pass

    def _read_messages(self, step: int) -> bool:
        new = False
        for index in self._keys:
            self._unread += self._sealed.pop(index, ())
        self._keys.clear()
        waiting, self._unread = self._unread, []
        for message in waiting:
            if not self.readable(message):
                self._sealed[self._courses.sealed[message.number]].append(message)
                continue
            self._read.add(message.number)
            self._news.add(self._courses.of_step[message.number])
            new = True
            if message.sender is not self._party:
                self._see(message, step)
        return new

    def _see(self, message: Step, step: int) -> None:
        course = self._courses.all[self._courses.of_step[message.number]]
        key = f"{message.sender}_write_key"
        keys = self._courses.sealed.get(message.number)
        sealed = keys is not None and Trait.cipher_keys in self._courses.all[keys].traits
        source = Source(Origin.received, None, (key,), f"opened with {key}") if sealed else Source(Origin.received)
        for shown in shown_in(message):
            self._add(course, shown.fact, source, step, message.number)

    def _derive(self, step: int) -> bool:
        new = False
        there = {index for index in self._news if index < self._begun}
        self._news -= there
        for index in sorted(there):
            course, rules = self._courses.all[index], self._rules[index]
            for rule in [rule for rule in rules if self._applies(course, *rule)]:
                new |= self._add(course, *rule, step)
                rules.remove(rule)
        return new

    def _applies(self, course: Course, name: str, source: Source) -> bool:
        for part in source.inputs:
            if part == "handshake_messages":
                covered = course.covered(name)
                if not covered or not all(message.number in self._read for message in covered):
                    return False
            elif self._get(course, part) is None:
                return False
        return True

    def _resume(self, step: int) -> bool:
        """A resumed session has the master secret of the handshake that it continues: who has one has the other."""
        new = False
        for course in list(self._links):
            hello = course.message("ServerHello", Party.server)
            if course.continues is None or hello is None or hello.number > step:
                continue
            pair = (course, self._courses.all[course.continues])
            known = [self._get(one, "master_secret") is not None for one in pair]
            if any(known):
                self._links.remove(course)
                for one in pair:
                    new |= self._add(one, "master_secret", _SAME_SESSION, step)
        return new

    def _import(self, step: Step, course: Course) -> bool:
        """What the trace says besides: what was verified, the less common extensions."""
        new = False
        for fact in imported(step, self._party):
            new |= self._add(course, fact.name, Source(fact.origin, None, fact.inputs, fact.formula), step.number)
        return new

    # --- facts

    def _get(self, course: Course, name: str) -> Known | None:
        return self._found.get(_key(course, name))

    def _add(self, course: Course, name: str, source: Source, step: int, message: int = 0) -> bool:
        key = _key(course, name)
        if key in self._found:
            return False
        self._news.add(course.index)
        if name.endswith("_write_key"):
            self._keys.add(course.index)
        info = describe(name)
        self._found[key] = Known(
            name=name,
            how=HOW[source.origin],
            step=step,
            inputs=source.inputs,
            formula=source.formula,
            meaning=info.meaning,
            secret=info.secret,
            value=self._value(course, name),
            handshake=course.index,
            connection=course.connection,
            message=message or (step if source.origin is Origin.received else 0),
        )
        return True

    def _value(self, course: Course, name: str) -> Value:
        """As the trace has it: from this party, or from another, for what they know is the same."""
        for party in (self._party, Party.client, Party.server):
            there = self._reactions.get((party, course.index, name))
            if there is not None:
                return there[1].value
        return ""


def _key(course: Course, name: str) -> Key:
    return course.connection, _LASTING if name in LONG_TERM else course.index, name


def _rules(course: Course, told: Collection[str]) -> list[tuple[str, Source]]:
    """The derivations that are open in this handshake, to whoever has their inputs. ``told`` is what a trace told."""
    return [
        (info.name, source)
        for info in FACTS.values()
        for source in info.sources
        if source.inputs
        and source.when <= course.traits
        and (source.origin is Origin.computed or (source.origin is Origin.agreed and info.name in told))
        and (info.name not in COVERED or course.covered(info.name))
    ]
