"""Whether certificates follow the profile they are issued under, beyond making a valid path.

RFC 5280, 6.1: the validation of a path "does not include checks to verify that the certificates and CRLs conform to
this profile", and the RFC "RECOMMENDS against including such checks". So these are remarks by default; a policy may
demand one of two profiles: ``rfc5280`` (its section 4) or ``webpki`` (the Baseline Requirements of the CA/Browser
Forum, as far as a client can see them). The two contradict each other in places.
"""

from __future__ import annotations

from collections.abc import Iterator
from ipaddress import ip_address
from typing import NamedTuple

from cryptography import x509

from hellodone.errors import AlertDescription
from hellodone.pki.certificates import Certificate
from hellodone.pki.checks import CertificateCheck, who
from hellodone.pki.constraints import well_formed
from hellodone.pki.rule import Rule
from hellodone.pki.rules import Conformance, Path
from hellodone.pki.text import key_text, printable
from hellodone.registry import oids

_NAMES = {"rfc5280": "RFC 5280", "webpki": "the Baseline Requirements"}
_MAX_NAMES = 1000
_LETTERS = frozenset("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-.*")


class _Deviation(NamedTuple):
    rule: Rule
    words: str  # follows the name of the certificate
    section: str


def conformance(path: Path, index: int, profile: Conformance) -> Iterator[CertificateCheck]:
    """The checks of one certificate against a profile; none for ``path``, which demands nothing."""
    if profile == "path":
        return
    found = list(_deviations(path, index, profile))
    if not found:
        claim = f"{who(path, index)} follows the profile of {_NAMES[profile]}"
        yield CertificateCheck(claim, True, index, {"profile": profile})
    for rule, words, section in found:
        claim = f"the {rule} of {who(path, index)} is as {_NAMES[profile]} wants it"
        reason = f"{who(path, index)} {words} ({_NAMES[profile]}, {section})"
        alert = AlertDescription.bad_certificate
        yield CertificateCheck(claim, False, index, {"profile": profile}, alert, reason, rule)


def conforms(path: Path, profile: Conformance) -> bool:
    """Whether no certificate of the path deviates. Raises CertificateError for one that cannot be read."""
    return profile == "path" or not any(list(_deviations(path, index, profile)) for index in range(len(path)))


def _deviations(path: Path, index: int, profile: Conformance) -> Iterator[_Deviation]:
    certificate = path[index]
    yield from _identifiers(certificate, index > 0)
    yield from _alternative_names(certificate)
    yield from _criticality(certificate, profile)
    yield from _authority(certificate)
    if certificate.x509.serial_number == 0:
        yield _Deviation(Rule.SERIAL_NUMBER, "has the serial number 0; a positive one expected", "4.1.2.2")
    if profile == "webpki":
        yield from _root(path, index) if index == len(path) - 1 else ()
        yield from _subscriber(certificate) if index == 0 else ()
        yield from _key(certificate)


def _critical(certificate: Certificate, kind: type[x509.ExtensionType]) -> bool | None:
    """Whether the extension is critical; None when it is absent."""
    return next((e.critical for e in certificate.extensions if isinstance(e.value, kind)), None)


def _identifiers(certificate: Certificate, is_issuer: bool) -> Iterator[_Deviation]:
    authority = certificate.extension(x509.AuthorityKeyIdentifier)
    if _critical(certificate, x509.AuthorityKeyIdentifier):
        yield _Deviation(Rule.AUTHORITY_KEY_IDENTIFIER, "has a critical authorityKeyIdentifier", "4.2.1.1")
    if (authority is None or authority.key_identifier is None) and not certificate.self_issued:
        words = "does not say with which key of its issuer it is signed (authorityKeyIdentifier)"
        yield _Deviation(Rule.AUTHORITY_KEY_IDENTIFIER, words, "4.2.1.1")
    subject = _critical(certificate, x509.SubjectKeyIdentifier)
    if subject:
        yield _Deviation(Rule.SUBJECT_KEY_IDENTIFIER, "has a critical subjectKeyIdentifier", "4.2.1.2")
    if subject is None and is_issuer:
        yield _Deviation(Rule.SUBJECT_KEY_IDENTIFIER, "is a CA's without subjectKeyIdentifier", "4.2.1.2")


def _alternative_names(certificate: Certificate) -> Iterator[_Deviation]:
    rule, section = Rule.SUBJECT_ALTERNATIVE_NAME, "4.2.1.6"
    names = list(certificate.extension(x509.SubjectAlternativeName) or ())
    if names and not certificate.x509.subject.rdns and not _critical(certificate, x509.SubjectAlternativeName):
        yield _Deviation(rule, "has an empty subject and a subjectAltName that is not critical", section)
    for name in names[:_MAX_NAMES]:
        if not well_formed(name) or (isinstance(name, x509.DNSName) and not _is_host(name.value)):
            shown = printable(str(name.value))
            yield _Deviation(rule, f"holds a name that is none of its kind: {shown}", section)


def _is_host(name: str) -> bool:
    """The preferred name syntax of RFC 1034, with a wildcard; an address is no host name."""
    return _LETTERS.issuperset(name) and not name.rpartition(".")[2].isdigit()


def _criticality(certificate: Certificate, profile: Conformance) -> Iterator[_Deviation]:
    basic, is_ca = certificate.basic_constraints, _is_ca(certificate)
    if basic is not None and basic.ca and not _critical(certificate, x509.BasicConstraints):
        yield _Deviation(Rule.BASIC_CONSTRAINTS, "is a CA's whose basicConstraints are not critical", "4.2.1.9")
    if _critical(certificate, x509.NameConstraints) is not None and not is_ca:
        yield _Deviation(Rule.NAME_CONSTRAINTS, "has name constraints and is no CA's", "4.2.1.10")
    if profile == "rfc5280" and _critical(certificate, x509.NameConstraints) is False:
        yield _Deviation(Rule.NAME_CONSTRAINTS, "has name constraints that are not critical", "4.2.1.10")
    if _critical(certificate, x509.PolicyConstraints) is False:
        yield _Deviation(Rule.POLICY_CONSTRAINTS, "has policy constraints that are not critical", "4.2.1.11")
    usage = certificate.key_usage
    if usage is not None and "keyCertSign" in usage and not is_ca:
        yield _Deviation(Rule.KEY_USAGE, "may sign certificates by its key usage, and is no CA", "4.2.1.9")


def _is_ca(certificate: Certificate) -> bool:
    return certificate.basic_constraints is not None and certificate.basic_constraints.ca


def _authority(certificate: Certificate) -> Iterator[_Deviation]:
    if _critical(certificate, x509.AuthorityInformationAccess):
        yield _Deviation(Rule.AUTHORITY_INFORMATION_ACCESS, "has a critical authorityInfoAccess", "4.2.2.1")


# --- the Baseline Requirements


def _root(path: Path, index: int) -> Iterator[_Deviation]:
    certificate = path[index]
    authority = certificate.extension(x509.AuthorityKeyIdentifier)
    subject = certificate.extension(x509.SubjectKeyIdentifier)
    rule, section = Rule.AUTHORITY_KEY_IDENTIFIER, "7.1.2.1.3"
    if authority is not None and authority.key_identifier is None:
        yield _Deviation(rule, "has an authorityKeyIdentifier without the key's identifier", section)
    if authority is not None and (authority.authority_cert_issuer or authority.authority_cert_serial_number):
        yield _Deviation(rule, "names its issuer's certificate in its authorityKeyIdentifier", section)
    if authority and subject and authority.key_identifier and authority.key_identifier != subject.digest:
        yield _Deviation(rule, "is a root whose two key identifiers differ", section)
    if index > 0 and certificate.extended_key_usage is not None:
        yield _Deviation(Rule.EXTENDED_KEY_USAGE, "is a root with an extended key usage", "7.1.2.1.2")


def _subscriber(certificate: Certificate) -> Iterator[_Deviation]:
    usage, rule = certificate.extended_key_usage, Rule.EXTENDED_KEY_USAGE
    if usage is None:
        yield _Deviation(rule, "has no extended key usage", "7.1.2.7.6")
    if usage is not None and oids.ANY_EXTENDED_KEY_USAGE in usage:
        yield _Deviation(rule, "may be used for any purpose by its extended key usage", "7.1.2.7.10")
    if _critical(certificate, x509.ExtendedKeyUsage):
        yield _Deviation(rule, "has a critical extended key usage", "7.1.2.7.6")
    if _is_ca(certificate):
        yield _Deviation(Rule.BASIC_CONSTRAINTS, "is a CA's and stands in a leaf's place", "7.1.2.7.8")
    if _critical(certificate, x509.SubjectAlternativeName) and certificate.x509.subject.rdns:
        words = "has a critical subjectAltName though its subject is not empty"
        yield _Deviation(Rule.SUBJECT_ALTERNATIVE_NAME, words, "7.1.2.7.12")
    for attribute in certificate.x509.subject.get_attributes_for_oid(x509.NameOID.COMMON_NAME):
        if not _is_among_names(str(attribute.value), certificate):
            words = f"has the common name {printable(str(attribute.value))}, which is none of its alternative names"
            yield _Deviation(Rule.COMMON_NAME, words, "7.1.4.3")


def _is_among_names(common_name: str, certificate: Certificate) -> bool:
    """Character for character, an address in its canonical form (RFC 5952)."""
    try:
        address = ip_address(common_name)
    except ValueError:
        return common_name in certificate.dns_names
    return address in certificate.ip_addresses and str(address) == common_name


def _key(certificate: Certificate) -> Iterator[_Deviation]:
    key = certificate.key_type
    if key.algorithm not in {"rsa", "ec"}:
        yield _Deviation(Rule.KEY, f"has a key of a kind that is not permitted: {key_text(key)}", "6.1.1.3")
    if key.algorithm == "rsa" and key.bits % 8:
        yield _Deviation(Rule.KEY, f"has a key whose bits are no whole octets: {key_text(key)}", "6.1.5")
