"""The values of facts in words: numbers by their names, certificates by their subjects, bytes in hexadecimal."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from enum import IntEnum
from typing import Any

from hellodone.crypto.key_block import KeyBlock
from hellodone.crypto.secret import Secret
from hellodone.errors import DecodeError
from hellodone.messages.extensions.trust import SignedCertificateTimestamp, TrustedAuthority
from hellodone.messages.handshake import CertificateRequest
from hellodone.messages.supplemental import SupplementalDataEntry, UpnDomainHint, UserMappingDataList
from hellodone.pki.certificates import Certificate, CertificateError
from hellodone.pki.verify import VerifiedPath
from hellodone.registry.codes import (
    CertificateType,
    ClientCertificateType,
    CompressionMethod,
    ECPointFormat,
    IdentifierType,
    SupplementalDataType,
)
from hellodone.registry.groups import NamedGroup
from hellodone.registry.naming import code_name
from hellodone.registry.signatures import scheme_name
from hellodone.registry.suites import CipherSuite, suite_name
from hellodone.registry.versions import version_name
from hellodone.trace.model import Value
from hellodone.wire.codec import text

Renderer = Callable[[Any], Value]

_TOLD_ELSEWHERE = ("server_revocation", "client_revocation")  # each answer is told where it came


def render(name: str, value: object) -> list[tuple[str, Value]]:
    """The fact as names and values in words; a composite such as the key block gives several."""
    if isinstance(value, KeyBlock):
        return [(part, secret) for part, secret in value._asdict().items() if secret]
    if isinstance(value, CertificateRequest):
        return [(name, _request(value))]
    if name in _TOLD_ELSEWHERE:
        return []
    by_name = _BY_NAME.get(name)
    return [(name, by_name(value) if by_name is not None else _by_type(value))]


def _by_type(value: object) -> Value:
    if isinstance(value, Secret | str):
        return value
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, bytes):
        return value.hex() or "empty"
    if isinstance(value, CipherSuite):
        return value.name
    if isinstance(value, VerifiedPath):
        return " ← ".join(certificate.name for certificate in value.path)
    if isinstance(value, tuple):
        return ", ".join(str(_by_type(item)) for item in value) or "none"
    if isinstance(value, Certificate):
        return _subject(value)
    private = getattr(value, "private_bytes", None)
    if callable(private):
        secret = private()
        return secret if isinstance(secret, Secret) else Secret(secret)
    return str(value)


def _subject(certificate: Certificate) -> str:
    """Whose certificate it is; a trace is also made of certificates that nobody can read."""
    try:
        return certificate.subject
    except CertificateError:
        return f"{len(certificate.der)} bytes that are no certificate"


def _listed(show: Callable[[int], str]) -> Renderer:
    def rendered(values: Iterable[int]) -> str:
        return ", ".join(show(value) for value in values) or "none"

    return rendered


def _coded(kind: type[IntEnum]) -> Callable[[int], str]:
    def rendered(value: int) -> str:
        return code_name(kind, value)

    return rendered


def _request(request: CertificateRequest) -> str:
    types = ", ".join(code_name(ClientCertificateType, kind) for kind in request.certificate_types)
    schemes = ", ".join(scheme_name(scheme) for scheme in request.supported_signature_algorithms)
    authorities = len(request.certificate_authorities)
    return f"types {types}; schemes {schemes}; {authorities} {'authority' if authorities == 1 else 'authorities'} named"


def _timestamps(timestamps: Iterable[bytes]) -> str:
    return ", ".join(_timestamp(data) for data in timestamps)


def _authorities(authorities: Iterable[TrustedAuthority]) -> str:
    """How many of each kind: a system trusts more than a hundred."""
    kinds = Counter(code_name(IdentifierType, authority.identifier_type) for authority in authorities)
    return ", ".join(f"{count} by {kind}" for kind, count in kinds.items()) or "none named"


def _supplements(entries: Iterable[SupplementalDataEntry]) -> str:
    return "; ".join(_supplement(entry) for entry in entries)


def _supplement(entry: SupplementalDataEntry) -> str:
    """The type, and what it says where that is text."""
    kind = code_name(SupplementalDataType, entry.supp_data_type)
    if not isinstance(entry.supp_data, UserMappingDataList):
        return f"{kind}, {len(entry.encode()) - 4} bytes"
    hints = [item.user_mapping_data for item in entry.supp_data.user_mapping_data_list]
    said = [part for h in hints if isinstance(h, UpnDomainHint) for part in (h.user_principal_name, h.domain_name)]
    return f"{kind}: " + ", ".join(text(part) for part in said if part)


def _timestamp(data: bytes) -> str:
    """Log and time, if it is of the version that is known."""
    try:
        return SignedCertificateTimestamp.describe(vars(SignedCertificateTimestamp.parse(data)))
    except DecodeError:
        return f"{len(data)} bytes of another version"


_BY_NAME: Mapping[str, Renderer] = {
    "client_version": version_name,
    "server_version": version_name,
    "cipher_suites_offered": _listed(suite_name),
    "client_groups": _listed(_coded(NamedGroup)),
    "client_signature_schemes": _listed(scheme_name),
    "server_signature_scheme": scheme_name,
    "client_signature_scheme": scheme_name,
    "client_point_formats": _listed(_coded(ECPointFormat)),
    "compression_method": _coded(CompressionMethod),
    "group": _coded(NamedGroup),
    "trusted_authorities": _authorities,
    "client_supplemental_data": _supplements,
    "server_supplemental_data": _supplements,
    "server_certificate_type": _coded(CertificateType),
    "client_certificate_type": _coded(CertificateType),
    "signed_certificate_timestamps": _timestamps,
}
