"""What is signed in a handshake: the server's parameters and CertificateVerify (RFC 5246, 7.4.3, 7.4.8)."""

from __future__ import annotations

from hellodone.crypto.errors import UnusableKey
from hellodone.crypto.signatures import verify
from hellodone.errors import AlertDescription
from hellodone.handshake.context import ClientHandshake, ServerHandshake
from hellodone.handshake.flow import Flow, ask
from hellodone.messages.handshake import CertificateVerify
from hellodone.messages.key_exchange import DigitallySigned
from hellodone.pki.certificates import Certificate
from hellodone.pki.identity import Identity
from hellodone.registry.signatures import scheme_name


def sign_parameters(hs: ServerHandshake, parameters: bytes) -> Flow[DigitallySigned]:
    """Both randoms and the parameters, signed with the certificate's key, wherever that is (7.4.3)."""
    identity = hs._identity
    assert identity is not None, "suites that sign have a certificate"
    scheme = hs.server_signature_scheme = hs._signature_scheme
    data = hs.client_random + hs.server_random + parameters
    signature = identity.sign(scheme, data) if identity.is_local else (yield from _asked(identity, scheme, data))
    return DigitallySigned(scheme, signature)


def verify_parameters(hs: ClientHandshake, parameters: bytes, signed: DigitallySigned) -> None:
    """The server signed its parameters, for this handshake, with its certificate's key (7.4.3)."""
    scheme = signed.algorithm
    leaf = hs.server_certificates[0]
    _check_scheme(hs, scheme, hs.client_signature_schemes, leaf)
    hs.server_signature_scheme = scheme
    hs.check(
        _verifies(leaf, scheme, signed.signature, hs.client_random + hs.server_random + parameters),
        AlertDescription.decrypt_error,
        "the server signed its key share, with both randoms, with its certificate's key (RFC 5246, 7.4.3)",
        lambda: f"the {scheme_name(scheme)} signature does not verify",
    )


def certificate_verify(hs: ClientHandshake, identity: Identity) -> Flow[CertificateVerify]:
    """All messages so far, signed with our certificate's key, wherever that is (7.4.8)."""
    scheme = hs.client_signature_scheme = hs._client_scheme
    messages = hs._transcript.messages()
    local = identity.is_local
    signature = identity.sign(scheme, messages) if local else (yield from _asked(identity, scheme, messages))
    return CertificateVerify(scheme, signature)


def _asked(identity: Identity, scheme: int, data: bytes) -> Flow[bytes]:
    """The signature of a key that is elsewhere."""
    return ask(lambda: identity.sign(scheme, data))


def accept_certificate_verify(hs: ServerHandshake, message: CertificateVerify, signed: bytes) -> None:
    """The client has the key of its certificate (7.4.8)."""
    leaf = hs.client_certificates[0]
    scheme = message.algorithm
    _check_scheme(hs, scheme, hs.certificate_request.supported_signature_algorithms, leaf)
    hs.client_signature_scheme = scheme
    hs.check(
        _verifies(leaf, scheme, message.signature, signed),
        AlertDescription.decrypt_error,
        "the client signed the handshake so far with its certificate's key (RFC 5246, 7.4.8)",
        lambda: f"the {scheme_name(scheme)} signature does not verify",
    )


def _check_scheme(
    hs: ClientHandshake | ServerHandshake, scheme: int, offered: tuple[int, ...], leaf: Certificate
) -> None:
    hs.check(
        scheme in offered,
        AlertDescription.illegal_parameter,
        "the signature scheme is one we offered (RFC 5246, 7.4.3 and 7.4.8)",
        lambda: f"the peer used {scheme_name(scheme)}",
    )
    hs.check(
        scheme in leaf.schemes,
        AlertDescription.illegal_parameter,
        "the signature scheme fits the certificate's key",
        lambda: f"{scheme_name(scheme)} with a key of type {leaf.key_type.algorithm}",
    )


def _verifies(leaf: Certificate, scheme: int, signature: bytes, data: bytes) -> bool:
    try:
        return verify(leaf.public_key, scheme, signature, data)
    except UnusableKey:
        return False
