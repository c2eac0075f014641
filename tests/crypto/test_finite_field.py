from __future__ import annotations

import random
import warnings
from collections.abc import Callable

import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from hypothesis import given
from hypothesis import strategies as st

from hellodone.crypto.errors import InvalidParameters, InvalidPublicValue, UnacceptableSize, UnusableKey
from hellodone.crypto.finite_field import (
    DHParameters,
    StaticDHPrivateKey,
    StaticDHPublicKey,
    check_parameters,
    dh_key_bits,
    generate_dh_share,
    generate_static_dh_key,
    share_from_dh_private_key,
    static_dh_key,
)
from hellodone.registry.ffdhe import KNOWN_GROUPS

with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    from cryptography.hazmat.primitives.asymmetric.dh import DHParameterNumbers, DHPrivateNumbers, DHPublicNumbers

FFDHE2048 = DHParameters.named("ffdhe2048")
# A 1024-bit safe prime (RFC 2409, 6.2: the second Oakley group), which the library does not know by name.
OAKLEY2 = DHParameters(
    int(
        "FFFFFFFFFFFFFFFFC90FDAA22168C234C4C6628B80DC1CD129024E088A67CC74020BBEA63B139B22514A08798E3404DD"
        "EF9519B3CD3A431B302B0A6DF25F14374FE1356D6D51C245E485B576625E7EC6F44C42E9A637ED6B0BFF5CB6F406B7ED"
        "EE386BFB5A899FA5AE9F24117C4B1FE649286651ECE65381FFFFFFFFFFFFFFFF",
        16,
    ),
    2,
)
SMALL = DHParameters(0xFFFFFFFB, 5)  # 2^32 - 5, a prime
COMPOSITE = DHParameters(((1 << 521) - 1) * ((1 << 607) - 1), 3)

# Exponents for ffdhe2048, found by trial, whose shared number is 13 bits shorter than the prime.
CLIENT_X = (1 << 224) | 0x1234567890ABCDEF1234567890ABCDEF
SERVER_X = (1 << 224) | (0xFEDCBA0987654321 + 43)
SHARED_BEGINS = "05212fb6621ea4c3"


@pytest.mark.parametrize("name", list(KNOWN_GROUPS))
def test_known_groups_agree_by_the_library_and_by_pow(name: str) -> None:
    parameters = DHParameters.named(name)
    ours = generate_dh_share(parameters)
    theirs = generate_dh_share(parameters, random.Random(7).randbytes)
    assert parameters.known
    assert len(ours.public) == len(theirs.public) == parameters.length
    assert ours.exchange(theirs.public) == theirs.exchange(ours.public)
    assert (ours.p, ours.g) == (KNOWN_GROUPS[name].p, KNOWN_GROUPS[name].g)


@pytest.mark.parametrize("parameters", [OAKLEY2, COMPOSITE], ids=["safe prime", "composite"])
def test_unknown_groups_agree(parameters: DHParameters) -> None:
    ours, theirs = generate_dh_share(parameters), generate_dh_share(parameters)
    assert not parameters.known
    assert ours.exchange(theirs.public) == theirs.exchange(ours.public)
    assert ours.public != generate_dh_share(parameters).public


def test_a_known_prime_with_another_generator_is_unknown() -> None:
    assert not DHParameters(FFDHE2048.p, 5).known


def test_an_unnamed_group_has_no_name() -> None:
    with pytest.raises(InvalidParameters, match="ffdhe1024"):
        DHParameters.named("ffdhe1024")


def fixed_exponent(x: int) -> Callable[[int], bytes]:
    return lambda n: (x % (1 << 8 * n)).to_bytes(n, "big")


@pytest.mark.parametrize("known", [True, False])
def test_leading_zeros_of_the_secret_are_stripped(known: bool) -> None:
    """RFC 5246, 8.1.2. With ffdhe2048 and these exponents the shared number has 255 octets."""
    if known:
        public = DHPublicNumbers(pow(2, CLIENT_X, FFDHE2048.p), DHParameterNumbers(FFDHE2048.p, 2))
        ours = share_from_dh_private_key(DHPrivateNumbers(CLIENT_X, public).private_key())
    else:
        ours = generate_dh_share(FFDHE2048, fixed_exponent(CLIENT_X))
    shared = pow(2, CLIENT_X * SERVER_X, FFDHE2048.p)
    assert shared.bit_length() <= 8 * 255
    secret = ours.exchange(pow(2, SERVER_X, FFDHE2048.p).to_bytes(256, "big"))
    assert len(secret) == 255
    assert secret == shared.to_bytes(255, "big")
    assert secret.hex()[:16] == SHARED_BEGINS


def test_leading_zeros_of_a_public_value_are_sent_and_taken() -> None:
    parameters = DHParameters((1 << 64) - 59, 2)  # a prime
    zero_led = 0
    for seed in range(600):
        share = generate_dh_share(parameters, random.Random(seed).randbytes)
        assert len(share.public) == 8
        zero_led += share.public[0] == 0
        assert generate_dh_share(parameters, fixed_exponent(77)).exchange(share.public) == generate_dh_share(
            parameters, fixed_exponent(77)
        ).exchange(share.public.lstrip(b"\0"))
    assert zero_led > 0


@given(st.integers(0, 2**32), st.integers(0, 2**32))
def test_a_small_prime_agrees_too_and_never_with_a_leading_zero(a: int, b: int) -> None:
    ours, theirs = (generate_dh_share(SMALL, random.Random(seed).randbytes) for seed in (a, b))
    try:
        secret = ours.exchange(theirs.public)
    except InvalidPublicValue:
        return
    assert secret == theirs.exchange(ours.public)
    assert secret[0] != 0


@pytest.mark.parametrize("parameters", [FFDHE2048, OAKLEY2], ids=["library", "pow"])
def test_public_values_out_of_range(parameters: DHParameters) -> None:
    share = generate_dh_share(parameters)
    for y in (0, 1, parameters.p - 1, parameters.p, parameters.p + 1, parameters.p * 3):
        with pytest.raises(InvalidPublicValue, match="not between 1 and p - 1"):
            share.exchange(y.to_bytes(parameters.length + 8, "big"))
    with pytest.raises(InvalidPublicValue):
        share.exchange(b"")
    for y in (2, parameters.p - 2):
        assert share.exchange(y.to_bytes(parameters.length, "big"))


def test_a_value_of_order_two_is_refused_where_the_modulus_is_composite() -> None:
    first, second = 1000003, 1000033
    y = (1 - 2 * first * pow(first, -1, second)) % (first * second)  # 1 modulo the first prime, -1 modulo the second
    assert y * y % (first * second) == 1
    even = generate_dh_share(DHParameters(first * second, 3), fixed_exponent(0))
    with pytest.raises(InvalidPublicValue, match="order 1 or 2"):
        even.exchange(y.to_bytes(8, "big"))


@pytest.mark.parametrize(
    ("p", "g", "error", "sentence"),
    [
        (1 << 2047, 2, InvalidParameters, "even"),
        (FFDHE2048.p, 0, InvalidParameters, "generator"),
        (FFDHE2048.p, 1, InvalidParameters, "generator"),
        (FFDHE2048.p, FFDHE2048.p - 1, InvalidParameters, "generator"),
        (FFDHE2048.p, FFDHE2048.p, InvalidParameters, "generator"),
        (OAKLEY2.p, 2, UnacceptableSize, "1024 bits; accepted are 2048 to 4096"),
        ((1 << 4096) + 1, 2, UnacceptableSize, "4097 bits"),
        (0, 2, UnacceptableSize, "0 bits"),
    ],
)
def test_parameters_that_are_refused(p: int, g: int, error: type[Exception], sentence: str) -> None:
    with pytest.raises(error, match=sentence):
        check_parameters(p, g, 2048, 4096)


def test_no_policy_reaches_beyond_8192_bits() -> None:
    with pytest.raises(UnacceptableSize, match="8193"):
        check_parameters((1 << 8192) + 1, 2, 0, 1 << 20)
    with pytest.raises(UnacceptableSize):
        DHParameters((1 << 60000) + 1, 2)


def test_parameters_that_are_accepted() -> None:
    assert check_parameters(FFDHE2048.p, 2, 2048, 4096) == FFDHE2048
    assert check_parameters(OAKLEY2.p, 2, 512, 8192).bits == 1024


@pytest.mark.parametrize("bad", [3, 5, 7, 23])
def test_tiny_moduli_do_not_crash(bad: int) -> None:
    try:
        parameters = check_parameters(bad, 2, 0, 8192)
    except InvalidParameters:
        return
    generate_dh_share(parameters)


def test_long_term_keys_of_an_unknown_group() -> None:
    numbers = DHParameterNumbers(OAKLEY2.p, OAKLEY2.g)
    x = 0xC0FFEE << 300
    key = DHPrivateNumbers(x, DHPublicNumbers(pow(2, x, OAKLEY2.p), numbers)).private_key()
    static = share_from_dh_private_key(key)
    assert static_dh_key(key) == StaticDHPrivateKey(OAKLEY2, x)
    public = StaticDHPrivateKey(OAKLEY2, x).public_key()
    assert public == StaticDHPublicKey(OAKLEY2, pow(2, x, OAKLEY2.p))
    assert public.public == static.public
    ours = generate_dh_share(OAKLEY2)
    assert ours.exchange(static.public) == static.exchange(ours.public)
    assert dh_key_bits(key.public_key()) == dh_key_bits(public) == 1024


@pytest.mark.parametrize("parameters", [FFDHE2048, OAKLEY2], ids=["library", "pow"])
@pytest.mark.parametrize("with_order", [False, True])
def test_a_long_term_key_agrees_with_fresh_keys_every_time(parameters: DHParameters, with_order: bool) -> None:
    key = generate_static_dh_key(parameters, (parameters.p - 1) // 2 if with_order else None)
    static = share_from_dh_private_key(key)
    assert static.public == key.public_key().public
    for _ in range(3):
        fresh = generate_dh_share(parameters)
        assert static.exchange(fresh.public) == fresh.exchange(static.public)
    for y in (0, 1, parameters.p - 1, parameters.p):
        with pytest.raises(InvalidPublicValue):
            static.exchange(y.to_bytes(parameters.length, "big"))


def test_two_long_term_keys_share_one_secret_without_leading_zeros() -> None:
    client, server = (StaticDHPrivateKey(FFDHE2048, x) for x in (CLIENT_X, SERVER_X))
    secret = share_from_dh_private_key(client).exchange(server.public_key().public)
    assert secret.hex().startswith(SHARED_BEGINS)
    assert secret == share_from_dh_private_key(server).exchange(client.public_key().public)


# p = 2 * 3 * 5 * q + 1: a group as X9.42 has them, with small subgroups beside that of order q.
Q = (1 << 61) - 1
SUBGROUPS = next(p for c in range(1, 5000) if pow(2, (p := 2 * 15 * c * Q + 1) - 1, p) == 1 == pow(3, p - 1, p))
X942 = DHParameters(SUBGROUPS, pow(3, (SUBGROUPS - 1) // Q, SUBGROUPS))


def test_a_peer_outside_the_subgroup_learns_nothing_of_a_long_term_key() -> None:
    static = share_from_dh_private_key(generate_static_dh_key(X942, Q))
    fresh = generate_dh_share(X942)
    assert static.exchange(fresh.public) == fresh.exchange(static.public)
    small = next(y for h in range(2, 99) if (y := pow(h, (X942.p - 1) // 3, X942.p)) != 1)
    assert pow(small, 3, X942.p) == 1
    for y in (small, small * int.from_bytes(fresh.public, "big") % X942.p):
        with pytest.raises(InvalidPublicValue, match="outside the group of the key"):
            static.exchange(y.to_bytes(X942.length, "big"))


def test_the_same_octets_make_the_same_long_term_key() -> None:
    for q in (None, Q):
        first, second = (generate_static_dh_key(X942, q, random.Random(5).randbytes) for _ in range(2))
        assert first == second != generate_static_dh_key(X942, q, random.Random(6).randbytes)
        assert str(first.x) not in repr(first)


@pytest.mark.parametrize("x", [0, -1, FFDHE2048.p - 1, FFDHE2048.p])
def test_exponents_that_are_no_keys(x: int) -> None:
    with pytest.raises(UnusableKey):
        StaticDHPrivateKey(FFDHE2048, x)


@pytest.mark.parametrize("y", [-1, FFDHE2048.p, 1 << 9000])
def test_numbers_that_are_no_public_values(y: int) -> None:
    with pytest.raises(InvalidPublicValue):
        StaticDHPublicKey(FFDHE2048, y)


def test_keys_of_another_kind() -> None:
    key = rsa.generate_private_key(65537, 1024)
    assert static_dh_key(key) is None
    with pytest.raises(UnusableKey):
        share_from_dh_private_key(key)
    assert dh_key_bits(key.public_key()) is None
