"""The certificates this side trusts without further proof: the anchors where every path must end (RFC 5280, 6.1.1)."""

from __future__ import annotations

import os
from base64 import b64decode
from collections.abc import Iterable, Mapping, Sequence
from functools import cached_property
from pathlib import Path

from cryptography import x509
from cryptography.x509.verification import ExtensionPolicy, Store

from hellodone.errors import ConfigurationError, system_reason
from hellodone.pki import pem
from hellodone.pki.certificates import Certificate, CertificateError
from hellodone.pki.chains import parse_chain
from hellodone.pki.keys import read_file
from hellodone.pki.rules import Role, Usage
from hellodone.pki.text import counted, printable
from hellodone.pki.verified import VerifiedPaths

_SYSTEM_FILES = (
    "/etc/ssl/certs/ca-certificates.crt",  # Debian, Arch, Gentoo
    "/etc/pki/tls/certs/ca-bundle.crt",  # Fedora, RHEL
    "/etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem",
    "/etc/ssl/ca-bundle.pem",  # SUSE
    "/etc/ssl/cert.pem",  # Alpine, macOS, OpenBSD
    "/usr/local/etc/ssl/cert.pem",  # FreeBSD
    "/var/lib/ca-certificates/ca-bundle.pem",
)
_MAX_FILES = 10_000
_PIN_LENGTH = 32
_CERTIFICATE_SUFFIXES = frozenset({".pem", ".crt", ".cer", ".der"})


class TrustStore:
    """Trust anchors and where they came from. Read when first needed, found by their subject."""

    def __init__(self, certificates: Sequence[Certificate], source: str) -> None:
        """``certificates`` may hold unreadable ones: they are left out, and :attr:`skipped` counts them."""
        self._given = tuple(dict.fromkeys(certificates))
        self.pins: frozenset[bytes] = frozenset()
        self.source = source
        self.verified = VerifiedPaths()
        self.library_policies: dict[tuple[Role, Usage | None, bool], tuple[ExtensionPolicy, ExtensionPolicy]] = {}

    def __repr__(self) -> str:
        return f"TrustStore({counted(len(self._given), 'certificate')} from {self.source})"

    def __len__(self) -> int:
        return len(self.anchors)

    def __bool__(self) -> bool:
        return True  # an empty store is a decision, not an absent one: ``trust or default`` must not replace it

    def __contains__(self, certificate: object) -> bool:
        return isinstance(certificate, Certificate) and certificate in self.named(certificate.subject_bytes)

    @classmethod
    def empty(cls) -> TrustStore:
        """A store that trusts nobody."""
        return cls((), "an empty trust store")

    @classmethod
    def from_pem(cls, data: bytes, source: str = "the PEM data given") -> TrustStore:
        """Every certificate of a PEM text (or one in DER); :class:`ConfigurationError` when there is none."""
        return cls(parse_chain(data, source), source)

    @classmethod
    def from_file(cls, path: str | Path) -> TrustStore:
        """Every certificate of a file; :class:`ConfigurationError` when it holds none or a malformed one."""
        return cls.from_pem(read_file(path), str(path))

    @classmethod
    def from_folder(cls, path: str | Path) -> TrustStore:
        """Every certificate in the files of a folder; files without one are passed over."""
        certificates = _folder(Path(path))
        if not certificates:
            raise ConfigurationError(f"{path}: no certificate in any file of this folder")
        return cls(certificates, str(path))

    @classmethod
    def system(cls, environ: Mapping[str, str] | None = None) -> TrustStore:
        """What this machine trusts: SSL_CERT_FILE and SSL_CERT_DIR when set, else the system's file, else certifi's.

        Raises :class:`ConfigurationError` when a variable names what cannot be used or nothing is found at all.
        """
        variables = os.environ if environ is None else environ
        if variables.get("SSL_CERT_FILE"):
            name = variables["SSL_CERT_FILE"]
            return cls(_certificates(read_file(name), name), name)
        if variables.get("SSL_CERT_DIR"):
            return cls.from_folder(variables["SSL_CERT_DIR"])
        for name in _SYSTEM_FILES:
            if Path(name).is_file():
                return cls(_certificates(read_file(name), name), name)
        return cls._certifi()

    @classmethod
    def _certifi(cls) -> TrustStore:
        try:
            import certifi
        except ImportError:
            raise ConfigurationError(
                "no trust store found on this machine (looked for " + ", ".join(_SYSTEM_FILES[:3]) + " and others); "
                "name a file with CA certificates, or set SSL_CERT_FILE"
            ) from None
        return cls(_certificates(read_file(certifi.where()), certifi.where()), f"certifi, {certifi.where()}")

    def with_pins(self, pins: Iterable[str]) -> TrustStore:
        """The same anchors, for paths alone on which one of these keys is: ``sha256//BASE64``, as curl has it, or hex.

        The hash is SHA-256 over a SubjectPublicKeyInfo (RFC 7469, 2.4), of the leaf or of any CA above it. Raises
        ConfigurationError for what is no such hash, and for none at all.
        """
        chosen = frozenset(_pin(pin) for pin in pins)
        if not chosen:
            raise ConfigurationError("no key was named that is to be pinned")
        store = TrustStore(self._given, f"{self.source}, {counted(len(chosen), 'key')} pinned")
        store.pins = chosen
        return store

    @cached_property
    def anchors(self) -> tuple[Certificate, ...]:
        """The readable anchors."""
        return tuple(certificate for certificate in self._given if _readable(certificate))

    @property
    def skipped(self) -> int:
        """How many certificates of the source could not be read."""
        return len(self._given) - len(self.anchors)

    @cached_property
    def _by_subject(self) -> dict[bytes, tuple[Certificate, ...]]:
        index: dict[bytes, tuple[Certificate, ...]] = {}
        for anchor in self.anchors:
            index[anchor.subject_bytes] = (*index.get(anchor.subject_bytes, ()), anchor)
        return index

    def named(self, subject: bytes) -> tuple[Certificate, ...]:
        """The anchors whose subject is this name, by its DER."""
        return self._by_subject.get(subject, ())

    @cached_property
    def library_store(self) -> Store | None:
        """The same anchors for the library's path verifier; None when there are none, which it would not take."""
        return Store([anchor.x509 for anchor in self.anchors]) if self.anchors else None

    @cached_property
    def by_library(self) -> dict[x509.Certificate, Certificate]:
        """The anchors by what the library made of them."""
        return {anchor.x509: anchor for anchor in self.anchors}

    def describe(self) -> str:
        """How many anchors and from where: ``144 anchors from /etc/ssl/certs/ca-certificates.crt``."""
        return f"{counted(len(self), 'anchor')} from {self.source}"


def _pin(text: str) -> bytes:
    try:
        named = text.startswith("sha256/")
        digest = b64decode(text[7:].removeprefix("/"), validate=True) if named else bytes.fromhex(text)
    except ValueError:
        digest = b""
    if len(digest) != _PIN_LENGTH:
        raise ConfigurationError(f"{printable(text)!r} is no pin: expected sha256//BASE64 or 64 hexadecimal digits")
    return digest


def _readable(certificate: Certificate) -> bool:
    try:
        _ = certificate.subject_bytes
    except CertificateError:
        return False
    return True


def _certificates(data: bytes, source: str) -> list[Certificate]:
    """Every certificate block of a PEM text, not yet read: one odd root must not spoil a whole system's store."""
    found = [Certificate(b.der(source)) for b in pem.blocks(data, source) if b.label == "CERTIFICATE"]
    if not found:
        raise ConfigurationError(f"{source}: expected CA certificates in PEM, found none")
    return found


def _folder(path: Path) -> list[Certificate]:
    try:
        files = sorted(path.iterdir())[:_MAX_FILES]
    except OSError as fault:
        raise ConfigurationError(f"{path}: cannot be read: {system_reason(fault)}") from None
    found: list[Certificate] = []
    for file in files:
        # name.pem and name.crt, or the hashed names of c_rehash: 1a2b3c4d.0
        if file.suffix.lower() in _CERTIFICATE_SUFFIXES or (file.suffix[1:].isdigit() and len(file.stem) == 8):
            found += _held(file)
    return found


def _held(file: Path) -> list[Certificate]:
    try:
        return list(parse_chain(read_file(file), str(file)))
    except ConfigurationError:
        return []
