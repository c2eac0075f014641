from __future__ import annotations

import re

import pytest
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM, ChaCha20Poly1305

from hellodone.crypto.aead import AEADS
from hellodone.registry.suites import find_cipher_suite
from tests.crypto.directions import direction, keys, seal, unseal
from tests.crypto.vectors import wycheproof

AEAD_FILES = {
    "aes_gcm": "AES_{keySize}_GCM",
    "aes_ccm": "AES_{keySize}_CCM{eight}",
    "chacha20_poly1305": "CHACHA20_POLY1305",
}

AEAD_FAMILIES = {"aes_gcm": "GCM", "aes_ccm": "CCM", "chacha20_poly1305": "CHACHA20"}


@pytest.mark.parametrize("name", AEAD_FILES)
def test_wycheproof(name: str) -> None:
    tested = set()
    for group, test in wycheproof(name):
        cipher = AEAD_FILES[name].format(keySize=group["keySize"], eight="_8" if group["tagSize"] == 64 else "")
        if cipher not in AEADS or (name == "aes_gcm" and group["tagSize"] == 64):
            continue
        tested.add(cipher)
        aead = AEADS[cipher](bytes.fromhex(test["key"]))
        nonce, additional_data, message = (bytes.fromhex(test[key]) for key in ("iv", "aad", "msg"))
        sealed = bytes.fromhex(test["ct"] + test["tag"])
        if test["result"] == "valid":
            assert aead.encrypt(nonce, message, additional_data) == sealed, test["tcId"]
            assert aead.decrypt(nonce, sealed, additional_data) == message, test["tcId"]
        else:
            with pytest.raises(InvalidTag):
                aead.decrypt(nonce, sealed, additional_data)
    assert tested == {cipher for cipher in AEADS if re.search(AEAD_FAMILIES[name], cipher)}


def test_rfc_8439_2_8_2() -> None:
    key = bytes(range(0x80, 0xA0))
    nonce, additional_data = bytes.fromhex("070000004041424344454647"), bytes.fromhex("50515253c0c1c2c3c4c5c6c7")
    text = (
        b"Ladies and Gentlemen of the class of '99: If I could offer you only one tip for the future, "
        b"sunscreen would be it."
    )
    sealed = AEADS["CHACHA20_POLY1305"](key).encrypt(nonce, text, additional_data)
    assert sealed.hex().startswith("d31a8d34648e60db7b86afbc53ef7ec2")
    assert sealed.hex().endswith("1ae10b594f09e26a7e902ecbd0600691")


def test_gcm_on_the_wire() -> None:
    """RFC 5288, 3 and RFC 5246, 6.2.3.3: explicit nonce, nonce of salt and explicit part, additional data."""
    suite = find_cipher_suite("TLS_RSA_WITH_AES_128_GCM_SHA256")
    _, key, salt = keys(suite)
    sealer, _ = direction(suite)
    fragment = seal(sealer, 0x0102030405060708, b"hello", content_type=22)
    explicit, sealed = fragment[:8], fragment[8:]
    assert explicit == bytes(range(1, 9))
    header = bytes(range(1, 9)) + b"\x16\x03\x03\x00\x05"
    assert AESGCM(key).decrypt(salt + explicit, sealed, header) == b"hello"
    assert sealer.overhead == 24


def test_any_explicit_nonce_of_the_peers_choice_opens() -> None:
    suite = find_cipher_suite("TLS_RSA_WITH_AES_128_GCM_SHA256")
    _, key, salt = keys(suite)
    _, opener = direction(suite)
    header = bytes(8) + b"\x17\x03\x03\x00\x05"
    sealed = AESGCM(key).encrypt(salt + b"RANDOM!!", b"hello", header)
    assert unseal(opener, b"RANDOM!!" + sealed) == b"hello"


def test_chacha20_on_the_wire() -> None:
    """RFC 7905, 2: no explicit nonce; the IV XOR the sequence number, padded to the left."""
    suite = find_cipher_suite("TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256")
    _, key, iv = keys(suite)
    sealer, _ = direction(suite)
    nonce = iv[:4] + bytes(a ^ b for a, b in zip(iv[4:], bytes(range(1, 9)), strict=True))
    header = bytes(range(1, 9)) + b"\x17\x03\x03\x00\x05"
    assert seal(sealer, 0x0102030405060708, b"hello") == ChaCha20Poly1305(key).encrypt(nonce, b"hello", header)
    assert sealer.overhead == 16


def test_ccm_8_has_a_short_tag() -> None:
    sealer, _ = direction("TLS_RSA_WITH_AES_128_CCM_8")
    assert sealer.overhead == 16
    sealer, _ = direction("TLS_RSA_WITH_AES_128_CCM")
    assert sealer.overhead == 24
