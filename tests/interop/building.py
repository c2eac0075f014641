"""Build the programs over Mbed TLS, GnuTLS, wolfSSL, JSSE and Bouncy Castle."""

import subprocess
from pathlib import Path

from tests.interop import peers

SECONDS = 120


def build_mbedtls(folder: Path) -> None:
    """Build programs/mbedtls.c to ``mbedtls`` in this folder."""
    peers.require("/usr/include/mbedtls/ssl.h")
    libraries = ["-lmbedtls", "-lmbedx509", "-lmbedcrypto"]
    run([peers.require("cc"), str(peers.PROGRAMS / "mbedtls.c"), "-o", str(folder / "mbedtls"), *libraries])


def build_gnutls(folder: Path) -> None:
    """Build programs/gnutls.c to ``gnutls`` in this folder."""
    peers.require("/usr/include/gnutls/gnutls.h")
    run([peers.require("cc"), str(peers.PROGRAMS / "gnutls.c"), "-o", str(folder / "gnutls"), "-lgnutls"])


def build_wolfssl(folder: Path) -> None:
    """Build programs/wolfssl.c to ``wolfssl`` in this folder."""
    peers.require("/usr/include/wolfssl/ssl.h")
    run([peers.require("cc"), str(peers.PROGRAMS / "wolfssl.c"), "-o", str(folder / "wolfssl"), "-lwolfssl"])


def build_java(folder: Path) -> None:
    """Compile the programs in Java into this folder."""
    names = ("Jsse", "BouncyCastle", "StaticAgreement", "BouncyExtensions", "CertificateUrls")
    sources = [str(peers.PROGRAMS / f"{name}.java") for name in names]
    path = ":".join(peers.require(archive) for archive in peers.BOUNCY_CASTLE)
    run([peers.require("javac"), "-cp", path, "-d", str(folder), *sources])


def run(command: list[str]) -> None:
    """Run a compiler; what it complains of is in the exception."""
    done = subprocess.run(command, capture_output=True, text=True, timeout=SECONDS, check=False)
    if done.returncode:
        raise AssertionError(f"{command} failed:\n{done.stdout}{done.stderr}")
