"""Conditions in words."""

from __future__ import annotations

import pytest

from hellodone.general.conditions import condition, exchanges
from hellodone.general.runs import Run
from hellodone.registry.key_exchange import KeyExchange
from tests.general.every import EVERY

NAMES = {kx.value for kx in EVERY}


@pytest.mark.parametrize(
    ("some", "words"),
    [
        ("RSA", "RSA key transport: RSA"),
        ("DH_RSA DH_DSS ECDH_RSA ECDH_ECDSA", "static Diffie-Hellman: DH_RSA, DH_DSS, ECDH_RSA, ECDH_ECDSA"),
        ("DHE_RSA DHE_DSS", "ephemeral Diffie-Hellman, signed: DHE_RSA, DHE_DSS"),
        ("ECDHE_PSK", "pre-shared key and ECDH: ECDHE_PSK"),
        ("RSA DH_RSA", "RSA, DH_RSA"),  # which have nothing in common but what others have too
    ],
)
def test_key_exchanges_are_told_by_what_they_have_in_common(some: str, words: str) -> None:
    assert exchanges(set(some.split()), NAMES) == words


def test_families_are_those_of_the_scope() -> None:
    assert exchanges({"ECDHE_RSA"}, {"ECDHE_RSA", "RSA"}).endswith(": ECDHE_RSA")
    assert {kx.value for kx in KeyExchange} > NAMES


def runs(*features: dict[str, str]) -> list[Run]:
    return [Run(one, ()) for one in features]


def test_two_decisions_are_named_where_one_does_not_do() -> None:
    every = runs(
        {"tickets": "yes", "status": "yes"}, {"tickets": "yes"}, {"status": "yes"}, {},
    )  # fmt: skip
    both = condition(every[:1], every)
    assert both == "the server issues tickets, the server staples its certificate's status"
    assert condition(every[:1], every, 1) is None
    assert condition(every[:2], every) == "the server issues tickets"


def test_what_no_decision_explains_is_not_made_up() -> None:
    every = runs({"tickets": "yes"}, {"tickets": "yes"}, {})
    assert condition(every[:1], every) is None
