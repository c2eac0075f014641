"""Whether the server's certificates are revoked: what it staples (RFC 6066, 8; RFC 6961), lists at hand, queries."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from hellodone.errors import AlertDescription, FatalAlert
from hellodone.handshake.certificates import refused
from hellodone.handshake.context import ClientHandshake, Handshake, ServerHandshake
from hellodone.handshake.flow import Flow, ask
from hellodone.messages.handshake import CertificateStatus
from hellodone.pki.answers import Question, RevocationAnswer
from hellodone.pki.certificates import Certificate, CertificateError
from hellodone.pki.lookups import Lookup
from hellodone.pki.ocsp import OcspResponse
from hellodone.pki.revocation import (
    STAPLES,
    Revocation,
    decide,
    is_final,
    judge_fetched,
    judge_lists,
    judge_staples,
    lookups,
    open_questions,
    questions,
)
from hellodone.pki.verify import VerifiedPath
from hellodone.registry.codes import CertificateStatusType, ExtensionType
from hellodone.registry.naming import name_of

_STAPLES = (ExtensionType.status_request, ExtensionType.status_request_v2)
_MOST_LOOKUPS = 8  # in one handshake


def accept_certificate_status(hs: ClientHandshake, message: CertificateStatus | None) -> Flow[None]:
    """The status of the server's certificates, which it may leave out even when it was promised.

    Not if the certificate says that it comes with one (RFC 7633, 4.3.3).
    """
    if message is not None:
        hs.check(
            message.status_type in hs._status_types,
            AlertDescription.illegal_parameter,
            "the certificate status is of a kind that was agreed on (RFC 6066, 8; RFC 6961, 2.2)",
            lambda: f"it is of kind {name_of(CertificateStatusType, message.status_type)}",
        )
        _read(hs, message)
    policy = hs._config.revocation or STAPLES
    path = hs.server_path
    if isinstance(path, VerifiedPath) and policy.mode != "off":
        _check_features(hs)
        if policy.mode != "staples" or "server_certificate_status" in hs.__dict__:
            yield from _judge(hs, path, policy)


def _read(hs: ClientHandshake, message: CertificateStatus) -> None:
    """What was stapled becomes known; whether to believe it is another question."""
    said = (message.response,) if isinstance(message.response, bytes) else message.response
    hs.check(
        len(said) <= len(hs.server_certificates),
        AlertDescription.bad_certificate_status_response,
        "there are not more OCSP responses than certificates (RFC 6961, 2.2)",
        lambda: f"there are {len(said)} for {len(hs.server_certificates)}",
    )
    hs.server_certificate_status = tuple(OcspResponse(der) for der in said)
    try:
        for response in hs.server_certificate_status:
            response.require_readable()
    except CertificateError as fault:
        raise FatalAlert(fault.alert, fault.reason) from None


def _check_features(hs: ClientHandshake) -> None:
    """What the certificate promises and we asked for was given (RFC 7633, 4.3.3)."""
    try:
        promised = hs.server_certificates[0].tls_features
    except CertificateError as fault:
        raise FatalAlert(fault.alert, fault.reason) from None
    if not promised:
        return
    asked = [kind for kind in _STAPLES if kind in promised and kind in hs._extensions_offered]
    if asked:
        hs.check(
            "server_certificate_status" in vars(hs),
            AlertDescription.bad_certificate,
            "a certificate that must come with an OCSP response does (RFC 7633, 4.3.3)",
            lambda: (
                f"the certificate of {hs.server_certificates[0].name} demands a stapled OCSP response in its TLS "
                "feature extension, and the server sent none"
            ),
        )


def _judge(hs: ClientHandshake, path: VerifiedPath, policy: Revocation) -> Flow[None]:
    """Believe staples and lists as far as they are right, ask about the rest, and refuse what the policy does not take.

    The path was verified before: an answer is checked with the key of the certificate above.
    """
    staples: tuple[OcspResponse, ...] = vars(hs).get("server_certificate_status", ())
    asked, answers = yield from _answers(hs, path, policy, hs.server_certificates, staples)
    if answers:
        hs.server_revocation = answers
    _settle(hs, asked, answers, policy)


def judge_client(hs: ServerHandshake) -> Flow[None]:
    """Whether the client's certificates are revoked, where the configuration wants to know; nobody staples to them."""
    policy, path = hs._config.revocation, vars(hs).get("client_path")
    if policy is None or policy.mode in ("off", "staples") or not isinstance(path, VerifiedPath):
        return
    asked, answers = yield from _answers(hs, path, policy, (), ())
    if answers:
        hs.client_revocation = answers
    _settle(hs, asked, answers, policy)


def _answers(
    hs: Handshake[Any],
    path: VerifiedPath,
    policy: Revocation,
    presented: Sequence[Certificate],
    staples: Sequence[OcspResponse],
) -> Flow[tuple[tuple[Question, ...], tuple[RevocationAnswer, ...]]]:
    """What is asked about the path, and everything that was said to it."""
    config = hs._config
    weak = config.policy.allow_sha1_certificates
    profile = config.policy.certificate_profile
    asked = questions(path.path, policy, config.clock(), allow_weak_signatures=weak, conformance=profile)
    answers = (*judge_staples(presented, staples, asked), *judge_lists(asked, policy))
    for answer in answers:
        hs.note_answer(answer)
    try:
        if not any(is_final(answer) for answer in answers):
            answers += yield from _ask(hs, open_questions(asked, answers, policy), policy)
    except CertificateError as fault:
        raise refused(hs, fault) from None
    return asked, answers


def _settle(
    hs: Handshake[Any], asked: Sequence[Question], answers: Sequence[RevocationAnswer], policy: Revocation
) -> None:
    """Refuse what the policy does not take."""
    try:
        hs.note_checks([check.claim for check in decide(asked, answers, policy)])
    except CertificateError as fault:
        raise refused(hs, fault) from None


def _ask(
    hs: Handshake[Any], still_open: tuple[Question, ...], policy: Revocation
) -> Flow[tuple[RevocationAnswer, ...]]:
    """Each question is asked until somebody answers it, or nobody is left to be asked."""
    answers: list[RevocationAnswer] = []
    for question in still_open:
        for lookup in lookups(question, policy, hs._config.random_bytes):
            if len(answers) == _MOST_LOOKUPS:
                return tuple(answers)
            answers.append((yield from _answer(hs, question, lookup)))
            if answers[-1].conclusive:
                break
    return tuple(answers)


def _answer(hs: Handshake[Any], question: Question, lookup: Lookup) -> Flow[RevocationAnswer]:
    fetched = yield from ask(lambda: hs._channel.look_up(lookup))
    answer = judge_fetched(question, lookup, fetched)
    hs.note_answer(answer)
    return answer
