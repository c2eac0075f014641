"""What a laboratory CA says of its own certificates: the register of those it revoked, its CRLs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Final

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, ed448, ed25519
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import AuthorityInformationAccessOID

from hellodone.errors import ConfigurationError
from hellodone.pki.certificates import Certificate
from hellodone.pki.crl import Crl
from hellodone.pki.lab_ocsp import REASONS

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.types import CertificateIssuerPrivateKeyTypes

MUST_STAPLE: Final[tuple[x509.ExtensionType, bool]] = (x509.TLSFeature([x509.TLSFeatureType.status_request]), False)
"""The extension of a certificate that must come with an OCSP response (RFC 7633)."""

_FLAGS: Final = {flag.value: flag for flag in x509.ReasonFlags}


@dataclass(frozen=True, slots=True)
class Revoked:
    """One entry of the register."""

    serial_number: int
    at: datetime
    reason: str


@dataclass(slots=True)
class Register:
    """The certificates that one authority revoked, by serial number, and all it ``issued`` where that is kept."""

    entries: dict[int, Revoked] = field(default_factory=dict)
    issued: set[int] | None = None

    def revoke(self, certificate: Certificate, at: datetime, reason: str) -> None:
        """Enter a certificate. Raises ConfigurationError for a reason that RFC 5280, 5.3.1 does not have."""
        self.enter(certificate.x509.serial_number, at, reason)

    def enter(self, number: int, at: datetime, reason: str) -> Revoked:
        """The same for a serial number; the entry."""
        if reason not in REASONS:
            raise ConfigurationError(f"{reason!r} is no reason for a revocation; known are {', '.join(REASONS)}")
        self.entries[number] = Revoked(number, at, reason)
        return self.entries[number]


def make_crl(
    issuer: Certificate,
    private_key: CertificateIssuerPrivateKeyTypes,
    register: Register,
    this_update: datetime,
    next_update: datetime,
    extensions: Sequence[tuple[x509.ExtensionType, bool]] = (),
) -> Crl:
    """A list of everything in the register, with ``extensions`` and whether each is critical."""
    builder = (
        x509.CertificateRevocationListBuilder()
        .issuer_name(issuer.x509.subject)
        .last_update(this_update)
        .next_update(next_update)
    )
    for extension, critical in extensions:
        builder = builder.add_extension(extension, critical)
    for entry in register.entries.values():
        builder = builder.add_revoked_certificate(_entry(entry))
    return Crl(_sign(builder, private_key).public_bytes(Encoding.DER))


def _entry(entry: Revoked) -> x509.RevokedCertificate:
    builder = x509.RevokedCertificateBuilder().serial_number(entry.serial_number).revocation_date(entry.at)
    if entry.reason != "unspecified":  # to be left out then (RFC 5280, 5.3.1)
        builder = builder.add_extension(x509.CRLReason(_FLAGS[entry.reason]), False)
    return builder.build()


def _sign(
    builder: x509.CertificateRevocationListBuilder, key: CertificateIssuerPrivateKeyTypes
) -> x509.CertificateRevocationList:
    if isinstance(key, ed25519.Ed25519PrivateKey | ed448.Ed448PrivateKey):
        return builder.sign(key, None)
    deterministic = True if isinstance(key, ec.EllipticCurvePrivateKey) else None
    return builder.sign(key, hashes.SHA256(), ecdsa_deterministic=deterministic)


def sources(ocsp_url: str, crl_url: str) -> tuple[tuple[x509.ExtensionType, bool], ...]:
    """The extensions that say where a certificate's status is told; of the URLs that are given."""
    found: list[tuple[x509.ExtensionType, bool]] = []
    if ocsp_url:
        location = x509.UniformResourceIdentifier(ocsp_url)
        access = x509.AccessDescription(AuthorityInformationAccessOID.OCSP, location)
        found.append((x509.AuthorityInformationAccess([access]), False))
    if crl_url:
        names: list[x509.GeneralName] = [x509.UniformResourceIdentifier(crl_url)]
        found.append((x509.CRLDistributionPoints([x509.DistributionPoint(names, None, None, None)]), False))
    return tuple(found)
