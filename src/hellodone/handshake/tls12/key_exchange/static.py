"""Static Diffie-Hellman: the server's key is the one in its certificate, and so may be the client's.

RFC 5246, 7.4.7.2; RFC 8422, 2 (RFC 4492, 2.1, 2.3 and 3). Nothing here is forward secret.
"""

from __future__ import annotations

from hellodone.crypto.errors import CryptoError, InvalidPublicValue
from hellodone.crypto.finite_field import DHParameters, check_parameters, generate_dh_share
from hellodone.crypto.key_agreement import generate_share
from hellodone.crypto.secret import Secret
from hellodone.errors import AlertDescription, FatalAlert
from hellodone.handshake.context import ClientHandshake, ServerHandshake
from hellodone.handshake.flow import Flow, done
from hellodone.handshake.requirements import same_group
from hellodone.handshake.tls12.key_exchange.agreement import answered_secret
from hellodone.handshake.tls12.key_exchange.method import Presence, client_form
from hellodone.messages.handshake import ClientKeyExchange, ServerKeyExchange
from hellodone.pki.certificates import CertificateError
from hellodone.pki.identity import Identity
from hellodone.registry.ffdhe import identify


class Static:
    """DH_RSA, DH_DSS, ECDH_RSA and ECDH_ECDSA."""

    server_key_exchange_is = Presence.absent

    def server_key_exchange(self, hs: ServerHandshake) -> Flow[ServerKeyExchange | None]:
        """Not legal: the certificate says it all (RFC 5246, 7.4.3)."""
        return done(None)

    def accept_server_key_exchange(self, hs: ClientHandshake, message: ServerKeyExchange | None) -> None:
        """The server's group and public value are in its certificate."""
        try:
            group, hs.server_share = hs.server_certificates[0].agreement_public
        except CertificateError as fault:
            raise FatalAlert(AlertDescription.unsupported_certificate, fault.reason) from None
        if isinstance(group, int):
            hs.group = group
            return
        hs.dh_group = _group_name(group)
        policy = hs._config.policy
        try:
            hs._dh_parameters = check_parameters(group.p, group.g, policy.minimum_dh_bits, policy.maximum_dh_bits)
        except CryptoError as fault:
            raise FatalAlert(AlertDescription.insufficient_security, str(fault)) from None

    def client_key_exchange(self, hs: ClientHandshake) -> ClientKeyExchange:
        """A fresh key in the server's group; or nothing, when our certificate has one (``implicit``)."""
        form = client_form(hs.cipher_suite.key_exchange)
        if hs._fixed_identity is not None:
            hs.premaster_secret = _agree(hs._fixed_identity, hs.server_share, "server")
            return ClientKeyExchange(form(None).encode())
        parameters = hs._dh_parameters
        random = hs._config.random
        share = generate_share(hs.group, random) if parameters is None else generate_dh_share(parameters, random)
        hs.client_ephemeral_private = share
        hs.client_share = share.public
        hs.premaster_secret = answered_secret(hs, share)
        return ClientKeyExchange(form(hs.client_share).encode())

    def accept_client_key_exchange(self, hs: ServerHandshake, message: ClientKeyExchange) -> None:
        """The client's public value, from the message or from its certificate."""
        assert hs._identity is not None, "static suites have a certificate"
        form = client_form(hs.cipher_suite.key_exchange).parse(message.exchange_keys)
        public = form.ecdh_Yc if hs.cipher_suite.elliptic else form.dh_Yc
        hs._client_key_is_fixed = public is None
        hs.client_share = _fixed_public(hs) if public is None else public
        if isinstance(group := hs._identity.agreement_group, DHParameters):
            hs.dh_group = _group_name(group)
        hs.premaster_secret = _agree(hs._identity, hs.client_share, "client")
        hs.note_check("the client's public value is a valid one of the group")


def _group_name(group: DHParameters) -> str:
    known = identify(group.p, group.g)
    return known.name if known else f"the server's own, {group.bits} bits"


def _fixed_public(hs: ServerHandshake) -> bytes:
    """The public value in the client's certificate, which must be in our group (RFC 5246, 7.4.6)."""
    certificates = vars(hs).get("client_certificates", ())
    ours = hs._identity.agreement_group if hs._identity else None
    fixed = bool(certificates) and same_group(certificates[0].agreement_group, ours)
    hs.check(
        fixed,
        AlertDescription.handshake_failure,
        "a client that sends no public value has one in its certificate, in the server's group (RFC 5246, 7.4.7.2)",
    )
    public: bytes = certificates[0].agreement_public[1]
    return public


def _agree(identity: Identity, public: bytes, peer: str) -> Secret:
    try:
        return identity.agree(public)
    except InvalidPublicValue as fault:
        raise FatalAlert(AlertDescription.illegal_parameter, f"the {peer}'s key: {fault}") from None
