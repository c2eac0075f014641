"""Every fault of the catalogue in a handshake: the reason names certificate, field, found and expected; both roles."""

from __future__ import annotations

from dataclasses import dataclass, replace

import pytest

from hellodone.config import ClientConfig, ServerConfig
from hellodone.errors import AlertDescription as Alert
from hellodone.errors import ConfigurationError, FatalAlert
from hellodone.pki import LabAuthority
from hellodone.pki.certificates import CertificateError
from hellodone.pki.identity import Identity
from hellodone.pki.lab_faults import FAULTS, fault_named, issue_faulty, order_for
from hellodone.pki.lookups import crl_urls, ocsp_query, ocsp_urls
from hellodone.pki.ocsp import OcspResponse
from hellodone.pki.revocation import Revocation
from hellodone.pki.rules import Role
from hellodone.pki.verify import verify_client_chain
from tests.pairs import NOW, clock, pair

ROOT = LabAuthority.create(at=NOW, name="Root")
RSA_ROOT = LabAuthority.create("rsa", at=NOW, name="RSA Root")
CA = "hellodone laboratory issuing CA"
# what a reason holds, for either role; None where the server's certificate is judged alone
WORDS: dict[str, tuple[Alert, tuple[str, ...]]] = {
    "expired": (Alert.certificate_expired, ("CN=NAME expired 1 day ago", "not after 2026-05-31", "now 2026-06-01")),
    "not-yet-valid": (Alert.certificate_expired, ("CN=NAME is not yet valid", "not before 2026-06-02")),
    "wrong-name": (Alert.bad_certificate, ("asked for 'localhost'", "is for other.example")),
    "name-in-subject": (Alert.bad_certificate, ("asked for 'localhost'", "no subjectAltName", "common name")),
    "wrong-usage": (
        Alert.unsupported_certificate,
        ("key usage of CN=NAME is nonRepudiation", "needs digitalSignature"),
    ),
    "wrong-eku": (Alert.unsupported_certificate, ("extended key usage of CN=NAME", "needs ROLEAuth")),
    "unknown-critical-extension": (Alert.unsupported_certificate, ("CN=NAME has a critical extension", "2.999.1")),
    "small-key": (Alert.bad_certificate, ("CN=NAME", "RSA 1024 bits, at least RSA 2048 bits")),
    "sha1": (Alert.bad_certificate, ("CN=NAME is signed with ecdsa-with-SHA1", "SHA-256 or better")),
    "md5": (Alert.bad_certificate, ("CN=NAME is signed with md5WithRSAEncryption", "SHA-256 or better")),
    "bad-signature": (Alert.bad_certificate, ("signature of CN=NAME does not verify", "CN=Root", "was altered")),
    "self-signed": (Alert.unknown_ca, ("CN=NAME is self-signed", "not in the trust store")),
    "unknown-root": (Alert.unknown_ca, ("no issuer was found for CN=NAME", "a root that nobody trusts")),
    "same-name-root": (Alert.unknown_ca, ("CN=NAME names CN=Root", "has another key")),
    "must-staple": (
        Alert.bad_certificate,
        ("of CN=NAME demands a stapled OCSP response", "TLS feature extension", "sent none"),
    ),
    "revoked": (Alert.certificate_revoked, ("CN=NAME is revoked since", "keyCompromise", "the CRL of CN=Root")),
    "missing-intermediate": (Alert.unknown_ca, ("no issuer was found for CN=NAME", CA, "must send it")),
    "expired-intermediate": (Alert.certificate_expired, (f"intermediate CN={CA} expired", "CN=NAME itself is within")),
    "revoked-intermediate": (Alert.certificate_revoked, (f"CN={CA} is revoked since", "the CRL of CN=Root")),
    "ca-flag-missing": (Alert.bad_certificate, (f"CN={CA} issued CN=NAME", "CA:FALSE, CA:TRUE expected")),
    "no-basic-constraints": (Alert.bad_certificate, (f"CN={CA} issued CN=NAME", "absent, CA:TRUE expected")),
    "may-not-issue": (Alert.bad_certificate, (f"CN={CA}", "key usage is cRLSign; keyCertSign expected")),
    "path-too-long": (Alert.bad_certificate, ("allows 0 further CAs below it", f"found 1: CN={CA}")),
    "name-not-permitted": (Alert.certificate_unknown, ("may not issue for", "of CN=NAME", "permitted.example")),
    "name-excluded": (Alert.certificate_unknown, ("must not name it may not issue for", "of CN=NAME", "excluded")),
    "wrong-eku-intermediate": (Alert.unsupported_certificate, ("CN=a CA for mail is emailProtection", "ROLEAuth")),
    "small-intermediate-key": (Alert.bad_certificate, (f"intermediate CN={CA}", "1024 bits, at least RSA 2048 bits")),
    "sha1-intermediate": (Alert.bad_certificate, (f"intermediate CN={CA} is signed with ecdsa-with-SHA1",)),
}
STAGED = [(role, fault.name) for fault in FAULTS.values() for role in fault.roles]


@dataclass(frozen=True)
class Careless(Identity):
    """A peer that shows its certificate whatever it says of its own use."""

    @property
    def key_usage(self) -> None:
        return None


def staged(role: Role, name: str) -> tuple[LabAuthority, Identity]:
    root = RSA_ROOT if name == "md5" else ROOT
    subject = "localhost" if role == "server" else "alice"
    made = issue_faulty(root, order_for(root, role, (subject,), "ec"), name)
    return root, Careless(made.chain, made.signer)


def outcome(root: LabAuthority, role: Role, shown: Identity, revocation: Revocation | None) -> FatalAlert:
    """Why the other side refuses."""
    server = shown if role == "server" else root.issue_server(key="ec")
    client = ClientConfig(trust=root.trust, clock=clock, revocation=revocation)
    if role == "client":
        client = ClientConfig(trust=root.trust, clock=clock, identity=shown)
    demand = {"client_trust": root.trust, "client_auth": "required"} if role == "client" else {}
    ends = pair(client, ServerConfig(identity=server, clock=clock, **demand)).pump()  # type: ignore[arg-type]
    error = ends.client_error if role == "server" else ends.server_error
    assert isinstance(error, FatalAlert), error
    assert error.sender == "us"
    return error


def test_the_table_of_this_test_is_the_catalogue() -> None:
    assert list(WORDS) == list(FAULTS)


@pytest.mark.parametrize("name", [name for role, name in STAGED if role == "server"])
def test_our_client_names_the_fault_of_a_server(name: str) -> None:
    root, shown = staged("server", name)
    revocation = None
    if name.startswith("revoked"):
        revocation = Revocation.hard(crls=[root.crl()], ask=False, leaf_only=name == "revoked")
    error = outcome(root, "server", shown, revocation)
    alert, words = WORDS[name]
    assert error.alert is alert, error.reason
    for word in words:
        assert word.replace("NAME", "localhost").replace("ROLE", "server") in error.reason
    assert "\n" not in error.reason


# a client of ours shows no certificate of which the server said that it will not do: the verdict alone is asked then,
# and whether a client's certificate is revoked no server of ours asks
SILENT = ("self-signed", "unknown-root", "missing-intermediate")
UNASKED = ("revoked", "revoked-intermediate")


@pytest.mark.parametrize("name", [name for role, name in STAGED if role == "client" and name not in UNASKED])
def test_our_server_names_the_fault_of_a_client(name: str) -> None:
    root, shown = staged("client", name)
    error: FatalAlert | CertificateError
    if name in SILENT:
        with pytest.raises(CertificateError) as caught:
            verify_client_chain(shown.chain, root.trust, NOW)
        error = caught.value
    else:
        error = outcome(root, "client", shown, None)
    alert, words = WORDS[name]
    assert error.alert is alert, error.reason
    for word in words:
        assert word.replace("NAME", "alice").replace("ROLE", "client") in error.reason


@pytest.mark.parametrize(("role", "name"), STAGED)
def test_whoever_a_certificate_says_can_be_asked_about_it_has_an_answer(role: Role, name: str) -> None:
    here = replace(
        RSA_ROOT if name == "md5" else ROOT, ocsp_url="http://ca.example/ocsp", crl_url="http://ca.example/crl"
    )
    chain = issue_faulty(here, order_for(here, role, ("localhost",)), name).chain
    for certificate in chain:
        issuer = next(
            (above for above in (*chain[1:], here.root) if above.subject_bytes == certificate.issuer_bytes), None
        )
        for url in ocsp_urls(certificate):
            assert issuer is not None
            response = OcspResponse(here.ocsp_response(ocsp_query(certificate, issuer, url).body))
            assert response.successful, str(response)
        assert bool(ocsp_urls(certificate)) == bool(crl_urls(certificate))
        assert ocsp_urls(certificate) or issuer != here.root or name == "same-name-root"


def test_faults_that_nobody_knows_or_that_do_not_fit_are_named() -> None:
    with pytest.raises(ConfigurationError, match="no fault is called 'expird'; there is expired"):
        fault_named("expird")
    with pytest.raises(ConfigurationError, match="wrong-name is a fault of a server's certificate"):
        issue_faulty(ROOT, order_for(ROOT, "client", ("alice",)), "wrong-name")
    with pytest.raises(ConfigurationError, match="md5 needs a CA whose key is RSA"):
        issue_faulty(ROOT, order_for(ROOT, "server", ("localhost",)), "md5")
    below = ROOT.intermediate()
    with pytest.raises(ConfigurationError, match="issue it from the CA above"):
        issue_faulty(below, order_for(below, "server", ("localhost",)), "ca-flag-missing")
