"""A laboratory CA kept in a folder of plain files, which other programs read too.

    ca.pem          its certificate                 index.txt     what it issued and revoked (OpenSSL's form)
    ca.key          its private key, mode 0600      crlnumber     the number of the next CRL (likewise)
    parents.pem     the CAs above it, if any        settings.json where its certificates say that status is told
    root.pem        the root above it, if any       issued/       NAME.pem (the chain), NAME.key

Every file is written whole or not at all; whoever changes the index holds a lock.
"""

from __future__ import annotations

import contextlib
import fcntl
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Final, NamedTuple, cast

from cryptography import x509

from hellodone.errors import ConfigurationError, system_reason
from hellodone.pki import pem
from hellodone.pki.certificates import Certificate
from hellodone.pki.chains import parse_chain
from hellodone.pki.crl import Crl
from hellodone.pki.files import PRIVATE, write_whole
from hellodone.pki.identity import Identity, LocalSigner
from hellodone.pki.issued import signed_by
from hellodone.pki.keys import read_file
from hellodone.pki.lab_index import Entry, read_index, write_index
from hellodone.pki.lab_revocation import Register
from hellodone.pki.laboratory import LabAuthority, private_key_pem

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.types import CertificateIssuerPrivateKeyTypes

_MAXIMUM_NAME: Final = 64


class Kept(NamedTuple):
    """The files of an identity."""

    chain: Path
    key: Path


@dataclass(frozen=True)
class LabFolder:
    """A folder and the authority in it."""

    path: Path
    authority: LabAuthority

    @classmethod
    def create(cls, path: Path, authority: LabAuthority) -> LabFolder:
        """Begin a folder. Raises ConfigurationError when it holds a CA already or cannot be written."""
        if (path / "ca.pem").exists():
            raise ConfigurationError(f"{path} holds a CA already; take another folder, or remove this one first")
        try:
            path.mkdir(parents=True, exist_ok=True)
            (path / "issued").mkdir(exist_ok=True)
        except OSError as fault:
            reason = system_reason(fault)
            raise ConfigurationError(f"{path}: cannot be made: {reason}") from None
        own = Identity((authority.certificate,), LocalSigner(authority.private_key))
        settings = {"ocsp_url": authority.ocsp_url, "crl_url": authority.crl_url}
        write_whole(path / "ca.key", private_key_pem(own), PRIVATE)
        if authority.parents:
            write_whole(path / "parents.pem", b"".join(_pem(certificate) for certificate in authority.parents))
            write_whole(path / "root.pem", authority.pem)
        write_whole(path / "settings.json", json.dumps(settings, indent=2).encode() + b"\n")
        write_whole(path / "index.txt", b"")
        write_whole(path / "index.txt.attr", b"unique_subject = no\n")
        write_whole(path / "crlnumber", b"01\n")
        write_whole(path / "ca.pem", own.chain_pem())  # the last: with it the folder is complete
        return cls(path, authority)

    @classmethod
    def open(cls, path: Path, at: datetime) -> LabFolder:
        """A folder that was begun before; ``at`` is the authority's idea of now. Raises ConfigurationError."""
        if not (path / "ca.pem").is_file():
            raise ConfigurationError(
                f"{path} is no folder of a CA: there is no ca.pem in it; hellodone ca init makes one"
            )
        own = Identity.from_files(path / "ca.pem", path / "ca.key")
        above = path / "parents.pem"
        parents = parse_chain(read_file(above), str(above)) if above.exists() else ()
        ocsp_url, crl_url = _settings(path / "settings.json")
        key = cast("CertificateIssuerPrivateKeyTypes", cast("LocalSigner", own.signer).private_key)
        authority = LabAuthority(own.leaf, key, at, parents, ocsp_url=ocsp_url, crl_url=crl_url)
        return cls(path, authority).current(at)

    def current(self, at: datetime) -> LabFolder:
        """The same at another time, knowing what the index says now. Raises ConfigurationError."""
        entries = self.entries
        register = Register(
            {entry.serial_number: entry.revoked for entry in entries if entry.revoked is not None},
            {entry.serial_number for entry in entries},
        )
        return replace(self, authority=replace(self.authority, at=at, register=register))

    @property
    def entries(self) -> tuple[Entry, ...]:
        """What was issued, oldest first. Raises ConfigurationError."""
        path = self.path / "index.txt"
        return read_index(read_file(path).decode("utf-8", "replace"), str(path))

    @property
    def anchor(self) -> Path:
        """The file with the root, for ``--cacert``."""
        return self.path / ("root.pem" if self.authority.parents else "ca.pem")

    def files(self, name: str) -> Kept:
        """Where an identity of that name is kept."""
        stem = file_name(name)
        return Kept(self.path / "issued" / f"{stem}.pem", self.path / "issued" / f"{stem}.key")

    def keep(self, identity: Identity, files: Kept) -> Kept:
        """Write an identity's files, and enter into the index what this CA issued of its chain."""
        write_whole(files.key, private_key_pem(identity), PRIVATE)
        write_whole(files.chain, identity.chain_pem())
        self.enter(identity.chain)
        return files

    def enter(self, certificates: tuple[Certificate, ...]) -> None:
        """Enter those of the certificates that this CA issued, revoked ones as such."""
        own = self.authority.certificate
        ours = [
            c for c in certificates if c != own and c.issuer_bytes == own.subject_bytes and signed_by(c, own) == "valid"
        ]
        revoked = self.authority.register.entries
        with self._locked():
            new = [Entry.of(c, revoked.get(c.x509.serial_number)) for c in ours]
            numbers = {entry.serial_number for entry in new}
            self._write((*(entry for entry in self.entries if entry.serial_number not in numbers), *new))

    def revoke(self, which: str, reason: str, at: datetime) -> Entry:
        """Revoke a certificate: a file, a name under which it is kept, or a serial number in hexadecimal.

        Raises ConfigurationError when this CA did not issue it, when it is revoked already, and for a reason that
        RFC 5280, 5.3.1 does not have.
        """
        number = self._number(which)
        with self._locked():
            entries = self.entries
            found = next((entry for entry in entries if entry.serial_number == number), None)
            if found is None:
                raise ConfigurationError(
                    f"{which}: {self.path} did not issue a certificate with serial number {number:x}"
                )
            if found.revoked is not None:
                raise ConfigurationError(
                    f"{which}: {found.subject} is revoked already, since {found.revoked.at:%Y-%m-%d}"
                )
            revoked = replace(found, revoked=self.authority.register.enter(number, at, reason))
            self._write(revoked if entry is found else entry for entry in entries)
        return revoked

    def _number(self, which: str) -> int:
        for path in (Path(which), self.files(which).chain):
            if path.is_file():
                return parse_chain(read_file(path), str(path))[0].x509.serial_number
        if re.fullmatch(r"[0-9a-fA-F:]{2,60}", which):
            return int(which.replace(":", ""), 16)
        raise ConfigurationError(f"{which} is no file, no name in {self.path / 'issued'} and no serial number")

    def crl(self, at: datetime, until: datetime) -> Crl:
        """A new list of what is revoked, with the next number. Raises ConfigurationError."""
        with self._locked():
            path = self.path / "crlnumber"
            try:
                number = int(read_file(path), 16)
            except ValueError:
                raise ConfigurationError(f"{path}: expected a number in hexadecimal") from None
            digits = f"{number + 1:X}"
            write_whole(path, f"{digits.zfill(len(digits) + len(digits) % 2)}\n".encode())
        extensions: list[tuple[x509.ExtensionType, bool]] = [(x509.CRLNumber(number), False)]
        held = self.authority.certificate.extension(x509.SubjectKeyIdentifier)
        if held is not None:
            extensions.append((x509.AuthorityKeyIdentifier(held.digest, None, None), False))
        return self.authority.crl(at, until, extensions)

    def _write(self, entries: Iterator[Entry] | tuple[Entry, ...]) -> None:
        write_whole(self.path / "index.txt", write_index(entries).encode())

    @contextlib.contextmanager
    def _locked(self) -> Iterator[None]:
        """Nobody else changes the index meanwhile."""
        try:
            file = (self.path / ".lock").open("a")
        except OSError as fault:
            reason = system_reason(fault)
            raise ConfigurationError(f"{self.path}: cannot be written: {reason}") from None
        with file:
            fcntl.flock(file, fcntl.LOCK_EX)
            yield


def file_name(name: str) -> str:
    """A name made fit for a file: ``*.example.com`` is ``any.example.com``."""
    plain = re.sub(r"[^A-Za-z0-9._@-]+", "-", name.replace("*", "any"))[:_MAXIMUM_NAME].strip("-.")
    return plain or "unnamed"


def crl_pem(crl: Crl) -> bytes:
    """A CRL as PEM text."""
    return pem.armored("X509 CRL", crl.der)


def week_after(at: datetime, days: int = 7) -> datetime:
    """When the next list is due."""
    return at + timedelta(days=days)


def _pem(certificate: Certificate) -> bytes:
    return pem.armored("CERTIFICATE", certificate.der)


def _settings(path: Path) -> tuple[str, str]:
    """The URLs of the OCSP responder and the CRL, "" for none."""
    if not path.exists():
        return "", ""
    try:
        settings = json.loads(read_file(path))
        ocsp_url, crl_url = settings.get("ocsp_url", ""), settings.get("crl_url", "")
    except (ValueError, AttributeError):
        raise ConfigurationError(f"{path}: expected an object in JSON") from None
    if not isinstance(ocsp_url, str) or not isinstance(crl_url, str):
        raise ConfigurationError(f"{path}: ocsp_url and crl_url are texts")
    return ocsp_url, crl_url
