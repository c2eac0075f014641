from __future__ import annotations

from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import dsa, ec, ed448, ed25519, rsa, x448, x25519
from cryptography.hazmat.primitives.serialization import load_der_public_key

from hellodone.crypto.errors import UnusableKey
from hellodone.crypto.signatures import RSASSA_PSS_OID, KeyType, fits, key_type, schemes_for, sign, verify
from hellodone.registry.signatures import SignatureScheme as S
from tests.crypto.vectors import wycheproof

KEYS: dict[str, Any] = {
    "rsa": rsa.generate_private_key(65537, 1024),
    "p256": ec.generate_private_key(ec.SECP256R1()),
    "p384": ec.generate_private_key(ec.SECP384R1()),
    "p521": ec.generate_private_key(ec.SECP521R1()),
    "p224": ec.generate_private_key(ec.SECP224R1()),
    "brainpool": ec.generate_private_key(ec.BrainpoolP384R1()),
    "ed25519": ed25519.Ed25519PrivateKey.generate(),
    "ed448": ed448.Ed448PrivateKey.generate(),
    "dsa": dsa.generate_private_key(1024),
}
AGREEMENT_KEYS = [x25519.X25519PrivateKey.generate(), x448.X448PrivateKey.generate()]
ALL_SCHEMES = (
    *(hash_code << 8 | signature for hash_code in range(1, 7) for signature in (1, 2, 3)),
    *range(0x0804, 0x080C),
)
SMALL_PRIMES = {
    512: (
        0xE28A539A4C05320242EB153D0EF236A54530F64A5BA7E658E146DEB579CBAD89,
        0xD5CEF5612ED65A9F2E05A858DAAADBF998DACCBFB87311C22D4E3AB1D5CB7175,
    ),
    520: (
        0xCC357BDA75FEC517144ED7DE27D5A05F463AAB4BC04C902D4EA43ED89067A59B5,
        0xD68ED17A49713D658AEFAF1FB6D5CE2886108650030E692DAC05E0AAE0D106021,
    ),
    528: (
        0xE18EA0D84EC30725039CEBE470914261B2F31C39859854E0A0ADF924D3782DEA21,
        0xF8B71709E90D169E9FA3B8DE4B62598293168ABA521327305797DDC505F04617AD,
    ),
    768: (
        0xD30A1CE8BCB8A97EE1C7BC980A250D51150F0547DEACFCDC5A8975683D846F105EE2207723C841F1DFCBC7F610E76C13,
        0xD4C2A8FA4F49A95D158AB30290F09D8747572B32B292A1666E3B82F2ED0CFA037B76360DB855E91AA93BFFB359319B0F,
    ),
}
DATA = b"what both of them have said so far"


def kind(name: str) -> KeyType:
    return key_type(KEYS[name].public_key())


def test_kinds_of_keys() -> None:
    assert kind("rsa") == KeyType("rsa", 1024)
    assert key_type(KEYS["rsa"].public_key(), RSASSA_PSS_OID) == KeyType("rsa_pss", 1024)
    assert kind("p256") == KeyType("ec", 256, "secp256r1")
    assert kind("brainpool") == KeyType("ec", 384, "brainpoolP384r1")
    assert kind("ed25519").algorithm == "ed25519"
    assert kind("ed448").algorithm == "ed448"
    assert kind("dsa") == KeyType("dsa", 1024)
    assert key_type(x25519.X25519PrivateKey.generate().public_key()) == KeyType("x25519", 256)
    assert key_type(x448.X448PrivateKey.generate().public_key()) == KeyType("x448", 448)
    assert key_type(object()) == KeyType("unknown", 0)
    assert key_type(KEYS["rsa"]) == KeyType("unknown", 0)


def test_the_preferred_schemes() -> None:
    assert schemes_for(KeyType("rsa", 2048))[:6] == (
        S.rsa_pss_rsae_sha256, S.rsa_pss_rsae_sha384, S.rsa_pss_rsae_sha512,
        S.rsa_pkcs1_sha256, S.rsa_pkcs1_sha384, S.rsa_pkcs1_sha512,
    )  # fmt: skip
    assert schemes_for(KeyType("rsa", 2048))[-2:] == (S.rsa_pkcs1_sha1, S.rsa_pkcs1_md5)
    assert schemes_for(KeyType("rsa_pss", 2048)) == (S.rsa_pss_pss_sha256, S.rsa_pss_pss_sha384, S.rsa_pss_pss_sha512)
    assert schemes_for(kind("p256"))[0] == S.ecdsa_secp256r1_sha256
    assert schemes_for(kind("p384"))[0] == S.ecdsa_secp384r1_sha384
    assert schemes_for(kind("p521"))[0] == S.ecdsa_secp521r1_sha512
    assert schemes_for(kind("p384"))[1:3] == (S.ecdsa_secp256r1_sha256, S.ecdsa_secp521r1_sha512)
    assert schemes_for(kind("ed25519")) == (S.ed25519,)
    assert schemes_for(kind("ed448")) == (S.ed448,)
    assert S.dsa_sha1 in schemes_for(kind("dsa"))
    assert schemes_for(KeyType("x25519", 256)) == schemes_for(KeyType("unknown", 0)) == ()


@pytest.mark.parametrize("bits", [512, 520, 528, 768, 1024, 2048])
def test_hashes_too_long_for_a_modulus_are_left_out_as_the_library_would(bits: int) -> None:
    key = small_rsa_key(bits)
    left = schemes_for(KeyType("rsa", bits))
    for scheme in (scheme for scheme in ALL_SCHEMES if fits(scheme, KeyType("rsa", 4096))):
        if scheme in left:
            assert verify(key.public_key(), scheme, sign(key, scheme, DATA), DATA)
        else:
            for call in (lambda s=scheme: sign(key, s, DATA), lambda s=scheme: verify(key.public_key(), s, b"", DATA)):
                with pytest.raises(UnusableKey, match="too small"):
                    call()
    assert (S.rsa_pss_rsae_sha512 in left) == (bits >= 1034)
    assert (S.rsa_pkcs1_sha512 in left) == (bits >= 745)


def small_rsa_key(bits: int) -> rsa.RSAPrivateKey:
    """The library makes no RSA key below 1024 bits, but uses one."""
    if bits >= 1024:
        return rsa.generate_private_key(65537, bits)
    p, q = SMALL_PRIMES[bits]
    d = pow(65537, -1, (p - 1) * (q - 1))
    numbers = rsa.RSAPrivateNumbers(
        p, q, d, d % (p - 1), d % (q - 1), pow(q, -1, p), rsa.RSAPublicNumbers(65537, p * q)
    )
    return numbers.private_key()


@pytest.mark.parametrize("name", KEYS)
def test_every_scheme_of_a_key_signs_and_verifies(name: str) -> None:
    key = KEYS[name]
    assert schemes_for(kind(name))
    for scheme in schemes_for(kind(name)):
        signature = sign(key, scheme, DATA)
        assert verify(key.public_key(), scheme, signature, DATA)
        assert not verify(key.public_key(), scheme, signature, DATA + b".")
        assert not verify(key.public_key(), scheme, signature[:-1], DATA)
        assert not verify(key.public_key(), scheme, b"", DATA)
        assert not verify(key.public_key(), scheme, bytes(len(signature)), DATA)


@pytest.mark.parametrize("name", KEYS)
def test_every_other_scheme_is_unusable(name: str) -> None:
    key = KEYS[name]
    for scheme in (*ALL_SCHEMES, 0x081A, 0x0A0A, 0x0709, 0):
        if scheme in schemes_for(kind(name)) or (name == "rsa" and scheme in range(0x0809, 0x080C)):
            continue
        assert not fits(scheme, kind(name))
        with pytest.raises(UnusableKey):
            sign(key, scheme, DATA)
        with pytest.raises(UnusableKey):
            verify(key.public_key(), scheme, b"signature", DATA)


def test_pss_alone_and_rsa_keys_keep_to_their_own_schemes() -> None:
    assert not fits(S.rsa_pss_pss_sha256, KeyType("rsa", 2048))
    assert not fits(S.rsa_pss_rsae_sha256, KeyType("rsa_pss", 2048))
    assert not fits(S.rsa_pkcs1_sha256, KeyType("rsa_pss", 2048))
    signature = sign(KEYS["rsa"], S.rsa_pss_pss_sha256, DATA)
    assert verify(KEYS["rsa"].public_key(), S.rsa_pss_pss_sha256, signature, DATA)


@pytest.mark.parametrize("key", [*AGREEMENT_KEYS, None, b"key"])
def test_what_cannot_sign_at_all(key: Any) -> None:
    with pytest.raises(UnusableKey):
        sign(key, S.ed25519, DATA)


def test_deterministic_signatures() -> None:
    first, second = (sign(KEYS["p256"], S.ecdsa_secp256r1_sha256, DATA, deterministic=True) for _ in range(2))
    assert first == second
    assert first != sign(KEYS["p256"], S.ecdsa_secp256r1_sha256, DATA)


def test_rfc_6979_a_2_5() -> None:
    x = 0xC9AFA9D845BA75166B5C215767B1D6934E50C3DB36E89B127B8A622B120F6721
    signature = sign(ec.derive_private_key(x, ec.SECP256R1()), 0x0403, b"sample", deterministic=True)
    r = "efd48b2aacb6a8fd1140dd9cd45e81d69d2c877b56aaf991c34d0ea84eaf3716"
    s = "f7cb1c942d657c41d436c7a1b6e29f65f3e900dbb9aff4064dc4ab2f843acda8"
    assert signature.hex() == f"3046022100{r}022100{s}"


@pytest.mark.parametrize(
    ("name", "scheme"),
    [
        ("ecdsa_secp256r1_sha256", S.ecdsa_secp256r1_sha256),
        ("ecdsa_secp384r1_sha384", S.ecdsa_secp384r1_sha384),
        ("ecdsa_secp521r1_sha512", S.ecdsa_secp521r1_sha512),
        ("ed25519", S.ed25519),
        ("ed448", S.ed448),
        ("rsa_signature_2048_sha256", S.rsa_pkcs1_sha256),
        ("rsa_pss_2048_sha256_mgf1_32", S.rsa_pss_rsae_sha256),
        ("dsa_2048_256_sha256", S.dsa_sha256),
    ],
)
def test_wycheproof(name: str, scheme: int) -> None:
    loaded: dict[str, Any] = {}
    for group, test in wycheproof(name):
        der = group["publicKeyDer"]
        key = loaded.setdefault(der, load_der_public_key(bytes.fromhex(der)))
        answer = verify(key, scheme, bytes.fromhex(test["sig"]), bytes.fromhex(test["msg"]))
        if test["result"] != "acceptable":
            assert answer == (test["result"] == "valid"), test["tcId"]
