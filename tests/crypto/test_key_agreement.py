from __future__ import annotations

import random
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, x448, x25519

from hellodone.crypto.errors import CryptoError, InvalidPublicValue, UnusableKey
from hellodone.crypto.key_agreement import KeyShare, generate_share, public_of, share_from_private_key, supported_groups
from hellodone.registry.groups import NamedGroup, group
from tests.crypto.vectors import illustrated, wycheproof

CURVES = {"secp256r1": ec.SECP256R1(), "secp521r1": ec.SECP521R1()}
GROUPS = supported_groups()


def static(name: str, private: str) -> KeyShare:
    if name == "curve25519":
        return share_from_private_key(x25519.X25519PrivateKey.from_private_bytes(bytes.fromhex(private)))
    if name == "curve448":
        return share_from_private_key(x448.X448PrivateKey.from_private_bytes(bytes.fromhex(private)))
    return share_from_private_key(ec.derive_private_key(int(private, 16), CURVES[name]))


@pytest.mark.parametrize("code", GROUPS, ids=lambda code: NamedGroup(code).name)
def test_both_sides_agree(code: int) -> None:
    ours, theirs = generate_share(code), generate_share(code)
    known = group(code)
    assert known is not None
    assert len(ours.public) == known.public_length
    assert ours.group == code
    secret = ours.exchange(theirs.public)
    assert secret == theirs.exchange(ours.public)
    assert len(secret) == (known.bits + 7) // 8
    assert "Secret" in repr(secret)
    assert generate_share(code).public != ours.public


@pytest.mark.parametrize("code", GROUPS, ids=lambda code: NamedGroup(code).name)
def test_equal_octets_give_equal_keys(code: int) -> None:
    first, second, other = (generate_share(code, random.Random(seed).randbytes) for seed in (1, 1, 2))
    assert first.public == second.public != other.public
    assert first.exchange(other.public) == other.exchange(second.public)


def test_the_groups_are_those_the_issue_names() -> None:
    wanted = {"secp256r1", "secp384r1", "secp521r1", "x25519", "x448", "secp256k1", "secp192r1", "secp224r1"}
    wanted |= {f"brainpoolP{bits}r1" for bits in (256, 384, 512)}
    assert {NamedGroup(code).name for code in GROUPS} == wanted


@pytest.mark.parametrize("code", [NamedGroup.ffdhe2048, NamedGroup.sect571k1, NamedGroup.X25519MLKEM768, 0x1A1A])
def test_other_groups_are_refused(code: int) -> None:
    with pytest.raises(CryptoError, match=str(int(code))):
        generate_share(code)


def test_the_illustrated_exchange() -> None:
    client = static("curve25519", bytes(range(0x20, 0x40)).hex())
    server = static("curve25519", bytes(range(0x90, 0xB0)).hex())
    assert client.exchange(server.public) == server.exchange(client.public) == illustrated()["premaster_secret"]


@pytest.mark.parametrize("name", ["x25519", "x448"])
def test_wycheproof_montgomery(name: str) -> None:
    for vector_group, test in wycheproof(name):
        share = static(vector_group["curve"], test["private"])
        if not int(test["shared"] or "0", 16):
            with pytest.raises(InvalidPublicValue, match=r"low order|bytes"):
                share.exchange(bytes.fromhex(test["public"]))
        else:
            assert share.exchange(bytes.fromhex(test["public"])).hex() == test["shared"], test["tcId"]


@pytest.mark.parametrize("name", ["ecdh_secp256r1_ecpoint", "ecdh_secp521r1_ecpoint"])
def test_wycheproof_points(name: str) -> None:
    refused = 0
    for vector_group, test in wycheproof(name):
        share, public = static(vector_group["curve"], test["private"]), bytes.fromhex(test["public"])
        if test["result"] == "valid" and not is_compressed(test):
            assert share.exchange(public).hex() == test["shared"], test["tcId"]
        else:
            refused += 1
            with pytest.raises(InvalidPublicValue):
                share.exchange(public)
    assert refused > 10


def is_compressed(test: dict[str, Any]) -> bool:
    return str(test["public"])[:2] in ("02", "03")


@pytest.mark.parametrize("code", [23, 24, 25, 22, 26], ids=lambda code: NamedGroup(code).name)
def test_point_forms_that_tls_forbids(code: int) -> None:
    ours, theirs = generate_share(code), generate_share(code)
    size = len(ours.public) // 2
    x, y = theirs.public[1 : 1 + size], theirs.public[1 + size :]
    parity = y[-1] & 1
    for point, rule in [
        (bytes([2 + parity]) + x, "bytes"),
        (bytes([6 + parity]) + x + y, "begins with"),
        (b"\x00", "bytes"),
        (b"", "bytes"),
        (theirs.public + b"\x00", "bytes"),
        (b"\x00" + x + y, "begins with"),
        (b"\x04" + y + x, "not on the curve"),
        (b"\x04" + bytes(2 * size), "not on the curve"),
        (b"\x04" + b"\xff" * (2 * size), "not on the curve"),
    ]:
        with pytest.raises(InvalidPublicValue, match=rule):
            ours.exchange(point)


@pytest.mark.parametrize(("code", "size"), [(29, 32), (30, 56)])
def test_coordinates_of_another_length(code: int, size: int) -> None:
    for length in (0, size - 1, size + 1):
        with pytest.raises(InvalidPublicValue, match=str(size)):
            generate_share(code).exchange(b"\x09" * length)


def test_a_key_of_another_kind_makes_no_share() -> None:
    for key in (ed25519.Ed25519PrivateKey.generate(), None, b"key"):
        with pytest.raises(UnusableKey):
            share_from_private_key(key)


@pytest.mark.parametrize("group", supported_groups())
def test_the_public_value_of_a_certificate_is_that_of_its_share(group: int) -> None:
    share = generate_share(group)
    key = share._private_key  # type: ignore[attr-defined]
    assert public_of(key.public_key()) == (group, share.public)


def test_a_public_key_of_another_kind_has_no_public_value() -> None:
    for key in (ed25519.Ed25519PrivateKey.generate().public_key(), None, b"key"):
        with pytest.raises(UnusableKey):
            public_of(key)


def test_what_a_share_shows_is_public() -> None:
    share = static("secp256r1", "7")
    assert "7" not in repr(share).partition(" object at ")[0]
