"""What a party did because of a step, as the lines of a note."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from itertools import groupby

from hellodone.diagram.rows import Detail, Line, Mark, Note
from hellodone.diagram.tree import claims, summary
from hellodone.diagram.values import counted, moderate, plain, short
from hellodone.trace.model import Check, Fact, Origin, Reaction, Verification

ONE_LINE = 72  # characters
MOST_CHECKS = 6  # passed ones that a note of normal detail lists

# What a party chooses and says in its next message needs no note of its own, but for what the choice is about.
_WORTH_NOTING = frozenset(("client_random", "server_random", "cipher_suite", "group", "alpn"))
# facts whose value is a sentence, and its subject
SENTENCES = {
    "client_identity_choice": "client certificate",
    "server_revocation": "verdict",
    "client_revocation": "verdict",
}
_REFERENCE = re.compile(r" \(RFC [^()]*\)$")


def note_of(reaction: Reaction, detail: Detail, *, facts: bool = True) -> Note | None:
    """The note for one party's reaction, None when there is nothing to say at that level of detail.

    Without ``facts`` it tells of the checks and of what is a sentence alone: rows of knowledge tell the rest.

    Checks come before what follows from them, but after it when one failed, for then it is the last that happened.
    """
    if detail is Detail.brief:
        return None
    checks = list(_checks(reaction.checks, detail, reaction.verification))
    told = reaction.learned if facts else tuple([fact for fact in reaction.learned if fact.name in SENTENCES])
    learned = list(_facts(told, detail))
    failed = any(not check.passed for check in reaction.checks)
    lines = [*learned, *checks] if failed else [*checks, *learned]
    return Note(reaction.party, tuple(lines)) if lines else None


def _checks(checks: tuple[Check, ...], detail: Detail, verification: Verification | None) -> Iterator[Line]:
    full = detail is Detail.full
    if verification is not None:
        told = claims(verification)
        checks = tuple(check for check in checks if not check.passed or check.claim not in told)
    passed = [check for check in checks if check.passed]
    listed = passed if full or len(passed) <= MOST_CHECKS + 1 else passed[:MOST_CHECKS]
    for check in listed:
        claim = plain(check.claim)
        yield Line(claim if full else _REFERENCE.sub("", claim), Mark.passed)
    if len(listed) < len(passed):
        yield Line(f"and {counted(len(passed) - len(listed), 'more check')}", Mark.passed)
    if verification is not None and not full:
        yield from summary(verification)
    for check in checks:
        if not check.passed:
            let_pass = "" if check.refused else ", and let pass"
            yield Line(f"not so{let_pass}: {plain(check.claim)}", Mark.failed)


def _facts(learned: tuple[Fact, ...], detail: Detail) -> Iterator[Line]:
    if detail is Detail.full:
        for fact in learned:
            yield from _whole(fact)
        return
    for formula, facts in groupby(filter(noted, learned), key=lambda fact: fact.formula):
        yield from _together(formula, list(facts))


def noted(fact: Fact) -> bool:
    """Whether the fact is more than what the messages before and after say themselves."""
    if fact.origin in (Origin.computed, Origin.verified):
        return fact.value != ""
    if fact.origin is Origin.configured and fact.secret:  # a pre-shared key, a resumed session's master secret
        return True
    return fact.origin is Origin.chosen and (fact.secret or fact.name in _WORTH_NOTING or fact.name in SENTENCES)


def _together(formula: str, facts: list[Fact]) -> Iterator[Line]:
    """Facts next to each other that follow from the same formula, or from none."""
    if formula and len(facts) > 1:
        yield Line(f"{_names(facts)} = {formula}", Mark.key)
        return
    for fact in facts:
        yield from _one(fact)


def _one(fact: Fact) -> Iterator[Line]:
    value = short(_text(fact))
    if fact.name in SENTENCES:
        yield Line(f"{SENTENCES[fact.name]}: {value}")
    elif fact.origin is Origin.verified:
        yield Line(f"{fact.name}: {value}", Mark.passed)
    elif fact.origin is Origin.chosen:
        secret = fact.secret or len(value) > 60
        yield Line(f"chooses {fact.name}" + ("" if secret and not fact.formula else f": {value}"), _key(fact))
    elif fact.origin is Origin.configured:
        yield Line(f"has {fact.name} from before: {value}", _key(fact))
    elif fact.formula:
        yield Line(f"{fact.name} = {fact.formula}", _key(fact))
        yield Line(f"= {value}", Mark.value)
    else:
        inputs = f", computed from {', '.join(fact.inputs)}" if fact.inputs else ""
        yield Line(f"{fact.name} = {value}{inputs}", _key(fact))


def _whole(fact: Fact) -> Iterator[Line]:
    """Everything about a fact: name and value, then where it comes from."""
    value = _text(fact)
    if value == "":
        return
    shown = f"{SENTENCES.get(fact.name, fact.name)}: {moderate(value)}"
    source = f"({', '.join(part for part in (fact.origin.value, plain(fact.reference)) if part)})"
    if fact.formula:
        yield Line(shown, _key(fact))
        yield Line(f"= {fact.formula} {source}", Mark.value)
    elif len(shown) + len(source) < ONE_LINE:
        yield Line(f"{shown} {source}", _key(fact))
    else:
        yield Line(shown, _key(fact))
        yield Line(source, Mark.value)


def _text(fact: Fact) -> str:
    """The value; a secret that nobody has withheld or revealed yet shows its length alone."""
    return plain(str(fact.value))


def _key(fact: Fact) -> Mark:
    return Mark.key if fact.secret else Mark.none


def _names(facts: Iterable[Fact]) -> str:
    return ", ".join(fact.name for fact in facts)
