"""Certificate revocation lists: which is the one for a certificate, and what it says (RFC 5280, 5 and 6.3.3)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509 import ReasonFlags

from hellodone.errors import AlertDescription, ConfigurationError
from hellodone.pki import pem
from hellodone.pki.answers import Question, RevocationAnswer
from hellodone.pki.certificates import Certificate
from hellodone.pki.crl import Crl, fetched_crl, parse_crls, read_crls
from hellodone.pki.crl_judge import judge_crl, judge_crls
from hellodone.pki.laboratory import LabAuthority
from hellodone.pki.profile import Profile
from tests.pki.conftest import NOON, ca_profile

DAY = timedelta(days=1)
HERE, THERE = "http://ca.example/here.crl", "http://ca.example/there.crl"
Extensions = Sequence[tuple[x509.ExtensionType, bool]]


@pytest.fixture
def ca() -> LabAuthority:
    return LabAuthority.create(at=NOON, name="Root")


@pytest.fixture
def leaf(ca: LabAuthority) -> Certificate:
    return ca.issue_server(("leaf.example",), "ec").leaf


def ask(crl: Crl, certificate: Certificate, ca: LabAuthority) -> RevocationAnswer:
    return judge_crl(crl, Question(certificate, ca.certificate, NOON))


def refused(answer: RevocationAnswer, *words: str) -> None:
    assert answer.status == "unusable"
    assert answer.alert == AlertDescription.certificate_unknown
    assert not answer.checks[-1].passed
    for word in words:
        assert word in answer.reason


def scope(
    *,
    names: Sequence[str] = (),
    relative: str = "",
    user: bool = False,
    ca: bool = False,
    attribute: bool = False,
    indirect: bool = False,
    reasons: frozenset[ReasonFlags] | None = None,
) -> Extensions:
    """An issuingDistributionPoint, critical as it must be (RFC 5280, 5.2.5)."""
    full = [x509.UniformResourceIdentifier(name) for name in names] or None
    rdn = x509.RelativeDistinguishedName([x509.NameAttribute(x509.NameOID.COMMON_NAME, relative)]) if relative else None
    return ((x509.IssuingDistributionPoint(full, rdn, user, ca, reasons, indirect, attribute), True),)


def pointed(ca: LabAuthority, *points: x509.DistributionPoint) -> Certificate:
    """A certificate with these distribution points."""
    profile = ca.server_profile(("leaf.example",), "ec")
    extensions = ((x509.CRLDistributionPoints(points), False),) if points else ()
    return ca.issue_identity(replace(profile, extensions=extensions), "ec").leaf


def point(url: str, reasons: frozenset[ReasonFlags] | None = None) -> x509.DistributionPoint:
    return x509.DistributionPoint([x509.UniformResourceIdentifier(url)], None, reasons, None)


# --- what a list says


def test_not_listed_is_good(ca: LabAuthority, leaf: Certificate) -> None:
    answer = ask(ca.crl(), leaf, ca)
    assert (answer.kind, answer.status, answer.responder) == ("crl", "good", "CN=Root")
    assert answer.next_update == NOON - timedelta(hours=1) + 7 * DAY
    assert all(check.passed for check in answer.checks)


@pytest.mark.parametrize("reason", ["keyCompromise", "superseded", "unspecified", "certificateHold"])
@pytest.mark.parametrize("key", ["ec", "rsa", "ed25519"])
def test_listed_is_revoked(reason: str, key: str) -> None:
    ca = LabAuthority.create(key, at=NOON)
    leaf = ca.issue_server(key="ec").leaf
    ca.revoke(leaf, reason, NOON - 2 * DAY)
    answer = ask(ca.crl(), leaf, ca)
    assert (answer.status, answer.reason, answer.revoked_at) == ("revoked", reason, NOON - 2 * DAY)
    assert answer.alert == AlertDescription.certificate_revoked
    other = ca.issue_server(key="ec").leaf
    assert ask(ca.crl(), other, ca).status == "good"


def test_removed_from_the_list_is_good(ca: LabAuthority, leaf: Certificate) -> None:
    ca.revoke(leaf, "removeFromCRL")
    assert ask(ca.crl(), leaf, ca).status == "good"


# --- lists that are of no use


def test_out_of_date_and_from_the_future(ca: LabAuthority, leaf: Certificate) -> None:
    refused(ask(ca.crl(NOON - 9 * DAY), leaf, ca), "out of date", "now 2026-11-21 12:00:00Z")
    refused(ask(ca.crl(NOON + DAY), leaf, ca), "from the future")
    assert ask(ca.crl(NOON + timedelta(minutes=4)), leaf, ca).status == "good"


def test_of_another_issuer(ca: LabAuthority, leaf: Certificate) -> None:
    stranger = LabAuthority.create(at=NOON, name="Stranger")
    refused(ask(stranger.crl(), leaf, ca), "the CRL is of CN=Stranger", "was issued by CN=Root")
    assert judge_crls((stranger.crl(),), Question(leaf, ca.certificate, NOON)) is None


def test_forged(ca: LabAuthority, leaf: Certificate) -> None:
    namesake = LabAuthority.create(at=NOON, name="Root")
    refused(ask(namesake.crl(), leaf, ca), "not made with the key of CN=Root")
    octets = bytearray(ca.crl().der)
    octets[-1] ^= 1
    refused(ask(Crl(bytes(octets)), leaf, ca), "not made with the key of CN=Root")


def test_by_an_issuer_that_may_not() -> None:
    root = LabAuthority.create(at=NOON, name="Root")
    profile: Profile = ca_profile("No CRLs", key_usage=("keyCertSign",))
    issuing = root.intermediate(profile=profile)
    leaf = issuing.issue_server(key="ec").leaf
    refused(ask(issuing.crl(), leaf, issuing), "key usage of CN=No CRLs is keyCertSign; cRLSign expected")


def test_delta_lists_are_refused(ca: LabAuthority, leaf: Certificate) -> None:
    delta = ca.crl(extensions=((x509.CRLNumber(2), False), (x509.DeltaCRLIndicator(1), True)))
    refused(ask(delta, leaf, ca), "a delta list")


def test_indirect_lists_are_refused(ca: LabAuthority, leaf: Certificate) -> None:
    refused(ask(ca.crl(extensions=scope(indirect=True)), leaf, ca), "an indirect one")


def test_unknown_critical_extensions_are_refused(ca: LabAuthority, leaf: Certificate) -> None:
    strange = x509.UnrecognizedExtension(x509.ObjectIdentifier("1.2.3.4"), b"\x05\x00")
    refused(ask(ca.crl(extensions=((strange, True),)), leaf, ca), "not understood here: 1.2.3.4")
    assert ask(ca.crl(extensions=((strange, False),)), leaf, ca).status == "good"


@pytest.mark.parametrize("octets", [b"", b"\x30\x00", b"<html>not found</html>", bytes(1000)])
def test_garbage(octets: bytes, ca: LabAuthority, leaf: Certificate) -> None:
    assert "malformed" in ask(Crl(octets), leaf, ca).reason
    with pytest.raises(ConfigurationError, match="mine"):
        parse_crls(octets, "mine")


def test_huge_lists_are_not_even_read(ca: LabAuthority, leaf: Certificate) -> None:
    assert ask(Crl(ca.crl().der + bytes(16 * 2**20)), leaf, ca).reason == "the CRL is longer than 16 MiB"


# --- scope (5.2.5, 6.3.3 b)


def test_distribution_points_must_match(ca: LabAuthority) -> None:
    here = ca.crl(extensions=scope(names=[HERE]))
    assert ask(here, pointed(ca, point(HERE)), ca).status == "good"
    assert ask(here, pointed(ca, point(THERE), point(HERE)), ca).status == "good"
    refused(ask(here, pointed(ca, point(THERE)), ca), "another distribution point", HERE)
    refused(ask(here, pointed(ca), ca), "another distribution point")
    assert ask(ca.crl(), pointed(ca, point(THERE)), ca).status == "good"


def test_a_relative_name_continues_the_issuers(ca: LabAuthority) -> None:
    rdn = x509.RelativeDistinguishedName([x509.NameAttribute(x509.NameOID.COMMON_NAME, "part 1")])
    mine = pointed(ca, x509.DistributionPoint(None, rdn, None, None))
    assert ask(ca.crl(extensions=scope(relative="part 1")), mine, ca).status == "good"
    refused(ask(ca.crl(extensions=scope(relative="part 2")), mine, ca), "part 2")


def test_a_point_of_another_crl_issuer_is_passed_over(ca: LabAuthority) -> None:
    issuer: list[x509.GeneralName] = [x509.DirectoryName(x509.Name([]))]
    mine = pointed(ca, x509.DistributionPoint([x509.UniformResourceIdentifier(HERE)], None, None, issuer))
    refused(ask(ca.crl(extensions=scope(names=[HERE])), mine, ca), "another distribution point")


def test_lists_for_one_kind_of_certificate(ca: LabAuthority, leaf: Certificate) -> None:
    below = ca.intermediate().certificate
    users, authorities = ca.crl(extensions=scope(user=True)), ca.crl(extensions=scope(ca=True))
    assert ask(users, leaf, ca).status == "good"
    assert ask(authorities, below, ca).status == "good"
    refused(ask(users, below, ca), "covers user certificates only", "is a CA")
    refused(ask(authorities, leaf, ca), "covers CA certificates only", "is none")
    refused(ask(ca.crl(extensions=scope(attribute=True)), leaf, ca), "covers attribute certificates only")


def test_lists_for_some_reasons_must_cover_all_together(ca: LabAuthority, leaf: Certificate) -> None:
    compromised = frozenset({ReasonFlags.key_compromise, ReasonFlags.ca_compromise})
    rest = frozenset(ReasonFlags) - compromised - {ReasonFlags.unspecified, ReasonFlags.remove_from_crl}
    first, second = (ca.crl(extensions=scope(reasons=reasons)) for reasons in (compromised, rest))
    refused_or_good = [judge_crls(crls, Question(leaf, ca.certificate, NOON)) for crls in ((first,), (first, second))]
    assert refused_or_good[0] is not None
    assert refused_or_good[0].status == "unusable"
    assert "do not cover every reason" in refused_or_good[0].reason
    assert refused_or_good[1] is not None
    assert refused_or_good[1].status == "good"
    ca.revoke(leaf)
    partial = ca.crl(extensions=scope(reasons=compromised))
    assert ask(partial, leaf, ca).status == "revoked"


def test_the_best_of_several_lists(ca: LabAuthority, leaf: Certificate) -> None:
    question = Question(leaf, ca.certificate, NOON)
    stale, fresh = ca.crl(NOON - 30 * DAY), ca.crl()
    ca.revoke(leaf)
    revoking = ca.crl()
    for crls, status in (((stale, fresh), "good"), ((fresh, stale), "good"), ((fresh, revoking), "revoked")):
        answer = judge_crls(crls, question)
        assert answer is not None
        assert answer.status == status


def test_entries_of_other_issuers_in_a_list_that_is_not_indirect(ca: LabAuthority, leaf: Certificate) -> None:
    foreign = x509.CertificateIssuer([x509.DirectoryName(x509.Name([]))])
    entry = (
        x509.RevokedCertificateBuilder()
        .serial_number(leaf.x509.serial_number)
        .revocation_date(NOON)
        .add_extension(foreign, True)
        .build()
    )
    builder = x509.CertificateRevocationListBuilder().issuer_name(ca.certificate.x509.subject)
    made = builder.last_update(NOON).next_update(NOON + DAY).add_revoked_certificate(entry)
    from cryptography.hazmat.primitives.hashes import SHA256

    crl = Crl(made.sign(ca.private_key, SHA256()).public_bytes(Encoding.DER))
    refused(ask(crl, leaf, ca), "entries of other issuers")


# --- files


def test_files_in_pem_and_der(tmp_path: Path, ca: LabAuthority) -> None:
    crl = ca.crl()
    text = pem.armored("X509 CRL", crl.der)
    file = tmp_path / "ca.crl"
    for data, count in ((crl.der, 1), (text, 1), (text * 3, 3)):
        file.write_bytes(data)
        assert read_crls(file) == (crl,) * count
    assert fetched_crl(text) == fetched_crl(crl.der) == crl


def test_files_that_hold_something_else(ca: LabAuthority) -> None:
    with pytest.raises(ConfigurationError, match="found only CERTIFICATE"):
        parse_crls(ca.pem, "ca.pem")
    with pytest.raises(ConfigurationError, match="an empty file"):
        parse_crls(b" ")
    with pytest.raises(ConfigurationError, match=r"list 2 of 2: .*malformed"):
        parse_crls(pem.armored("X509 CRL", ca.crl().der) + pem.armored("X509 CRL", b"\x30\x00"))
    damaged = b"-----BEGIN X509 CRL-----\n!\n-----END X509 CRL-----\n"
    assert fetched_crl(damaged) == Crl(damaged)
