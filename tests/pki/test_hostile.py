"""Chains made or altered by an adversary: a CertificateError in bounded time, never another exception."""

from __future__ import annotations

import tracemalloc
from datetime import timedelta

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from hypothesis import given
from hypothesis import strategies as st

from hellodone.pki.certificates import Certificate
from hellodone.pki.identity import Identity
from hellodone.pki.issued import Verdict, signed_by
from hellodone.pki.laboratory import LabAuthority
from hellodone.pki.names import normalize_server_name
from hellodone.pki.paths import Search
from hellodone.pki.rule import Rule
from hellodone.pki.trust import TrustStore
from hellodone.pki.verify import CertificateError, verify_client_chain, verify_server_chain
from tests.pki.conftest import NOON, Chain, Issue, ca_profile

LEAF = normalize_server_name("leaf.example")


@pytest.mark.parametrize("kind", ["server", "rsa_server"])
def test_every_byte_of_the_chain_is_covered(root: LabAuthority, kind: str, request: pytest.FixtureRequest) -> None:
    identity: Identity = request.getfixturevalue(kind)
    for index, certificate in enumerate(identity.chain):
        # the one byte that no signature covers and no value depends on: how many bits of the signature's BIT STRING
        # are unused (RFC 5280, 4.1.1.3); the library takes some numbers but 0 for it
        free = len(certificate.der) - len(certificate.x509.signature) - 1
        for position in (p for p in range(len(certificate.der)) if p != free):
            changed = bytearray(certificate.der)
            changed[position] ^= 1 << position % 8
            chain = list(identity.chain)
            chain[index] = Certificate(bytes(changed))
            with pytest.raises(CertificateError) as caught:
                verify_server_chain(chain, LEAF, root.trust, NOON)
            assert caught.value.reason.isprintable()


@given(st.lists(st.binary(max_size=120), min_size=1, max_size=4))
def test_random_chains(root: LabAuthority, blobs: list[bytes]) -> None:
    chain = tuple(Certificate(blob) for blob in blobs)
    with pytest.raises(CertificateError, match="that the server sent: the certificate is malformed"):
        verify_server_chain(chain, LEAF, root.trust, NOON)
    with pytest.raises(CertificateError, match="that the client sent"):
        verify_client_chain(chain, root.trust, NOON)


@given(st.data())
def test_any_order_of_any_certificates(root: LabAuthority, pool: Chain, data: st.DataObject) -> None:
    chain = data.draw(st.lists(st.sampled_from(pool), max_size=6))
    try:
        found = verify_server_chain(chain, LEAF, root.trust, NOON)
    except CertificateError:
        assert not (chain and chain[0] == pool[0] and pool[1] in chain)
    else:
        assert found.leaf == chain[0]
        assert found.anchor == root.certificate


@pytest.fixture(scope="session")
def pool(root: LabAuthority, server: Identity, issue: Issue) -> Chain:
    foreign = LabAuthority.create(at=NOON, name="Root").issue_server(("leaf.example",), "ec")
    return (*server.chain, root.certificate, foreign.leaf, issue(key_usage=())[0])


def test_too_many_certificates(root: LabAuthority, server: Identity) -> None:
    with pytest.raises(CertificateError, match="the server sent 50 certificates, more than 32"):
        verify_server_chain(server.chain * 25, LEAF, root.trust, NOON)


def cross_signed(count: int) -> Chain:
    """Certificates of two names that all issue each other: paths without end."""
    key = ec.derive_private_key(1, ec.SECP256R1())
    made = []
    for number in range(count):
        subject, issuer = (
            x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, text)])
            for text in (("A", "B") if number % 2 else ("B", "A"))
        )
        builder = x509.CertificateBuilder().subject_name(subject).issuer_name(issuer).public_key(key.public_key())
        builder = builder.not_valid_before(NOON - timedelta(1)).not_valid_after(NOON + timedelta(1))
        builder = builder.add_extension(x509.BasicConstraints(True, None), True).serial_number(number + 1)
        made.append(Certificate.from_x509(builder.sign(key, hashes.SHA256())))
    return tuple(made)


def test_cyclic_cross_signing_ends_soon(root: LabAuthority, monkeypatch: pytest.MonkeyPatch) -> None:
    verified: list[Certificate] = []

    def counted(certificate: Certificate, issuer: Certificate) -> Verdict:
        verified.append(certificate)
        return signed_by(certificate, issuer)

    monkeypatch.setattr("hellodone.pki.paths.signed_by", counted)
    with pytest.raises(CertificateError, match="offer too many ways") as caught:
        verify_server_chain(cross_signed(32), None, root.trust, NOON)
    assert caught.value.rule is Rule.WORK
    assert 10 < len(verified) <= 100


def test_many_names_and_constraints_end_soon(root: LabAuthority, issue: Issue) -> None:
    profile = ca_profile("Corp CA", permitted=tuple(f"c{i}.example" for i in range(2000)))
    chain = issue(root.intermediate(profile=profile), names=tuple(f"n{i}.c1.example" for i in range(2000)))
    assert verify_server_chain(chain, normalize_server_name("n1.c1.example"), root.trust, NOON).path
    networks = ca_profile("Net CA", permitted=tuple(f"10.{i // 250}.{i % 250}.0/24" for i in range(1000)))
    chain = issue(root.intermediate(profile=networks), names=tuple(f"10.3.249.{i}" for i in range(200)))
    path = verify_server_chain(chain, normalize_server_name("10.3.249.1"), root.trust, NOON)
    assert any("too many names and constraints to compare" in check.claim for check in path.checks)
    assert all(check.passed for check in path.checks)


def test_an_anchor_with_a_malformed_extension_is_a_reason_too(root: LabAuthority, issue: Issue) -> None:
    broken = x509.UnrecognizedExtension(x509.ObjectIdentifier("2.5.29.30"), b"\x30\x03\x02\x01")
    authority = root.intermediate(profile=ca_profile("Broken", extensions=((broken, False),)))
    with pytest.raises(CertificateError, match="the nameConstraints of the certificate is malformed"):
        verify_server_chain(issue(authority), LEAF, root.trust, NOON)
    with pytest.raises(CertificateError):
        verify_server_chain(issue(authority)[:1], LEAF, TrustStore((authority.certificate,), "a test"), NOON)


def test_a_deep_chain_is_followed_ten_certificates_down(root: LabAuthority) -> None:
    authority = root
    for number in range(14):
        authority = authority.intermediate(name=f"Level {number}", profile=ca_profile(f"Level {number}"))
    chain = authority.issue_server(("leaf.example",), "ec").chain
    assert len(chain) == 15
    with pytest.raises(CertificateError) as caught:
        verify_server_chain(chain, LEAF, root.trust, NOON)
    assert caught.value.rule is Rule.DEPTH
    search = Search(chain, root.trust, maximum_depth=1000)
    assert search.paths() == []
    assert max(len(end.path) for end in search.dead_ends) <= 11


@pytest.mark.parametrize("count", [20_000, 60_000])
def test_a_great_many_names_cost_little_memory(root: LabAuthority, issue: Issue, count: int) -> None:
    """Some ten thousand names are half a megabyte; what is larger is not even looked at."""
    chain = issue(names=("leaf.example", *(f"n{number}.example" for number in range(count))))
    tracemalloc.start()
    try:
        if count > 50_000:
            with pytest.raises(CertificateError, match="bytes together, more than 524,288") as caught:
                verify_server_chain([Certificate(c.der) for c in chain], LEAF, root.trust, NOON)
            assert caught.value.rule is Rule.WORK
        else:
            assert verify_server_chain([Certificate(c.der) for c in chain], LEAF, root.trust, NOON).checks
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert peak < 64 * 2**20
