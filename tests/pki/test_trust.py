"""Trust stores: where anchors come from, how they are found, and honest words when there are none."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from hellodone.errors import ConfigurationError
from hellodone.pki.certificates import Certificate
from hellodone.pki.identity import Identity
from hellodone.pki.laboratory import LabAuthority
from hellodone.pki.trust import TrustStore
from tests.interop.peers import require


def test_pem_and_file(tmp_path: Path, root: LabAuthority, issuing: LabAuthority) -> None:
    text = root.pem + issuing.issue_client("x", "ec").chain_pem() + root.pem
    path = tmp_path / "ca.pem"
    path.write_bytes(text)
    for store in (TrustStore.from_pem(text), TrustStore.from_file(path)):
        assert len(store) == 3  # the double counts once
        assert root.certificate in store
        assert store.named(root.certificate.subject_bytes) == (root.certificate,)
    assert TrustStore.from_file(path).describe() == f"3 anchors from {path}"


def test_der_is_taken_too(root: LabAuthority) -> None:
    assert root.certificate in TrustStore.from_pem(root.certificate.der)


def test_folder(tmp_path: Path, root: LabAuthority, issuing: LabAuthority) -> None:
    (tmp_path / "root.crt").write_bytes(root.pem)
    (tmp_path / "1a2b3c4d.0").write_bytes(issuing.certificate.der)
    (tmp_path / "notes.pem").write_text("no certificate here")
    (tmp_path / "README").write_bytes(root.pem)
    store = TrustStore.from_folder(tmp_path)
    assert set(store.anchors) == {root.certificate, issuing.certificate}
    assert store.source == str(tmp_path)


def test_what_holds_no_anchor(tmp_path: Path, server: Identity) -> None:
    empty, garbage, cut = tmp_path / "empty.pem", tmp_path / "garbage.pem", tmp_path / "cut.pem"
    empty.write_bytes(b"")
    garbage.write_bytes(b"\x00\x01garbage")
    cut.write_bytes(server.chain_pem()[:-40])
    for path, words in (
        (empty, "expected a certificate in PEM or DER, found an empty file"),
        (garbage, "found neither a PEM block nor DER"),
        (cut, "no END line"),
        (tmp_path / "none.pem", "cannot be read: no such file or directory"),
    ):
        with pytest.raises(ConfigurationError, match=words) as caught:
            TrustStore.from_file(path)
        assert caught.value.reason.startswith(f"{path}: ")
    folder = tmp_path / "folder"
    folder.mkdir()
    with pytest.raises(ConfigurationError, match="no certificate in any file of this folder"):
        TrustStore.from_folder(folder)
    with pytest.raises(ConfigurationError, match="cannot be read"):
        TrustStore.from_folder(tmp_path / "nowhere")


def test_system_honours_the_variables(tmp_path: Path, root: LabAuthority) -> None:
    path = tmp_path / "ca.pem"
    path.write_bytes(root.pem)
    assert TrustStore.system({"SSL_CERT_FILE": str(path)}).anchors == (root.certificate,)
    assert TrustStore.system({"SSL_CERT_DIR": str(tmp_path)}).anchors == (root.certificate,)
    with pytest.raises(ConfigurationError, match=r"missing\.pem: cannot be read"):
        TrustStore.system({"SSL_CERT_FILE": str(tmp_path / "missing.pem")})


def test_system_finds_the_machines_roots() -> None:
    store = TrustStore.system({})
    assert len(store) > 50
    assert store.skipped == 0
    assert all(anchor in store for anchor in store.anchors)


def test_certifi_is_the_last_resort(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("hellodone.pki.trust._SYSTEM_FILES", ())
    store = TrustStore.system({})
    assert store.source.startswith("certifi, ")
    assert len(store) > 50


def test_one_unreadable_anchor_does_not_spoil_a_store(root: LabAuthority) -> None:
    store = TrustStore((Certificate(b"hello"), root.certificate), "a test")
    assert store.anchors == (root.certificate,)
    assert store.skipped == 1


def test_an_empty_store_is_a_store(server: Identity) -> None:
    store = TrustStore.empty()
    assert store  # so that "trust or default" does not turn trusting nobody into trusting everybody
    assert len(store) == 0
    assert server.leaf not in store


def test_the_laboratorys_chain_is_one_for_openssl_too(tmp_path: Path, root: LabAuthority, server: Identity) -> None:
    (tmp_path / "root.pem").write_bytes(root.pem)
    (tmp_path / "chain.pem").write_bytes(server.chain_pem())
    command = [require("openssl"), "verify", "-CAfile", "root.pem", "-untrusted", "chain.pem", "-purpose", "sslserver",
               "-verify_hostname", "leaf.example", "-attime", "1795262400", "-x509_strict", "chain.pem"]  # fmt: skip
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, timeout=30, check=False)
    assert done.stdout == "chain.pem: OK\n", done.stderr
