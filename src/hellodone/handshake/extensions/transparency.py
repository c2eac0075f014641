"""Proofs that a certificate is in public logs."""

from __future__ import annotations

from hellodone.handshake.context import ClientHandshake, ServerHandshake
from hellodone.handshake.extensions.rule import Rule
from hellodone.messages.extensions.empty import SignedCertificateTimestampRequest
from hellodone.messages.extensions.trust import SignedCertificateTimestampList
from hellodone.pki.raw_keys import is_raw
from hellodone.registry.codes import ExtensionType


class SignedCertificateTimestampRule(Rule[SignedCertificateTimestampRequest, SignedCertificateTimestampList]):
    """The server shows timestamps of logs for its certificate (RFC 6962, 3.3.1). They are kept, not verified."""

    extension_type = ExtensionType.signed_certificate_timestamp
    offered = SignedCertificateTimestampRequest
    answered = SignedCertificateTimestampList

    def offer(self, hs: ClientHandshake) -> SignedCertificateTimestampRequest | None:
        """When the configuration wants them."""
        return SignedCertificateTimestampRequest() if hs._config.certificate_timestamps else None

    def answer(self, hs: ServerHandshake) -> SignedCertificateTimestampList | None:
        """Those of the certificate that was chosen; none in a session that is continued."""
        if hs._identity is None or is_raw(hs._identity):
            return None
        source = hs._config.certificate_timestamps
        if callable(source):
            timestamps = tuple(source(hs._identity.leaf))
        else:
            timestamps = tuple(source) if hs._identity == hs._config.identities[0] else ()
        return SignedCertificateTimestampList(timestamps) if timestamps else None

    def accept(self, hs: ClientHandshake, answer: SignedCertificateTimestampList | None) -> None:
        """Each as it came."""
        if answer is not None and not hs.resumed:
            hs.signed_certificate_timestamps = answer.sct_list
