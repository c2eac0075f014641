"""DHE and ECDHE, signed with the certificate's key; DH_anon and ECDH_anon, signed by nobody."""

from __future__ import annotations

from hellodone.handshake.context import ClientHandshake, ServerHandshake
from hellodone.handshake.flow import Flow
from hellodone.handshake.tls12.key_exchange.agreement import Agreement
from hellodone.handshake.tls12.key_exchange.method import Presence, client_form, explicit, server_form
from hellodone.handshake.tls12.signatures import sign_parameters, verify_parameters
from hellodone.messages.handshake import ClientKeyExchange, ServerKeyExchange
from hellodone.registry.suites import KeyExchange


class Ephemeral:
    """The premaster secret is the secret agreed on with fresh keys (RFC 5246, 7.4.3 and 8.1.2; RFC 8422, 5.10)."""

    server_key_exchange_is = Presence.due

    def __init__(self, key_exchange: KeyExchange, agreement: Agreement, *, signed: bool) -> None:
        self._agreement = agreement
        self._signed = signed
        self._server_form, self._client_form = server_form(key_exchange), client_form(key_exchange)

    def server_key_exchange(self, hs: ServerHandshake) -> Flow[ServerKeyExchange | None]:
        """The parameters and, with both randoms, the signature over them."""
        parameters = self._agreement.parameters(hs).encode()
        if not self._signed:
            return ServerKeyExchange(parameters)
        signature = yield from sign_parameters(hs, parameters)
        return ServerKeyExchange(parameters + signature.encode())

    def accept_server_key_exchange(self, hs: ClientHandshake, message: ServerKeyExchange | None) -> None:
        """A group we take, signed for this handshake; the group first, for it is cheap."""
        assert message is not None, "it is due"
        form = self._server_form.parse(message.params)
        self._agreement.accept(hs, form.params)
        if self._signed:
            signed = form.signed_params
            verify_parameters(hs, message.params[: -signed.size], signed)  # the very bytes that came

    def client_key_exchange(self, hs: ClientHandshake) -> ClientKeyExchange:
        """The client's public value."""
        public, hs.premaster_secret = self._agreement.answer(hs)
        return ClientKeyExchange(self._client_form(public).encode())

    def accept_client_key_exchange(self, hs: ServerHandshake, message: ClientKeyExchange) -> None:
        """The same secret from the other side."""
        public = self._agreement.public(self._client_form.parse(message.exchange_keys))
        hs.premaster_secret = self._agreement.agree(hs, explicit(public))
