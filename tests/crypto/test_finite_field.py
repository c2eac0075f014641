from __future__ import annotations

import random
import warnings
from collections.abc import Callable

import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from hypothesis import given, settings
from hypothesis import strategies as st

from hellodone.crypto.errors import InvalidParameters, InvalidPublicValue, UnacceptableSize, UnusableKey
from hellodone.crypto.finite_field import (
    DHParameters,
    check_parameters,
    dh_key_bits,
    dh_public_value,
    generate_dh_share,
    share_from_dh_private_key,
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


@settings(deadline=None)
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
    parameters, public = dh_public_value(key.public_key())
    assert (parameters, public) == (OAKLEY2, static.public)
    ours = generate_dh_share(OAKLEY2)
    assert ours.exchange(public) == static.exchange(ours.public)
    assert dh_key_bits(key.public_key()) == 1024


def test_keys_of_another_kind() -> None:
    key = rsa.generate_private_key(65537, 1024)
    with pytest.raises(UnusableKey):
        share_from_dh_private_key(key)
    with pytest.raises(UnusableKey):
        dh_public_value(key.public_key())
    assert dh_key_bits(key.public_key()) is None
