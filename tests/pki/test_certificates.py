"""The one wrapper of certificates: its facts, and nothing but CertificateError for malformed ones."""

from __future__ import annotations

import hashlib
import subprocess
import sys
from contextlib import suppress
from datetime import timedelta
from ipaddress import ip_address

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import NameOID
from hypothesis import given
from hypothesis import strategies as st

from hellodone.crypto.signatures import KeyType
from hellodone.errors import ConfigurationError
from hellodone.pki.certificates import Certificate, CertificateError
from hellodone.pki.chains import parse_chain
from hellodone.pki.describing import describe
from hellodone.pki.identity import Identity
from hellodone.pki.laboratory import LabAuthority, generate_key
from tests.pki.conftest import NOON, Issue

FACTS = (
    "subject",
    "issuer",
    "name",
    "self_issued",
    "subject_names",
    "public_key",
    "key_type",
    "signature_algorithm",
    "signature_hash",
    "extensions",
    "key_usage",
    "extended_key_usage",
    "basic_constraints",
    "serial_number",
)


def test_the_facts_of_a_certificate(server: Identity) -> None:
    leaf = server.leaf
    assert leaf.subject == leaf.name == "CN=leaf.example"
    assert leaf.issuer == "CN=Issuing"
    assert not leaf.self_issued
    assert leaf.dns_names == ("leaf.example",)
    assert leaf.ip_addresses == (ip_address("192.0.2.1"),)
    assert leaf.subject_names == ("leaf.example", "192.0.2.1")
    assert leaf.key_type == KeyType("ec", 256, "secp256r1")
    assert leaf.key_usage == frozenset({"digitalSignature"})
    assert leaf.extended_key_usage == ("serverAuth",)
    assert leaf.fingerprint_sha256 == hashlib.sha256(leaf.der).hexdigest()
    assert describe(leaf) == {
        "subject": "CN=leaf.example",
        "issuer": "CN=Issuing",
        "serial number": leaf.serial_number,
        "not before": "2026-11-21 11:00:00Z",
        "not after": "2027-02-19 12:00:00Z",
        "public key": "EC P-256",
        "signature algorithm": "ecdsa-with-SHA256",
        "subject alternative names": ["leaf.example", "192.0.2.1"],
        "key usage": ["digitalSignature"],
        "extended key usage": ["serverAuth"],
        "basic constraints": "CA: false",
        "sha256": leaf.fingerprint_sha256,
    }


def test_absent_extensions_set_no_limits(issue: Issue) -> None:
    leaf = issue(names=(), key_usage=None, extended_key_usage=None, ca=None)[0]
    assert leaf.key_usage is None
    assert leaf.extended_key_usage is None
    assert leaf.subject_names == ()
    assert "key usage" not in describe(leaf)


@pytest.mark.parametrize(
    ("key", "text"),
    [("rsa", "RSA 2048 bits"), ("rsa_pss", "RSA-PSS 2048 bits"), ("ec521", "EC P-521"), ("ed448", "Ed448")],
)
def test_the_kind_of_key_for_people(issue: Issue, key: str, text: str) -> None:
    leaf = issue(key=key)[0]
    assert describe(leaf)["public key"] == text


def test_a_key_bound_to_pss_is_told_from_other_rsa_keys(issue: Issue) -> None:
    assert issue(key="rsa_pss")[0].key_type == KeyType("rsa_pss", 2048)
    assert issue(key="rsa")[0].key_type == KeyType("rsa", 2048)


def test_equal_by_bytes(server: Identity) -> None:
    again = Certificate(server.leaf.der)
    assert again == server.leaf
    assert hash(again) == hash(server.leaf)
    assert again != server.chain[1]


def test_control_characters_do_not_reach_the_terminal(issue: Issue) -> None:
    leaf = issue(subject="a\x1b[31mb\u202ec\nd", names=())[0]
    for text in (leaf.subject, leaf.name, repr(leaf), str(describe(leaf)["subject"])):
        assert text.isprintable()
    assert "\\x1b[31m" in leaf.subject


def test_a_serial_number_of_zero_warns_nobody() -> None:
    key = generate_key("ec")
    assert isinstance(key, ec.EllipticCurvePrivateKey)
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "zero")])
    builder = x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key())
    dates = builder.not_valid_before(NOON).not_valid_after(NOON + timedelta(1))
    der = dates.serial_number(0x1234).sign(key, hashes.SHA256()).public_bytes(Encoding.DER)
    for serial in (b"\x02\x02\x80\x34",):
        odd = Certificate(der.replace(b"\x02\x02\x12\x34", serial, 1))
        assert odd.serial_number.startswith("-")
        code = f"from hellodone.pki.describing import *; describe(Certificate(bytes.fromhex('{odd.der.hex()}')))"
        done = subprocess.run([sys.executable, "-W", "error", "-c", code], capture_output=True, timeout=60, check=True)
        assert done.stderr == b""


def test_a_chain_keeps_its_order(server: Identity, root: LabAuthority) -> None:
    text = b"leaf\n" + server.chain_pem() + b"root\r\n" + root.pem.replace(b"\n", b"\r\n")
    assert parse_chain(text) == (*server.chain, root.certificate)
    assert parse_chain(server.leaf.der) == (server.leaf,)


def test_what_is_no_chain(server: Identity, root: LabAuthority) -> None:
    damaged = server.chain_pem().replace(b"\nMII", b"\nMIJ", 1)
    for data, words in (
        (b"", "found an empty file"),
        (b"hello", "found neither a PEM block nor DER"),
        (b"-----BEGIN FOO-----\nAAAA\n-----END FOO-----\n", "expected certificates, found only FOO"),
        (root.pem[:200], "has no END line; the file is cut short"),
        (damaged, "certificate 1 of 2: the certificate is malformed"),
        (server.leaf.der + b"\x00", "certificate 1 of 1: the certificate is malformed"),
    ):
        with pytest.raises(ConfigurationError, match=words) as caught:
            parse_chain(data, "chain.pem")
        assert caught.value.reason.startswith("chain.pem: ")


@given(st.binary(max_size=300), st.booleans())
def test_random_bytes_are_certificate_errors(data: bytes, sequence: bool) -> None:
    certificate = Certificate(b"\x30" + data if sequence else data)
    for fact in FACTS:
        with pytest.raises(CertificateError):
            getattr(certificate, fact)
    assert describe(certificate)["sha256"]
    with pytest.raises(ConfigurationError):
        parse_chain(certificate.der)


@given(st.data())
def test_any_changed_byte_gives_a_fact_or_a_certificate_error(rich: Certificate, data: st.DataObject) -> None:
    position = data.draw(st.integers(0, len(rich.der) - 1))
    changed = bytearray(rich.der)
    changed[position] ^= data.draw(st.integers(1, 255))
    certificate = Certificate(bytes(changed))
    for fact in FACTS:
        with suppress(CertificateError):
            getattr(certificate, fact)
    describe(certificate)


def test_a_tls_feature_that_the_library_does_not_know_is_a_certificate_error(rich: Certificate) -> None:
    feature = bytes.fromhex("2b06010505070118 0405 3003 0201")  # its type, and status_request(5) in a SEQUENCE
    position = rich.der.index(feature) + len(feature)
    changed = Certificate(rich.der[:position] + b"\x04" + rich.der[position + 1 :])
    with pytest.raises(CertificateError, match="not supported"):
        _ = changed.tls_features


@pytest.fixture(scope="session")
def rich(issue: Issue) -> Certificate:
    """A certificate with many extensions, so that changes meet every parser."""
    return issue(
        ca=True,
        permitted=("example",),
        extensions=(
            (x509.TLSFeature([x509.TLSFeatureType.status_request]), False),
            (x509.CertificatePolicies([x509.PolicyInformation(x509.ObjectIdentifier("2.5.29.32.0"), None)]), False),
        ),
    )[0]
