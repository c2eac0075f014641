"""The certificates of the interop tests, made by OpenSSL once a session."""

import base64
import subprocess
from dataclasses import dataclass
from pathlib import Path

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import dh

from tests.interop import peers

SCRIPT = peers.PROGRAMS / "pki.sh"
DH_KEY_AGREEMENT = bytes.fromhex("06092a864886f70d010301")  # 1.2.840.113549.1.3.1, as an OBJECT IDENTIFIER


@dataclass(frozen=True, slots=True)
class Pki:
    """The folder of certificates; names are those of programs/pki.sh (srv-rsa, cli-ec, ...)."""

    folder: Path

    def certificate(self, name: str) -> str:
        """The certificate alone, PEM."""
        return str(self.folder / f"{name}.pem")

    def chain(self, name: str) -> str:
        """The certificate and its authority's, PEM."""
        return str(self.folder / f"{name}.chain.pem")

    def key(self, name: str) -> str:
        """The private key, PEM."""
        return str(self.folder / f"{name}.key")

    def pkcs12(self, name: str) -> str:
        """Key and chain in one file, for Java."""
        return str(self.folder / f"{name}.p12")

    def group(self, name: str) -> str:
        """Parameters of a finite-field group (ffdhe2048, ffdhe3072), PEM."""
        return str(self.folder / f"{name}.pem")

    @property
    def passwords(self) -> str:
        """The pre-shared keys, in the form of gnutls-serv's --pskpasswd."""
        return str(self.folder / "psk.txt")

    @property
    def authorities_but_dsa(self) -> str:
        """The authorities whose keys every stack can read."""
        return str(self.folder / "cas-but-dsa.pem")

    @property
    def authorities(self) -> str:
        """Every authority's certificate in one PEM file."""
        return str(self.folder / "cas.pem")


def make_pki(folder: Path) -> None:
    """Make all certificates in this folder."""
    peers.require("openssl")
    subprocess.run(["bash", SCRIPT], cwd=folder, stdin=subprocess.DEVNULL, capture_output=True, timeout=60, check=True)
    for name in ("srv-dhx-rsa", "srv-dhx-dss"):
        (folder / f"{name}.pkcs3.key").write_bytes(as_pkcs3((folder / f"{name}.key").read_bytes()))


def as_pkcs3(pem: bytes) -> bytes:
    """A Diffie-Hellman key of X9.42, with the order of its group, as one of PKCS #3, without."""
    key = serialization.load_pem_private_key(pem, None)
    assert isinstance(key, dh.DHPrivateKey)
    numbers = key.private_numbers()
    group = numbers.public_numbers.parameter_numbers
    algorithm = sequence(DH_KEY_AGREEMENT, sequence(integer(group.p), integer(group.g)))
    info = sequence(integer(0), algorithm, tagged(0x04, integer(numbers.x)))
    body = base64.encodebytes(info).decode()
    return f"-----BEGIN PRIVATE KEY-----\n{body}-----END PRIVATE KEY-----\n".encode()


def integer(value: int) -> bytes:
    """A DER INTEGER."""
    return tagged(0x02, value.to_bytes(value.bit_length() // 8 + 1, "big"))


def sequence(*parts: bytes) -> bytes:
    """A DER SEQUENCE."""
    return tagged(0x30, b"".join(parts))


def tagged(tag: int, content: bytes) -> bytes:
    """A DER element of up to 65535 bytes."""
    size = len(content)
    length = bytes([size]) if size < 0x80 else b"\x82" + size.to_bytes(2, "big")
    return bytes([tag]) + length + content
