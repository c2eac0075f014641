"""Diffie-Hellman keys as certificates and files hold them, in the forms of PKCS #3 and X9.42."""

from __future__ import annotations

import random
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hellodone.crypto.errors import CryptoError
from hellodone.crypto.finite_field import DHParameters, StaticDHPrivateKey, StaticDHPublicKey
from hellodone.errors import ConfigurationError
from hellodone.pki import dh_keys, pem
from hellodone.pki.der import DerError, Tag, element, integer, object_identifier, sequence
from hellodone.pki.keys import load_private_key
from hellodone.registry import oids

Peer = Callable[[str], str]
FFDHE2048 = DHParameters.named("ffdhe2048")
SMALL = DHParameters(2027, 2)  # 2027 = 2 * 1013 + 1, both prime
FAULTS = (DerError, CryptoError)


@st.composite
def groups(draw: st.DrawFn) -> tuple[DHParameters, int | None]:
    """Any modulus and generator that can be calculated with, and perhaps a divisor of p - 1."""
    q = draw(st.integers(2, 1 << 300))
    p = q * draw(st.integers(1, 1 << 300).map(lambda n: 2 * n)) + 1
    parameters = DHParameters(p, draw(st.integers(2, p - 2)))
    return parameters, draw(st.sampled_from([q, None]))


@given(groups(), st.data())
def test_what_is_written_is_read(group: tuple[DHParameters, int | None], data: st.DataObject) -> None:
    parameters, q = group
    public = StaticDHPublicKey(parameters, data.draw(st.integers(0, parameters.p - 1)), q)
    assert dh_keys.read_public_key(dh_keys.write_public_key(public)) == public
    private = StaticDHPrivateKey(parameters, data.draw(st.integers(1, parameters.p - 2)), q)
    assert dh_keys.read_private_key(dh_keys.write_private_key(private)) == private


@given(st.binary(max_size=80))
def test_arbitrary_octets(octets: bytes) -> None:
    for read in (dh_keys.read_public_key, dh_keys.public_key_of_certificate):
        with pytest.raises(DerError):
            read(octets)
    assert dh_keys.read_private_key(octets) is None


@given(st.data(), st.sampled_from([None, 1013]))
def test_every_damage_is_one_of_two_faults(data: st.DataObject, q: int | None) -> None:
    private = StaticDHPrivateKey(SMALL, 77, q)
    for octets, read in (
        (dh_keys.write_private_key(private), dh_keys.read_private_key),
        (dh_keys.write_public_key(private.public_key()), dh_keys.read_public_key),
    ):
        position = data.draw(st.integers(0, len(octets) - 1))
        changed = bytearray(octets)
        changed[position] ^= data.draw(st.integers(1, 255))
        for damaged in (bytes(changed), octets[:position]):
            with suppress(*FAULTS):
                read(damaged)


def spki(oid: str, *numbers: int, y: bytes | None = None) -> bytes:
    """A SubjectPublicKeyInfo with these numbers as parameters."""
    algorithm = sequence(object_identifier(oid), sequence(*map(integer, numbers)))
    return sequence(algorithm, element(Tag.BIT_STRING, b"\0", integer(4) if y is None else y))


def test_what_may_follow_the_numbers_of_a_group() -> None:
    with_length = dh_keys.read_public_key(spki(oids.DH_KEY_AGREEMENT, FFDHE2048.p, 2, 225))
    assert with_length == StaticDHPublicKey(FFDHE2048, 4)
    with_cofactor = dh_keys.read_public_key(spki(oids.DH_PUBLIC_NUMBER, SMALL.p, 2, 1013, 2))
    assert with_cofactor == StaticDHPublicKey(SMALL, 4, 1013)


@pytest.mark.parametrize(
    ("octets", "sentence"),
    [
        (spki(oids.RSA_ENCRYPTION, 2027, 2), "the algorithm is not Diffie-Hellman"),
        (spki(oids.DH_KEY_AGREEMENT, 2027), "nothing stands where an INTEGER"),
        (spki(oids.DH_KEY_AGREEMENT, 2026, 2), "even"),
        (spki(oids.DH_KEY_AGREEMENT, 2027, 1), "generator"),
        (spki(oids.DH_KEY_AGREEMENT, 2027, 2026), "generator"),
        (spki(oids.DH_KEY_AGREEMENT, (1 << 8192) + 1, 2), "longer than 8192 bits"),
        (spki(oids.DH_KEY_AGREEMENT, 2027, 1 << 9000), "longer than 8192 bits"),
        (spki(oids.DH_PUBLIC_NUMBER, 2027, 2), "nothing stands where an INTEGER"),
        (spki(oids.DH_PUBLIC_NUMBER, 2027, 2, 0), "does not divide"),
        (spki(oids.DH_PUBLIC_NUMBER, 2027, 2, 1), "does not divide"),
        (spki(oids.DH_PUBLIC_NUMBER, 2027, 2, 1011), "does not divide"),
        (spki(oids.DH_KEY_AGREEMENT, 2027, 2, y=integer(2027)), "not below its modulus"),
        (spki(oids.DH_KEY_AGREEMENT, 2027, 2, y=integer(4) + b"\0"), "something follows"),
        (spki(oids.DH_KEY_AGREEMENT, 2027, 2, y=b""), "nothing stands"),
        (spki(oids.DH_KEY_AGREEMENT, 2027, 2) + b"\0", "something follows"),
    ],
)
def test_keys_that_are_refused(octets: bytes, sentence: str) -> None:
    with pytest.raises(FAULTS, match=sentence):
        dh_keys.read_public_key(octets)


def test_a_key_of_half_an_octet() -> None:
    octets = dh_keys.write_public_key(StaticDHPublicKey(SMALL, 4)).replace(b"\x03\x04\x00", b"\x03\x04\x04")
    with pytest.raises(DerError, match="whole number of octets"):
        dh_keys.read_public_key(octets)


def test_a_group_nobody_knows_is_read_at_once() -> None:
    parameters = DHParameters(random.Random(3).getrandbits(8192) | 1 << 8191 | 1, 2)
    octets = dh_keys.write_public_key(StaticDHPublicKey(parameters, parameters.p - 5))
    started = time.process_time()
    assert dh_keys.read_public_key(octets).parameters.bits == 8192
    assert time.process_time() - started < 0.05


@pytest.mark.parametrize("x", [0, 2026, 2027])
def test_damaged_private_keys_are_named(x: int) -> None:
    algorithm = sequence(object_identifier(oids.DH_KEY_AGREEMENT), sequence(integer(2027), integer(2)))
    octets = sequence(integer(0), algorithm, element(Tag.OCTET_STRING, integer(x)))
    for data in (octets, pem.armored("PRIVATE KEY", octets)):
        with pytest.raises(ConfigurationError, match=r"dh.pem: the Diffie-Hellman .* is unusable: .*between"):
            load_private_key(data, source="dh.pem")


OPENSSL_KEYS = {
    "ffdhe2048, PKCS #3": ("-algorithm", "DH", "-pkeyopt", "group:ffdhe2048"),
    "ffdhe2048, X9.42": ("-algorithm", "DHX", "-pkeyopt", "group:ffdhe2048"),
    "RFC 5114, 2.2, X9.42": ("-algorithm", "DHX", "-pkeyopt", "dh_rfc5114:2"),
}


@pytest.mark.parametrize("options", OPENSSL_KEYS.values(), ids=OPENSSL_KEYS)
def test_keys_that_openssl_made(options: tuple[str, ...], peer: Peer, tmp_path: Path) -> None:
    openssl, path = peer("openssl"), tmp_path / "key.pem"
    run(openssl, "genpkey", *options, "-out", str(path))
    key = load_private_key(path.read_bytes())
    assert isinstance(key, StaticDHPrivateKey)
    assert (key.q is not None) == ("DHX" in options)
    public = run(openssl, "pkey", "-in", str(path), "-pubout", "-outform", "DER")
    assert dh_keys.write_public_key(key.public_key()) == public
    assert dh_keys.read_public_key(public) == key.public_key()
    der = run(openssl, "pkey", "-in", str(path), "-outform", "DER")
    assert load_private_key(der) == key
    assert dh_keys.write_private_key(key) == der


@pytest.mark.filterwarnings("ignore:Diffie-Hellman over finite fields")
@pytest.mark.parametrize("form", ["PEM", "DER"])
@pytest.mark.parametrize("options", OPENSSL_KEYS.values(), ids=OPENSSL_KEYS)
def test_encrypted_keys_that_openssl_made(options: tuple[str, ...], form: str, peer: Peer, tmp_path: Path) -> None:
    openssl, plain = peer("openssl"), tmp_path / "key.pem"
    run(openssl, "genpkey", *options, "-out", str(plain))
    sealed = run(openssl, "pkcs8", "-topk8", "-in", str(plain), "-outform", form, "-passout", "pass:secret")
    opened, key = load_private_key(sealed, "secret"), load_private_key(plain.read_bytes())
    assert isinstance(opened, StaticDHPrivateKey)
    assert isinstance(key, StaticDHPrivateKey)
    # only the library can open it, and it knows the order of a named group whatever the file says
    assert (opened.parameters, opened.x, opened.q) == (key.parameters, key.x, key.q or (key.parameters.p - 1) // 2)


def test_an_encrypted_key_warns_nobody(peer: Peer, tmp_path: Path) -> None:
    openssl, plain, sealed = peer("openssl"), tmp_path / "key.pem", tmp_path / "sealed.pem"
    run(openssl, "genpkey", *OPENSSL_KEYS["ffdhe2048, PKCS #3"], "-out", str(plain))
    run(openssl, "pkcs8", "-topk8", "-in", str(plain), "-out", str(sealed), "-passout", "pass:secret")
    script = "import sys; from hellodone.pki.keys import read_private_key; read_private_key(sys.argv[1], 'secret')"
    done = subprocess.run([sys.executable, "-c", script, str(sealed)], capture_output=True, timeout=60, check=True)
    assert done.stderr == b""


def run(*command: str) -> bytes:
    return subprocess.run(command, check=True, capture_output=True, timeout=60).stdout
