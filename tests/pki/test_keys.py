"""Private keys in every format people have them in, and one sentence for everything else."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric import ec, ed448, ed25519, rsa
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    KeySerializationEncryption,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
    pkcs12,
)
from hypothesis import given
from hypothesis import strategies as st

from hellodone.errors import ConfigurationError
from hellodone.pki.identity import Identity
from hellodone.pki.keys import load_pkcs12, load_private_key, read_private_key
from hellodone.pki.laboratory import LabAuthority, generate_key, private_key_pem
from tests.interop.peers import require

PLAIN = NoEncryption()
Key = rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey | ed25519.Ed25519PrivateKey | ed448.Ed448PrivateKey
KINDS = ("rsa", "ec", "ec384", "ed25519", "ed448")


@pytest.fixture(scope="module", params=KINDS)
def key(request: pytest.FixtureRequest) -> Key:
    return library_key(request.param)


def library_key(kind: str) -> Key:
    made = generate_key(kind)
    assert isinstance(made, Key)
    return made


def same(one: object, other: object) -> bool:
    def numbers(key: object) -> bytes:
        assert isinstance(key, Key)
        return key.private_bytes(Encoding.DER, PrivateFormat.PKCS8, PLAIN)

    return numbers(one) == numbers(other)


def complaint(data: bytes, password: str | bytes | None = None) -> str:
    with pytest.raises(ConfigurationError) as caught:
        load_private_key(data, password, "key.pem")
    reason = caught.value.reason
    assert reason.startswith("key.pem: ")
    assert "\n" not in reason
    return reason.removeprefix("key.pem: ")


@pytest.mark.parametrize("encoding", [Encoding.PEM, Encoding.DER])
@pytest.mark.parametrize("encryption", [PLAIN, BestAvailableEncryption(b"secret")])
def test_pkcs8(key: Key, encoding: Encoding, encryption: KeySerializationEncryption) -> None:
    data = key.private_bytes(encoding, PrivateFormat.PKCS8, encryption)
    assert same(load_private_key(data, "secret"), key)
    if encryption is not PLAIN:
        assert complaint(data) == "the private key is encrypted; give its password"
        assert "password is wrong or the file is damaged" in complaint(data, b"other")


@pytest.mark.parametrize("kind", ["rsa", "ec"])
@pytest.mark.parametrize("encoding", [Encoding.PEM, Encoding.DER])
def test_pkcs1_and_sec1(kind: str, encoding: Encoding) -> None:
    key = library_key(kind)
    data = key.private_bytes(encoding, PrivateFormat.TraditionalOpenSSL, PLAIN)
    assert same(load_private_key(data), key)


@pytest.mark.parametrize("kind", ["rsa", "ec"])
def test_keys_encrypted_by_old_headers(kind: str) -> None:
    key = library_key(kind)
    data = key.private_bytes(Encoding.PEM, PrivateFormat.TraditionalOpenSSL, BestAvailableEncryption(b"secret"))
    assert b"Proc-Type: 4,ENCRYPTED" in data
    assert same(load_private_key(data, "secret"), key)
    assert complaint(data) == "the private key is encrypted; give its password"
    assert "password is wrong" in complaint(data, "other")


def test_pkcs12(rsa_server: Identity) -> None:
    key = load_pem_private_key(private_key_pem(rsa_server), None)
    assert isinstance(key, rsa.RSAPrivateKey)
    leaf, issuing = (certificate.x509 for certificate in rsa_server.chain)
    for password, encryption in ((b"secret", BestAvailableEncryption(b"secret")), (None, PLAIN)):
        data = pkcs12.serialize_key_and_certificates(b"name", key, leaf, [issuing], encryption)
        bundle = load_pkcs12(data, password)
        assert bundle.chain == rsa_server.chain
        assert same(bundle.private_key, key)
        assert same(load_private_key(data, password), key)
        assert "PRIVATE" not in repr(bundle)
        assert "key=" not in repr(bundle)


def test_pkcs12_that_does_not_serve(rsa_server: Identity) -> None:
    key = load_pem_private_key(private_key_pem(rsa_server), None)
    assert isinstance(key, rsa.RSAPrivateKey)
    leaf = rsa_server.leaf.x509
    sealed = pkcs12.serialize_key_and_certificates(None, key, leaf, None, BestAvailableEncryption(b"secret"))
    assert complaint(sealed) == "is a PKCS#12 file that cannot be opened: give its password"
    assert "password is wrong" in complaint(sealed, "other")
    for data, words in (
        (sealed, "password is wrong or missing"),
        (pkcs12.serialize_key_and_certificates(None, None, leaf, None, PLAIN), "holds no private key"),
        (pkcs12.serialize_key_and_certificates(None, key, None, None, PLAIN), "holds no certificate"),
        (b"hello", "expected PKCS#12"),
    ):
        with pytest.raises(ConfigurationError, match=words):
            load_pkcs12(data)


def test_a_password_for_a_key_without_one_is_no_fault(key: Key) -> None:
    data = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, PLAIN)
    assert same(load_private_key(data, "needless"), key)


def test_what_stands_where_a_key_was_expected(rsa_server: Identity, root: LabAuthority) -> None:
    chain, key = rsa_server.chain_pem(), private_key_pem(rsa_server)
    public = rsa_server.leaf.public_key.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    ssh = library_key("ed25519").private_bytes(Encoding.PEM, PrivateFormat.OpenSSH, PLAIN)
    assert complaint(root.pem) == "holds a certificate where a private key was expected"
    assert complaint(chain) == "holds 2 certificates where a private key was expected"
    assert complaint(chain + public) == "holds a certificate and a public key where a private key was expected"
    assert complaint(public) == "holds a public key where a private key was expected"
    assert "OpenSSH's own format" in complaint(ssh)
    assert complaint(rsa_server.leaf.der) == "holds a certificate where a private key was expected"
    assert complaint(key + key) == "holds 2 private keys where one was expected"
    assert complaint(b" \n") == "expected a private key, found an empty file"
    assert complaint(b"hello") == "expected a private key in PEM, DER or PKCS#12, found none of them"
    assert complaint(b"\x30\x03\x02\x01\x05").endswith("the DER in it is none")
    assert same(load_private_key(chain + key), load_private_key(key))


def test_damaged_pem(rsa_server: Identity) -> None:
    key = private_key_pem(rsa_server)
    assert complaint(key[: len(key) // 2]) == "the PEM block PRIVATE KEY has no END line; the file is cut short"
    assert complaint(key.replace(b"\nM", b"\n!", 1)) == "the PEM block PRIVATE KEY is not valid base64"
    middle = key.splitlines(keepends=True)
    assert "damaged" in complaint(b"".join(middle[:3] + middle[5:]))
    assert "does not end in -----" in complaint(b"-----BEGIN " + b"A" * 200)


def test_files_are_named(tmp_path: Path, key: Key) -> None:
    good = tmp_path / "good.pem"
    good.write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, PLAIN))
    assert same(read_private_key(good), key)
    for path, words in ((tmp_path / "none.pem", "no such file"), (tmp_path, "is a directory")):
        with pytest.raises(ConfigurationError, match=re.escape(f"{path}: cannot be read: {words}")):
            read_private_key(path)


@pytest.mark.parametrize(
    "arguments",
    [
        ("genrsa", "-traditional", "2048"),
        ("genrsa", "-aes128", "-traditional", "-passout", "pass:secret", "2048"),
        ("genrsa", "-aes256", "-passout", "pass:secret", "2048"),
        ("ecparam", "-name", "prime256v1", "-genkey"),
        ("ecparam", "-name", "secp384r1", "-genkey", "-noout"),
        ("genpkey", "-algorithm", "ed25519"),
        ("genpkey", "-algorithm", "ed448", "-outform", "DER"),
        ("genpkey", "-algorithm", "rsa-pss", "-pkeyopt", "rsa_keygen_bits:2048"),
        ("genpkey", "-algorithm", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-outform", "DER"),
    ],
)
def test_keys_made_by_openssl(arguments: tuple[str, ...]) -> None:
    made = subprocess.run([require("openssl"), *arguments], capture_output=True, check=True, timeout=60)
    assert isinstance(load_private_key(made.stdout, "secret"), Key)


def test_pkcs12_made_by_openssl(tmp_path: Path, rsa_server: Identity) -> None:
    (tmp_path / "key.pem").write_bytes(private_key_pem(rsa_server))
    (tmp_path / "chain.pem").write_bytes(rsa_server.chain_pem())
    command = [
        require("openssl"),
        "pkcs12",
        "-export",
        "-in",
        "chain.pem",
        "-inkey",
        "key.pem",
        "-passout",
        "pass:secret",
    ]
    made = subprocess.run(command, cwd=tmp_path, capture_output=True, check=True, timeout=60)
    assert Identity.from_pkcs12(made.stdout, "secret").chain == rsa_server.chain


@given(st.binary(max_size=200), st.sampled_from([b"", b"\x30", b"-----BEGIN PRIVATE KEY-----\n"]), st.booleans())
def test_random_bytes_are_never_more_than_a_complaint(data: bytes, start: bytes, password: bool) -> None:
    for load in (load_private_key, load_pkcs12):
        with pytest.raises(ConfigurationError):
            load(start + data, "secret" if password else None)
