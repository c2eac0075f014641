"""From the tree of the protocol to the rows of a chart."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from hellodone.diagram.rows import (
    Arrow,
    Branch,
    Chart,
    Detail,
    Divider,
    Fragment,
    FragmentKind,
    Line,
    Mark,
    Note,
    Participant,
    Row,
    Style,
    Topic,
)
from hellodone.diagram.steps import title_of
from hellodone.diagram.values import plain
from hellodone.general.conditions import condition
from hellodone.general.runs import AGAIN, CHOOSES, Event, Run, shown_as
from hellodone.general.tree import Choice, End, Message, Node, Option, forms_of_one
from hellodone.trace.model import Kind, Party, Phase

PROTECTED = "protected"
MOST_CHECKS = 4  # that a chart of normal detail lists
_AGAIN = "the handshake once more, ClientHello to Finished as above; every message is protected by the keys in use"
_PARTIES = (Party.client, Party.server)
_STYLES = {Kind.tcp: Style.kernel, Kind.application_data: Style.data, Kind.other: Style.other}
_CLOSE_NOTIFY = 0


def chart(tree: Sequence[Node], runs: Sequence[Run], title: str, detail: Detail | str = Detail.normal) -> Chart:
    """The rows of the tree that was made of these runs."""
    rows = _Rows(Detail(detail), {id(event): run for run in runs for event in run.events})
    return Chart(
        title=plain(title),
        participants=tuple(Participant(party, party.value.capitalize()) for party in _PARTIES),
        rows=tuple(rows.of(tree, None)),
        detail=Detail(detail),
        numbered=False,
    )


class _Rows:
    def __init__(self, detail: Detail, runs: dict[int, Run]) -> None:
        self._detail = detail
        self._runs = runs  # of each event, by its identity
        self._phase: Phase | None = None
        self._secrets = frozenset(_secrets(runs.values()))
        self._told: set[tuple[Party, str]] = set()  # what stands below the frame, and not in each of its branches

    def of(self, nodes: Sequence[Node], phase: Phase | None) -> Iterator[Row]:
        """The rows of these nodes, which begin in that phase."""
        self._phase = phase
        for node in nodes:
            begins = set(_beginnings(node))
            if len(begins) == 1 and begins != {self._phase}:
                (self._phase,) = begins
                yield Divider(self._phase.value)
            match node:
                case Message():
                    yield from self._message(node)
                case Option(way):
                    yield Fragment(FragmentKind.opt, (self._branch(way.condition, way.nodes),))
                case End(way):
                    yield Fragment(FragmentKind.ends, (self._branch(way.condition, way.nodes),))
                case Choice():
                    yield from self._choice(node)

    def _choice(self, node: Choice) -> Iterator[Row]:
        """What is computed whichever form a message takes stands once below the frame."""
        events = [event for way in node.ways for event in _events_of(way.nodes)] if forms_of_one(node) else []
        self._told = (
            {(party, line) for party in _PARTIES for line in _common(_facts(party, events))} if events else set()
        )
        yield Fragment(FragmentKind.alt, tuple([self._branch(way.condition, way.nodes) for way in node.ways]))
        told, self._told = self._told, set()
        for party in _PARTIES if self._detail is not Detail.brief else ():
            lines = [
                line for line in dict.fromkeys(t for f in _facts(party, events) for t in f) if (party, line) in told
            ]
            if lines:
                yield self._computed(party, lines)

    def _branch(self, title: str, nodes: Sequence[Node]) -> Branch:
        """A branch begins in the phase in which its frame stands, and what follows the frame goes on from there."""
        phase = self._phase
        rows = tuple(self.of(nodes, phase))
        self._phase = phase
        return Branch(title, rows)

    def _message(self, node: Message) -> Iterator[Row]:
        first = node.events[0]
        if first.key.name == AGAIN:
            yield Note(None, (Line(_AGAIN),), Topic.activation)
            return
        yield from self._prepared(node.events)
        yield self._arrow(node.events)
        if self._detail is not Detail.brief:
            if all(event.step.activates for event in node.events):
                sender = first.step.sender
                yield Note(
                    None, (Line(f"what the {sender} sends is protected from here on", Mark.key),), Topic.activation
                )
            yield from _joined(self._concluded(node.events))

    def _arrow(self, events: Sequence[Event]) -> Arrow:
        step = events[0].step
        data = step.kind is Kind.application_data
        names = dict.fromkeys(name for event in events for name in event.fields)
        sealed = all(event.step.protection for event in events)
        return Arrow(
            number=0,
            sender=step.sender,
            receiver=step.receiver,
            title="Application data" if data else plain(title_of(step)),
            lines=(", ".join(names),) if names and self._detail is not Detail.brief else (),
            style=self._style(events[0]),
            protection=PROTECTED if sealed else "",
        )

    @staticmethod
    def _style(event: Event) -> Style:
        step = event.step
        if step.kind is not Kind.alert:
            return _STYLES.get(step.kind, Style.message)
        if step.type_number == _CLOSE_NOTIFY:
            return Style.message
        return Style.fatal if step.summary.startswith("fatal") else Style.alert

    # --- what is done about it

    def _prepared(self, events: Sequence[Event]) -> Iterator[Row]:
        """What the sender computes for the message."""
        party = events[0].step.sender
        yield from self._notes(party, events, [event.before for event in events])

    def _concluded(self, events: Sequence[Event]) -> Iterator[Row]:
        """What each party checks, which it does in all runs or it is not told, and what it computes."""
        for party in _PARTIES:
            checks = _common([[text for who, text, check in e.after if check and who is party] for e in events])
            shown = checks if self._detail is Detail.full else checks[:MOST_CHECKS]
            lines = [Line(plain(text), Mark.passed) for text in shown]
            if len(shown) < len(checks):
                lines.append(Line(f"and {len(checks) - len(shown)} more checks", Mark.passed))
            if lines:
                yield Note(party, tuple(lines))
            found = [[text for text in facts if (party, text) not in self._told] for facts in _facts(party, events)]
            yield from self._notes(party, events, found)

    def _notes(self, party: Party, events: Sequence[Event], lines: Sequence[Sequence[str]]) -> Iterator[Row]:
        """What is computed in all runs, then what is computed in some, where one decision tells in which."""
        if self._detail is Detail.brief:
            return
        common = _common(lines)
        if common:
            yield self._computed(party, common)
        some: dict[tuple[int, ...], list[str]] = {}
        for text in dict.fromkeys(text for one in lines for text in one if text not in common):
            there = tuple([index for index, one in enumerate(lines) if text in one])
            some.setdefault(there, []).append(text)
        of = [self._runs[id(event)] for event in events]
        branches = []
        for there, texts in some.items():
            words = condition([of[index] for index in there], of, 1)
            if words is not None:
                branches.append((there, Branch(words, (self._computed(party, texts),))))
        yield from _framed(branches, len(events))

    def _computed(self, party: Party, texts: Iterable[str]) -> Note:
        """What is secret has its mark."""
        return Note(party, tuple([Line(plain(text), self._mark(text)) for text in texts]))

    def _mark(self, text: str) -> Mark:
        names = text.removeprefix(CHOOSES).partition(" = ")[0].split(", ")
        return Mark.key if self._secrets.intersection(names) else Mark.none


def _secrets(runs: Iterable[Run]) -> Iterator[str]:
    """The names of all that is secret in them."""
    for run in runs:
        for event in run.events:
            for reaction in event.step.reactions:
                yield from (shown_as(fact) for fact in reaction.learned if fact.secret)


def _joined(rows: Iterable[Row]) -> Iterator[Row]:
    """What stands next to each other under the same conditions, in one frame."""
    last: Row | None = None
    for row in rows:
        if isinstance(last, Fragment) and isinstance(row, Fragment) and _conditions(last) == _conditions(row):
            branches = zip(last.branches, row.branches, strict=True)
            last = Fragment(last.kind, tuple([Branch(one.title, one.rows + other.rows) for one, other in branches]))
            continue
        if last is not None:
            yield last
        last = row
    if last is not None:
        yield last


def _conditions(fragment: Fragment) -> tuple[FragmentKind, tuple[str, ...]]:
    return fragment.kind, tuple([branch.title for branch in fragment.branches])


def _events_of(nodes: Sequence[Node]) -> Iterator[Event]:
    for node in nodes:
        if isinstance(node, Message):
            yield from node.events


def _facts(party: Party, events: Sequence[Event]) -> list[list[str]]:
    """What the party computes because of each."""
    return [[text for who, text, check in event.after if not check and who is party] for event in events]


def _beginnings(node: Node) -> Iterator[Phase]:
    """The phases in which the ways of a node begin; an end and a second handshake belong to where they stand."""
    match node:
        case Message(key, events) if key.name != AGAIN:
            yield events[0].step.phase
        case Option(way) if way.nodes:
            yield from _beginnings(way.nodes[0])
        case Choice(ways):
            for way in ways:
                if way.nodes:
                    yield from _beginnings(way.nodes[0])


def _framed(branches: Sequence[tuple[tuple[int, ...], Branch]], every: int) -> Iterator[Row]:
    """As alternatives where one of them always holds and no two together, else each by itself."""
    held = [index for there, _ in branches for index in there]
    if len(branches) > 1 and sorted(held) == list(range(every)):
        yield Fragment(FragmentKind.alt, tuple([branch for _, branch in branches]))
        return
    for _, branch in branches:
        yield Fragment(FragmentKind.opt, (branch,))


def _common(lines: Sequence[Sequence[str]]) -> list[str]:
    """What is in all of them, in the order of the first."""
    if not lines:
        return []
    return [text for text in dict.fromkeys(lines[0]) if all(text in other for other in lines[1:])]
