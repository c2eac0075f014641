"""Pre-shared keys: alone, or joined with what DHE, ECDHE or RSA give (RFC 4279; RFC 5489)."""

from __future__ import annotations

from typing import Any

from hellodone.crypto.secret import Secret
from hellodone.errors import AlertDescription, ConfigurationError
from hellodone.handshake.context import ClientHandshake, Handshake, ServerHandshake
from hellodone.handshake.flow import Flow, done
from hellodone.handshake.tls12.key_exchange import rsa
from hellodone.handshake.tls12.key_exchange.agreement import Agreement
from hellodone.handshake.tls12.key_exchange.method import Presence, client_form, explicit, server_form
from hellodone.messages.handshake import ClientKeyExchange, ServerKeyExchange
from hellodone.wire.codec import text


class PSK:
    """The key alone, or with RSA key transport: ServerKeyExchange comes only with a hint (RFC 4279, 2 and 4)."""

    server_key_exchange_is = Presence.optional

    def __init__(self, *, with_rsa: bool) -> None:
        self._with_rsa = with_rsa

    def server_key_exchange(self, hs: ServerHandshake) -> Flow[ServerKeyExchange | None]:
        """The hint, if this server gives one."""
        hint = hs._config.psk_hint
        if not hint:
            return done(None)
        hs.psk_identity_hint = text(hint)
        return done(ServerKeyExchange(server_form(hs.cipher_suite.key_exchange)(hint).encode()))

    def accept_server_key_exchange(self, hs: ClientHandshake, message: ServerKeyExchange | None) -> None:
        """The hint, if there is one."""
        hint = (
            b""
            if message is None
            else server_form(hs.cipher_suite.key_exchange).parse(message.params).psk_identity_hint
        )
        choose_key(hs, hint)

    def client_key_exchange(self, hs: ClientHandshake) -> ClientKeyExchange:
        """Which key we use and, with RSA, an encrypted secret besides."""
        identity, key = hs._psk
        if not self._with_rsa:
            join(hs, Secret(bytes(len(key))), key)
            return ClientKeyExchange(client_form(hs.cipher_suite.key_exchange)(identity).encode())
        other, hs.encrypted_premaster_secret = rsa.transport(hs)
        join(hs, other, key)
        return ClientKeyExchange(
            client_form(hs.cipher_suite.key_exchange)(identity, hs.encrypted_premaster_secret).encode()
        )

    def accept_client_key_exchange(self, hs: ServerHandshake, message: ClientKeyExchange) -> None:
        """The key that the client names."""
        form = client_form(hs.cipher_suite.key_exchange).parse(message.exchange_keys)
        key = find_key(hs, form.psk_identity)
        if self._with_rsa:
            hs.encrypted_premaster_secret = form.encrypted_pre_master_secret
            join(hs, rsa.receive(hs, hs.encrypted_premaster_secret), key)
        else:
            join(hs, Secret(bytes(len(key))), key)


class EphemeralPSK:
    """The key together with a fresh Diffie-Hellman secret: forward secret, authenticated by the key (RFC 4279, 3)."""

    server_key_exchange_is = Presence.due

    def __init__(self, agreement: Agreement) -> None:
        self._agreement = agreement

    def server_key_exchange(self, hs: ServerHandshake) -> Flow[ServerKeyExchange | None]:
        """The hint, empty when there is none, and the parameters, unsigned."""
        hint = hs._config.psk_hint
        if hint:
            hs.psk_identity_hint = text(hint)
        return done(
            ServerKeyExchange(server_form(hs.cipher_suite.key_exchange)(hint, self._agreement.parameters(hs)).encode())
        )

    def accept_server_key_exchange(self, hs: ClientHandshake, message: ServerKeyExchange | None) -> None:
        """The hint and the parameters."""
        assert message is not None, "it is due"
        form = server_form(hs.cipher_suite.key_exchange).parse(message.params)
        choose_key(hs, form.psk_identity_hint)
        self._agreement.accept(hs, form.params)

    def client_key_exchange(self, hs: ClientHandshake) -> ClientKeyExchange:
        """Which key we use, and our public value."""
        identity, key = hs._psk
        public, other = self._agreement.answer(hs)
        join(hs, other, key)
        return ClientKeyExchange(client_form(hs.cipher_suite.key_exchange)(identity, public).encode())

    def accept_client_key_exchange(self, hs: ServerHandshake, message: ClientKeyExchange) -> None:
        """The key that the client names, and its public value."""
        form = client_form(hs.cipher_suite.key_exchange).parse(message.exchange_keys)
        key = find_key(hs, form.psk_identity)
        join(hs, self._agreement.agree(hs, explicit(self._agreement.public(form))), key)


def choose_key(hs: ClientHandshake, hint: bytes) -> None:
    """The client's identity and key for this hint (RFC 4279, 5.2)."""
    if hint:
        hs.psk_identity_hint = text(hint)
    chosen = hs._config.psk(hint) if callable(hs._config.psk) else hs._config.psk
    if chosen is None:
        raise ConfigurationError("a PSK suite was negotiated, but there is no key")
    identity, key = chosen
    hs._psk = identity, Secret(key)
    hs.psk_identity = text(identity)
    hs.psk = Secret(key)


def find_key(hs: ServerHandshake, identity: bytes) -> Secret:
    """The server's key for this identity. Raises FatalAlert (unknown_psk_identity) when it has none (RFC 4279, 2)."""
    hs.psk_identity = text(identity)
    keys = hs._config.psk
    key = keys(identity) if callable(keys) else (keys or {}).get(identity)
    hs.check(
        key is not None,
        AlertDescription.unknown_psk_identity,
        "the server has a key for the client's identity (RFC 4279, 2)",
        lambda: f"the identity is {hs.psk_identity}",
    )
    hs.psk = Secret(key or b"")
    return hs.psk


def join(hs: Handshake[Any], other_secret: Secret, psk: Secret) -> None:
    """``struct { opaque other_secret<0..2^16-1>; opaque psk<0..2^16-1>; }`` (RFC 4279, 2)."""
    hs.other_secret = other_secret
    parts = (len(other_secret).to_bytes(2, "big"), other_secret, len(psk).to_bytes(2, "big"), psk)
    hs.premaster_secret = Secret(b"".join(parts))
