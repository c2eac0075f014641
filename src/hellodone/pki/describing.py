"""A certificate described for people: its facts by name, in reading order."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from hellodone.pki.certificates import Certificate, CertificateError
from hellodone.pki.text import key_text, moment

_MAX_NAMES_DESCRIBED: Final = 50


def describe(certificate: Certificate) -> dict[str, str | list[str]]:
    """The facts people ask for, in reading order; fields that cannot be read say why instead of failing."""
    facts: dict[str, Callable[[], str | list[str] | None]] = {
        "subject": lambda: certificate.subject,
        "issuer": lambda: certificate.issuer,
        "serial number": lambda: certificate.serial_number,
        "not before": lambda: moment(certificate.x509.not_valid_before_utc),
        "not after": lambda: moment(certificate.x509.not_valid_after_utc),
        "public key": lambda: key_text(certificate.key_type),
        "signature algorithm": lambda: certificate.signature_algorithm,
        "subject alternative names": lambda: list(certificate.subject_names[:_MAX_NAMES_DESCRIBED]) or None,
        "key usage": lambda: _sorted(certificate.key_usage),
        "extended key usage": lambda: _sorted(certificate.extended_key_usage),
        "basic constraints": lambda: _constraints(certificate),
        "sha256": lambda: certificate.fingerprint_sha256,
    }
    described = {name: _readable(read) for name, read in facts.items()}
    return {name: value for name, value in described.items() if value is not None}


def _readable(read: Callable[[], str | list[str] | None]) -> str | list[str] | None:
    try:
        return read()
    except CertificateError as fault:
        return f"({fault.reason})"


def _sorted(names: frozenset[str] | tuple[str, ...] | None) -> list[str] | None:
    if names is None:
        return None
    return sorted(names) if isinstance(names, frozenset) else list(names)


def _constraints(certificate: Certificate) -> str | None:
    if (constraints := certificate.basic_constraints) is None:
        return None
    length = "" if constraints.path_length is None else f", path length {constraints.path_length}"
    return f"CA: {str(constraints.ca).lower()}{length}"
