"""When something happens, in words: the decision that tells the runs that have it from those that have not."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import combinations

from hellodone.general.runs import Run
from hellodone.registry.key_exchange import KeyExchange

QUESTIONS = ("renegotiation", "handshake", "client_auth", "key_exchange", "tickets", "status", "supplemental")
"""What is decided in a run, in the order in which it is asked for a reason."""

PHRASES = {
    "renegotiation": {
        "client": "the client begins a renegotiation",
        "server": "the server begins a renegotiation",
        "client, refused": "the client would renegotiate, the server not",
        "server, refused": "the server would renegotiate, the client not",
    },
    "handshake": {
        "full": "full handshake",
        "id": "the server remembers the session by its ID",
        "ticket": "the server opens the client's session ticket",
    },
    "client_auth": {
        "signs": "the client signs with its certificate's key",
        "fixed": "the client's certificate holds its key of (EC)DH",
        "none": "the client has no certificate",
        "url": "the client's certificate is at a URL",
    },
    "tickets": {"yes": "the server issues tickets"},
    "status": {"yes": "the server staples its certificate's status"},
    "supplemental": {
        "client": "the client sends supplemental data",
        "server": "the server sends supplemental data",
        "both": "both send supplemental data",
    },
}
WHOLE = {
    ("client_auth", frozenset(("signs", "fixed", "none", "url"))): "client authentication",
    ("client_auth", frozenset(("signs", "fixed", "none"))): "the client sends certificates, or an empty list",
    ("client_auth", frozenset(("signs", "url"))): "the client has to prove that it has the key",
    ("handshake", frozenset(("id", "ticket"))): "a session is resumed",
    ("renegotiation", frozenset(("client", "server"))): "both agree to it",
    ("renegotiation", frozenset(("server", "server, refused"))): "the server begins it",
    ("renegotiation", frozenset(("client", "server", "client, refused", "server, refused"))): "renegotiation",
    ("supplemental", frozenset(("client", "both"))): "the client sends supplemental data",
    ("supplemental", frozenset(("server", "both"))): "the server sends supplemental data",
}
NO = ""
"""The answer of a run in which nothing of the kind was decided."""


def condition(some: Sequence[Run], of: Sequence[Run], most: int = 2) -> str | None:
    """What the runs ``some`` have in common and the other runs ``of`` the scope have not; None where nobody can say.

    One decision where one is enough, else two, if so many may be named.
    """
    chosen = {id(run) for run in some}
    answers = [(question, {run.features.get(question, NO) for run in some}) for question in QUESTIONS]
    for number in range(1, most + 1):
        for asked in combinations(answers, number):
            fitting = {id(run) for run in of if all(run.features.get(q, NO) in values for q, values in asked)}
            if fitting == chosen:
                return ", ".join(_phrase(question, values, of) for question, values in asked)
    return None


def _phrase(question: str, values: set[str], of: Iterable[Run]) -> str:
    if question == "key_exchange":
        return exchanges(values, {run.features.get(question, NO) for run in of})
    named = [answer for answer in PHRASES[question] if answer in values]
    if NO in values and not named:
        return "not so: " + " or ".join(PHRASES[question].values())
    there = {run.features.get(question, NO) for run in of} - {NO}
    if NO in values:
        missing = [PHRASES[question][answer] for answer in PHRASES[question] if answer in there - values]
        return f"not if {' or '.join(missing)}"
    for (asked, whole), words in WHOLE.items():
        if asked == question and whole & there == values and len(values) > 1:
            return words
    return " or ".join(PHRASES[question][answer] for answer in named)


def exchanges(values: set[str], there: set[str]) -> str:
    """Key exchanges by what they have in common, and by name."""
    found = {kx for kx in KeyExchange if kx.value in values}
    known = {kx for kx in KeyExchange if kx.value in there}
    names = ", ".join(kx.value for kx in KeyExchange if kx in found)
    for words, kind in _kinds():
        if {kx for kx in known if kx in kind} == found:
            return f"{words}: {names}" if len(found) > 1 or words.lower() != names.lower() else names
    return names


def _kinds() -> Iterable[tuple[str, set[KeyExchange]]]:
    """Families of key exchanges, the plainest words first."""
    every = set(KeyExchange)
    yield "RSA key transport", {kx for kx in every if kx.agreement == "rsa" and not kx.psk}
    yield "pre-shared key alone", {kx for kx in every if kx.agreement == "psk"}
    yield "pre-shared key and RSA", {kx for kx in every if kx.agreement == "rsa" and kx.psk}
    yield "pre-shared key and Diffie-Hellman", {kx for kx in every if kx.agreement == "dhe" and kx.psk}
    yield "pre-shared key and ECDH", {kx for kx in every if kx.agreement == "ecdhe" and kx.psk}
    yield "the server has a certificate", {kx for kx in every if kx.authenticates_server}
    yield "nobody has a certificate", {kx for kx in every if not kx.authenticates_server}
    yield "ephemeral Diffie-Hellman", {kx for kx in every if kx.ephemeral}
    yield "ephemeral and signed", {kx for kx in every if kx.ephemeral and kx.server_signature}
    yield "ephemeral and not signed", {kx for kx in every if kx.ephemeral and not kx.server_signature}
    for agreed, of in (("Diffie-Hellman", "finite_field"), ("elliptic-curve Diffie-Hellman", "elliptic")):
        kind = {kx for kx in every if getattr(kx, of)}
        yield agreed, kind
        yield f"{agreed}", {kx for kx in kind if not kx.psk}
        yield f"ephemeral {agreed}, signed", {kx for kx in kind if kx.ephemeral and kx.server_signature}
        yield f"ephemeral {agreed}, anonymous", {kx for kx in kind if kx.anonymous}
        yield f"ephemeral {agreed}, not signed", {kx for kx in kind if kx.ephemeral and not kx.server_signature}
        yield f"ephemeral {agreed}", {kx for kx in kind if kx.ephemeral}
        yield f"static {agreed}", {kx for kx in kind if not kx.ephemeral}
    yield "static Diffie-Hellman", {kx for kx in every if kx.agreement in ("dh", "ecdh")}
    yield "pre-shared key", {kx for kx in every if kx.psk}
    yield "no pre-shared key", {kx for kx in every if not kx.psk}
