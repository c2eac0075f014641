"""The form that every certificate of a path must have whatever its CA thinks: the library insists on it too.

RFC 5280, 4.1: what a certificate must be before anything can be proved with it. The library says of these faults only
that there is one.
"""

from __future__ import annotations

from collections.abc import Iterator

from cryptography.x509 import Version

from hellodone.errors import AlertDescription
from hellodone.pki import malformed
from hellodone.pki.checks import CertificateCheck, check, who
from hellodone.pki.rule import Rule
from hellodone.pki.rules import Path

_LONGEST_SERIAL_NUMBER = 20  # octets (4.1.2.2)


def in_form(path: Path, index: int) -> Iterator[CertificateCheck]:
    """The checks of one certificate; the version of a trust anchor is nobody's business but of who chose it."""
    is_anchor = index == len(path) - 1
    yield _numbered(path, index)
    yield _named(path, index)
    if not is_anchor:
        yield _of_version_3(path, index)
    yield _on_a_named_curve(path, index)


def _numbered(path: Path, index: int) -> CertificateCheck:
    number = path[index].x509.serial_number
    length = number.bit_length() // 8 + 1
    passed = number >= 0 and length <= _LONGEST_SERIAL_NUMBER
    found = "it is negative" if number < 0 else f"it has {length} octets"
    reason = (
        f"{who(path, index)} has a serial number that cannot be: {found}, at most {_LONGEST_SERIAL_NUMBER} octets "
        "and no sign expected (RFC 5280, 4.1.2.2)"
    )
    claim = f"the serial number of {who(path, index)} is positive and not too long"
    values = {"serial number": path[index].serial_number}
    return check(Rule.SERIAL_NUMBER, passed, claim, index, AlertDescription.bad_certificate, reason, values)


def _named(path: Path, index: int) -> CertificateCheck:
    certificate = path[index]
    rule, field = Rule.ISSUER_NAME, "issuer"
    passed = bool(certificate.x509.issuer.rdns)
    if passed and index > 0:
        rule, field, passed = Rule.SUBJECT_NAME, "subject", bool(certificate.x509.subject.rdns)
    section = "4.1.2.4" if field == "issuer" else "4.1.2.6"
    reason = f"the {field} of {who(path, index)} is empty, and of a CA must not be (RFC 5280, {section})"
    claim = f"{who(path, index)} says who issued it" + (" and who it is" if index > 0 else "")
    values = {"issuer": certificate.issuer, "subject": certificate.subject}
    return check(rule, passed, claim, index, AlertDescription.bad_certificate, reason, values)


def _of_version_3(path: Path, index: int) -> CertificateCheck:
    version = path[index].x509.version
    held = f"version {version.value + 1}"
    reason = f"{who(path, index)} is of {held}; version 3 expected, the only one with extensions (RFC 5280, 4.1.2.1)"
    claim = f"{who(path, index)} is of version 3"
    alert = AlertDescription.unsupported_certificate
    return check(Rule.VERSION, version is Version.v3, claim, index, alert, reason, {"version": held})


def _on_a_named_curve(path: Path, index: int) -> CertificateCheck:
    passed = malformed.names_its_curve(path[index].x509.tbs_certificate_bytes)
    reason = f"{who(path, index)} has a key on a curve that it spells out; a named curve expected (RFC 5480, 2.1.1)"
    claim = f"the key of {who(path, index)} is of a kind that is known here"
    return check(Rule.KEY, passed, claim, index, AlertDescription.unsupported_certificate, reason, {})
