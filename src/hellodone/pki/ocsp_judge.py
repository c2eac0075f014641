"""Whether to believe an OCSP response, and what it then says of a certificate (RFC 6960, 3.2 and 4.2).

Each condition of section 3.2 is a check here: the response is about that certificate, signed by the responder it
names, who is authorised, and it is up to date. The library reads responses but verifies nothing of them.
"""

from __future__ import annotations

import hmac
from typing import TYPE_CHECKING

from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm

from hellodone.pki import certificate_id
from hellodone.pki.answers import Examination, Kind, Question, RevocationAnswer, Unsatisfactory
from hellodone.pki.certificates import CertificateError
from hellodone.pki.ocsp import OcspResponse
from hellodone.pki.ocsp_signer import require_signed

if TYPE_CHECKING:
    from cryptography.x509.ocsp import OCSPResponse, OCSPSingleResponse

_READING_FAULTS = (ValueError, TypeError, UnsupportedAlgorithm, x509.DuplicateExtension)


def judge_ocsp(
    response: OcspResponse, question: Question, kind: Kind = "ocsp", nonce: bytes | None = None
) -> RevocationAnswer:
    """What ``response`` says about the certificate of ``question``; an answer that is of no use says why.

    ``nonce`` is what was asked with: a response that has one must repeat it, one that was made beforehand has none.
    """
    examination = Examination(question, kind)
    try:
        return _judge(response, examination, nonce)
    except Unsatisfactory as fault:
        return examination.failed(fault.reason, fault.status)
    except CertificateError as fault:
        return examination.failed(fault.reason)
    except _READING_FAULTS:
        return examination.failed(f"the {examination.what} is malformed")


def _judge(response: OcspResponse, examination: Examination, nonce: bytes | None) -> RevocationAnswer:
    question, library = examination.question, response.library
    if not response.successful:
        said = library.response_status.name.lower()
        raise Unsatisfactory(f"the OCSP responder did not answer; it says {said} (RFC 6960, 4.2.1)", "unanswered")
    responder = require_signed(library, examination)
    single = _statement(response, examination)
    examination.current(single.this_update_utc, single.next_update_utc)
    _require_extensions(library, examination)
    _require_nonce(library, nonce, examination)
    status = single.certificate_status.name
    if status == "UNKNOWN":
        reason = f"the responder does not know {question.certificate.name}"
        raise Unsatisfactory(reason, "unknown")
    return RevocationAnswer(
        examination.kind,
        "revoked" if status == "REVOKED" else "good",
        question.index,
        question.certificate.name,
        tuple(examination.checks),
        single.this_update_utc,
        single.next_update_utc,
        library.produced_at_utc,
        responder,
        single.revocation_reason.value if single.revocation_reason is not None else "",
        single.revocation_time_utc,
    )


def _statement(response: OcspResponse, examination: Examination) -> OCSPSingleResponse:
    """What is said of this very certificate; of several statements the one that revokes it, else the newest."""
    question = examination.question
    number = question.certificate.x509.serial_number
    found = [s for s in response.singles if s.serial_number == number and _of_issuer(s, question)]
    others = ", ".join(f"{s.serial_number:x}" for s in response.singles[:3])
    examination.require(
        bool(found),
        f"the {examination.what} is about {question.certificate.name}",
        f"the {examination.what} is about another certificate (serial number {others or 'none'}; "
        f"expected {question.certificate.serial_number} of {question.issuer.name})",
        serial_number=question.certificate.serial_number,
    )
    return max(found, key=lambda s: (s.certificate_status.name == "REVOKED", s.this_update_utc))


def _of_issuer(single: OCSPSingleResponse, question: Question) -> bool:
    """Whether the hashes of CertID are those of the certificate's issuer (RFC 6960, 4.1.1)."""
    hash_name = single.hash_algorithm.name
    return (
        hash_name in certificate_id.HASHES
        and single.issuer_name_hash == certificate_id.name_hash(question.issuer, hash_name)
        and single.issuer_key_hash == certificate_id.key_hash(question.issuer, hash_name)
    )


def _require_extensions(library: OCSPResponse, examination: Examination) -> None:
    """No critical extension is unknown: the responder means that such a response is not to be used (RFC 5280, 4.2)."""
    found = list(library.extensions)
    if len(list(library.responses)) == 1:  # the library reads them only then
        found += list(library.single_extensions)
    strange = [e.oid.dotted_string for e in found if e.critical and not isinstance(e.value, x509.OCSPNonce)]
    if strange:
        claim = f"every critical extension of the {examination.what} is understood"
        reason = f"the {examination.what} has a critical extension that is not understood here: {strange[0]}"
        examination.require(False, claim, reason)


def _require_nonce(library: OCSPResponse, nonce: bytes | None, examination: Examination) -> None:
    """Where we asked with a nonce and there is one, it is ours (RFC 6960, 4.4.1)."""
    if nonce is None:
        return
    try:
        found = library.extensions.get_extension_for_class(x509.OCSPNonce).value.nonce
    except x509.ExtensionNotFound:
        return
    examination.require(
        hmac.compare_digest(found, nonce),
        f"the {examination.what} answers this very request: its nonce is ours",
        f"the {examination.what} has another nonce than the request: it answers somebody else's, or an older one",
    )
