"""The checks of single certificates, each a claim with its values and, when it fails, a reason and an alert.

One function a rule; a path is judged by running them over its certificates (``judge``). The library decides
most of these too, but says neither which rule nor which certificate, and never looks at the leaf's key, usage and
signature algorithm: those are decided here. Sections are of RFC 5280 unless another is named.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Final

from cryptography.x509 import Version

from hellodone.errors import AlertDescription
from hellodone.pki import rules
from hellodone.pki.names import ServerName, match, mismatch
from hellodone.pki.rule import Rule
from hellodone.pki.rules import Demands, Path, Role, Usage
from hellodone.pki.text import key_text, listed, moment, pin_text, span
from hellodone.registry import oids

# what a verifier that does not process certificate policies may find critical (4.2), and TLS features (RFC 7633)
_UNDERSTOOD: Final = frozenset({
    "keyUsage", "subjectAltName", "basicConstraints", "nameConstraints", "extKeyUsage", "authorityKeyIdentifier",
    "subjectKeyIdentifier", "authorityInfoAccess", "tlsFeature",
})  # fmt: skip
_LIBRARY_HASHES: Final = frozenset({"sha256", "sha384", "sha512"})
_LIBRARY_CURVES: Final = frozenset({"secp256r1", "secp384r1", "secp521r1"})


@dataclass(frozen=True, slots=True)
class CertificateCheck:
    """One claim about a certificate of the path: whether it holds and the values it was decided on.

    ``claim`` is a sentence that is true when ``passed``; ``certificate`` the index in the path, 0 for the leaf. A
    failed check has the ``alert`` for it and the ``reason``: certificate, field, found, expected.
    """

    claim: str
    passed: bool
    certificate: int
    values: Mapping[str, str] = field(default_factory=dict)
    alert: AlertDescription | None = None
    reason: str = ""
    rule: Rule = Rule.ENCODING


def settled(check: CertificateCheck) -> CertificateCheck:
    """What our walk could not follow to the end (bounds keep it short) the library has: its word stands."""
    return (
        check if check.passed else replace(check, claim=f"{check.reason}; the library decides and accepts", passed=True)
    )


def who(path: Path, index: int) -> str:
    """The certificate at ``index`` by its place and name: ``the certificate of CN=x``, ``the intermediate CN=y``."""
    if index == 0:
        return f"the certificate of {path[0].name}"
    place = "trust anchor" if index == len(path) - 1 else "intermediate"
    return f"the {place} {path[index].name}"


def check(
    rule: Rule, passed: bool, claim: str, index: int, alert: AlertDescription, reason: str, values: Mapping[str, str]
) -> CertificateCheck:
    """A check that passed or failed; what is only for failures is left out of one that passed."""
    if passed:
        return CertificateCheck(claim, True, index, values, rule=rule)
    return CertificateCheck(claim, False, index, values, alert, reason, rule)


def within_dates(path: Path, index: int, at: datetime) -> CertificateCheck:
    """The time of verification lies in the validity period (4.1.2.5)."""
    start, end = path[index].x509.not_valid_before_utc, path[index].x509.not_valid_after_utc
    if at > end:
        reason = f"{who(path, index)} expired {span(at - end)} ago (not after {moment(end)}, now {moment(at)})"
    else:
        reason = (
            f"{who(path, index)} is not yet valid, only in {span(start - at)} (not before {moment(start)}, "
            f"now {moment(at)}): deployed too early, or the clock is wrong"
        )
    values = {"not before": moment(start), "not after": moment(end), "now": moment(at)}
    claim = f"{who(path, index)} is within its dates"
    return check(Rule.DATES, start <= at <= end, claim, index, AlertDescription.certificate_expired, reason, values)


def strong_signature(path: Path, index: int, demands: Demands) -> CertificateCheck:
    """The issuer's signature is made with an algorithm that is accepted."""
    algorithm = path[index].signature_algorithm
    passed = rules.has_strong_signature(path[index], demands)
    reason = (
        f"{who(path, index)} is signed with {algorithm}, which is too weak to be accepted; "
        f"it must be issued anew with SHA-256 or better"
    )
    claim = f"{who(path, index)} is signed with an algorithm that is accepted: {algorithm}"
    return check(
        Rule.SIGNATURE_ALGORITHM,
        passed,
        claim,
        index,
        AlertDescription.bad_certificate,
        reason,
        {"algorithm": algorithm},
    )


def strong_key(path: Path, index: int, demands: Demands) -> CertificateCheck:
    """The public key is of a kind known here and large enough."""
    key, minimum = path[index].key_type, rules.minimum_bits(path[index], demands)
    held = key_text(key)
    least = f"RSA {minimum} bits" if key.algorithm in {"rsa", "rsa_pss"} else f"{minimum} bits"
    claim = f"the key of {path[index].name} is large enough: {held}"
    reason = f"{who(path, index)} has a key that is too small: {held}, at least {least} expected"
    alert = AlertDescription.bad_certificate
    if key.algorithm == "unknown":
        reason, alert = f"{who(path, index)} has a key of an unknown kind", AlertDescription.unsupported_certificate
    passed = rules.has_strong_key(path[index], demands)
    return check(Rule.KEY, passed, claim, index, alert, reason, {"key": held, "at least": least})


def for_the_name(path: Path, name: ServerName) -> CertificateCheck:
    """The leaf is for the name that was asked (RFC 9525, 6)."""
    presented = listed(path[0].subject_names)
    claim = f"the certificate is for the name that was asked: {name}"
    values = {"asked": str(name), "presented": presented}
    passed = match(name, path[0])
    reason = "" if passed else mismatch(name, path[0])
    rule = Rule.SERVER_NAME if path[0].subject_names else Rule.SUBJECT_ALTERNATIVE_NAME
    return check(rule, passed, claim, 0, AlertDescription.bad_certificate, reason, values)


def pinned(path: Path, demands: Demands) -> CertificateCheck:
    """A key of the path is pinned (in the manner of RFC 7469, 2.6)."""
    held = [f"{certificate.name} {pin_text(certificate.key_sha256)}" for certificate in path]
    wanted = [pin_text(pin) for pin in sorted(demands.pins)]
    claim = "a key on the path is one that was pinned"
    reason = f"none of the keys on the path was pinned: found {listed(held)}; pinned {listed(wanted)}"
    passed = rules.has_pinned_key(path, demands)
    values = {"pinned": listed(wanted), "keys": listed(held)}
    return check(Rule.PIN, passed, claim, 0, AlertDescription.bad_certificate, reason, values)


def usable_key(path: Path, usage: Usage) -> CertificateCheck:
    """The leaf's keyUsage allows what the key exchange does with its key (4.2.1.3; RFC 5246, 7.4.2)."""
    needed, allowed = rules.USAGES[usage], path[0].key_usage
    held = "any (no keyUsage)" if allowed is None else listed(sorted(allowed), "nothing")
    claim = f"the key usage of the certificate allows what this key exchange needs: {needed}"
    reason = f"the key usage of {path[0].name} is {held}; this key exchange needs {needed}"
    passed = rules.has_usage(path[0], usage)
    return check(
        Rule.KEY_USAGE,
        passed,
        claim,
        0,
        AlertDescription.unsupported_certificate,
        reason,
        {"needed": needed, "key usage": held},
    )


def fit_for_purpose(path: Path, index: int, role: Role) -> CertificateCheck:
    """The extended key usage, where there is one, allows TLS in this role (4.2.1.12), in intermediates too."""
    needed, allowed = rules.PURPOSES[role], path[index].extended_key_usage
    held = "any (no extKeyUsage)" if allowed is None else listed(allowed, "nothing")
    claim = f"{who(path, index)} may be used for {needed}"
    reason = f"the extended key usage of {path[index].name} is {held}; a {role}'s certificate needs {needed}"
    if index == 0 and allowed is not None and set(allowed) == set(rules.PURPOSES.values()) - {needed}:
        reason += f": this is a {'client' if role == 'server' else 'server'} certificate"
    passed = rules.has_purpose(path[index], role)
    values = {"needed": needed, "extended key usage": held}
    return check(
        Rule.EXTENDED_KEY_USAGE, passed, claim, index, AlertDescription.unsupported_certificate, reason, values
    )


def understood(path: Path, index: int) -> CertificateCheck:
    """No critical extension is unknown (4.2)."""
    critical = [oids.extension_name(e.oid.dotted_string) for e in path[index].extensions if e.critical]
    strange = [name for name in critical if name not in _UNDERSTOOD]
    claim = f"every critical extension of {who(path, index)} is understood"
    reason = f"{who(path, index)} has a critical extension that is not understood here: {listed(strange)}"
    values = {"critical": listed(critical)}
    return check(
        Rule.CRITICAL_EXTENSIONS, not strange, claim, index, AlertDescription.unsupported_certificate, reason, values
    )


def is_ca(path: Path, index: int) -> CertificateCheck:
    """An issuer is a CA by its basicConstraints (4.2.1.9, 6.1.4 k); trust anchors too, as the library demands."""
    constraints = path[index].basic_constraints
    if constraints is not None:
        held = f"CA:{str(constraints.ca).upper()}"
    else:
        held = "absent" if path[index].x509.version is Version.v3 else "absent: an X.509 version 1 certificate"
    claim = f"{who(path, index)} is a CA"
    reason = (
        f"{who(path, index)} issued {path[index - 1].name} but is no CA (basicConstraints {held}, CA:TRUE expected)"
    )
    passed = constraints is not None and constraints.ca
    return check(
        Rule.BASIC_CONSTRAINTS,
        passed,
        claim,
        index,
        AlertDescription.bad_certificate,
        reason,
        {"basicConstraints": held},
    )


def may_issue(path: Path, index: int) -> CertificateCheck:
    """An issuer's keyUsage, where there is one, allows signing certificates (4.2.1.3, 6.1.4 n)."""
    allowed = path[index].key_usage
    held = "any (no keyUsage)" if allowed is None else listed(sorted(allowed), "nothing")
    claim = f"the key usage of {who(path, index)} allows signing certificates"
    reason = f"{who(path, index)} issued {path[index - 1].name} but its key usage is {held}; keyCertSign expected"
    passed = rules.may_issue(path[index])
    return check(Rule.KEY_USAGE, passed, claim, index, AlertDescription.bad_certificate, reason, {"key usage": held})


def within_path_length(path: Path, index: int) -> CertificateCheck | None:
    """Not more CAs follow than pathLenConstraint allows, self-issued ones not counted (4.2.1.9, 6.1.4 l)."""
    constraints = path[index].basic_constraints
    if constraints is None or constraints.path_length is None:
        return None
    limit = constraints.path_length
    below = [certificate for certificate in path[1:index] if not certificate.self_issued]
    claim = f"not more CAs follow {path[index].name} than it allows: {limit}"
    reason = (
        f"{who(path, index)} allows {limit} further CAs below it (pathLenConstraint), "
        f"found {len(below)}: {listed([c.name for c in reversed(below)])}"
    )
    values = {"allowed": str(limit), "found": str(len(below))}
    return check(Rule.PATH_LENGTH, len(below) <= limit, claim, index, AlertDescription.bad_certificate, reason, values)


def judgeable(path: Path, index: int) -> CertificateCheck | None:
    """The library can judge this link: it knows few kinds of issuer keys and signatures. None where it can."""
    certificate = path[index]
    obstacle, rule = "", Rule.KEY
    if index > 0:
        key = certificate.key_type
        if not (key.algorithm in {"rsa", "rsa_pss"} or key.curve in _LIBRARY_CURVES):
            obstacle = f"its key is {key_text(key)}"
        elif key.algorithm in {"rsa", "rsa_pss"} and key.bits < 2048:
            obstacle = f"its key is {key_text(key)}, less than 2048 bits"
    if index < len(path) - 1 and certificate.signature_hash not in _LIBRARY_HASHES:
        rule = Rule.KEY if obstacle else Rule.SIGNATURE_ALGORITHM
        obstacle = obstacle or f"it is signed with {certificate.signature_algorithm}"
    if not obstacle:
        return None
    claim = f"the path verifier can judge {who(path, index)}"
    reason = f"{who(path, index)} is of a kind that the path verifier does not accept: {obstacle}"
    return check(rule, False, claim, index, AlertDescription.unsupported_certificate, reason, {"obstacle": obstacle})
