"""What kind of handshake is measured, and the certificates for it: the same for all contestants."""

from __future__ import annotations

import atexit
import base64
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any, cast

from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from hellodone.pki.certificates import Certificate
from hellodone.pki.identity import Identity, LocalSigner
from hellodone.pki.laboratory import LabAuthority
from hellodone.pki.trust import TrustStore
from hellodone.registry.ffdhe import KNOWN_GROUPS
from hellodone.registry.suites import CipherSuite, find_cipher_suite

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.types import PrivateKeyTypes

SERVER_NAME = "localhost"
DH_GROUP = "ffdhe2048"


@dataclass(frozen=True, slots=True)
class Scenario:
    """A full handshake over X25519 (or ffdhe2048), verified by name up to a root, and the records after it.

    The chain is leaf and root; ``intermediates`` puts as many certificates between them. ECDSA keys are of P-256, RSA
    keys have 2048 bits. With ``client_auth`` the client shows a certificate of the same authority.
    """

    key_exchange: str = "ECDHE_ECDSA"
    cipher: str = "AES_128_GCM_SHA256"
    client_auth: bool = False
    intermediates: int = 0

    @property
    def suite(self) -> CipherSuite:
        """The one suite that both sides have."""
        return find_cipher_suite(f"TLS_{self.key_exchange}_WITH_{self.cipher}")

    @property
    def key(self) -> str:
        """The kind of all keys in the certificates, as the laboratory calls it."""
        return "ec" if self.key_exchange.endswith("ECDSA") else "rsa"

    @property
    def credentials(self) -> Credentials:
        """Certificates and keys, made once for all scenarios that need the same."""
        return _credentials(self.key, self.intermediates)


@dataclass(frozen=True, slots=True)
class Files:
    """The same in PEM, for libraries that read files only."""

    root: Path
    server_chain: Path
    server_key: Path
    client_chain: Path
    client_key: Path
    dh_parameters: Path


@dataclass(frozen=True, slots=True)
class Credentials:
    """A root, a server of that root and a client of that root; ``folder`` is removed at exit."""

    trust: TrustStore
    root: Certificate
    server: Identity
    client: Identity
    files: Files
    folder: TemporaryDirectory[str]


@cache
def _credentials(key: str, intermediates: int) -> Credentials:
    root = issuer = LabAuthority.create(key, at=datetime.now(UTC))
    for _ in range(intermediates):
        issuer = issuer.intermediate(key)
    server = issuer.issue_identity(issuer.server_profile([SERVER_NAME], key), key)
    client = issuer.issue_client(key=key)
    folder: TemporaryDirectory[str] = TemporaryDirectory(prefix="bench-")
    atexit.register(folder.cleanup)
    files = _write(Path(folder.name), root, server, client)
    return Credentials(root.trust, root.certificate, server, client, files, folder)


def _write(folder: Path, root: LabAuthority, server: Identity, client: Identity) -> Files:
    contents = {
        "root": root.pem,
        "server-chain": _chain_pem(server.chain),
        "server-key": _key_pem(server),
        "client-chain": _chain_pem(client.chain),
        "client-key": _key_pem(client),
        "dh-parameters": _dh_pem(),
    }
    paths = {name: folder / f"{name}.pem" for name in contents}
    for name, path in paths.items():
        path.write_bytes(contents[name])
    return Files(*paths.values())


def _chain_pem(chain: Sequence[Certificate]) -> bytes:
    return b"".join(certificate.x509.public_bytes(Encoding.PEM) for certificate in chain)


def _key_pem(identity: Identity) -> bytes:
    return private_key(identity).private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())


def private_key(identity: Identity) -> PrivateKeyTypes:
    """The key of a laboratory identity, which is in this process."""
    assert isinstance(identity.signer, LocalSigner)
    key: Any = identity.signer.private_key  # of the kinds that the laboratory makes
    return cast("PrivateKeyTypes", key)


def _dh_pem() -> bytes:
    """DHParameter of PKCS #3: ``SEQUENCE { prime INTEGER, base INTEGER }``."""
    group = KNOWN_GROUPS[DH_GROUP]
    body = base64.encodebytes(_der(0x30, _integer(group.p) + _integer(group.g)))
    return b"-----BEGIN DH PARAMETERS-----\n" + body + b"-----END DH PARAMETERS-----\n"


def _integer(number: int) -> bytes:
    return _der(0x02, number.to_bytes(number.bit_length() // 8 + 1, "big"))


def _der(tag: int, content: bytes) -> bytes:
    length = len(content)
    short = bytes((length,)) if length < 128 else b"\x82" + length.to_bytes(2, "big")
    return bytes((tag,)) + short + content
