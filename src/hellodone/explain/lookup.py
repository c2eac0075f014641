"""One word in, everything that it may mean out."""

from __future__ import annotations

import re
from collections.abc import Iterator

from hellodone.errors import AlertDescription, ConfigurationError
from hellodone.explain.alerts import explain_alert, find_alert
from hellodone.explain.entry import Entry
from hellodone.explain.extensions import explain_extension
from hellodone.explain.facts import explain_fact
from hellodone.explain.groups import explain_group, explain_scheme
from hellodone.explain.messages import explain_content_type, explain_field, explain_message, find_message
from hellodone.explain.raw import bytes_of, explain_bytes
from hellodone.explain.suites import explain_name, explain_suite
from hellodone.messages.handshake import HANDSHAKE_MESSAGES
from hellodone.registry.codes import ContentType, ExtensionType
from hellodone.registry.groups import NamedGroup, group, registered_group
from hellodone.registry.naming import did_you_mean
from hellodone.registry.signatures import SignatureScheme, registered_scheme, scheme
from hellodone.registry.suite_table import REGISTERED
from hellodone.registry.suites import cipher_suite, suite_code
from hellodone.trace.fact_table import FACTS

_SYNONYMS = {"sni": "server_name", "alpn": "application_layer_protocol_negotiation", "ems": "extended_master_secret"}
_SUITE_NUMBER = re.compile(r"(?:0x)?([0-9a-f]{2})[,\s]*(?:0x)?([0-9a-f]{2})", re.IGNORECASE)


def explain(term: str) -> list[Entry]:
    """Everything that the word may mean: names in any case, numbers of suites, raw hexadecimal bytes, error texts.

    Raises ConfigurationError when it means nothing here, with the words that come near.
    """
    found = [*_by_name(term), *_by_number(term)]
    if found:
        return found
    data = bytes_of(term)
    if data is not None:
        return explain_bytes(data)
    near = did_you_mean(_plain(term), {_plain(word): word for word in words()})
    raise ConfigurationError(f"nothing here is called {term.strip()!r}{near}")


def words() -> Iterator[str]:
    """Every name that can be explained."""
    yield from (alert.name for alert in AlertDescription)
    yield from (form.__name__ for form in HANDSHAKE_MESSAGES.values())
    yield from (kind.name for enum in (ExtensionType, NamedGroup, SignatureScheme, ContentType) for kind in enum)
    yield from FACTS
    yield from (name for name, _, _ in REGISTERED.values())


def _by_name(term: str) -> Iterator[Entry]:
    word = _SYNONYMS.get(term.strip().lower(), term.strip())
    plain = _plain(word)
    if (form := find_message(word)) is not None:
        yield explain_message(form)
    if (alert := find_alert(word)) is not None:
        yield explain_alert(alert)
    yield from (explain_extension(kind) for kind in ExtensionType if _plain(kind.name) == plain)
    if (code := suite_code(word)) is not None:
        yield _suite(code)
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
    """Two bytes are the number of a suite; a small number may be an alert, or an extension."""
    text = term.strip()
    if (pair := _SUITE_NUMBER.fullmatch(text)) is not None and not text.isdecimal():
        code = int(pair[1] + pair[2], 16)
        if code in REGISTERED:
            yield _suite(code)
    if text.isdecimal() and len(text) <= 5:
        number = int(text)
        yield from (explain_alert(alert) for alert in AlertDescription if alert == number)
        yield from (explain_extension(kind) for kind in ExtensionType if kind == number)
        yield from (explain_message(form) for kind, form in HANDSHAKE_MESSAGES.items() if kind == number)


def _suite(code: int) -> Entry:
    suite = cipher_suite(code)
    return explain_name(code) if suite is None else explain_suite(suite)


def _plain(text: str) -> str:
    return re.sub(r"[^a-z0-9]", "", text.lower())
