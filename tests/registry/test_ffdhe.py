"""The known Diffie-Hellman groups are those printed in RFC 7919 and RFC 3526, digit for digit."""

from __future__ import annotations

import math

import pytest

from hellodone.registry.ffdhe import KNOWN_GROUPS, e, identify, pi
from hellodone.registry.groups import NamedGroup
from tests.registry import data

PRINTED = [*data.rows("ffdhe"), *data.rows("modp")]


@pytest.mark.parametrize("row", PRINTED, ids=lambda row: row["name"])
def test_a_group_is_the_printed_one(row: dict[str, str]) -> None:
    known = KNOWN_GROUPS[row["name"]]

    assert known.p == int(row["p_hex"], 16)
    assert known.p.bit_length() == int(row["bits"])
    assert known.g == int(row["generator"])
    assert identify(known.p, known.g) is known


def test_the_groups_are_those_of_the_two_rfcs() -> None:
    assert list(KNOWN_GROUPS) == [row["name"] for row in PRINTED]
    assert len(KNOWN_GROUPS) == len(PRINTED)


@pytest.mark.parametrize("row", data.rows("ffdhe"), ids=lambda row: row["name"])
def test_rfc_7919_groups_have_number_and_exponent(row: dict[str, str]) -> None:
    known = KNOWN_GROUPS[row["name"]]

    assert known.named_group == int(row["named_group"], 16) == NamedGroup[row["name"]]
    assert known.exponent_bits == int(row["recommended_exponent_bits"])


@pytest.mark.parametrize("name", ["ffdhe2048", "modp1536", "modp2048"])
def test_primes_are_safe_primes_to_a_fermat_test(name: str) -> None:
    p = KNOWN_GROUPS[name].p
    q = (p - 1) // 2

    assert pow(3, p - 1, p) == 1
    assert pow(3, q - 1, q) == 1


def test_no_other_pair_is_known() -> None:
    known = KNOWN_GROUPS["ffdhe2048"]

    assert identify(known.p, 5) is None
    assert identify(known.p - 2, 2) is None
    assert identify(2**2048 - 1, 2) is None
    assert identify(0, 0) is None
    with pytest.raises(KeyError):
        KNOWN_GROUPS["ffdhe1024"]


def test_the_constants_agree_with_the_math_module() -> None:
    assert e(50) == int(math.e * 2**50)
    assert pi(50) == int(math.pi * 2**50)
