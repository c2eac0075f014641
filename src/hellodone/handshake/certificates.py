"""Certificates in a handshake: whose chain is sent, and what is checked of the peer's (RFC 5246, 7.4.2, 7.4.6)."""

from __future__ import annotations

from typing import Any

from hellodone.errors import AlertDescription, FatalAlert
from hellodone.handshake.context import ClientHandshake, Handshake, ServerHandshake
from hellodone.handshake.fit import report_misfits
from hellodone.handshake.identities import certificate_type
from hellodone.handshake.negotiation import NoMatch, choose_scheme
from hellodone.handshake.paths import client_path, server_path
from hellodone.handshake.requirements import REQUIREMENTS, SIGNING_TYPES, fixed_keys, fixed_types, same_group
from hellodone.messages.handshake import Certificate as CertificateMessage
from hellodone.messages.handshake import CertificateRequest, RawPublicKeyCertificate
from hellodone.pki.certificates import Certificate, CertificateError
from hellodone.pki.chains import received_certificate
from hellodone.pki.identity import Identity
from hellodone.pki.raw_keys import RawPublicKey, is_raw
from hellodone.pki.verify import VerifiedPath
from hellodone.registry.codes import CertificateType
from hellodone.registry.suites import CipherSuite

TRUSTED_KEY = "a raw public key that is trusted as it is"
NOT_VERIFIED = "not verified: no trust store was given"

PeerCertificate = CertificateMessage | RawPublicKeyCertificate


def accept_server_certificate(hs: ClientHandshake, message: PeerCertificate) -> None:
    """The server's chain fits the suite, leads to an anchor and is for the name that was meant."""
    hs.check(
        bool(message.certificate_list),
        AlertDescription.handshake_failure,
        "the server sends a certificate (RFC 5246, 7.4.2)",
        "the list of certificates is empty",
    )
    hs.server_certificates = _received(message)
    try:
        _check_key(hs, hs.cipher_suite, hs.server_certificates[0])
        hs.server_path = _server_path(hs)
    except CertificateError as fault:
        raise refused(hs, fault) from None


def accept_client_certificate(hs: ServerHandshake, message: PeerCertificate) -> None:
    """The client's chain leads to an anchor of ours, or it has none and need not have one."""
    hs.client_certificates = _received(message)
    if not hs.client_certificates:
        hs.check(
            hs._client_auth != "required",
            AlertDescription.handshake_failure,
            "the client sends a certificate, which this server requires (RFC 5246, 7.4.6)",
            "the list of certificates is empty",
        )
        return
    try:
        _check_client_key(hs, hs.client_certificates[0])
        hs.client_path = _client_path(hs)
    except CertificateError as fault:
        raise refused(hs, fault) from None


def _received(message: PeerCertificate) -> tuple[Certificate, ...]:
    if isinstance(message, RawPublicKeyCertificate):
        return tuple(RawPublicKey(spki) for spki in message.certificate_list)
    return tuple([received_certificate(der) for der in message.certificate_list])


def trust_key(hs: Handshake[Any], key: Certificate) -> str:
    """A key that comes without a certificate is one of those we know (RFC 7250, 6)."""
    hs.check(
        key.der in hs._config.trusted_keys,
        AlertDescription.certificate_unknown,
        "the raw public key is one of those that are trusted (RFC 7250, 6)",
        lambda: f"{key.name} is not",
    )
    return TRUSTED_KEY


def _check_client_key(hs: ServerHandshake, leaf: Certificate) -> None:
    """The key is of a type that was asked for: one to sign with, or one to agree with (RFC 5246, 7.4.6)."""
    key = leaf.key_type.algorithm
    signing = SIGNING_TYPES.get(key) in hs.certificate_request.certificate_types
    hs.check(
        signing or key in fixed_keys(hs.cipher_suite),
        AlertDescription.unsupported_certificate,
        "the client's key is of a type that was asked for (RFC 5246, 7.4.6)",
        lambda: f"it is of type {key}",
    )


def refuse_anonymous_request(hs: ClientHandshake) -> None:
    """Only a server that shows a certificate may ask for one (RFC 5246, 7.4.4)."""
    hs.check(
        hs.cipher_suite.authenticates_server,
        AlertDescription.handshake_failure,
        "the server that asks for a certificate has shown one (RFC 5246, 7.4.4)",
        lambda: f"{hs.cipher_suite.name} has none",
    )


def choose_client_identity(hs: ClientHandshake, request: CertificateRequest) -> Identity | None:
    """The first identity that the request allows, and in ``client_identity_choice`` why that one or why none."""
    reasons = []
    wanted = vars(hs).get("client_certificate_type", CertificateType.X509)
    for identity in hs._config.identities:
        if certificate_type(identity) != wanted:
            reasons.append(f"{identity.leaf.name}: the server takes {CertificateType(wanted).name}")
            continue
        try:
            hs._client_scheme = _suit(hs, request, identity)
        except NoMatch as clause:
            reasons.append(f"{identity.leaf.name}: {clause}")
            continue
        hs.client_identity_choice = f"{identity.leaf.name} fits what the server asks for"
        return identity
    hs.client_identity_choice = "none sent: " + ("; ".join(reasons) or "this client has no certificate")
    return None


def _suit(hs: ClientHandshake, request: CertificateRequest, identity: Identity) -> int:
    """The scheme to sign with, 0 for a fixed key. Raises NoMatch when the request excludes it (RFC 5246, 7.4.4)."""
    authorities = request.certificate_authorities
    if (
        authorities
        and not is_raw(identity)
        and not any(certificate.issuer_bytes in authorities for certificate in identity.chain)
    ):
        raise NoMatch(f"none of the {len(authorities)} authorities that the server names issued it")
    if _is_fixed(hs, request, identity):
        hs._fixed_identity = identity
        return 0
    if SIGNING_TYPES.get(identity.key_type.algorithm) not in request.certificate_types:
        raise NoMatch(f"the server does not ask for keys of type {identity.key_type.algorithm}")
    if not _may(identity.key_usage, "digitalSignature"):
        raise NoMatch("its key usage lacks digitalSignature")
    return choose_scheme(identity, request.supported_signature_algorithms, hs._config.policy.signature_schemes)


def _is_fixed(hs: ClientHandshake, request: CertificateRequest, identity: Identity) -> bool:
    """Whether the identity's key can take part in the key exchange, and cannot or may not sign."""
    wanted = set(fixed_types(hs.cipher_suite)) & set(request.certificate_types)
    signs = identity.schemes and _may(identity.key_usage, "digitalSignature")
    return (
        bool(wanted)
        and not signs
        and identity.can("key_agreement")
        and identity.key_type.algorithm in fixed_keys(hs.cipher_suite)
        and _may(identity.key_usage, "keyAgreement")
        and same_group(identity.agreement_group, hs.server_certificates[0].agreement_group)
    )


def _may(usage: frozenset[str] | None, what: str) -> bool:
    return usage is None or what in usage


def _check_key(hs: ClientHandshake, suite: CipherSuite, leaf: Certificate) -> None:
    algorithm = leaf.key_type.algorithm
    hs.check(
        algorithm in REQUIREMENTS[suite.key_exchange].algorithms,
        AlertDescription.unsupported_certificate,
        f"the server's key is of a type that {suite.name} can use (RFC 5246, 7.4.2)",
        lambda: f"it is of type {algorithm}",
    )


def _server_path(hs: ClientHandshake) -> VerifiedPath | str:
    if isinstance(hs.server_certificates[0], RawPublicKey):
        return trust_key(hs, hs.server_certificates[0])
    report_misfits(hs, hs.server_certificates[0])
    path = server_path(hs._config, hs._expected_name, hs.server_certificates, hs.cipher_suite)
    return NOT_VERIFIED if path is None else _noted(hs, path)


def _client_path(hs: ServerHandshake) -> VerifiedPath | str:
    if isinstance(hs.client_certificates[0], RawPublicKey):
        return trust_key(hs, hs.client_certificates[0])
    path = client_path(hs._config, hs.client_certificates, hs.cipher_suite)
    return NOT_VERIFIED if path is None else _noted(hs, path)


def _noted(hs: Handshake[Any], path: VerifiedPath) -> VerifiedPath:
    hs.note_path(path)
    return path


def refused(hs: Handshake[Any], fault: CertificateError) -> FatalAlert:
    """The certificate's fault as the alert it calls for, with what was checked on the way."""
    if fault.account is not None:
        hs.note_account(fault.account)
    hs.note_checks([check.claim for check in fault.checks if check.passed])
    for check in fault.checks:
        if not check.passed:
            hs.note_failure(check.claim, check.alert or fault.alert)
    if all(check.passed for check in fault.checks):
        hs.note_failure("the certificates lead to an anchor that is trusted (RFC 5280, 6)", fault.alert)
    return FatalAlert(fault.alert, fault.reason)
