"""Groups: what is known of each, and the names they go by."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hellodone.errors import ConfigurationError
from hellodone.registry.groups import GroupKind, NamedGroup, find_group, group
from tests.registry import data

KINDS = {
    "prime curve": GroupKind.elliptic_curve,
    "binary curve": GroupKind.binary_curve,
    "Montgomery (X25519/X448)": GroupKind.montgomery,
    "finite field": GroupKind.finite_field,
    "hybrid KEM": GroupKind.hybrid,
    "KEM": GroupKind.other,
    "special": GroupKind.explicit,
}


@pytest.mark.parametrize("row", data.rows("supported_groups"), ids=lambda row: row["name"])
def test_kind_and_public_length_are_the_registrys(row: dict[str, str]) -> None:
    found = group(int(row["value"]))

    assert found is not None
    assert found.kind is KINDS[row["kind"]]
    if length := re.match(r"(?:client )?(\d+)(?:\+(\d+))?", row["public_value_bytes"]):
        assert found.public_length == sum(int(part) for part in length.groups("0"))


@pytest.mark.parametrize(
    ("code", "bits", "public_length"),
    [
        (NamedGroup.sect163k1, 163, 43),
        (NamedGroup.secp521r1, 521, 133),
        (NamedGroup.x25519, 255, 32),
        (NamedGroup.x448, 448, 56),
        (NamedGroup.ffdhe3072, 3072, 384),
        (NamedGroup.curveSM2, 256, 65),
        (NamedGroup.X25519MLKEM768, 255, 1216),
        (NamedGroup.arbitrary_explicit_prime_curves, 0, None),
    ],
)
def test_sizes(code: NamedGroup, bits: int, public_length: int | None) -> None:
    found = group(code)

    assert found is not None
    assert (found.code, found.name, found.bits, found.public_length) == (code, code.name, bits, public_length)


@pytest.mark.parametrize("code", [0, 0x0A0A, 0x1234, 0xFFFF])
def test_grease_and_unknown_numbers_are_no_groups(code: int) -> None:
    assert group(code) is None


@given(st.sampled_from(NamedGroup))
def test_registered_names_are_found_in_any_case(member: NamedGroup) -> None:
    assert find_group(member.name) is find_group(member.name.upper()) is find_group(member.name.lower()) is member


@pytest.mark.parametrize(
    ("name", "member"),
    [
        ("P-256", NamedGroup.secp256r1),
        ("p256", NamedGroup.secp256r1),
        ("prime256v1", NamedGroup.secp256r1),
        ("nistp384", NamedGroup.secp384r1),
        ("CurveP521", NamedGroup.secp521r1),
        ("X25519", NamedGroup.x25519),
        ("curve448", NamedGroup.x448),
        ("FFDHE2048", NamedGroup.ffdhe2048),
        ("B-163", NamedGroup.sect163r2),
        ("brainpoolp256r1", NamedGroup.brainpoolP256r1),
        (" secp256k1 ", NamedGroup.secp256k1),
    ],
)
def test_other_names(name: str, member: NamedGroup) -> None:
    assert find_group(name) is member


def test_an_unknown_name_is_refused_with_what_comes_near() -> None:
    with pytest.raises(ConfigurationError, match=r"^unknown group 'secp256r2'; did you mean .*secp256r1.*\?$"):
        find_group("secp256r2")
    with pytest.raises(ConfigurationError, match=r"^unknown group 'qwertz'$"):
        find_group("qwertz")
