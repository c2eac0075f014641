"""OCSP responses of a laboratory: of every kind, proper and improper, and the same octets for the same input.

The library's builder sets the time of production by the system's clock, signs with randomness and refuses SHA-1, so
the few structures of RFC 6960, 4.2.1 are written here.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final, Literal

from cryptography.hazmat.primitives.asymmetric import dsa, ec, ed448, ed25519, rsa

from hellodone.errors import ConfigurationError
from hellodone.pki import certificate_id, graft
from hellodone.pki.certificates import Certificate
from hellodone.pki.der import Tag, element, integer, object_identifier, sequence

SaidStatus = Literal["good", "revoked", "unknown"]
REASONS: Final = {
    "unspecified": 0,
    "keyCompromise": 1,
    "cACompromise": 2,
    "affiliationChanged": 3,
    "superseded": 4,
    "cessationOfOperation": 5,
    "certificateHold": 6,
    "removeFromCRL": 8,
    "privilegeWithdrawn": 9,
    "aACompromise": 10,
}
UNSUCCESSFUL: Final = {
    "malformed_request": 1,
    "internal_error": 2,
    "try_later": 3,
    "sig_required": 5,
    "unauthorized": 6,
}
_BASIC: Final = object_identifier("1.3.6.1.5.5.7.48.1.1")
_NONCE: Final = object_identifier("1.3.6.1.5.5.7.48.1.2")
_HASHES: Final = {"sha1": "1.3.14.3.2.26", "sha256": "2.16.840.1.101.3.4.2.1"}
_NULL: Final = b"\x05\x00"
_ALGORITHMS: Final = {
    ("rsa", "sha1"): "1.2.840.113549.1.1.5",
    ("rsa", "sha256"): "1.2.840.113549.1.1.11",
    ("ec", "sha1"): "1.2.840.10045.4.1",
    ("ec", "sha256"): "1.2.840.10045.4.3.2",
    ("dsa", "sha256"): "2.16.840.1.101.3.4.3.2",
    ("ed25519", "sha256"): "1.3.101.112",
    ("ed448", "sha256"): "1.3.101.113",
}
_KINDS: Final = {
    "rsa": rsa.RSAPrivateKey,
    "ec": ec.EllipticCurvePrivateKey,
    "dsa": dsa.DSAPrivateKey,
    "ed25519": ed25519.Ed25519PrivateKey,
    "ed448": ed448.Ed448PrivateKey,
}


@dataclass(frozen=True, slots=True)
class Statement:
    """What is said of one certificate, named by issuer and serial number; ``revoked_at`` for those revoked."""

    issuer: Certificate
    serial_number: int
    this_update: datetime
    next_update: datetime | None
    status: SaidStatus = "good"
    revoked_at: datetime | None = None
    reason: str = ""
    hash_name: str = "sha1"


@dataclass(frozen=True, slots=True)
class Responder:
    """Who signs: a certificate, its private key, what else goes along, how it is named and with which hash it signs."""

    certificate: Certificate
    private_key: object
    certificates: tuple[Certificate, ...] = ()
    by_name: bool = False
    hash_name: str = "sha256"


def make_response(
    statements: Sequence[Statement], responder: Responder, produced_at: datetime, nonce: bytes | None = None
) -> bytes:
    """A successful OCSPResponse in DER. Raises ConfigurationError for a key or a hash that does not sign here."""
    signed = sequence(
        _responder_id(responder),
        _time(produced_at),
        sequence(*(_single(statement) for statement in statements)),
        b"" if nonce is None else element(Tag.EXPLICIT_1, sequence(_nonce(nonce))),
    )
    signature = graft.signer_of(responder.private_key, responder.hash_name)(signed)
    along = sequence(*(certificate.der for certificate in responder.certificates))
    basic = sequence(
        signed,
        _algorithm(responder),
        element(Tag.BIT_STRING, b"\0", signature),
        element(Tag.EXPLICIT_0, along) if responder.certificates else b"",
    )
    body = sequence(_BASIC, element(Tag.OCTET_STRING, basic))
    return sequence(element(Tag.ENUMERATED, b"\0"), element(Tag.EXPLICIT_0, body))


def make_unsuccessful(status: str = "try_later") -> bytes:
    """A response that answers nothing, by one of the names in :data:`UNSUCCESSFUL`."""
    return sequence(element(Tag.ENUMERATED, bytes([UNSUCCESSFUL[status]])))


def _responder_id(responder: Responder) -> bytes:
    if responder.by_name:
        return element(Tag.EXPLICIT_1, responder.certificate.subject_bytes)
    return element(Tag.EXPLICIT_2, element(Tag.OCTET_STRING, certificate_id.key_hash(responder.certificate)))


def _single(statement: Statement) -> bytes:
    issuer, hash_name = statement.issuer, statement.hash_name
    certificate = sequence(
        sequence(object_identifier(_HASHES[hash_name]), _NULL),
        element(Tag.OCTET_STRING, certificate_id.name_hash(issuer, hash_name)),
        element(Tag.OCTET_STRING, certificate_id.key_hash(issuer, hash_name)),
        integer(statement.serial_number),
    )
    ends = statement.next_update
    until = b"" if ends is None else element(Tag.EXPLICIT_0, _time(ends))
    return sequence(certificate, _status(statement), _time(statement.this_update), until)


def _status(statement: Statement) -> bytes:
    match statement.status:
        case "good":
            return element(Tag.IMPLICIT_0)
        case "unknown":
            return element(Tag.IMPLICIT_2)
    if statement.reason and statement.reason not in REASONS:
        known = ", ".join(REASONS)
        raise ConfigurationError(f"{statement.reason!r} is no reason for a revocation; known are {known}")
    code = element(Tag.ENUMERATED, bytes([REASONS[statement.reason]])) if statement.reason else b""
    reason = element(Tag.EXPLICIT_0, code) if code else b""
    return element(Tag.EXPLICIT_1, _time(statement.revoked_at or statement.this_update), reason)


def _nonce(nonce: bytes) -> bytes:
    return sequence(_NONCE, element(Tag.OCTET_STRING, element(Tag.OCTET_STRING, nonce)))


def _time(at: datetime) -> bytes:
    return element(Tag.GENERALIZED_TIME, f"{at.astimezone(UTC):%Y%m%d%H%M%SZ}".encode())


def _algorithm(responder: Responder) -> bytes:
    kind = next((name for name, kinds in _KINDS.items() if isinstance(responder.private_key, kinds)), "such a key")
    dotted = _ALGORITHMS.get((kind, responder.hash_name))
    if dotted is None:
        raise ConfigurationError(f"no OCSP response signed with {kind} and {responder.hash_name} can be made here")
    return sequence(object_identifier(dotted), _NULL if kind == "rsa" else b"")
