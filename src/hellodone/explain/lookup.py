"""One word in, everything that it may mean out."""

from __future__ import annotations

import re
from collections.abc import Iterator

from hellodone.errors import ConfigurationError
from hellodone.explain.alerts import explain_alert, find_alert
from hellodone.explain.entry import Entry
from hellodone.explain.extensions import explain_extension
from hellodone.explain.facts import explain_fact
from hellodone.explain.groups import explain_group, explain_scheme
from hellodone.explain.kinds import KINDS, listed, named_kind, number_of
from hellodone.explain.messages import explain_content_type, explain_field, explain_message, find_message
from hellodone.explain.raw import bytes_of, explain_bytes
from hellodone.explain.suites import explain_code
from hellodone.registry.codes import ContentType, ExtensionType
from hellodone.registry.groups import group, registered_group
from hellodone.registry.naming import did_you_mean
from hellodone.registry.signatures import registered_scheme, scheme
from hellodone.registry.suite_table import REGISTERED
from hellodone.registry.suites import suite_code
from hellodone.trace.fact_table import FACTS

_SYNONYMS = {"sni": "server_name", "alpn": "application_layer_protocol_negotiation", "ems": "extended_master_secret"}
_UNDERSTOOD = (
    "(what is understood: names and numbers of alerts, suites, extensions, messages, groups, signature schemes and "
    "content types, other programs' error texts, fields, values such as master_secret, bytes in hexadecimal; the name "
    "of a kind lists it: hellodone explain alerts)"
)
_WRITTEN = re.compile(r"(.*\S)\s*\(\s*(?:\d+|0x[0-9a-f]+)\s*\)", re.IGNORECASE)
_SUITE_NUMBER = re.compile(r"(?:0x)?([0-9a-f]{2})[,\s]*(?:0x)?([0-9a-f]{2})", re.IGNORECASE)


def explain(term: str) -> list[Entry]:
    """Everything that the word may mean: names in any case, numbers, the kind before either, bytes, error texts, lists.

    Raises ConfigurationError when it means nothing here, with the words that come near, or what is understood.
    """
    found = [*_by_name(term), *listed(term), *_by_number(term)] or _with_kind(term) or _with_number(term)
    if found:
        return found
    data = bytes_of(term)
    if data is not None:
        return explain_bytes(data)
    near = did_you_mean(_plain(term), {_plain(word): word for word in words()})
    raise ConfigurationError(f"nothing here is called {term.strip()!r}{near} {_UNDERSTOOD}")


def words() -> Iterator[str]:
    """Every name that can be explained."""
    for kind in KINDS:
        yield from kind.names()


def _with_kind(term: str) -> list[Entry]:
    """``alert 40``, ``group(x25519)``. Raises ConfigurationError when there is nothing of the kind."""
    if (named := named_kind(term)) is None:
        return []
    kind, rest = named
    number = number_of(rest)
    entry = None if number is None else kind.of_number(number)
    found = [entry] if entry is not None else [entry for entry in _by_name(rest) if entry.kind == kind.name]
    found = found or [entry for entry in _with_number(rest) if entry.kind == kind.name]
    if not found:
        near = did_you_mean(_plain(rest), {_plain(word): word for word in kind.names()})
        raise ConfigurationError(f"there is no {kind.name} {rest!r}{near} (hellodone explain {kind.all[0]} lists them)")
    return found


def _with_number(term: str) -> list[Entry]:
    """``x25519(29)``: a name and its number, as hellodone writes them."""
    written = _WRITTEN.fullmatch(term.strip())
    return [] if written is None else list(_by_name(written[1]))


def _by_name(term: str) -> Iterator[Entry]:
    word = _SYNONYMS.get(term.strip().lower(), term.strip())
    plain = _plain(word)
    if (form := find_message(word)) is not None:
        yield explain_message(form)
    if (alert := find_alert(word)) is not None:
        yield explain_alert(alert)
    yield from (explain_extension(kind) for kind in ExtensionType if _plain(kind.name) == plain)
    if (code := suite_code(word)) is not None:
        yield explain_code(code)
    yield from _group_or_scheme(word)
    yield from (explain_fact(info) for name, info in FACTS.items() if _plain(name) == plain)
    if (field := explain_field(word)) is not None:
        yield field
    yield from (explain_content_type(kind) for kind in ContentType if _plain(kind.name) == plain and plain != "alert")


def _group_or_scheme(word: str) -> Iterator[Entry]:
    code = registered_group(word)
    if code is not None and (found := group(code)) is not None:
        yield explain_group(found)
    number = registered_scheme(word)
    if number is not None and (info := scheme(number)) is not None:
        yield explain_scheme(info)


def _by_number(term: str) -> Iterator[Entry]:
    """Two bytes are the number of a suite; a decimal number may be that of anything else."""
    text = term.strip()
    if (pair := _SUITE_NUMBER.fullmatch(text)) is not None and not text.isdecimal():
        code = int(pair[1] + pair[2], 16)
        if code in REGISTERED:
            yield explain_code(code)
    number = number_of(text) if text.isdecimal() else None
    if number is not None:
        entries = (kind.of_number(number) for kind in KINDS if kind.name != "cipher suite")
        yield from (entry for entry in entries if entry is not None)


def _plain(text: str) -> str:
    return re.sub(r"[^a-z0-9]", "", text.lower())
