"""Look-ups with the authority, OCSP and CRLs over HTTP, as steps of a trace."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any, NamedTuple
from urllib.parse import urlsplit

from hellodone.messages.status_fields import dissect_crl, dissect_ocsp_request, dissect_ocsp_response
from hellodone.pki.answers import RevocationAnswer
from hellodone.pki.lookups import Fetched, Lookup, OcspQuery
from hellodone.trace.facts import make_fact
from hellodone.trace.merge import preceded
from hellodone.trace.model import Check, Kind, Party, Phase, Reaction, Step, Trace
from hellodone.trace.recorder import Answer, kept

OCSP_REQUEST = "OCSP request"
OCSP_RESPONSE = "OCSP response"
CRL_REQUEST = "CRL request"
CRL = "CRL"
NO_ANSWER = "No answer"


class Asked(NamedTuple):
    """One look-up outside of any connection, and when its request and its answer were."""

    lookup: Lookup
    fetched: Fetched
    at: datetime
    until: datetime


class Notes:
    """Fetches for somebody, and notes it. ``taken`` are the notes."""

    def __init__(self, fetch: Callable[[Lookup], Fetched], clock: Callable[[], datetime]) -> None:
        self._fetch = fetch
        self._clock = clock
        self.taken: list[Asked] = []

    def __call__(self, lookup: Lookup) -> Fetched:
        """What ``fetch`` gives."""
        at = self._clock()
        fetched = self._fetch(lookup)
        self.taken.append(Asked(lookup, fetched, at, self._clock()))
        return fetched


def ahead(trace: Trace, party: Party, notes: Sequence[Asked], answer: RevocationAnswer | None) -> Trace:
    """The trace with what ``party`` had asked before its first connection; ``answer`` is what the last note taught."""
    if not notes:
        return trace
    began = datetime.fromisoformat(trace.created) if trace.created else notes[-1].until
    first = min(notes[0].at, began)
    steps = [step for note in notes for step in _steps(note, party, first)]
    if answer is not None:
        steps[-1] = replace(steps[-1], reactions=(_verdict(answer, party),))
    later = preceded(trace, steps, (began - first).total_seconds())
    asked_by_all = dict.fromkeys(filter(None, (places(n.lookup for n in notes), later.connections[0].authority)))
    named = replace(later.connections[0], authority=", ".join(asked_by_all))
    created = first.isoformat() if trace.created else ""
    return replace(later, connections=(named, *later.connections[1:]), created=created)


def _steps(note: Asked, party: Party, first: datetime) -> Iterator[Step]:
    sides = {True: (party, Party.ca), False: (Party.ca, party)}
    for there, at, details in (
        (True, note.at, asked(note.lookup)),
        (False, note.until, answered(kept(note.lookup, note.fetched))),
    ):
        sender, receiver = sides[there]
        time = (at - first).total_seconds()
        yield Step(1, Kind.lookup, sender=sender, receiver=receiver, time=time, phase=Phase.preparation, **details)


def _verdict(answer: RevocationAnswer, party: Party) -> Reaction:
    """What the answer teaches whoever asked about its own certificate."""
    checks = tuple(Check(check.claim) for check in answer.checks if check.passed)
    return Reaction(party, (make_fact("server_revocation", str(answer), party),), checks)


def asked(lookup: Lookup) -> dict[str, Any]:
    """What the step of a request has: its name, the request and the URL."""
    if isinstance(lookup, OcspQuery):
        return {
            "name": OCSP_REQUEST,
            "summary": f"{lookup.method} {lookup.url}",
            "length": len(lookup.body),
            "raw": lookup.body,
            "fields": dissect_ocsp_request(lookup.body),
        }
    return {"name": CRL_REQUEST, "summary": f"GET {lookup.url}"}


def answered(answer: Answer) -> dict[str, Any]:
    """What the step of an answer has, or that of silence, whose summary says why."""
    if answer.failure:
        return {"name": NO_ANSWER, "summary": answer.failure}
    ocsp = isinstance(answer.lookup, OcspQuery)
    step = {"name": OCSP_RESPONSE if ocsp else CRL, "length": answer.length}
    if not answer.data:  # too long to be kept
        return {**step, "summary": f"{answer.length:,} bytes"}
    dissect = dissect_ocsp_response if ocsp else dissect_crl
    return {**step, "raw": answer.data, "fields": dissect(answer.data)}


def places(lookups: Iterable[Lookup]) -> str:
    """Whom they go to: hosts and ports, each once."""
    return ", ".join(dict.fromkeys(urlsplit(lookup.url).netloc for lookup in lookups))
