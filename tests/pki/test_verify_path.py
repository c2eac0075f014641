"""Every reason for refusing the path of a chain, staged with certificates that have exactly that fault."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from cryptography import x509
from cryptography.x509.oid import AuthorityInformationAccessOID

from hellodone.pki.certificates import Certificate
from hellodone.pki.identity import Identity
from hellodone.pki.laboratory import LabAuthority, self_signed
from hellodone.pki.names import normalize_server_name
from hellodone.pki.profile import Profile
from hellodone.pki.trust import TrustStore
from tests.pki.conftest import NOON, Issue, ca_profile
from tests.pki.verdicts import DAY, Alert, refused, verified

# --- accepted


def test_a_proper_chain_is_accepted_with_claims_about_every_certificate(root: LabAuthority, server: Identity) -> None:
    found = verified(server.chain, root.trust)
    assert found.path == (*server.chain, root.certificate)
    assert found.anchor == root.certificate
    assert found.leaf == server.leaf
    assert all(check.passed and check.alert is None for check in found.checks)
    assert {check.certificate for check in found.checks} == {0, 1, 2}
    claims = [check.claim for check in found.checks]
    assert "the certificate is for the name that was asked: leaf.example" in claims
    assert (
        "the signature of the certificate of CN=leaf.example verifies with the key of its issuer CN=Issuing" in claims
    )


@pytest.mark.parametrize("key", ["rsa", "rsa_pss", "ec", "ec384", "ec521", "ed25519", "ed448"])
def test_every_kind_of_leaf_key_is_accepted(root: LabAuthority, issue: Issue, key: str) -> None:
    assert len(verified(issue(key=key), root.trust).path) == 3


@pytest.mark.parametrize("key", ["rsa", "ec384", "ec521"])
def test_every_common_kind_of_ca_key_is_accepted(key: str) -> None:
    authority = LabAuthority.create(key, at=NOON, intermediate=True)
    assert len(verified(authority.issue_server(("leaf.example",), "ec").chain, authority.trust).path) == 3


def test_the_order_of_issuers_is_free_and_the_root_may_be_sent(root: LabAuthority, server: Identity) -> None:
    leaf, issuing = server.chain
    assert verified((leaf, root.certificate, issuing, issuing), root.trust).path == (leaf, issuing, root.certificate)


def test_an_intermediate_or_the_leaf_itself_may_be_the_anchor(server: Identity) -> None:
    leaf, issuing = server.chain
    assert verified((leaf,), TrustStore((issuing,), "pins")).path == (leaf, issuing)
    alone = self_signed(_server_profile()).chain
    assert verified(alone, TrustStore(alone, "pins")).path == alone
    ca = self_signed(replace(_server_profile(), ca=True, key_usage=None, extended_key_usage=None)).chain
    assert verified(ca, TrustStore(ca, "pins")).path == ca


def test_private_cas_without_key_usage_are_accepted(root: LabAuthority, issue: Issue) -> None:
    authority = root.intermediate(profile=ca_profile("Plain CA", key_usage=None))
    assert len(verified(issue(authority), root.trust).path) == 3


def test_no_name_asked_means_no_name_checked(root: LabAuthority, issue: Issue) -> None:
    assert len(verified(issue(names=()), root.trust, server_name=None).path) == 3


def test_a_name_with_an_underscore_is_matched_by_us_alone(root: LabAuthority, issue: Issue) -> None:
    chain = issue(names=("my_service.example",))
    assert verified(chain, root.trust, server_name=normalize_server_name("my_service.example"))
    refused(
        chain,
        root.trust,
        Alert.bad_certificate,
        "asked for 'a_b.example'; the certificate is for my_service.example",
        server_name=normalize_server_name("a_b.example"),
    )


def test_a_time_without_zone_is_utc(root: LabAuthority, server: Identity) -> None:
    assert verified(server.chain, root.trust, at=datetime(2026, 11, 21, 12)).path


def test_must_staple_is_no_unknown_extension(root: LabAuthority, issue: Issue) -> None:
    feature = (x509.TLSFeature([x509.TLSFeatureType.status_request]), True)
    assert verified(issue(extensions=(feature,)), root.trust)


def test_names_permitted_by_constraints_pass(root: LabAuthority, issue: Issue) -> None:
    profile = ca_profile("Corp CA", permitted=("example", "192.0.2.0/24"), excluded=("bad.example",))
    found = verified(issue(root.intermediate(profile=profile)), root.trust)
    assert any("is one it may issue for" in check.claim for check in found.checks)


# --- dates


def test_expired_leaf(root: LabAuthority, issue: Issue) -> None:
    reason = refused(issue(not_before=NOON - 9 * DAY, not_after=NOON - 3 * DAY), root.trust, Alert.certificate_expired)
    assert reason == (
        "the certificate of CN=leaf.example expired 3 days ago "
        "(not after 2026-11-18 12:00:00Z, now 2026-11-21 12:00:00Z)"
    )


def test_the_last_second_is_within_the_dates(root: LabAuthority, issue: Issue) -> None:
    chain = issue(not_after=NOON)
    assert verified(chain, root.trust, at=NOON + timedelta(milliseconds=999))
    refused(chain, root.trust, Alert.certificate_expired, "expired 1 second ago", at=NOON + timedelta(seconds=1))


def test_expired_intermediate_is_not_blamed_on_the_leaf(root: LabAuthority, issue: Issue) -> None:
    authority = root.intermediate(profile=ca_profile("Old CA", not_after=NOON - DAY))
    refused(
        issue(authority),
        root.trust,
        Alert.certificate_expired,
        "the intermediate CN=Old CA expired 1 day ago",
        "the certificate of CN=leaf.example itself is within its dates",
    )


def test_not_yet_valid(root: LabAuthority, issue: Issue) -> None:
    refused(
        issue(not_before=NOON + 10 * DAY),
        root.trust,
        Alert.certificate_expired,
        "the certificate of CN=leaf.example is not yet valid, only in 10 days (not before 2026-12-01 12:00:00Z",
    )


@pytest.mark.parametrize("off", [-400 * DAY, 4000 * DAY])
def test_a_wrong_clock_is_suspected_when_every_certificate_fails(
    root: LabAuthority, server: Identity, off: timedelta
) -> None:
    refused(server.chain, root.trust, Alert.certificate_expired, "is the clock right?", at=NOON + off)


# --- issuers


def test_missing_intermediate(root: LabAuthority, server: Identity) -> None:
    reason = refused(server.chain[:1], root.trust, Alert.unknown_ca)
    assert reason == (
        "the server sent 1 certificate; no issuer was found for CN=leaf.example: CN=Issuing is neither among what was "
        "sent nor in the trust store (1 anchor from the laboratory CA CN=Root); the server must send it, or its root "
        "is not one that is trusted"
    )


def test_missing_intermediate_with_the_address_of_its_certificate(root: LabAuthority, issue: Issue) -> None:
    access = x509.AccessDescription(
        AuthorityInformationAccessOID.CA_ISSUERS,
        x509.UniformResourceIdentifier("http://ca.example/issuing.der"),
    )
    chain = issue(extensions=((x509.AuthorityInformationAccess([access]), False),))
    refused(chain[:1], root.trust, Alert.unknown_ca, "says that it lies at http://ca.example/issuing.der")


def test_unknown_root(server: Identity, root: LabAuthority) -> None:
    other = LabAuthority.create(at=NOON, name="Other").trust
    refused(server.chain, other, Alert.unknown_ca, "the server sent 2 certificates", "CN=Issuing", "CN=Root")
    refused(
        (*server.chain, root.certificate),
        other,
        Alert.unknown_ca,
        "the chain is complete up to the root CN=Root, which is not in the trust store "
        "(1 anchor from the laboratory CA CN=Other)",
    )


def test_another_root_of_the_same_name(server: Identity) -> None:
    double = LabAuthority.create(at=NOON, name="Root").trust
    refused(server.chain, double, Alert.unknown_ca, "another CA of the same name")


def test_an_empty_store_trusts_nobody(server: Identity) -> None:
    refused(server.chain, TrustStore.empty(), Alert.unknown_ca, "0 anchors from an empty trust store")


def test_self_signed(root: LabAuthority) -> None:
    chain = self_signed(_server_profile()).chain
    refused(chain, root.trust, Alert.unknown_ca, "CN=leaf.example is self-signed (issuer and subject are the same)")


def test_a_forged_signature(root: LabAuthority, server: Identity) -> None:
    forged = bytearray(server.leaf.der)
    forged[-1] ^= 1
    refused(
        (Certificate(bytes(forged)), *server.chain[1:]),
        root.trust,
        Alert.bad_certificate,
        "the signature of CN=leaf.example does not verify with the key of its issuer CN=Issuing",
    )


def test_issuer_that_is_no_ca(root: LabAuthority, issue: Issue) -> None:
    for flag, found in ((False, "CA:FALSE"), (None, "absent")):
        authority = root.intermediate(profile=ca_profile("Not a CA", ca=flag))
        refused(
            issue(authority),
            root.trust,
            Alert.bad_certificate,
            f"CN=Not a CA issued CN=leaf.example but is no CA (basicConstraints {found}, CA:TRUE expected)",
        )


def test_issuer_whose_key_usage_does_not_allow_issuing(root: LabAuthority, issue: Issue) -> None:
    authority = root.intermediate(profile=ca_profile("Mute", key_usage=("cRLSign",)))
    refused(issue(authority), root.trust, Alert.bad_certificate, "its key usage is cRLSign; keyCertSign expected")


def test_issuer_for_another_purpose(root: LabAuthority, issue: Issue) -> None:
    authority = root.intermediate(profile=ca_profile("Clients only", extended_key_usage=("clientAuth",)))
    refused(
        issue(authority),
        root.trust,
        Alert.unsupported_certificate,
        "the extended key usage of CN=Clients only is clientAuth; a server's certificate needs serverAuth",
    )


def test_path_length(root: LabAuthority, issuing: LabAuthority, issue: Issue) -> None:
    deeper = issuing.intermediate(profile=ca_profile("Sub"))  # below a CA with path length 0
    refused(
        issue(deeper),
        root.trust,
        Alert.bad_certificate,
        "the intermediate CN=Issuing allows 0 further CAs below it (pathLenConstraint), found 1: CN=Sub",
    )


@pytest.mark.parametrize(
    ("constraints", "name"),
    [
        ({"permitted": ("corp.example",)}, "leaf.example"),
        ({"excluded": ("leaf.example",)}, "leaf.example"),
        ({"permitted": ("10.0.0.0/8",)}, "192.0.2.1"),
        ({"excluded": ("192.0.2.0/24",)}, "192.0.2.1"),
    ],
)
def test_name_constraints(root: LabAuthority, issue: Issue, constraints: dict[str, tuple[str, ...]], name: str) -> None:
    authority = root.intermediate(profile=ca_profile("Corp CA", **constraints))
    refused(
        issue(authority),
        root.trust,
        Alert.certificate_unknown,
        f"the intermediate CN=Corp CA may not issue for {name}, a name of CN=leaf.example",
    )


def test_a_wildcard_may_not_reach_into_an_excluded_name(root: LabAuthority, issue: Issue) -> None:
    authority = root.intermediate(profile=ca_profile("Corp CA", excluded=("secret.corp.example",)))
    chain = issue(authority, names=("*.corp.example",))
    asked = normalize_server_name("www.corp.example")
    refused(chain, root.trust, Alert.certificate_unknown, "may not issue for *.corp.example", server_name=asked)


def test_a_path_deeper_than_allowed(root: LabAuthority, issue: Issue) -> None:
    authority = root
    for number in range(3):
        authority = authority.intermediate(profile=ca_profile(f"Level {number}"))
    chain = issue(authority)
    assert len(verified(chain, root.trust, maximum_depth=3).path) == 5
    refused(chain, root.trust, Alert.certificate_unknown, "more than 2 intermediates", maximum_depth=2)


def test_unknown_critical_extension(root: LabAuthority, issue: Issue) -> None:
    strange = (x509.UnrecognizedExtension(x509.ObjectIdentifier("1.2.3.4"), b"\x05\x00"), True)
    refused(issue(extensions=(strange,)), root.trust, Alert.unsupported_certificate, "critical extension", ": 1.2.3.4")


def _server_profile() -> Profile:
    return Profile("leaf.example", NOON - DAY, NOON + DAY, names=("leaf.example",), extended_key_usage=("serverAuth",))
