"""The OCSP responder of a laboratory CA: from a request, or a certificate, to the response."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Protocol

from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.x509.ocsp import OCSPRequest, load_der_ocsp_request

from hellodone.errors import ConfigurationError
from hellodone.pki import certificate_id
from hellodone.pki.certificates import Certificate
from hellodone.pki.identity import Identity, LocalSigner
from hellodone.pki.lab_ocsp import Responder, SaidStatus, Statement, make_response, make_unsuccessful
from hellodone.pki.lab_revocation import Register

_SERVED = ("sha1", "sha256")
_A_WEEK = timedelta(days=7)


class Authority(Protocol):
    """What is needed of the CA."""

    @property
    def certificate(self) -> Certificate:
        """Its certificate."""
        ...

    @property
    def private_key(self) -> object:
        """And its key."""
        ...

    @property
    def register(self) -> Register:
        """What it revoked."""
        ...


def respond(
    authority: Authority,
    about: Certificate | bytes,
    at: datetime,
    status: SaidStatus | None,
    delegated: Identity | None,
    *,
    until: datetime | None = None,
    open_end: bool = False,
    by_name: bool = False,
    nonce: bytes | None = None,
    hash_name: str = "sha1",
    signature_hash: str = "sha256",
    with_certificate: bool = True,
    issuer: Certificate | None = None,
) -> bytes:
    """A response in DER, true from ``at`` to ``until`` (a week later), or without end.

    ``issuer`` is whose certificate the response is said to be about, the responder's name is by key unless
    ``by_name``. A request that cannot be read is answered with malformed_request, one for the certificate of another
    CA with unauthorized. Raises ConfigurationError for a delegate whose key is elsewhere.
    """
    try:
        request = load_der_ocsp_request(about) if isinstance(about, bytes) else None
        if request is not None:
            hash_name, nonce = request.hash_algorithm.name, _nonce(request)
    except (ValueError, UnsupportedAlgorithm):
        return make_unsuccessful("malformed_request")
    if request is not None and not _is_ours(request, authority.certificate):
        return make_unsuccessful("unauthorized")
    number = about.x509.serial_number if isinstance(about, Certificate) else _asked(request)
    end = None if open_end else until or at + _A_WEEK
    about_it = Statement(issuer or authority.certificate, number, at, end, hash_name=hash_name)
    responder = _responder(authority, delegated, by_name, signature_hash, with_certificate)
    return make_response((_registered(about_it, authority.register, status),), responder, at, nonce)


def _registered(statement: Statement, register: Register, status: SaidStatus | None) -> Statement:
    """The statement as the register has it, unless another status is wanted; unknown when it is kept and not in it."""
    entry = register.entries.get(statement.serial_number)
    if entry is None:
        strange = register.issued is not None and statement.serial_number not in register.issued
        return replace(statement, status=status or ("unknown" if strange else "good"))
    return replace(statement, status=status or "revoked", revoked_at=entry.at, reason=entry.reason)


def _asked(request: OCSPRequest | None) -> int:
    return request.serial_number if request is not None else 0


def _nonce(request: OCSPRequest) -> bytes | None:
    try:
        return request.extensions.get_extension_for_class(x509.OCSPNonce).value.nonce
    except x509.ExtensionNotFound:
        return None


def _is_ours(request: OCSPRequest, issuer: Certificate) -> bool:
    hash_name = request.hash_algorithm.name
    return (
        hash_name in _SERVED
        and request.issuer_name_hash == certificate_id.name_hash(issuer, hash_name)
        and request.issuer_key_hash == certificate_id.key_hash(issuer, hash_name)
    )


def _responder(
    authority: Authority, delegated: Identity | None, by_name: bool, hash_name: str, with_certificate: bool
) -> Responder:
    if delegated is None:
        return Responder(authority.certificate, authority.private_key, (), by_name, hash_name)
    if not isinstance(delegated.signer, LocalSigner):
        raise ConfigurationError("the private key of this responder is not in this process")
    along = (delegated.leaf,) if with_certificate else ()
    return Responder(delegated.leaf, delegated.signer.private_key, along, by_name, hash_name)
