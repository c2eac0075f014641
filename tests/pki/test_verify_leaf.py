"""Every reason for refusing the leaf of a chain, what only our walk can judge, and the chains of clients."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from hellodone.pki.certificates import Certificate
from hellodone.pki.identity import Identity
from hellodone.pki.laboratory import LabAuthority
from hellodone.pki.names import normalize_server_name
from hellodone.pki.verify import CertificateError, verify_client_chain, verify_server_chain
from tests.pki.conftest import NOON, Issue
from tests.pki.verdicts import Alert, refused, verified

# --- the leaf


def test_wrong_name_gives_both_sides(root: LabAuthority, server: Identity) -> None:
    reason = refused(
        server.chain, root.trust, Alert.bad_certificate, server_name=normalize_server_name("www.example.com")
    )
    assert reason == "asked for 'www.example.com'; the certificate is for leaf.example, 192.0.2.1"


def test_dialled_by_address(root: LabAuthority, server: Identity) -> None:
    assert verified(server.chain, root.trust, server_name=normalize_server_name("192.0.2.1"))
    refused(
        server.chain,
        root.trust,
        Alert.bad_certificate,
        "asked for the IP address 192.0.2.2; the certificate is for leaf.example, 192.0.2.1",
        server_name=normalize_server_name("192.0.2.2"),
    )


def test_common_name_does_not_count(root: LabAuthority, issue: Issue) -> None:
    refused(issue(names=()), root.trust, Alert.bad_certificate, "no subjectAltName", "the common name does not count")


def test_a_client_certificate_for_a_server(root: LabAuthority, issue: Issue) -> None:
    refused(
        issue(extended_key_usage=("clientAuth",)),
        root.trust,
        Alert.unsupported_certificate,
        "is clientAuth; a server's certificate needs serverAuth: this is a client certificate",
    )


@pytest.mark.parametrize("purposes", [None, ("serverAuth", "clientAuth"), ("anyExtendedKeyUsage",)])
def test_purposes_that_allow_serving(root: LabAuthority, issue: Issue, purposes: tuple[str, ...] | None) -> None:
    assert verified(issue(extended_key_usage=purposes), root.trust)


@pytest.mark.parametrize(
    ("usage", "needed"),
    [
        ("digital_signature", "digitalSignature"),
        ("key_encipherment", "keyEncipherment"),
        ("key_agreement", "keyAgreement"),
    ],
)
def test_key_usage_against_the_key_exchange(root: LabAuthority, issue: Issue, usage: str, needed: str) -> None:
    assert verified(issue(key_usage=(needed,)), root.trust, usage=usage)
    assert verified(issue(key_usage=None), root.trust, usage=usage)
    refused(
        issue(key_usage=("dataEncipherment",)),
        root.trust,
        Alert.unsupported_certificate,
        f"the key usage of CN=leaf.example is dataEncipherment; this key exchange needs {needed}",
        usage=usage,
    )
    assert verified(issue(key_usage=("dataEncipherment",)), root.trust, usage=None)


def test_a_small_rsa_key(root: LabAuthority, issue: Issue) -> None:
    chain = issue(key="rsa1024")
    refused(chain, root.trust, Alert.bad_certificate, "RSA 1024 bits, at least RSA 2048 bits expected")
    assert verified(chain, root.trust, minimum_rsa_bits=1024)


@pytest.mark.parametrize("hash_name", ["sha1", "md5"])
def test_a_weak_signature(hash_name: str) -> None:
    authority = LabAuthority.create("rsa", at=NOON)
    profile = replace(authority.server_profile(("leaf.example",), "ec"), signature_hash=hash_name)
    chain = authority.issue_identity(profile, "ec").chain
    refused(chain, authority.trust, Alert.bad_certificate, f"signed with {hash_name}WithRSAEncryption", "too weak")
    weak = {"allow_weak_signatures": True}
    refused(chain, authority.trust, Alert.unsupported_certificate, "the path verifier does not accept", **weak)
    assert verified(chain, authority.trust, judge_alone=True, **weak)


# --- what the library cannot judge


@pytest.mark.parametrize(("key", "held"), [("ed25519", "Ed25519"), ("ed448", "Ed448"), ("ec224", "EC P-224")])
def test_issuers_beyond_the_library(key: str, held: str) -> None:
    authority = LabAuthority.create(key, at=NOON, intermediate=True)
    chain = authority.issue_server(("leaf.example",), "ec").chain
    refused(chain, authority.trust, Alert.unsupported_certificate, "the path verifier does not accept", held)
    assert len(verified(chain, authority.trust, judge_alone=True).path) == 3


def test_judging_alone_is_no_less_strict() -> None:
    authority = LabAuthority.create("ed25519", at=NOON, name="Root")
    profile = replace(authority.server_profile(("leaf.example",), "ec"), not_after=NOON - timedelta(minutes=5))
    chain = authority.issue_identity(profile, "ec").chain
    refused(chain, authority.trust, Alert.certificate_expired, "expired 5 minutes ago", judge_alone=True)
    forged = bytearray(chain[0].der)
    forged[-1] ^= 1
    refused((Certificate(bytes(forged)),), authority.trust, Alert.bad_certificate, "was altered", judge_alone=True)


# --- clients


def test_client_chains(root: LabAuthority, issuing: LabAuthority, server: Identity) -> None:
    client = issuing.issue_client("alice", "ec")
    found = verify_client_chain(client.chain, root.trust, NOON)
    assert found.leaf == client.leaf
    with pytest.raises(CertificateError) as caught:
        verify_client_chain(server.chain, root.trust, NOON)
    assert caught.value.alert is Alert.unsupported_certificate
    assert "a client's certificate needs clientAuth: this is a server certificate" in caught.value.reason
    with pytest.raises(CertificateError, match="the client sent no certificate"):
        verify_client_chain((), root.trust, NOON)
    with pytest.raises(CertificateError, match="the client must send it"):
        verify_client_chain(client.chain[:1], root.trust, NOON)


def test_the_failed_check_is_among_the_checks_of_the_error(root: LabAuthority, server: Identity) -> None:
    with pytest.raises(CertificateError) as caught:
        verify_server_chain(server.chain, normalize_server_name("other.example"), root.trust, NOON)
    (failed,) = [check for check in caught.value.checks if not check.passed]
    assert failed.values["asked"] == "other.example"
    assert failed.reason == caught.value.reason
    assert failed.alert is caught.value.alert
