"""How the two sides come to a premaster secret (RFC 5246, 7.4.3, 7.4.7 and 8.1; RFC 8422, 2 and 5).

One class a method, with the four things that happen in the order of figure 1: the server makes its parameters, the
client accepts them, the client makes its ClientKeyExchange, the server accepts that. When the fourth is done, both
have ``premaster_secret``.
"""

from __future__ import annotations

from typing import Any, Protocol

from hellodone.crypto.errors import CryptoError, InvalidPublicValue, UnacceptableSize, UnusableKey
from hellodone.crypto.finite_field import DHKeyShare, DHParameters, check_parameters, generate_dh_share
from hellodone.crypto.key_agreement import KeyShare, generate_share
from hellodone.crypto.rsa_transport import encrypt_premaster
from hellodone.crypto.secret import Secret
from hellodone.errors import AlertDescription, DecodeError, FatalAlert
from hellodone.handshake.context import ClientHandshake, Handshake, ServerHandshake
from hellodone.handshake.tls12.signatures import sign_parameters, verify_parameters
from hellodone.messages.handshake import ClientKeyExchange, ServerKeyExchange
from hellodone.messages.key_exchange import (
    ClientDiffieHellmanPublic,
    ClientECDiffieHellmanPublic,
    EncryptedPreMasterSecret,
    ServerDHParams,
    ServerECDHParams,
    ServerKeyExchangeDHE,
    ServerKeyExchangeECDHE,
)
from hellodone.registry.codes import ECCurveType
from hellodone.registry.ffdhe import identify
from hellodone.registry.groups import NamedGroup
from hellodone.registry.naming import name_of
from hellodone.registry.suites import CipherSuite, KeyExchange


class Exchange(Protocol):
    """One way to a premaster secret."""

    server_sends_parameters: bool

    def server_key_exchange(self, hs: ServerHandshake) -> ServerKeyExchange:
        """The server's parameters, signed where the suite says so."""
        ...

    def accept_parameters(self, hs: ClientHandshake, message: ServerKeyExchange) -> None:
        """The client reads and checks them."""
        ...

    def client_key_exchange(self, hs: ClientHandshake) -> ClientKeyExchange:
        """The client's part; it then has the premaster secret."""
        ...

    def accept_client_key_exchange(self, hs: ServerHandshake, message: ClientKeyExchange) -> None:
        """The server reads it and has the premaster secret too."""
        ...


class RSA:
    """The client chooses the premaster secret and encrypts it to the server's certificate (RFC 5246, 7.4.7.1)."""

    server_sends_parameters = False

    def server_key_exchange(self, hs: ServerHandshake) -> ServerKeyExchange:
        """Not legal with RSA (7.4.3)."""
        raise NotImplementedError("an RSA key exchange has no ServerKeyExchange")

    def accept_parameters(self, hs: ClientHandshake, message: ServerKeyExchange) -> None:
        """Not legal with RSA (7.4.3); never awaited."""
        raise NotImplementedError("an RSA key exchange has no ServerKeyExchange")

    def client_key_exchange(self, hs: ClientHandshake) -> ClientKeyExchange:
        """The version of the ClientHello and 46 random bytes, encrypted."""
        random = hs._config.random_bytes
        hs.premaster_secret = Secret(hs.client_version.to_bytes(2, "big") + random(46))
        try:
            hs.encrypted_premaster_secret = encrypt_premaster(
                hs.server_certificates[0].public_key, hs.premaster_secret, hs._config.random
            )
        except UnusableKey as fault:
            raise FatalAlert(AlertDescription.unsupported_certificate, str(fault)) from None
        return ClientKeyExchange(EncryptedPreMasterSecret(hs.encrypted_premaster_secret).encode())

    def accept_client_key_exchange(self, hs: ServerHandshake, message: ClientKeyExchange) -> None:
        """Whatever was encrypted, the handshake goes on and fails at Finished: no oracle."""
        assert hs._identity is not None, "RSA suites have a certificate"
        hs.encrypted_premaster_secret = EncryptedPreMasterSecret.parse(
            message.exchange_keys
        ).encrypted_pre_master_secret
        hs.premaster_secret = hs._identity.decrypt_premaster(
            hs.encrypted_premaster_secret, hs.client_version, hs._config.random_bytes(46)
        )


class ECDHE:
    """Ephemeral elliptic-curve Diffie-Hellman, signed by the server's certificate (RFC 8422, 2.1 and 2.2)."""

    server_sends_parameters = True

    def server_key_exchange(self, hs: ServerHandshake) -> ServerKeyExchange:
        """A fresh key on the chosen curve (RFC 8422, 5.4)."""
        share = generate_share(hs.group, hs._config.random)
        hs.server_ephemeral_private = share
        hs.server_share = share.public
        parameters = ServerECDHParams.named(hs.group, hs.server_share)
        return ServerKeyExchange(ServerKeyExchangeECDHE(parameters, sign_parameters(hs, parameters.encode())).encode())

    def accept_parameters(self, hs: ClientHandshake, message: ServerKeyExchange) -> None:
        """A curve we offered, signed for this handshake."""
        form = ServerKeyExchangeECDHE.parse(message.params)
        parameters = form.params
        hs.check(
            parameters.group in hs.client_groups,
            AlertDescription.illegal_parameter,
            "the server's curve is a named one that we offered (RFC 8422, 5.4)",
            lambda: _curve(parameters),
        )
        hs.group = parameters.group or 0
        hs.server_share = parameters.public
        verify_parameters(hs, parameters.encode(), form.signed_params)

    def client_key_exchange(self, hs: ClientHandshake) -> ClientKeyExchange:
        """A fresh key on the same curve (RFC 8422, 5.7)."""
        share = generate_share(hs.group, hs._config.random)
        hs.client_ephemeral_private = share
        hs.client_share = share.public
        hs.premaster_secret = _agree(hs, share, hs.server_share, "server")
        return ClientKeyExchange(ClientECDiffieHellmanPublic(hs.client_share).encode())

    def accept_client_key_exchange(self, hs: ServerHandshake, message: ClientKeyExchange) -> None:
        """The client's point."""
        hs.client_share = _explicit(ClientECDiffieHellmanPublic.parse(message.exchange_keys).ecdh_Yc)
        share = hs.server_ephemeral_private
        assert isinstance(share, KeyShare), "set when the parameters were made"
        hs.premaster_secret = _agree(hs, share, hs.client_share, "client")


class DHE:
    """Ephemeral finite-field Diffie-Hellman, signed by the server's certificate (RFC 5246, 7.4.3; RFC 7919)."""

    server_sends_parameters = True

    def server_key_exchange(self, hs: ServerHandshake) -> ServerKeyExchange:
        """A fresh key in the chosen group."""
        hs.dh_group = name_of(NamedGroup, hs.group)
        share = generate_dh_share(DHParameters.named(hs.dh_group), hs._config.random)
        hs.server_ephemeral_private = share
        hs.server_share = share.public
        parameters = ServerDHParams(_unsigned(share.p), _unsigned(share.g), hs.server_share)
        return ServerKeyExchange(ServerKeyExchangeDHE(parameters, sign_parameters(hs, parameters.encode())).encode())

    def accept_parameters(self, hs: ClientHandshake, message: ServerKeyExchange) -> None:
        """A group of a size we accept, signed for this handshake; its size before its signature, for it is cheap."""
        form = ServerKeyExchangeDHE.parse(message.params)
        p, g = int.from_bytes(form.params.dh_p, "big"), int.from_bytes(form.params.dh_g, "big")
        policy = hs._config.policy
        try:
            hs._dh_parameters = check_parameters(p, g, policy.minimum_dh_bits, policy.maximum_dh_bits)
        except UnacceptableSize as fault:
            raise FatalAlert(AlertDescription.insufficient_security, str(fault)) from None
        except CryptoError as fault:
            raise FatalAlert(AlertDescription.illegal_parameter, str(fault)) from None
        known = identify(p, g)
        hs.dh_group = known.name if known else f"the server's own, {p.bit_length()} bits"
        if known and known.named_group is not None:
            hs.group = known.named_group
        hs.server_share = form.params.dh_Ys
        verify_parameters(hs, form.params.encode(), form.signed_params)

    def client_key_exchange(self, hs: ClientHandshake) -> ClientKeyExchange:
        """A fresh key in the same group (RFC 5246, 7.4.7.2)."""
        assert hs._dh_parameters is not None, "set when the parameters were accepted"
        share = generate_dh_share(hs._dh_parameters, hs._config.random)
        hs.client_ephemeral_private = share
        hs.client_share = share.public
        hs.premaster_secret = _agree(hs, share, hs.server_share, "server")
        return ClientKeyExchange(ClientDiffieHellmanPublic(hs.client_share).encode())

    def accept_client_key_exchange(self, hs: ServerHandshake, message: ClientKeyExchange) -> None:
        """The client's public value."""
        hs.client_share = _explicit(ClientDiffieHellmanPublic.parse(message.exchange_keys).dh_Yc)
        share = hs.server_ephemeral_private
        assert isinstance(share, DHKeyShare), "set when the parameters were made"
        hs.premaster_secret = _agree(hs, share, hs.client_share, "client")


_EXCHANGES: dict[KeyExchange, Exchange] = {
    KeyExchange.RSA: RSA(),
    KeyExchange.DHE_RSA: DHE(),
    KeyExchange.ECDHE_RSA: ECDHE(),
    KeyExchange.ECDHE_ECDSA: ECDHE(),
}
KEY_EXCHANGES = tuple(_EXCHANGES)


def key_exchange_for(suite: CipherSuite) -> Exchange:
    """The method that the suite names."""
    return _EXCHANGES[suite.key_exchange]


def _agree(hs: Handshake[Any], share: KeyShare | DHKeyShare, peer_public: bytes, peer: str) -> Secret:
    """The shared secret. Raises FatalAlert (illegal_parameter) for a public value that breaks a rule of its group."""
    try:
        secret = share.exchange(peer_public)
    except InvalidPublicValue as fault:
        raise FatalAlert(AlertDescription.illegal_parameter, str(fault)) from None
    hs.note_checks([f"the {peer}'s public value is a valid one of the group"])
    return secret


def _explicit(public: bytes | None) -> bytes:
    """The public value, which only a client with a fixed Diffie-Hellman certificate leaves out."""
    if public is None:
        raise DecodeError("ClientKeyExchange: no public value (RFC 5246, 7.4.7.2)")
    return public


def _curve(parameters: ServerECDHParams) -> str:
    if parameters.group is None:
        return f"the server uses {name_of(ECCurveType, parameters.curve_params.curve_type)}"
    return f"the server uses {name_of(NamedGroup, parameters.group)}"


def _unsigned(number: int) -> bytes:
    return number.to_bytes((number.bit_length() + 7) // 8, "big")
