"""Identities: loading, the pairing of key and certificate, what they can sign, and that they keep their secrets."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding

from hellodone.crypto.rsa_transport import encrypt_premaster
from hellodone.crypto.secret import Secret
from hellodone.crypto.signatures import verify
from hellodone.errors import ConfigurationError
from hellodone.pki.certificates import Certificate
from hellodone.pki.identity import Identity
from hellodone.pki.laboratory import LabAuthority, private_key_pem
from hellodone.registry.signatures import SignatureScheme

KINDS = ("rsa", "rsa_pss", "ec", "ec384", "ec521", "ed25519", "ed448", "dsa")


@pytest.mark.parametrize("key", KINDS)
def test_round_trip_and_every_scheme_signs(issuing: LabAuthority, key: str) -> None:
    made = issuing.issue_server(("leaf.example",), key)
    identity = Identity.from_pem(made.chain_pem(), private_key_pem(made))
    assert identity.chain == made.chain
    assert identity.key_type == made.leaf.key_type
    assert identity.encoded_chain == tuple(certificate.der for certificate in made.chain)
    assert identity.schemes
    for scheme in identity.schemes:
        assert verify(identity.leaf.public_key, scheme, identity.sign(scheme, b"data"), b"data")


def test_schemes_follow_the_certificate(issuing: LabAuthority) -> None:
    pss = issuing.issue_server(("leaf.example",), "rsa_pss")
    assert set(pss.schemes) == {
        SignatureScheme.rsa_pss_pss_sha256,
        SignatureScheme.rsa_pss_pss_sha384,
        SignatureScheme.rsa_pss_pss_sha512,
    }
    with pytest.raises(ConfigurationError, match=r"RSA-PSS 2048 bits\) cannot make signature scheme 0x0401"):
        pss.sign(SignatureScheme.rsa_pkcs1_sha256, b"data")


def test_premaster_secret(rsa_server: Identity) -> None:
    premaster = b"\x03\x03" + bytes(range(46))
    sealed = encrypt_premaster(rsa_server.leaf.public_key, premaster)
    assert rsa_server.decrypt_premaster(sealed, 0x0303, bytes(46)) == premaster
    assert rsa_server.decrypt_premaster(b"\x01" * 256, 0x0303, b"r" * 46) == b"\x03\x03" + b"r" * 46
    assert rsa_server.key_usage == frozenset({"digitalSignature", "keyEncipherment"})


def test_files(tmp_path: Path, server: Identity) -> None:
    chain, key, both = tmp_path / "chain.pem", tmp_path / "key.pem", tmp_path / "both.pem"
    chain.write_bytes(server.chain_pem())
    key.write_bytes(private_key_pem(server))
    both.write_bytes(private_key_pem(server) + server.chain_pem())
    assert Identity.from_files(chain, key).chain == server.chain
    assert Identity.from_files(both).chain == server.chain
    with pytest.raises(ConfigurationError, match=r"chain\.pem: holds 2 certificates where a private key was expected"):
        Identity.from_files(chain)
    with pytest.raises(ConfigurationError, match=r"key\.pem: expected certificates, found only PRIVATE KEY"):
        Identity.from_files(key, chain)


def test_a_key_that_is_not_the_leafs(issuing: LabAuthority, server: Identity, rsa_server: Identity) -> None:
    with pytest.raises(ConfigurationError) as caught:
        Identity.from_pem(server.chain_pem(), private_key_pem(rsa_server))
    assert caught.value.reason == (
        "the private key: the private key (RSA 2048 bits) does not belong to the certificate of CN=leaf.example "
        "(EC P-256) in the certificate chain; the two must be a pair"
    )
    reversed_pem = issuing.certificate.x509.public_bytes(Encoding.PEM) + server.leaf.x509.public_bytes(Encoding.PEM)
    with pytest.raises(ConfigurationError, match=r"belongs to certificate 2 of 2, CN=leaf\.example; .* come first"):
        Identity.from_pem(reversed_pem, private_key_pem(server))


def test_an_identity_does_not_show_its_key(rsa_server: Identity) -> None:
    key = rsa_server.signer.private_key  # type: ignore[attr-defined]
    assert isinstance(key, rsa.RSAPrivateKey)
    text = repr(rsa_server) + repr(rsa_server.signer)
    assert "private_key" not in text
    assert str(key.private_numbers().d) not in text


@dataclass(frozen=True)
class Token:
    """A signer that keeps its key elsewhere."""

    answer: bytes

    def sign(self, scheme: int, data: bytes) -> bytes:
        return self.answer + data

    def decrypt_premaster(self, encrypted: bytes, client_version: int, random46: bytes) -> Secret:
        return Secret(self.answer)

    def agree(self, peer_public: bytes) -> Secret:
        return Secret(self.answer + peer_public)


def test_the_key_may_be_elsewhere(rsa_server: Identity) -> None:
    identity = Identity(rsa_server.chain, Token(b"token:"))
    assert identity.sign(SignatureScheme.rsa_pkcs1_sha256, b"data") == b"token:data"
    assert identity.decrypt_premaster(b"", 0x0303, bytes(46)) == b"token:"
    with pytest.raises(ConfigurationError, match="not in this process"):
        private_key_pem(identity)


def test_an_identity_needs_a_readable_leaf(rsa_server: Identity) -> None:
    with pytest.raises(ConfigurationError, match="at least one certificate"):
        Identity((), Token(b""))
    with pytest.raises(ConfigurationError, match="first certificate of the chain cannot be used"):
        Identity((Certificate(b"hello"),), Token(b""))
