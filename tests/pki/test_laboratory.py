"""The laboratory CA: proper certificates, reproducible where the library allows it."""

from __future__ import annotations

import random
from datetime import datetime

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import dsa

from hellodone.errors import ConfigurationError
from hellodone.pki.chains import parse_chain
from hellodone.pki.laboratory import KEY_KINDS, LOCALHOST, LabAuthority, generate_key, private_key_pem
from tests.pki.conftest import NOON


def test_a_root_and_what_it_issues() -> None:
    lab = LabAuthority.create(at=NOON)
    assert parse_chain(lab.pem) == (lab.certificate,)
    assert lab.trust.anchors == (lab.certificate,)
    server = lab.issue_server()
    assert server.subject_names == LOCALHOST
    assert server.key_usage == frozenset({"digitalSignature", "keyEncipherment"})
    assert len(server.chain) == 1  # the root is not sent
    client = lab.issue_client("alice", "ec384")
    assert client.leaf.extended_key_usage == ("clientAuth",)
    assert client.leaf.subject == "CN=alice"
    assert client.key_usage == frozenset({"digitalSignature"})


def test_a_chain_with_an_intermediate() -> None:
    lab = LabAuthority.create("rsa", at=NOON, intermediate=True)
    leaf, issuing = lab.issue_server(key="ec").chain
    assert leaf.issuer_bytes == issuing.subject_bytes
    assert issuing.issuer_bytes == lab.root.subject_bytes
    assert lab.root.self_issued
    assert lab.trust.anchors == (lab.root,)
    assert issuing.basic_constraints is not None
    assert issuing.basic_constraints.path_length == 0
    below = leaf.extension(x509.AuthorityKeyIdentifier)
    above = issuing.extension(x509.SubjectKeyIdentifier)
    assert below is not None
    assert above is not None
    assert below.key_identifier == above.digest


@pytest.mark.parametrize(
    "key", ["ec", "ec384", "ec521", "ed25519", "ed448", "dsa", "dh", "dhx", "ecdh", "x25519", "x448"]
)
def test_the_same_randomness_makes_the_same_certificates(key: str) -> None:
    def make(seed: int) -> list[bytes]:
        lab = LabAuthority.create(at=NOON, intermediate=True, random=random.Random(seed).randbytes)
        return [*lab.issue_server(key=key).encoded_chain, lab.root.der]

    assert make(7) == make(7)
    assert make(7) != make(8)


@pytest.mark.parametrize("kind", [kind for kind in KEY_KINDS if not kind.startswith("rsa")])
def test_the_same_randomness_makes_the_same_key(kind: str) -> None:
    def made(seed: int) -> bytes:
        lab = LabAuthority.create(at=NOON, random=random.Random(seed).randbytes)
        return private_key_pem(lab.issue_server(key=kind))

    assert made(3) == made(3) != made(4)


def test_the_group_of_dsa_keys_is_one() -> None:
    key = generate_key("dsa")
    assert isinstance(key, dsa.DSAPrivateKey)
    group = key.parameters().parameter_numbers()
    assert (group.p.bit_length(), group.q.bit_length()) == (2048, 256)
    assert is_probable_prime(group.p)
    assert is_probable_prime(group.q)
    assert pow(group.g, group.q, group.p) == 1 != group.g
    assert key.private_numbers() != generate_key("dsa").private_numbers()  # type: ignore[union-attr]


def is_probable_prime(number: int) -> bool:
    """Fermat's test: enough against a slip of the pen in a published prime."""
    return all(pow(base, number - 1, number) == 1 for base in (2, 3, 5))


def test_a_time_without_zone_is_utc() -> None:
    lab = LabAuthority.create(at=datetime(2026, 11, 21, 12))
    assert lab.certificate.x509.not_valid_before_utc == lab.at - (NOON - NOON.replace(hour=11))


def test_an_unknown_kind_of_key_is_named() -> None:
    with pytest.raises(ConfigurationError, match="no key of kind 'rot13' can be made; known are rsa, "):
        generate_key("rot13")


def test_the_text_of_an_authority_does_not_show_its_key() -> None:
    lab = LabAuthority.create(at=NOON)
    assert "PrivateKey" not in repr(lab)
