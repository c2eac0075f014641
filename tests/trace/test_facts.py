"""The table of facts: complete for the engine, consistent in itself, and right about who knows what from where."""

from __future__ import annotations

import re

import pytest

from hellodone.crypto.secret import Secret
from hellodone.handshake.context import Handshake
from hellodone.trace.fact_table import FACTS
from hellodone.trace.facts import UNKNOWN, describe, make_fact, source_of
from hellodone.trace.model import Origin, Party
from tests.traces import SCENARIOS, trace

CLIENT, SERVER = Party.client, Party.server


@pytest.mark.parametrize("name", FACTS)
def test_every_entry_is_whole(name: str) -> None:
    info = FACTS[name]
    assert info.name == name
    assert info.meaning.endswith(".")
    assert info.meaning[0].isupper() or info.meaning[0].isdigit()
    assert re.fullmatch(r"RFC \d+, [\w.]+( and [\d.]+)?(; RFC \d+, [\w.]+( and [\d.]+)?)*", info.reference)
    assert info.sources
    for source in info.sources:
        assert set(source.inputs) <= set(FACTS), "inputs are facts themselves"
        assert all(part in source.formula or not source.formula or _implied(part) for part in source.inputs)


def _implied(part: str) -> bool:
    return part in ("server_certificates", "client_certificates", "group", "dh_group")


def test_the_table_knows_every_fact_of_the_engine() -> None:
    declared = {name for name in Handshake.__annotations__ if not name.startswith("_")}
    assert declared - set(FACTS) == set()


@pytest.mark.parametrize("name", SCENARIOS)
def test_facts_of_real_handshakes_are_described(name: str) -> None:
    for step in trace(name).steps:
        for reaction in step.reactions:
            for fact in reaction.learned:
                assert fact.meaning != UNKNOWN, fact.name
                assert isinstance(fact.value, Secret) == describe(fact.name).secret, fact.name


def test_no_secret_is_received() -> None:
    """What travels in the clear is no secret; what is secret never travels so."""
    for info in FACTS.values():
        if info.secret:
            assert Origin.received not in {source.origin for source in info.sources}, info.name


def test_what_one_side_chooses_the_other_receives() -> None:
    assert source_of("client_random", CLIENT, ()).origin is Origin.chosen
    assert source_of("client_random", SERVER, ()).origin is Origin.received
    assert source_of("server_path", CLIENT, ("server_certificates",)).origin is Origin.verified


@pytest.mark.parametrize(
    ("known", "formula"),
    [
        (("premaster_secret", "session_hash"), 'PRF(premaster_secret, "extended master secret", session_hash)'),
        (
            ("premaster_secret", "client_random", "server_random"),
            'PRF(premaster_secret, "master secret", client_random + server_random)',
        ),
    ],
)
def test_the_master_secret_depends_on_the_extension(known: tuple[str, ...], formula: str) -> None:
    assert source_of("master_secret", CLIENT, known).formula == formula


@pytest.mark.parametrize(
    ("party", "known", "origin", "inputs"),
    [
        (CLIENT, ("client_version",), Origin.chosen, ("client_version",)),
        (
            SERVER,
            ("encrypted_premaster_secret",),
            Origin.computed,
            ("server_private_key", "encrypted_premaster_secret"),
        ),
        (
            CLIENT,
            ("client_ephemeral_private", "server_share", "client_version"),
            Origin.computed,
            ("client_ephemeral_private", "server_share"),
        ),
        (
            SERVER,
            ("server_ephemeral_private", "client_share", "dh_group"),
            Origin.computed,
            ("server_ephemeral_private", "client_share", "dh_group"),
        ),
    ],
)
def test_the_premaster_secret_depends_on_the_key_exchange(
    party: Party, known: tuple[str, ...], origin: Origin, inputs: tuple[str, ...]
) -> None:
    source = source_of("premaster_secret", party, known)
    assert (source.origin, source.inputs) == (origin, inputs)


def test_unknown_names_are_admitted() -> None:
    info = describe("shoe_size")
    assert (info.name, info.meaning, info.sources) == ("shoe_size", UNKNOWN, ())
    fact = make_fact("shoe_size", "44", CLIENT)
    assert (fact.value, fact.origin, fact.inputs, fact.secret) == ("44", Origin.computed, (), False)


def test_bytes_become_secrets_where_the_table_says_so() -> None:
    secret = make_fact("master_secret", bytes(48), CLIENT)
    assert isinstance(secret.value, Secret)
    assert secret.secret
    public = make_fact("client_random", b"\x01\x02", CLIENT)
    assert (public.value, public.secret) == ("0102", False)
