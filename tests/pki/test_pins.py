"""Pins: a path must hold a key whose hash was named, whatever else is right with it."""

from __future__ import annotations

import base64
import hashlib
import subprocess
from pathlib import Path

import pytest

from hellodone.errors import ConfigurationError
from hellodone.pki.certificates import CertificateError
from hellodone.pki.identity import Identity
from hellodone.pki.laboratory import LabAuthority
from hellodone.pki.rule import Rule
from hellodone.pki.verify import verify_server_chain
from tests.interop.peers import require
from tests.pki.conftest import NOON
from tests.pki.verdicts import LEAF, Alert, refused, verified


def test_the_key_of_any_certificate_of_the_path_may_be_pinned(root: LabAuthority, server: Identity) -> None:
    for certificate in (*server.chain, root.certificate):
        digest = certificate.key_sha256
        curls = "sha256//" + base64.b64encode(digest).decode()
        for pins in ([curls], [digest.hex()], ["00" * 32, curls]):
            path = verified(server.chain, root.trust.with_pins(pins))
            assert any(check.rule is Rule.PIN for check in path.checks)


def test_a_path_without_a_pinned_key_is_refused(root: LabAuthority, server: Identity, rsa_server: Identity) -> None:
    store = root.trust.with_pins([rsa_server.leaf.key_sha256.hex()])
    reason = refused(server.chain, store, Alert.bad_certificate, "none of the keys on the path was pinned")
    assert "sha256//" + base64.b64encode(server.leaf.key_sha256).decode() in reason
    with pytest.raises(CertificateError) as caught:
        verify_server_chain(server.chain, LEAF, store, NOON)
    assert caught.value.rule is Rule.PIN
    verified(rsa_server.chain, store)


def test_a_pin_does_not_replace_the_anchor(root: LabAuthority, server: Identity) -> None:
    foreign = LabAuthority.create(at=NOON, name="Another").trust.with_pins([server.leaf.key_sha256.hex()])
    refused(server.chain, foreign, Alert.unknown_ca)
    assert root.trust.with_pins(["00" * 32]).describe().endswith(", 1 key pinned")


@pytest.mark.parametrize("pin", ["", "sha256//", "sha256//AAAA", "00" * 31, "sha1//AAAA", "sha256//!" + "A" * 43])
def test_what_is_no_pin(root: LabAuthority, pin: str) -> None:
    with pytest.raises(ConfigurationError, match="is no pin: expected sha256//BASE64"):
        root.trust.with_pins([pin])
    with pytest.raises(ConfigurationError, match="no key was named"):
        root.trust.with_pins([])


def test_openssl_computes_the_same_hash(tmp_path: Path, server: Identity, rsa_server: Identity) -> None:
    for identity in (server, rsa_server):
        (tmp_path / "leaf.pem").write_bytes(identity.chain_pem())
        command = [require("openssl"), "x509", "-in", str(tmp_path / "leaf.pem"), "-noout", "-pubkey"]
        pem = subprocess.run(command, capture_output=True, check=True, timeout=30).stdout
        der = base64.b64decode(b"".join(pem.splitlines()[1:-1]))
        assert identity.leaf.key_sha256 == hashlib.sha256(der).digest()
