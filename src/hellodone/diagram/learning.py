"""From what the parties know, step by step, to the rows beside their lanes."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence

from hellodone.diagram.rows import Detail, Item, Knowledge, Loop, Reading
from hellodone.diagram.steps import content_lines, title_of
from hellodone.diagram.values import moderate, plain, short
from hellodone.diagram.view import View
from hellodone.trace.knowledge import knowledge
from hellodone.trace.known import How, Known
from hellodone.trace.model import Party, Step, Trace
from hellodone.trace.reading import Read, readings

OPENED_WITH, NOT_KNOWN = "opened with {}", "{} is not known"
NOTHING_ENCRYPTED = "nothing is encrypted"


class Learning:
    """What those with a lane learn. Raises ConfigurationError for what an eavesdropper cannot have."""

    def __init__(self, trace: Trace, view: View, lanes: Sequence[Party], detail: Detail) -> None:
        self.parties = tuple([p for p in lanes if (view.listens if p is Party.eavesdropper else view.knowledge)])
        self._trace = trace
        self._detail = detail
        self._minds = knowledge(trace, view.eavesdropper_has)
        self._read: dict[int, list[Read]] = defaultdict(list)
        for read in readings(self._minds) if view.listens else ():
            self._read[read.at].append(read)

    def rows(self, step: Step) -> Iterator[Knowledge]:
        """What this step teaches, party by party."""
        for party in self.parties:
            items = tuple([self._item(known, step) for known in self._minds.learned(step.number, party)])
            found = self._readings(step.number) if party is Party.eavesdropper else ()
            if items or found:
                total = self._minds.count(step.number, party)
                yield Knowledge(party, step.number, items, found, total)

    def of_loop(self, loop: Loop) -> Iterator[Knowledge]:
        """What the eavesdropper makes of data that was folded: one reading for each of the arrows."""
        if Party.eavesdropper not in self.parties:
            return
        reads = {read.step: read for at in self._read.values() for read in at}
        found = [
            Reading(arrow.number, plain(arrow.title), read.readable, _why(read))
            for arrow in loop.rows
            if (read := reads.get(arrow.number)) is not None
        ]
        if found:
            total = self._minds.count(loop.rows[0].number, Party.eavesdropper)
            yield Knowledge(Party.eavesdropper, loop.rows[0].number, (), tuple(found), total)

    def _readings(self, number: int) -> tuple[Reading, ...]:
        return tuple([self._reading(read) for read in self._read.get(number, ())])

    def _reading(self, read: Read) -> Reading:
        step = self._trace.steps[read.step - 1]
        lines = content_lines(step, read.text, self._detail) if read.readable else ()
        return Reading(read.step, plain(title_of(step)), read.readable, _why(read), tuple(lines))

    def _item(self, known: Known, step: Step) -> Item:
        value = plain(str(known.value))
        other = known.connection != step.connection
        return Item(
            name=known.name + (f" of connection {known.connection + 1}" if other else ""),
            how=known.how,
            why=self._reason(known),
            secret=known.secret,
            value=moderate(value) if self._detail is Detail.full else short(value),
            meaning=known.meaning,
            formula=plain(known.formula) if known.how is How.computed else "",
            inputs=known.inputs,
            message=known.message,
        )

    def _reason(self, known: Known) -> str:
        match known.how:
            case How.seen:
                seen = f"in step {known.message}, {plain(self._trace.steps[known.message - 1].name)}"
                return f"{seen}, {plain(known.formula)}" if known.formula else seen
            case How.chosen:
                return "chosen"
            case How.configured:
                return plain(known.formula) or "from before"
            case How.computed:
                return f"from {', '.join(known.inputs)}" if known.inputs else "concluded"


def _why(read: Read) -> str:
    if not read.key:
        return NOTHING_ENCRYPTED
    return (OPENED_WITH if read.readable else NOT_KNOWN).format(read.key)
