"""Keys on a PKCS#11 token (SoftHSM), asked through OpenSC's pkcs11-tool: mutual TLS with OpenSSL in both roles."""

from __future__ import annotations

import hashlib
import subprocess
import tempfile
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import load_der_public_key

import hellodone
from hellodone.errors import AlertDescription
from hellodone.pki.identity import Identity
from hellodone.pki.laboratory import LabAuthority
from hellodone.registry.signatures import SignatureScheme
from tests.interop.peers import require
from tests.interop.processes import clean, converse, start_server
from tests.interop.serving import Listener

MODULE = "/usr/lib/softhsm/libsofthsm2.so"
PIN = "7391"
KEYS = {"rsa": ("rsa:2048", "01"), "ec": ("EC:prime256v1", "02")}


@dataclass(frozen=True)
class Token:
    """A token in a folder: nothing but PKCS#11 gets at its keys."""

    folder: Path
    tool: str

    def call(self, *arguments: str | Path, pin: str = PIN) -> None:
        """One run of pkcs11-tool, logged in. Raises CalledProcessError."""
        command = [
            self.tool,
            "--module",
            MODULE,
            "--token-label",
            "test",
            "--login",
            "--pin",
            pin,
            *map(str, arguments),
        ]
        subprocess.run(command, env=self.environment, check=True, capture_output=True, timeout=30)

    @property
    def environment(self) -> dict[str, str]:
        """What SoftHSM is told by."""
        return clean() | {"SOFTHSM2_CONF": str(self.folder / "softhsm2.conf")}

    def public_key(self, kind: str) -> ec.EllipticCurvePublicKey | rsa.RSAPublicKey:
        """The public half, all that leaves the token."""
        file = self.folder / f"{kind}.der"
        self.call("--read-object", "--type", "pubkey", "--id", KEYS[kind][1], "--output-file", file)
        key = load_der_public_key(file.read_bytes())
        assert isinstance(key, ec.EllipticCurvePublicKey | rsa.RSAPublicKey)
        return key

    def signer(self, kind: str, pin: str = PIN) -> Callable[[bytes, int], bytes]:
        """What signs with the token's key: ``sign(data, scheme)``."""

        def sign(data: bytes, scheme: int) -> bytes:
            digest = hashlib.sha256(data).digest()
            how: dict[int, tuple[bytes, tuple[str, ...]]] = {
                SignatureScheme.ecdsa_secp256r1_sha256: (digest, ("ECDSA", "--signature-format", "openssl")),
                SignatureScheme.rsa_pkcs1_sha256: (data, ("SHA256-RSA-PKCS",)),
                SignatureScheme.rsa_pss_rsae_sha256: (
                    digest, ("RSA-PKCS-PSS", "--hash-algorithm", "SHA256", "--mgf", "MGF1-SHA256", "--salt-len", "32")
                ),
            }  # fmt: skip
            given, mechanism = how[scheme]
            with tempfile.TemporaryDirectory() as folder:
                put, taken = Path(folder, "data"), Path(folder, "signature")
                put.write_bytes(given)
                files = ("--input-file", put, "--output-file", taken)
                self.call("--sign", "--id", KEYS[kind][1], "--mechanism", *mechanism, *files, pin=pin)
                return taken.read_bytes()

        return sign


@pytest.fixture(scope="module")
def token(tmp_path_factory: pytest.TempPathFactory) -> Token:
    folder = tmp_path_factory.mktemp("token")
    util, tool = require("softhsm2-util"), require("pkcs11-tool")
    require(MODULE)
    (folder / "tokens").mkdir()
    (folder / "softhsm2.conf").write_text(f"directories.tokendir = {folder / 'tokens'}\nobjectstore.backend = file\n")
    made = Token(folder, tool)
    command = [util, "--init-token", "--free", "--label", "test", "--pin", PIN, "--so-pin", PIN]
    subprocess.run(command, env=made.environment, check=True, capture_output=True, timeout=30)
    for kind, number in KEYS.values():
        made.call("--keypairgen", "--key-type", kind, "--id", number, "--label", number)
    return made


@pytest.fixture(scope="module")
def authority() -> LabAuthority:
    return LabAuthority.create(at=datetime.now(UTC))


def on_token(token: Token, authority: LabAuthority, kind: str, role: str, pin: str = PIN) -> Identity:
    """A certificate of the laboratory for the token's key."""
    profile = authority.server_profile(key=kind) if role == "server" else authority.client_profile(key=kind)
    certificate = authority.issue(profile, token.public_key(kind))
    schemes = ["ecdsa_secp256r1_sha256", "rsa_pkcs1_sha256", "rsa_pss_rsae_sha256"]
    return Identity.from_signer([certificate], token.signer(kind, pin), schemes=schemes)


@pytest.fixture(scope="module")
def files(authority: LabAuthority, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("files")
    (folder / "root.pem").write_bytes(authority.pem)
    for name, identity in (("server", authority.issue_server(key="ec")), ("client", authority.issue_client(key="ec"))):
        (folder / f"{name}.pem").write_bytes(identity.chain_pem() + hellodone.pki.laboratory.private_key_pem(identity))
    return folder


def s_server(files: Path, port: int) -> list[str]:
    return [
        require("openssl"), "s_server", "-accept", str(port), "-tls1_2", "-rev", "-cert", str(files / "server.pem"),
        "-CAfile", str(files / "root.pem"), "-Verify", "1", "-verify_return_error",
    ]  # fmt: skip


@pytest.mark.parametrize("scheme", ["ecdsa_secp256r1_sha256", "rsa_pkcs1_sha256", "rsa_pss_rsae_sha256"])
def test_a_client_with_its_key_on_a_token_before_openssl(
    token: Token, authority: LabAuthority, files: Path, tmp_path: Path, scheme: str
) -> None:
    identity = on_token(token, authority, "ec" if scheme.startswith("ecdsa") else "rsa", "client")
    identity = replace(identity, limited_to=(SignatureScheme[scheme],))
    config = hellodone.ClientConfig(trust=authority.trust, identity=identity)
    with (
        start_server(lambda port: s_server(files, port), tmp_path / "server.log") as server,
        hellodone.connect(("localhost", server.port), config) as tls,
    ):
        tls.sendall(b"token\n")
        assert tls.recv(100) == b"nekot\n"
        assert tls.connection.handshake.client_signature_scheme == SignatureScheme[scheme]


def test_a_locked_token_is_an_internal_error_and_openssl_is_told(
    token: Token, authority: LabAuthority, files: Path, tmp_path: Path
) -> None:
    identity = on_token(token, authority, "ec", "client", pin="0000")
    config = hellodone.ClientConfig(trust=authority.trust, identity=identity)
    with start_server(lambda port: s_server(files, port), tmp_path / "server.log") as server:
        with pytest.raises(hellodone.FatalAlert) as caught:
            hellodone.connect(("localhost", server.port), config)
        assert caught.value.alert == AlertDescription.internal_error
        assert caught.value.reason == "the signer of CN=laboratory client failed with CalledProcessError"
        assert "alert internal error" in server.wait_for("internal error")


@pytest.mark.parametrize("kind", list(KEYS))
def test_a_server_with_its_key_on_a_token_for_openssl(
    token: Token, authority: LabAuthority, files: Path, kind: str
) -> None:
    identity = on_token(token, authority, kind, "server")
    config = hellodone.ServerConfig(identity=identity, client_trust=authority.trust, client_auth="required")
    with Listener([config]) as listener:
        command = [
            require("openssl"), "s_client", "-connect", f"127.0.0.1:{listener.port}", "-tls1_2", "-CAfile",
            str(files / "root.pem"), "-cert", str(files / "client.pem"), "-verify_return_error",
            "-servername", "localhost",
        ]  # fmt: skip
        answer = converse(command, b"GET / HTTP/1.0\r\n\r\n", until="Verify return code: 0")
    assert "Verify return code: 0 (ok)" in answer.text
    connection = listener.served[0].connection
    assert connection.handshake_complete  # that the client is gone by then is its own affair
    assert connection.peer_certificates[0].name == "CN=laboratory client"
