"""The kinds of things that have names and numbers (``alert 40``), and the list of each (``groups``)."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import IntEnum
from types import MappingProxyType
from typing import TypeVar

from hellodone.errors import AlertDescription
from hellodone.explain.alerts import explain_alert
from hellodone.explain.entry import Entry, Part
from hellodone.explain.extensions import explain_extension
from hellodone.explain.groups import explain_group, explain_scheme
from hellodone.explain.messages import explain_content_type, explain_message
from hellodone.explain.suites import explain_code
from hellodone.messages.handshake import HANDSHAKE_MESSAGES
from hellodone.policy import Policy
from hellodone.registry.codes import ContentType, ExtensionType
from hellodone.registry.groups import NamedGroup, group
from hellodone.registry.signatures import SignatureScheme, scheme
from hellodone.registry.suite_table import REGISTERED
from hellodone.registry.suites import suite_name
from hellodone.trace.fact_table import FACTS

E = TypeVar("E", bound=IntEnum)
_NUMBER = re.compile(r"\d{1,5}|0x[0-9a-f]{1,4}", re.IGNORECASE)


def _nothing(policy: Policy) -> Iterable[int]:
    return ()


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of thing: its name, how people call one and all of them, every name, what a number means.

    ``spoken`` are the numbers that a policy lets be spoken, for the kinds that policies choose from.
    """

    name: str
    one: tuple[str, ...]
    all: tuple[str, ...]
    names: Callable[[], Iterable[str]]
    of_number: Callable[[int], Entry | None]
    spoken: Callable[[Policy], Iterable[int]] = _nothing
    name_of: Callable[[int], str] = str


def _members(kind: type[IntEnum]) -> Callable[[], Iterable[str]]:
    return lambda: [member.name for member in kind]


def _numbered(kind: type[E], explain: Callable[[E], Entry]) -> Callable[[int], Entry | None]:
    return lambda number: next((explain(member) for member in kind if member == number), None)


def _message(number: int) -> Entry | None:
    return next((explain_message(form) for kind, form in HANDSHAKE_MESSAGES.items() if kind == number), None)


def _group(number: int) -> Entry | None:
    return None if (found := group(number)) is None else explain_group(found)


def _scheme(number: int) -> Entry | None:
    return None if (found := scheme(number)) is None else explain_scheme(found)


def _suite(number: int) -> Entry | None:
    return explain_code(number) if number in REGISTERED else None


KINDS = (
    Kind(
        "alert",
        (
            "alert",
            "tls alert",
            "fatal alert",
            "warning alert",
            "fatal",
            "warning",
        ),  # as OpenSSL's -msg has it: fatal decode_error
        ("alerts",),
        _members(AlertDescription),
        _numbered(AlertDescription, explain_alert),
    ),
    Kind(
        "cipher suite",
        ("cipher suite", "suite", "cipher"),
        ("cipher suites", "suites", "ciphers"),
        lambda: [name for name, _, _ in REGISTERED.values()],
        _suite,
        lambda policy: policy.cipher_suites,
        suite_name,
    ),
    Kind(
        "extension",
        ("extension",),
        ("extensions",),
        _members(ExtensionType),
        _numbered(ExtensionType, explain_extension),
    ),
    Kind(
        "message",
        ("handshake message", "message", "handshake"),
        ("handshake messages", "messages"),
        lambda: [form.__name__ for form in HANDSHAKE_MESSAGES.values()],
        _message,
    ),
    Kind(
        "group",
        ("group", "curve"),
        ("groups", "curves"),
        _members(NamedGroup),
        _group,
        lambda policy: policy.groups,
        lambda code: NamedGroup(code).name,
    ),
    Kind(
        "signature scheme",
        ("signature scheme", "scheme", "sigalg"),
        ("signature schemes", "schemes", "sigalgs"),
        _members(SignatureScheme),
        _scheme,
        lambda policy: policy.signature_schemes,
        lambda code: SignatureScheme(code).name,
    ),
    Kind(
        "content type",
        ("content type", "record type", "record", "type"),
        ("content types", "record types"),
        _members(ContentType),
        _numbered(ContentType, explain_content_type),
    ),
    Kind("value", ("value",), ("values",), lambda: list(FACTS), lambda number: None),
)
_ONE: Mapping[str, Kind] = MappingProxyType({word: kind for kind in KINDS for word in kind.one})
_LISTS: Mapping[str, Kind] = MappingProxyType({word: kind for kind in KINDS for word in kind.all})
# the longest word first: "alert 40", "alert(40)", "Alert: handshake failure", "fatal alert handshake_failure"
_NAMED = re.compile(
    rf"(?P<kind>{'|'.join(sorted(_ONE, key=len, reverse=True))})\s*[\s,:=(]\s*(?P<rest>[^()]+?(?:\([^()]*\))?)\)?",
    re.IGNORECASE,
)


def named_kind(term: str) -> tuple[Kind, str] | None:
    """``alert 40`` parted into the kind and the name or number; None when no kind stands before anything."""
    found = _NAMED.fullmatch(" ".join(term.split()))
    return None if found is None else (_ONE[found["kind"].lower()], found["rest"].strip())


def number_of(term: str) -> int | None:
    """The number that a word is, decimal or 0x and hexadecimal; None when it is none."""
    return int(term, 0 if term[:2].lower() == "0x" else 10) if _NUMBER.fullmatch(term) else None


def listed(term: str) -> Iterator[Entry]:
    """The list of all things of the kind whose plural this is."""
    kind = _LISTS.get(" ".join(term.lower().split()))
    if kind is not None:
        names = list(kind.names())
        parts = tuple(_by_policy(kind, names)) or (Part("names", ", ".join(names)),)
        yield Entry("list", kind.all[0], f"There are {len(names)} with a name here.", "", parts)


def _by_policy(kind: Kind, names: list[str]) -> Iterator[Part]:
    """What each policy lets be spoken beyond the stricter ones, and what is only explained; for the others nothing."""
    said: set[str] = set()
    for policy in (Policy.modern(), Policy.compatible(), Policy.historic()):
        spoken = [name for code in kind.spoken(policy) if (name := kind.name_of(code)) not in said]
        if spoken:
            yield Part(f"{policy.name} {'adds' if said else 'speaks'}", ", ".join(spoken))
        said.update(spoken)
    if said:
        yield Part("never spoken", ", ".join(name for name in names if name not in said))
