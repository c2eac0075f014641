"""The steps of two ends in one order that both of them could have seen.

Clocks are not enough: two ends need not agree on the time, and a message must never stand before the one it answers.
So each end's own order is kept, and what an end received comes after it was sent; only where that leaves a choice the
time decides.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable
from dataclasses import replace

from hellodone.trace.model import Kind, Party, Step

_WHOLE = (Kind.message, Kind.change_cipher_spec, Kind.alert, Kind.other)  # told of once at each end


def interleave(client: Iterable[Step], server: Iterable[Step]) -> list[Step]:
    """Every step of its sender's, with the reaction of its receiver and, for all, the client's records."""
    return _Interleaving(client, server).run()


class _Interleaving:
    """Takes steps from the heads of two queues until both are empty."""

    def __init__(self, client: Iterable[Step], server: Iterable[Step]) -> None:
        self._steps: list[Step] = []
        self._queues = {Party.client: deque(client), Party.server: deque(server)}
        self._flying: dict[Party, deque[int]] = {party: deque() for party in self._queues}  # sent, not yet received
        self._data: dict[Party, deque[tuple[int, int]]] = {party: deque() for party in self._queues}  # and bytes left

    def run(self) -> list[Step]:
        """All steps in order."""
        while any(self._queues.values()):
            heads = [(queue[0].time, party) for party, queue in self._queues.items() if queue]
            ready = [(time, party) for time, party in heads if self._may_come(party)]
            # nothing is ready: an end tells of something that the other never sent, which nobody can place
            _, party = min(ready or heads)
            self._take(party, self._queues[party].popleft(), known=bool(ready))
        return self._steps

    def _may_come(self, party: Party) -> bool:
        """Whether what this end tells of next can have happened: it sent it, or the other end has sent it."""
        step = self._queues[party][0]
        if _is_own(party, step):
            return True
        if step.kind in _WHOLE:
            return bool(self._flying[step.sender])
        if step.kind is Kind.application_data:
            return sum(left for _, left in self._data[step.sender]) >= step.length
        return True

    def _take(self, party: Party, step: Step, *, known: bool) -> None:
        if _is_own(party, step):
            self._send(party, step)
        elif known and step.kind in _WHOLE:
            self._receive(self._flying[step.sender].popleft(), party, step)
        elif known and step.kind is Kind.application_data:
            self._receive_data(party, step)

    def _send(self, party: Party, step: Step) -> None:
        time = max(step.time, self._steps[-1].time) if self._steps else step.time
        if party is Party.server:
            step = replace(step, records=())  # the client's list has them at other places
        if step.kind in _WHOLE:
            self._flying[party].append(len(self._steps))
        elif step.kind is Kind.application_data:
            self._data[party].append((len(self._steps), step.length))
        self._steps.append(replace(step, time=time))

    def _receive(self, index: int, party: Party, received: Step) -> None:
        step = self._steps[index]
        records = step.records
        if party is Party.client:
            records = tuple(dict.fromkeys((*records, *received.records)))
        self._steps[index] = replace(step, reactions=(*step.reactions, *received.reactions), records=records)

    def _receive_data(self, party: Party, received: Step) -> None:
        """Data may be sent in one piece and received in several, or the other way round."""
        flying, left = self._data[received.sender], received.length
        while flying and left:
            index, there = flying.popleft()
            self._receive(index, party, replace(received, reactions=() if left > there else received.reactions))
            if there > left:
                flying.appendleft((index, there - left))
            left -= min(there, left)


def _is_own(party: Party, step: Step) -> bool:
    """Whether it is for this end to tell of the step. The client tells of TCP, but for the server's end of it.

    Whoever asks the authority tells of the answer too.
    """
    if step.kind is Kind.lookup:
        return True
    if step.kind is Kind.tcp:
        teller = step.sender if step.name == "FIN" else Party.client
        return teller is party
    return step.sender is party
