"""Certificates whose key agrees on a secret: read, agreed with, verified, and the same to OpenSSL."""

from __future__ import annotations

import random
import subprocess
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from hellodone.crypto.errors import InvalidPublicValue
from hellodone.crypto.finite_field import (
    DHParameters,
    StaticDHPrivateKey,
    StaticDHPublicKey,
    generate_dh_share,
    generate_static_dh_key,
)
from hellodone.crypto.key_agreement import generate_share
from hellodone.crypto.signatures import KeyType
from hellodone.errors import AlertDescription, ConfigurationError
from hellodone.pki.certificates import Certificate, CertificateError
from hellodone.pki.describing import describe
from hellodone.pki.dh_keys import write_private_key
from hellodone.pki.identity import Identity
from hellodone.pki.laboratory import LabAuthority, private_key_pem
from hellodone.pki.names import normalize_server_name
from hellodone.pki.pem import armored
from hellodone.pki.trust import TrustStore
from hellodone.pki.verify import verify_client_chain, verify_server_chain
from hellodone.registry.groups import NamedGroup
from tests.pki.conftest import NOON, ca_profile

Peer = Callable[[str], str]
FFDHE2048 = DHParameters.named("ffdhe2048")
LEAF = normalize_server_name("leaf.example")
KEYS = {
    "dh": (KeyType("dh", 2048), FFDHE2048),
    "dhx": (KeyType("dh", 2048), FFDHE2048),
    "ecdh": (KeyType("ec", 256, "secp256r1"), NamedGroup.secp256r1),
    "ecdh384": (KeyType("ec", 384, "secp384r1"), NamedGroup.secp384r1),
    "x25519": (KeyType("x25519", 256), NamedGroup.x25519),
    "x448": (KeyType("x448", 448), NamedGroup.x448),
}
FAMILIES = {"rsa": "rsa", "dsa": "dsa", "ec": "ecdsa", "ed25519": "eddsa"}


@pytest.fixture(scope="module", params=FAMILIES)
def authority(request: pytest.FixtureRequest) -> LabAuthority:
    return LabAuthority.create(request.param, at=NOON, name=f"{request.param} root")


@pytest.fixture(scope="module")
def dsa_authority() -> LabAuthority:
    return LabAuthority.create("dsa", at=NOON, name="dsa root")


def hostile(root: LabAuthority, bits: int = 8192) -> Certificate:
    """A certificate for a key in a group of so many bits that nobody knows."""
    parameters = DHParameters(random.Random(bits).getrandbits(bits) | 1 << bits - 1 | 1, 2)
    profile = root.server_profile(("leaf.example",), "dh")
    return Certificate(root.issue(profile, StaticDHPublicKey(parameters, parameters.p - 5)).der)


# --- what a certificate holds


@pytest.mark.parametrize("kind", KEYS)
def test_the_key_of_a_certificate(root: LabAuthority, kind: str) -> None:
    identity = root.issue_server(("leaf.example",), kind)
    key_type, group = KEYS[kind]
    assert identity.key_type == key_type
    assert identity.agreement_group == identity.leaf.agreement_group == group
    assert identity.leaf.agreement_public == (group, identity.leaf.agreement_public[1])
    assert identity.key_usage == frozenset({"keyAgreement"})
    assert root.issue_client("alice", kind).leaf.extended_key_usage == ("clientAuth",)


def test_keys_of_finite_fields_keep_to_their_form(root: LabAuthority) -> None:
    plain, with_order = (root.issue_server(key=kind).leaf for kind in ("dh", "dhx"))
    assert plain.dh_key.q is None
    assert with_order.dh_key.q == (FFDHE2048.p - 1) // 2
    assert plain.public_key_algorithm == "1.2.840.113549.1.3.1"
    assert with_order.public_key_algorithm == "1.2.840.10046.2.1"
    for leaf in (plain, with_order):
        assert describe(leaf)["public key"] == "DH 2048 bits"
        with pytest.raises(CertificateError, match="Diffie-Hellman, which neither signs nor decrypts") as caught:
            _ = leaf.public_key
        assert caught.value.alert is AlertDescription.unsupported_certificate


@pytest.mark.parametrize("kind", ["rsa", "ed25519", "dsa"])
def test_keys_that_do_not_agree(root: LabAuthority, kind: str) -> None:
    identity = root.issue_server(("leaf.example",), kind)
    assert identity.agreement_group is None
    with pytest.raises(CertificateError, match="not one of Diffie-Hellman in a group that TLS knows"):
        _ = identity.leaf.agreement_public
    with pytest.raises(CertificateError, match="not one of finite-field Diffie-Hellman"):
        _ = identity.leaf.dh_key
    with pytest.raises(ConfigurationError, match="cannot agree on a secret"):
        identity.agree(bytes(32))


def test_a_damaged_key_is_a_fault_of_the_certificate(root: LabAuthority) -> None:
    leaf = root.issue_server(key="dh").leaf
    damaged = leaf.der.replace(FFDHE2048.p.to_bytes(256, "big"), (FFDHE2048.p - 1).to_bytes(256, "big"))
    certificate = Certificate(damaged)
    assert certificate.agreement_group is None
    with pytest.raises(CertificateError, match=r"the Diffie-Hellman key .* is unusable: .*even") as caught:
        _ = certificate.key_type
    assert caught.value.alert is AlertDescription.bad_certificate
    assert "unusable" in str(describe(certificate)["public key"])
    with pytest.raises(ConfigurationError, match="unusable"):
        Identity((certificate,), root.issue_server(key="dh").signer)


def test_who_issued_a_certificate(authority: LabAuthority) -> None:
    family = FAMILIES[authority.certificate.name.removeprefix("CN=").split()[0]]
    assert authority.issue_server(key="dh").leaf.signature_family == family


def test_an_old_signature_of_dsa(dsa_authority: LabAuthority) -> None:
    weak = replace(dsa_authority.server_profile(("leaf.example",), "dh"), signature_hash="sha1")
    leaf = dsa_authority.issue_identity(weak, "dh").leaf
    assert (leaf.signature_family, leaf.signature_hash) == ("dsa", "sha1")
    verify_server_chain(
        (leaf,), None, dsa_authority.trust, NOON, judge_alone=True, allow_weak_signatures=True, usage=None
    )


# --- agreement


@pytest.mark.parametrize("kind", KEYS)
def test_two_static_keys_agree(root: LabAuthority, kind: str) -> None:
    server, client = root.issue_server(key=kind), root.issue_client("alice", kind)
    assert server.agree(client.leaf.agreement_public[1]) == client.agree(server.leaf.agreement_public[1])


@pytest.mark.parametrize("kind", KEYS)
def test_a_static_key_agrees_with_fresh_ones(root: LabAuthority, kind: str) -> None:
    server = root.issue_server(key=kind)
    group, public = server.leaf.agreement_public
    for _ in range(2):
        fresh = generate_dh_share(group) if isinstance(group, DHParameters) else generate_share(group)
        assert server.agree(fresh.public) == fresh.exchange(public)


@pytest.mark.parametrize("kind", KEYS)
def test_public_values_outside_the_group(root: LabAuthority, kind: str) -> None:
    server = root.issue_server(key=kind)
    length = len(server.leaf.agreement_public[1])
    for bad in (b"", bytes(length), b"\xff" * (length + 1)):
        with pytest.raises(InvalidPublicValue):
            server.agree(bad)


# p = 2 * 3 * n * q + 1, so that there are subgroups of order 2 and 3 beside that of q
Q = (1 << 521) - 1
P = next(p for n in range(1, 9000) if pow(2, (p := 6 * n * Q + 1) - 1, p) == 1 == pow(3, p - 1, p))
X942 = DHParameters(P, pow(2, (P - 1) // Q, P))


@pytest.mark.parametrize("order_in_file", [True, False])
def test_a_key_in_a_group_with_small_subgroups(root: LabAuthority, order_in_file: bool) -> None:
    key = generate_static_dh_key(X942, Q)
    made = root.identity_of(root.server_profile(key="dhx"), key)
    file = write_private_key(key if order_in_file else replace(key, q=None))
    identity = Identity.from_pem(made.chain_pem(), armored("PRIVATE KEY", file))
    fresh = generate_dh_share(X942)
    assert identity.agree(fresh.public) == fresh.exchange(identity.leaf.agreement_public[1])
    small = next(y for h in range(2, 99) if (y := pow(h, (P - 1) // 3, P)) != 1)
    with pytest.raises(InvalidPublicValue, match="outside the group of the key"):
        identity.agree(small.to_bytes(X942.length, "big"))


@pytest.mark.parametrize("kind", KEYS)
def test_an_identity_from_files(root: LabAuthority, kind: str) -> None:
    made, other = root.issue_server(key=kind), root.issue_server(key=kind)
    loaded = Identity.from_pem(made.chain_pem(), private_key_pem(made))
    peer_public = other.leaf.agreement_public[1]
    assert loaded.agree(peer_public) == made.agree(peer_public)
    assert "StaticDHPrivateKey" not in repr(loaded)
    for stranger in (other, root.issue_server(key="ec")):
        with pytest.raises(ConfigurationError, match="does not belong to the certificate"):
            Identity.from_pem(made.chain_pem(), private_key_pem(stranger))


# --- verification


@pytest.mark.parametrize("kind", [*KEYS, "dsa"])
def test_chains_to_every_kind_of_authority(authority: LabAuthority, kind: str) -> None:
    usage = "digital_signature" if kind == "dsa" else "key_agreement"
    server, client = authority.issue_server(("leaf.example",), kind), authority.issue_client("alice", kind)
    options = {"usage": usage, "judge_alone": True}
    path = verify_server_chain(server.chain, LEAF, authority.trust, NOON, **options)  # type: ignore[arg-type]
    assert path.path == (server.leaf, authority.certificate)
    path = verify_client_chain(client.chain, authority.trust, NOON, **options)  # type: ignore[arg-type]
    assert path.path == (client.leaf, authority.certificate)


def test_a_dsa_intermediate(dsa_authority: LabAuthority) -> None:
    issuing = dsa_authority.intermediate("dsa")
    chain = issuing.issue_server(("leaf.example",), "dh").chain
    path = verify_server_chain(chain, LEAF, dsa_authority.trust, NOON, usage="key_agreement", judge_alone=True)
    assert path.path == (*chain, dsa_authority.certificate)
    with pytest.raises(CertificateError, match="its key is DSA 2048 bits"):
        verify_server_chain(chain, LEAF, dsa_authority.trust, NOON, usage="key_agreement")
    forged = LabAuthority.create("dsa", at=NOON, name="dsa root").issue_server(("leaf.example",), "dh").chain
    with pytest.raises(CertificateError, match="has another key"):
        verify_server_chain(forged, LEAF, dsa_authority.trust, NOON, usage="key_agreement", judge_alone=True)


def test_usage_and_size_of_an_agreeing_key(root: LabAuthority) -> None:
    chain = root.issue_server(("leaf.example",), "dh").chain
    with pytest.raises(CertificateError, match="is keyAgreement; this key exchange needs digitalSignature"):
        verify_server_chain(chain, LEAF, root.trust, NOON)
    small = root.identity_of(root.server_profile(("leaf.example",), "dh"), StaticDHPrivateKey(X942, 7)).chain
    with pytest.raises(CertificateError, match=r"too small: DH 5\d\d bits, at least 2048 bits expected"):
        verify_server_chain(small, LEAF, root.trust, NOON, usage="key_agreement")
    assert verify_server_chain(small, LEAF, root.trust, NOON, usage="key_agreement", minimum_rsa_bits=512)


def test_an_agreeing_key_issues_nothing(root: LabAuthority, server: Identity) -> None:
    issuer = root.issue(ca_profile("Issuing", key_usage=("keyAgreement", "keyCertSign")), hostile(root).dh_key)
    with pytest.raises(CertificateError, match="cannot be verified with the key of its issuer CN=Issuing"):
        verify_server_chain((server.leaf, issuer), LEAF, root.trust, NOON, judge_alone=True)


# --- bounds


@pytest.mark.parametrize("judge_alone", [True, False])
def test_a_group_nobody_knows_costs_nothing(root: LabAuthority, judge_alone: bool) -> None:
    leaf = hostile(root)
    issuer = root.issue(ca_profile("Issuing"), leaf.dh_key)
    started = time.process_time()
    assert leaf.key_type == KeyType("dh", 8192)
    assert len(leaf.agreement_public[1]) == 1024
    assert describe(leaf)["public key"] == "DH 8192 bits"
    assert time.process_time() - started < 0.05
    started = time.process_time()
    options = {"usage": "key_agreement", "judge_alone": judge_alone}
    assert verify_server_chain((leaf, issuer), LEAF, root.trust, NOON, **options)  # type: ignore[arg-type]
    trust = TrustStore((issuer, root.certificate), "a test")
    assert verify_server_chain((leaf,), LEAF, trust, NOON, **options)  # type: ignore[arg-type]
    assert time.process_time() - started < 0.2


def test_a_larger_group_is_refused_unread(root: LabAuthority) -> None:
    leaf = hostile(root)
    key = leaf.der.replace(leaf.dh_key.parameters.p.to_bytes(1024, "big"), b"\xff" * 1024)
    grown = bytearray(key)
    grown[key.index(b"\xff" * 1024) - 1] = 1  # the octet that kept the number positive
    started = time.process_time()
    with pytest.raises(CertificateError, match="longer than 8192 bits"):
        _ = Certificate(bytes(grown)).key_type
    assert time.process_time() - started < 0.05


def test_every_byte_of_such_a_certificate_may_change(root: LabAuthority) -> None:
    der = root.issue_server(key="dhx").leaf.der
    for position in range(len(der)):
        changed = bytearray(der)
        changed[position] ^= 1 << position % 8
        certificate = Certificate(bytes(changed))
        assert describe(certificate)["sha256"]
        _ = certificate.agreement_group


# --- OpenSSL


@pytest.mark.parametrize(("kind", "shown"), [("dh", "dhKeyAgreement"), ("dhx", "X9.42 DH"), ("ecdh", "prime256v1")])
@pytest.mark.parametrize("issuer", ["rsa", "dsa"])
def test_openssl_reads_and_verifies(kind: str, shown: str, issuer: str, peer: Peer, tmp_path: Path) -> None:
    openssl, lab = peer("openssl"), LabAuthority.create(issuer, at=NOON)
    (tmp_path / "ca.pem").write_bytes(lab.pem)
    for identity, purpose in ((lab.issue_server(key=kind), "sslserver"), (lab.issue_client(key=kind), "sslclient")):
        certificate = tmp_path / f"{purpose}.pem"
        certificate.write_bytes(identity.chain_pem())
        text = run(openssl, "x509", "-in", certificate, "-noout", "-text")
        assert shown in text
        assert "Key Agreement" in text
        moment = str(int(NOON.timestamp()))
        verified = run(openssl, "verify", "-CAfile", tmp_path / "ca.pem", "-attime", moment, certificate)
        assert verified == f"{certificate}: OK\n"
        key = tmp_path / "key.pem"
        key.write_bytes(private_key_pem(identity))
        assert run(openssl, "pkey", "-in", key, "-pubout") == run(
            openssl, "x509", "-in", certificate, "-noout", "-pubkey"
        )


@pytest.mark.parametrize("kind", KEYS)
def test_openssl_agrees(root: LabAuthority, kind: str, peer: Peer, tmp_path: Path) -> None:
    openssl, ours, theirs = peer("openssl"), root.issue_server(key=kind), root.issue_client(key=kind)
    certificate, key, public = (tmp_path / name for name in ("leaf.pem", "key.pem", "public.pem"))
    key.write_bytes(private_key_pem(theirs))
    certificate.write_bytes(ours.chain_pem())
    public.write_text(run(openssl, "x509", "-in", certificate, "-noout", "-pubkey"))
    command = [openssl, "pkeyutl", "-derive", "-inkey", str(key), "-peerkey", str(public)]
    derived = subprocess.run(command, check=True, capture_output=True, timeout=60).stdout
    assert derived.lstrip(b"\0") == bytes(ours.agree(theirs.leaf.agreement_public[1])).lstrip(b"\0")


def test_a_certificate_that_openssl_made(peer: Peer, tmp_path: Path) -> None:
    openssl, names = peer("openssl"), ("ca.key", "ca.pem", "dh.key", "dh.pub", "dh.pem")
    ca_key, ca, key, public, leaf = (tmp_path / name for name in names)
    run(openssl, "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-keyout", ca_key, "-out", ca, "-subj", "/CN=ca")
    run(openssl, "genpkey", "-algorithm", "DHX", "-pkeyopt", "dh_rfc5114:3", "-out", key)
    run(openssl, "pkey", "-in", key, "-pubout", "-out", public)
    made = ("-new", "-subj", "/CN=dhx", "-force_pubkey", public, "-CA", ca, "-CAkey", ca_key, "-set_serial", "7")
    run(openssl, "x509", *made, "-out", leaf)
    identity = Identity.from_files(leaf, key)
    group, value = identity.leaf.agreement_public
    assert isinstance(group, DHParameters)
    assert (group.bits, identity.leaf.dh_key.q is None, identity.leaf.signature_family) == (2048, False, "rsa")
    fresh = generate_dh_share(group)
    assert identity.agree(fresh.public) == fresh.exchange(value)


@pytest.mark.parametrize("kind", ["dh", "dhx", "x25519"])
def test_a_bundle_that_openssl_made_says_what_to_do(root: LabAuthority, kind: str, peer: Peer, tmp_path: Path) -> None:
    openssl, identity = peer("openssl"), root.issue_server(key=kind)
    both, bundle = tmp_path / "both.pem", tmp_path / "both.p12"
    both.write_bytes(identity.chain_pem() + private_key_pem(identity))
    run(openssl, "pkcs12", "-export", "-in", both, "-out", bundle, "-passout", "pass:secret")
    words = "of a kind that is not read from such files; put it into a file of its own, in PEM or DER"
    with pytest.raises(ConfigurationError, match=words):
        Identity.from_files(bundle, password="secret")
    peer_public = root.issue_client(key=kind).leaf.agreement_public[1]
    assert Identity.from_files(both).agree(peer_public) == identity.agree(peer_public)


def run(*command: str | Path) -> str:
    done = subprocess.run([str(word) for word in command], check=True, capture_output=True, timeout=60)
    return done.stdout.decode()
