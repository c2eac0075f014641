"""The laboratory CA: proper certificates, reproducible where the library allows it."""

from __future__ import annotations

import random
from datetime import datetime

import pytest
from cryptography import x509

from hellodone.errors import ConfigurationError
from hellodone.pki.certificates import parse_chain
from hellodone.pki.laboratory import LOCALHOST, LabAuthority, generate_key
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


@pytest.mark.parametrize("key", ["ec", "ec384", "ec521", "ed25519", "ed448"])
def test_the_same_randomness_makes_the_same_certificates(key: str) -> None:
    def make(seed: int) -> list[bytes]:
        lab = LabAuthority.create(at=NOON, intermediate=True, random=random.Random(seed).randbytes)
        return [*lab.issue_server(key=key).encoded_chain, lab.root.der]

    assert make(7) == make(7)
    assert make(7) != make(8)


def test_a_time_without_zone_is_utc() -> None:
    lab = LabAuthority.create(at=datetime(2026, 11, 21, 12))
    assert lab.certificate.x509.not_valid_before_utc == lab.at - (NOON - NOON.replace(hour=11))


def test_an_unknown_kind_of_key_is_named() -> None:
    with pytest.raises(ConfigurationError, match="no key of kind 'rot13' can be made; known are rsa, "):
        generate_key("rot13")


def test_the_text_of_an_authority_does_not_show_its_key() -> None:
    lab = LabAuthority.create(at=NOON)
    assert "PrivateKey" not in repr(lab)
