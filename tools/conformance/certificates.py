"""The keys and certificates that the plan uses, made with the openssl command: ``certificates.py FOLDER``.

Two test CAs (RSA, and P-256 for the server's EC keys), server and client certificates by kind of key, each NAME.pem and
NAME.key, and ocsp.der, a good OCSP answer for server-rsa. Nothing is made anew where a folder is complete.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
from pathlib import Path

_RSA = ("RSA", "rsa_keygen_bits:2048")
_KINDS = {
    "rsa": _RSA,
    "rsapss": ("RSA-PSS", "rsa_keygen_bits:2048"),
    "p256": ("EC", "ec_paramgen_curve:P-256"),
    "ed25519": ("ED25519", ""),
    "ed448": ("ED448", ""),
}
_SERVERS = ("rsa", "rsapss", "p256")
_DAYS = "3000"
_LAST = "ocsp.der"


class Workshop:
    """Makes everything in one folder."""

    def __init__(self, folder: Path, scratch: Path) -> None:
        self._folder = folder
        self._scratch = scratch
        self._serial = 1

    def make(self) -> None:
        """All of it, the OCSP answer last."""
        self._authority("ca", "rsa")
        self._authority("ca-ec", "p256")
        for kind in _SERVERS:
            self._certificate(f"server-{kind}", kind, "localhost", "ca-ec" if kind == "p256" else "ca")
        for kind in _KINDS:
            self._certificate(f"client-{kind}", kind, f"test client {kind}", "ca")
        self._ocsp_answer("server-rsa")

    def _openssl(self, *arguments: str) -> None:
        subprocess.run(["openssl", *arguments], cwd=self._folder, check=True, capture_output=True)

    def _key(self, name: str, kind: str) -> None:
        algorithm, option = _KINDS[kind]
        options = ["-pkeyopt", option] if option else []
        self._openssl("genpkey", "-algorithm", algorithm, "-out", f"{name}.key", *options)

    def _authority(self, name: str, kind: str) -> None:
        self._key(name, kind)
        usage = "keyUsage=critical,keyCertSign,cRLSign"
        request = ["req", "-x509", "-new", "-sha256", "-key", f"{name}.key", "-days", _DAYS]
        self._openssl(*request, "-subj", f"/CN=conformance test {name}", "-addext", usage, "-out", f"{name}.pem")

    def _certificate(self, name: str, kind: str, subject: str, issuer: str) -> None:
        self._key(name, kind)
        request, extensions = self._scratch / "request", self._scratch / "extensions"
        usage = "digitalSignature,keyEncipherment" if kind == "rsa" else "digitalSignature"
        purpose = "serverAuth" if name.startswith("server") else "clientAuth"
        extensions.write_text(
            f"basicConstraints=CA:FALSE\nkeyUsage=critical,{usage}\nextendedKeyUsage={purpose}\n"
            "subjectAltName=DNS:localhost\n"
        )
        self._serial += 1
        self._openssl("req", "-new", "-key", f"{name}.key", "-subj", f"/CN={subject}", "-out", str(request))
        signer = ["-CA", f"{issuer}.pem", "-CAkey", f"{issuer}.key", "-set_serial", str(self._serial)]
        options = ["-sha256", "-days", _DAYS, "-extfile", str(extensions), "-out", f"{name}.pem"]
        self._openssl("x509", "-req", "-in", str(request), *signer, *options)

    def _ocsp_answer(self, name: str) -> None:
        index = self._scratch / "index"
        index.write_text("V\t400101000000Z\t\t02\tunknown\t/CN=localhost\n")  # server-rsa is the first, serial 2
        signer = ["-index", str(index), "-rsigner", "ca.pem", "-rkey", "ca.key", "-CA", "ca.pem"]
        question = ["-issuer", "ca.pem", "-cert", f"{name}.pem", "-reqout", str(self._scratch / "question")]
        self._openssl("ocsp", *signer, *question, "-ndays", _DAYS, "-respout", _LAST)


def main(folder: Path) -> None:
    """Make what is missing."""
    if (folder / _LAST).exists():
        return
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as scratch:
        Workshop(folder, Path(scratch)).make()


if __name__ == "__main__":
    main(Path(sys.argv[1]))
