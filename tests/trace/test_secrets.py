"""Secrets are withheld under stable names, and shown only when that is asked for."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest

from hellodone.crypto.secret import Secret
from hellodone.trace.model import WITHHELD, Connection, Fact, Kind, Origin, Party, Phase, Reaction, Step, Trace
from hellodone.trace.secrets import reveal, withhold
from tests.traces import ANSWER, REQUEST, SCENARIOS, trace


def facts_of(some: Trace) -> Iterator[Fact]:
    for step in some.steps:
        for reaction in step.reactions:
            yield from reaction.learned


def secret_facts(*values: bytes) -> Trace:
    facts = [Fact("master_secret", Secret(value), Origin.computed, confidential=True) for value in values]
    step = Step(
        1, Kind.start, "start", Party.client, Party.server, 0.0, Phase.negotiation,
        reactions=(Reaction(Party.client, tuple(facts)),),
    )  # fmt: skip
    return Trace((step,), (Connection(),))


def shown(some: Trace) -> list[str]:
    return [str(fact.value) for fact in facts_of(some)]


def test_equal_secrets_have_equal_names_in_order_of_appearance() -> None:
    withheld = withhold(secret_facts(b"one", b"second", b"one", b"x"))
    assert shown(withheld) == [
        "⟨secret A, 3 bytes⟩",
        "⟨secret B, 6 bytes⟩",
        "⟨secret A, 3 bytes⟩",
        "⟨secret C, 1 byte⟩",
    ]


def test_after_z_comes_aa() -> None:
    names = shown(withhold(secret_facts(*(bytes([n]) for n in range(80)))))
    assert [name.split()[1].strip(",") for name in names[24:29]] == ["Y", "Z", "AA", "AB", "AC"]
    assert len(set(names)) == 80


def test_an_empty_secret_needs_no_name() -> None:
    assert shown(withhold(secret_facts(b"", b"a"))) == ["", "⟨secret A, 1 byte⟩"]


@pytest.mark.parametrize("name", SCENARIOS)
def test_nothing_secret_is_left(name: str) -> None:
    original = trace(name)
    withheld = withhold(original)
    secrets = {fact.value for fact in facts_of(original) if isinstance(fact.value, Secret) and len(fact.value) > 3}
    text = withheld.to_json()
    assert secrets
    assert not [secret for secret in secrets if secret.hex() in text]
    assert not any(isinstance(fact.value, Secret) for fact in facts_of(withheld))
    assert all(isinstance(step.data, str | None) for step in withheld.steps)
    assert REQUEST.decode() not in text


def test_both_sides_know_the_same_master_secret() -> None:
    values = {fact.value for fact in facts_of(withhold(trace("client_auth"))) if fact.name == "master_secret"}
    assert len(values) == 1
    assert str(values.pop()).startswith(WITHHELD)


def test_withholding_twice_changes_nothing() -> None:
    once = withhold(trace("rsa"))
    assert withhold(once) == once


def test_revealed_secrets_are_digits_and_data_is_text() -> None:
    original = trace("ecdhe_ecdsa")
    revealed = reveal(original)
    digits = {str(fact.value) for fact in facts_of(revealed) if fact.name == "master_secret"}
    assert [len(bytes.fromhex(value)) for value in digits] == [48]
    data = [step.data for step in revealed.steps if step.kind is Kind.application_data]
    assert data == [REQUEST.decode(), ANSWER.decode()]


def test_data_that_does_not_print_is_shown_in_digits() -> None:
    step = Step(1, Kind.application_data, "ApplicationData", Party.client, Party.server, 0.0, Phase.data)
    for data, expected in (
        (b"\x00\x01", "0001"),
        (b"\xff", "ff"),
        ("é\t\r\n".encode(), "é\t\r\n"),
        (b"\x1b[0m", "1b5b306d"),
    ):
        some = Trace((replace(step, data=Secret(data)),), (Connection(),))
        assert reveal(some).steps[0].data == expected


def test_what_was_revealed_can_be_withheld_again() -> None:
    original = trace("client_auth")
    assert withhold(reveal(original)) == withhold(original)


def test_names_that_are_taken_are_not_given_again() -> None:
    withheld = withhold(secret_facts(b"abc"))
    mixed = replace(withheld, steps=(*withheld.steps, replace(secret_facts(b"other").steps[0], number=2)))
    assert shown(withhold(mixed)) == ["⟨secret A, 3 bytes⟩", "⟨secret B, 5 bytes⟩"]
