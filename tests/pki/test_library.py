"""What certificates were found fit for is remembered in them, and stands for nothing else."""

from __future__ import annotations

import pytest

from hellodone.pki.identity import Identity
from hellodone.pki.laboratory import LabAuthority
from hellodone.pki.rule import Rule
from hellodone.pki.trust import TrustStore
from hellodone.pki.verified import VerifiedPaths
from hellodone.pki.verify import CertificateError, verify_client_chain, verify_server_chain
from tests.pki.conftest import NOON, Issue, ca_profile
from tests.pki.verdicts import LEAF, Alert, refused, verified


def forgetful(root: LabAuthority) -> TrustStore:
    """The root in a store that remembers no path."""
    store = TrustStore(root.trust.anchors, "the root")
    store.verified = VerifiedPaths(0)
    return store


def test_fit_for_one_use_is_not_fit_for_another(root: LabAuthority, server: Identity) -> None:
    store = forgetful(root)
    for _ in range(3):
        verified(server.chain, store)
        refused(server.chain, store, Alert.unsupported_certificate, usage="key_agreement")
        with pytest.raises(CertificateError) as caught:
            verify_client_chain(server.chain, store, NOON)
        assert caught.value.rule is Rule.EXTENDED_KEY_USAGE


def test_name_dates_and_pins_are_asked_each_time(root: LabAuthority, server: Identity) -> None:
    store = forgetful(root)
    verified(server.chain, store)
    refused(server.chain, store, Alert.certificate_expired, at=NOON.replace(year=2030))
    with pytest.raises(CertificateError):
        verify_server_chain(server.chain, None, store.with_pins(["00" * 32]), NOON)
    other = LEAF.__class__("dns", "other.example")
    refused(server.chain, store, Alert.bad_certificate, "asked for 'other.example'", server_name=other)


def test_an_intermediate_that_was_an_anchor_is_asked_for_its_purpose_elsewhere(
    root: LabAuthority, issue: Issue
) -> None:
    """A trust anchor's purpose is not asked; that it was one in another store makes it fit for nothing here."""
    mail = root.intermediate(profile=ca_profile("Mail CA", extended_key_usage=("emailProtection",)))
    chain = issue(mail)
    anchored = TrustStore((mail.certificate,), "the mail CA")
    anchored.verified = VerifiedPaths(0)
    for _ in range(2):
        verified(chain, anchored)
        refused(chain, forgetful(root), Alert.unsupported_certificate, "Mail CA")
