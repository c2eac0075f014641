"""Who signed an OCSP response, and whether that responder may: the issuer, or one it delegated (RFC 6960, 4.2.2.2)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import padding
from cryptography.x509.oid import ExtensionOID

from hellodone.pki import certificate_id, rules
from hellodone.pki.answers import Examination
from hellodone.pki.certificates import Certificate
from hellodone.pki.issued import Signature, signature_verdict, signed_by
from hellodone.pki.text import listed, moment, printable
from hellodone.registry import oids

if TYPE_CHECKING:
    from cryptography.x509.ocsp import OCSPResponse

_CERTIFICATES_READ: Final = 8  # that a response brings along
_PURPOSE: Final = "OCSPSigning"


def require_signed(response: OCSPResponse, examination: Examination) -> str:
    """The name of the responder whose signature holds and who is authorised. Raises Unsatisfactory, CertificateError.

    What the library raises over a malformed response passes through.
    """
    signer = _signer(response, examination)
    issuer = examination.question.issuer
    _require_strong_signature(response, signer, examination)
    if signer == issuer:
        return issuer.name
    _require_delegated(signer, examination)
    return f"{signer.name}, delegated by {issuer.name}"


def _signer(response: OCSPResponse, examination: Examination) -> Certificate:
    """The certificate that the responder's ID means and whose key made the signature."""
    issuer, what = examination.question.issuer, examination.what
    brought = [Certificate.from_x509(found) for found in response.certificates[:_CERTIFICATES_READ]]
    meant = [c for c in dict.fromkeys((issuer, *brought)) if _is_meant(response, c)]
    examination.require(
        bool(meant),
        f"the responder that the {what} names is the issuer, or its certificate comes along",
        f"the {what} is signed by {_responder_id(response)}, which is not the issuer {issuer.name}, and brings no "
        f"certificate of that responder (found {listed([c.name for c in brought])})",
        responder=_responder_id(response),
    )
    signing = [certificate for certificate in meant if _verdict(response, certificate) == "valid"]
    examination.require(
        bool(signing),
        f"the {what} is signed with the key of the responder",
        f"the signature of the {what} was not made with the key of {meant[0].name}: forged or damaged",
        responder=meant[0].name,
    )
    return signing[0]


def _is_meant(response: OCSPResponse, certificate: Certificate) -> bool:
    """By name or by key (RFC 6960, 4.2.2.3)."""
    if response.responder_name is not None:
        return response.responder_name.public_bytes() == certificate.subject_bytes
    return response.responder_key_hash == certificate_id.key_hash(certificate)


def _responder_id(response: OCSPResponse) -> str:
    name, key = response.responder_name, response.responder_key_hash
    return printable(name.rfc4514_string()) if name is not None else f"the key with SHA-1 {(key or b'').hex()}"


def _verdict(response: OCSPResponse, certificate: Certificate) -> str:
    def signature() -> Signature:
        algorithm = response.signature_algorithm_oid
        chosen = response.signature_hash_algorithm
        pss = algorithm == x509.SignatureAlgorithmOID.RSASSA_PSS and chosen is not None
        # the library does not show the parameters: any salt is taken, the mask is made with the same hash (RFC 4055)
        padded = padding.PSS(padding.MGF1(chosen), padding.PSS.AUTO) if pss and chosen else padding.PKCS1v15()
        return Signature(algorithm, chosen, padded, response.signature, response.tbs_response_bytes)

    return signature_verdict(signature, certificate)


def _require_strong_signature(response: OCSPResponse, signer: Certificate, examination: Examination) -> None:
    algorithm = response.signature_algorithm_oid.dotted_string
    name, hash_name = oids.SIGNATURE_ALGORITHMS.get(algorithm, (algorithm, ""))
    chosen = response.signature_hash_algorithm
    weak = (hash_name or (chosen.name if chosen else "")) in rules.WEAK_HASHES
    examination.require(
        not weak or examination.question.allow_weak_signatures,
        f"the {examination.what} is signed with an algorithm that is accepted: {name}",
        f"the {examination.what} of {signer.name} is signed with {name}, which is too weak to be accepted",
        algorithm=name,
    )


def _require_delegated(signer: Certificate, examination: Examination) -> None:
    """Issued by the very CA for signing OCSP responses, and valid (RFC 6960, 4.2.2.2)."""
    question = examination.question
    issuer, whose = question.issuer, f"the responder's certificate {signer.name}"
    examination.require(
        signer.issuer_bytes == issuer.subject_bytes and signed_by(signer, issuer) == "valid",
        f"{whose} was issued by {issuer.name}, which issued the certificate in question",
        f"{whose} was not issued by {issuer.name}, which issued {question.certificate.name}: "
        f"its issuer is {signer.issuer} (RFC 6960, 4.2.2.2)",
        issuer=signer.issuer,
    )
    purposes = signer.extended_key_usage or ()
    examination.require(
        _PURPOSE in purposes,
        f"{whose} may sign OCSP responses",
        f"{whose} may not sign OCSP responses: its extended key usage is {listed(purposes)}, {_PURPOSE} expected",
        extended_key_usage=listed(purposes),
    )
    usage = signer.key_usage
    examination.require(
        usage is None or bool(usage & {"digitalSignature", "nonRepudiation"}),
        f"the key usage of {whose} allows signing",
        f"the key usage of {whose} is {listed(sorted(usage or ()), 'nothing')}; digitalSignature expected",
        key_usage="any" if usage is None else listed(sorted(usage)),
    )
    _require_dates(signer, whose, examination)
    _require_strength(signer, whose, examination)


def _require_dates(signer: Certificate, whose: str, examination: Examination) -> None:
    at, skew = examination.question.at, examination.question.clock_skew
    start, end = signer.x509.not_valid_before_utc, signer.x509.not_valid_after_utc
    found = f"valid from {moment(start)} to {moment(end)}, now {moment(at)}"
    examination.require(
        start - skew <= at <= end + skew,
        f"{whose} is within its dates",
        f"{whose} is expired or not yet valid ({found})",
        not_before=moment(start),
        not_after=moment(end),
        revocation=_how_revoked(signer),
    )


def _how_revoked(signer: Certificate) -> str:
    """Whether the issuer wants the responder's own certificate looked up; we never do (RFC 6960, 4.2.2.2.1)."""
    no_check = signer.extension(x509.OCSPNoCheck) is not None
    return "not to be checked (id-pkix-ocsp-nocheck)" if no_check else "not checked"


def _require_strength(signer: Certificate, whose: str, examination: Examination) -> None:
    question = examination.question
    demands = rules.Demands("server", question.at, allow_weak_signatures=question.allow_weak_signatures)
    strange = [e.oid.dotted_string for e in signer.extensions if e.critical and e.oid not in _UNDERSTOOD]
    examination.require(
        rules.has_strong_key(signer, demands) and rules.has_strong_signature(signer, demands) and not strange,
        f"{whose} is strong enough, and nothing critical in it is unknown",
        f"{whose} has a weak key, a weak signature ({signer.signature_algorithm}) or a critical extension that is "
        f"not understood here ({listed(strange)})",
    )


_OIDS = ExtensionOID
_UNDERSTOOD: Final = frozenset({
    _OIDS.KEY_USAGE, _OIDS.EXTENDED_KEY_USAGE, _OIDS.BASIC_CONSTRAINTS, _OIDS.SUBJECT_ALTERNATIVE_NAME,
    _OIDS.OCSP_NO_CHECK,
})  # fmt: skip
