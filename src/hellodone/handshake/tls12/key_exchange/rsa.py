"""RSA key transport (RFC 5246, 7.4.7.1): the client chooses a secret and encrypts it to the server's certificate."""

from __future__ import annotations

from hellodone.crypto.errors import UnusableKey
from hellodone.crypto.rsa_transport import encrypt_premaster
from hellodone.crypto.secret import Secret
from hellodone.errors import AlertDescription, FatalAlert
from hellodone.handshake.context import ClientHandshake, ServerHandshake
from hellodone.handshake.flow import Flow, done
from hellodone.handshake.tls12.key_exchange.method import Presence
from hellodone.messages.handshake import ClientKeyExchange, ServerKeyExchange
from hellodone.messages.key_exchange import EncryptedPreMasterSecret


class RSA:
    """The premaster secret travels, encrypted: whoever has the server's key reads it, also years later."""

    server_key_exchange_is = Presence.absent

    def server_key_exchange(self, hs: ServerHandshake) -> Flow[ServerKeyExchange | None]:
        """Not legal with RSA (7.4.3)."""
        return done(None)

    def accept_server_key_exchange(self, hs: ClientHandshake, message: ServerKeyExchange | None) -> None:
        """Nothing was sent."""

    def client_key_exchange(self, hs: ClientHandshake) -> ClientKeyExchange:
        """The version of the ClientHello and 46 random bytes, encrypted."""
        hs.premaster_secret, hs.encrypted_premaster_secret = transport(hs)
        return ClientKeyExchange(EncryptedPreMasterSecret(hs.encrypted_premaster_secret).encode())

    def accept_client_key_exchange(self, hs: ServerHandshake, message: ClientKeyExchange) -> None:
        """Whatever was encrypted, the handshake goes on and fails at Finished: no oracle."""
        form = EncryptedPreMasterSecret.parse(message.exchange_keys)
        hs.encrypted_premaster_secret = form.encrypted_pre_master_secret
        hs.premaster_secret = receive(hs, hs.encrypted_premaster_secret)


def transport(hs: ClientHandshake) -> tuple[Secret, bytes]:
    """A fresh secret, and the same encrypted to the server's certificate."""
    secret = Secret(hs.client_version.to_bytes(2, "big") + hs._config.random_bytes(46))
    try:
        return secret, encrypt_premaster(hs.server_certificates[0].public_key, secret, hs._config.random)
    except UnusableKey as fault:
        raise FatalAlert(AlertDescription.unsupported_certificate, str(fault)) from None


def receive(hs: ServerHandshake, encrypted: bytes) -> Secret:
    """What was encrypted to our certificate, or something random that nobody can tell from it (7.4.7.1)."""
    assert hs._identity is not None, "suites with RSA key transport have a certificate"
    return hs._identity.decrypt_premaster(encrypted, hs.client_version, hs._config.random_bytes(46))
