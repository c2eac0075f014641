"""The certificates of the interop tests, made by OpenSSL once a session."""

import subprocess
from dataclasses import dataclass
from pathlib import Path

from tests.interop import peers

SCRIPT = Path(__file__).parent / "programs" / "pki.sh"


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

    def group(self, name: str) -> str:
        """Parameters of a finite-field group (ffdhe2048, ffdhe3072), PEM."""
        return str(self.folder / f"{name}.pem")

    @property
    def authorities(self) -> str:
        """Every authority's certificate in one PEM file."""
        return str(self.folder / "cas.pem")


def make_pki(folder: Path) -> None:
    """Make all certificates in this folder."""
    peers.require("openssl")
    subprocess.run(["bash", SCRIPT], cwd=folder, stdin=subprocess.DEVNULL, capture_output=True, timeout=60, check=True)
