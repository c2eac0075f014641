"""Raw public keys in place of certificates: server_certificate_type and client_certificate_type (RFC 7250)."""

from __future__ import annotations

from typing import Any

from hellodone.errors import AlertDescription
from hellodone.handshake.context import ClientHandshake, Handshake, ServerHandshake
from hellodone.handshake.extensions.rule import Rule
from hellodone.handshake.identities import certificate_type
from hellodone.messages.extensions.algorithms import CertificateTypeChoice, CertificateTypes
from hellodone.messages.handshake import Certificate, RawPublicKeyCertificate
from hellodone.registry.codes import CertificateType, ExtensionType
from hellodone.registry.naming import name_of

X509, RAW = CertificateType.X509, CertificateType.RawPublicKey


class ServerCertificateTypeRule(Rule[CertificateTypes, CertificateTypeChoice]):
    """What the server's Certificate message holds (RFC 7250, 4.1 and 4.2)."""

    extension_type = ExtensionType.server_certificate_type
    offered = CertificateTypes
    answered = CertificateTypeChoice

    def offer(self, hs: ClientHandshake) -> CertificateTypes | None:
        """Raw keys, if we know one that we would trust; certificates, if there is an anchor for them."""
        config = hs._config
        if not config.trusted_keys:
            return None
        certificates = config.trust is None or len(config.trust) > 0
        hs._server_types = (RAW, X509) if certificates else (RAW,)
        return CertificateTypes(hs._server_types)

    def read(self, hs: ServerHandshake, offer: CertificateTypes | None) -> None:
        """The choice among our identities goes by it; one of them must do."""
        if offer is None:
            return
        ours = {certificate_type(identity) for identity in hs._config.identities}
        hs.check(
            not ours or not ours.isdisjoint(offer.certificate_types),
            AlertDescription.unsupported_certificate,
            "the client takes a type of certificate that this server has (RFC 7250, 4.2)",
            lambda: f"it takes {_names(offer.certificate_types)}",
        )
        hs._server_types = offer.certificate_types

    def answer(self, hs: ServerHandshake) -> CertificateTypeChoice | None:
        """The type of the identity that was chosen."""
        if hs._server_types is None or hs._identity is None:
            return None
        hs.server_certificate_type = certificate_type(hs._identity)
        return CertificateTypeChoice(hs.server_certificate_type)

    def accept(self, hs: ClientHandshake, answer: CertificateTypeChoice | None) -> None:
        """One of those we offered; without an answer it is X.509 (RFC 7250, 4.2)."""
        if answer is None:
            return
        _check_choice(hs, answer, hs._server_types or ())
        hs.server_certificate_type = answer.certificate_type
        _expect(hs, answer.certificate_type)


class ClientCertificateTypeRule(Rule[CertificateTypes, CertificateTypeChoice]):
    """What the client's Certificate message holds, if one is asked for (RFC 7250, 4.1 and 4.2)."""

    extension_type = ExtensionType.client_certificate_type
    offered = CertificateTypes
    answered = CertificateTypeChoice

    def offer(self, hs: ClientHandshake) -> CertificateTypes | None:
        """What our identities are, unless they all are certificates."""
        types = tuple(dict.fromkeys(int(certificate_type(identity)) for identity in hs._config.identities))
        if not types or types == (X509,):
            return None
        hs._client_types = types
        return CertificateTypes(types)

    def read(self, hs: ServerHandshake, offer: CertificateTypes | None) -> None:
        """Remembered until it is known whether we ask."""
        hs._client_types = None if offer is None else offer.certificate_types

    def answer(self, hs: ServerHandshake) -> CertificateTypeChoice | None:
        """The first type that we can judge; nothing when we do not ask, or can judge none (RFC 7250, 4.2)."""
        asks = hs._client_auth != "none" and hs.cipher_suite.authenticates_server and not hs._resuming
        types = [kind for kind in hs._client_types or () if _can_judge(hs, kind)]
        if not asks or not types:
            return None
        hs.client_certificate_type = types[0]
        _expect(hs, types[0])
        return CertificateTypeChoice(types[0])

    def accept(self, hs: ClientHandshake, answer: CertificateTypeChoice | None) -> None:
        """One of those we offered; without an answer it is X.509."""
        if answer is not None:
            _check_choice(hs, answer, hs._client_types or ())
            hs.client_certificate_type = answer.certificate_type


def _can_judge(hs: ServerHandshake, kind: int) -> bool:
    if kind == RAW:
        return bool(hs._config.trusted_keys)
    anchors = hs._config.client_trust
    return kind == X509 and (anchors is None or len(anchors) > 0)


def _check_choice(hs: ClientHandshake, answer: CertificateTypeChoice, offered: tuple[int, ...]) -> None:
    hs.check(
        answer.certificate_type in offered,
        AlertDescription.illegal_parameter,
        "the server chose a type of certificate that we offered (RFC 7250, 4.2)",
        lambda: f"it chose {name_of(CertificateType, answer.certificate_type)}",
    )


def _expect(hs: Handshake[Any], kind: int) -> None:
    """The peer's Certificate message has the form for that."""
    if kind == RAW:
        hs._forms[Certificate] = RawPublicKeyCertificate


def _names(types: tuple[int, ...]) -> str:
    return ", ".join(name_of(CertificateType, kind) for kind in types)
