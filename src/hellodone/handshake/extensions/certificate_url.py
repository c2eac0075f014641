"""The client may say where its certificates are: client_certificate_url (RFC 6066, 5)."""

from __future__ import annotations

from hellodone.handshake.context import ClientHandshake, ServerHandshake
from hellodone.handshake.extensions.rule import Rule
from hellodone.messages.extensions.empty import ClientCertificateURL
from hellodone.registry.codes import ExtensionType


class ClientCertificateUrlRule(Rule[ClientCertificateURL, ClientCertificateURL]):
    """A CertificateURL may come in place of the client's Certificate; see ``handshake.certificate_url``."""

    extension_type = ExtensionType.client_certificate_url
    offered = answered = ClientCertificateURL

    def offer(self, hs: ClientHandshake) -> ClientCertificateURL | None:
        """When we have URLs."""
        return ClientCertificateURL() if hs._config.certificate_urls and hs._config.identities else None

    def read(self, hs: ServerHandshake, offer: ClientCertificateURL | None) -> None:
        """Nothing to learn: answers go to offers only."""

    def answer(self, hs: ServerHandshake) -> ClientCertificateURL | None:
        """When we would fetch, and ask for a certificate at all."""
        asks = hs._client_auth != "none" and hs.cipher_suite.authenticates_server and not hs._resuming
        if hs._config.fetch_certificate is None or not asks or self.extension_type not in hs._extensions_offered:
            return None
        hs.client_certificate_url = True
        return ClientCertificateURL()

    def accept(self, hs: ClientHandshake, answer: ClientCertificateURL | None) -> None:
        """Whether the server would fetch."""
        if answer is not None:
            hs.client_certificate_url = True
