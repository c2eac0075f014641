"""Certificate revocation lists: reading them (RFC 5280, 5). Whether to believe one is judged in ``crl_judge``."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Final

from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm

from hellodone.errors import AlertDescription, ConfigurationError
from hellodone.pki import pem
from hellodone.pki.certificates import Certificate, CertificateError
from hellodone.pki.issued import Verdict, signature_of, signature_verdict
from hellodone.pki.keys import read_file
from hellodone.pki.lookups import MAXIMUM_CRL
from hellodone.pki.text import printable

if TYPE_CHECKING:
    from datetime import datetime

    from cryptography.x509 import CertificateRevocationList, Extensions, RevokedCertificate

_LABELS: Final = frozenset({"X509 CRL", "CRL"})
_MOST_VERDICTS: Final = 16
_FAULTS = (ValueError, TypeError, OverflowError, UnsupportedAlgorithm, x509.DuplicateExtension, x509.InvalidVersion)


@contextmanager
def _reading() -> Iterator[None]:
    try:
        yield
    except _FAULTS as fault:
        reason = f"the CRL is malformed: {printable(str(fault))}"
        raise CertificateError(AlertDescription.certificate_unknown, reason) from None


@dataclass(frozen=True)
class Crl:
    """One list by its DER bytes, read on first use and kept; every attribute may raise CertificateError."""

    der: bytes = field(repr=False)

    @cached_property
    def library(self) -> CertificateRevocationList:
        """The list as the library reads it: at most 16 MiB."""
        if len(self.der) > MAXIMUM_CRL:
            reason = f"the CRL is longer than {MAXIMUM_CRL >> 20} MiB"
            raise CertificateError(AlertDescription.certificate_unknown, reason)
        with _reading():
            return x509.load_der_x509_crl(self.der)

    @cached_property
    def issuer_bytes(self) -> bytes:
        """The DER of the name of who issued it."""
        with _reading():
            return self.library.issuer.public_bytes()

    @cached_property
    def issuer(self) -> str:
        """The issuer as RFC 4514 writes it, fit to print."""
        with _reading():
            return printable(self.library.issuer.rfc4514_string()) or "(empty)"

    @cached_property
    def extensions(self) -> Extensions:
        """All extensions of the list."""
        with _reading():
            return self.library.extensions

    @property
    def this_update(self) -> datetime:
        """When it was issued."""
        with _reading():
            return self.library.last_update_utc

    @property
    def next_update(self) -> datetime | None:
        """When the next one will be there at the latest."""
        with _reading():
            return self.library.next_update_utc

    def entry(self, certificate: Certificate) -> RevokedCertificate | None:
        """The entry with this certificate's serial number; what the list is for is not looked at."""
        with _reading():
            return self.library.get_revoked_certificate_by_serial_number(certificate.x509.serial_number)

    def signed_by(self, issuer: Certificate) -> Verdict:
        """Whether the signature was made with ``issuer``'s key; verified once for each issuer."""
        known = self._verdicts.get(issuer.der)
        if known is None:
            known = signature_verdict(lambda: signature_of(self.library), issuer)
            if len(self._verdicts) < _MOST_VERDICTS:
                self._verdicts[issuer.der] = known
        return known

    @cached_property
    def _verdicts(self) -> dict[bytes, Verdict]:
        return {}


def read_crls(path: str | Path) -> tuple[Crl, ...]:
    """The lists of a file: one in DER, or any number in PEM. Raises ConfigurationError, naming the file."""
    return parse_crls(read_file(path), str(path))


def parse_crls(data: bytes, source: str = "the CRL") -> tuple[Crl, ...]:
    """The lists of a PEM text, or the one of DER octets. Raises ConfigurationError, naming ``source``."""
    found = _lists(data, source)
    for number, crl in enumerate(found, 1):
        try:
            _ = crl.issuer, crl.extensions, crl.this_update, crl.next_update
        except CertificateError as fault:
            raise ConfigurationError(f"{source}: list {number} of {len(found)}: {fault.reason}") from None
    return found


def fetched_crl(data: bytes) -> Crl:
    """The list that a server sent: DER (RFC 5280, 4.2.1.13), though some send PEM. Reading it may raise later."""
    try:
        found = _lists(data, "the CRL") if pem.is_pem(data) else ()
    except ConfigurationError:
        found = ()
    return found[0] if found else Crl(data)


def _lists(data: bytes, source: str) -> tuple[Crl, ...]:
    if pem.is_pem(data):
        found = pem.blocks(data, source)
        lists = tuple(Crl(block.der(source)) for block in found if block.label in _LABELS)
        if not lists:
            seen = ", ".join(dict.fromkeys(block.label for block in found))
            raise ConfigurationError(f"{source}: expected certificate revocation lists, found only {seen}")
        return lists
    if data[:1] != b"\x30":
        seen = "an empty file" if not data.strip() else "neither a PEM block nor DER"
        raise ConfigurationError(f"{source}: expected a certificate revocation list in PEM or DER, found {seen}")
    return (Crl(data),)
