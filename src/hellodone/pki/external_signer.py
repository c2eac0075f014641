"""A key that lies elsewhere, on a token or in a key management service: it signs, and that is all it does here.

Whoever holds the key is asked for a signature and may take its time; a handshake yields the question (``flow.ask``).
What comes back is verified with the certificate's key before the peer sees it: a wrong key, a wrong mechanism or a
token that faltered is told here, in words, and not by an alert of the peer.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from hellodone.crypto.errors import UnusableKey
from hellodone.crypto.signatures import verify
from hellodone.errors import AlertDescription, ConfigurationError, FatalAlert
from hellodone.pki.certificates import Certificate
from hellodone.registry.signatures import scheme_name

if TYPE_CHECKING:
    from hellodone.crypto.secret import Secret

Sign = Callable[[bytes, int], bytes]
"""``sign(data, scheme)``: the signature over ``data``, hashed and padded as the SignatureScheme's number says.

RSA: the octets of the signature; ECDSA and DSA: the DER of r and s (RFC 5246, 4.7; RFC 8422, 5.10).
"""

_LONGEST = 0xFFFF  # what a DigitallySigned can hold (RFC 5246, 4.7)


@dataclass(frozen=True)
class ExternalSigner:
    """The key of ``leaf``, reached through ``call``. Nothing that ``call`` raises gets into a reason or a trace."""

    leaf: Certificate
    call: Sign = field(repr=False)

    def sign(self, scheme: int, data: bytes) -> bytes:
        """The signature. Raises FatalAlert (internal_error) when none comes that the certificate's key verifies."""
        try:
            signature = self.call(data, scheme)
        except Exception as fault:
            # its text may say anything, a PIN too: it stays with the exception, which the application can look at
            raise self._failed(f"failed with {type(fault).__name__}") from fault
        if not isinstance(signature, bytes):
            raise self._failed(f"gave {type(signature).__name__} in place of bytes")
        if len(signature) > _LONGEST or not self._verifies(scheme, data, signature):
            raise self._failed(f"gave {len(signature)} octets that are no {scheme_name(scheme)} signature of its key")
        return signature

    def decrypt_premaster(self, encrypted: bytes, client_version: int, random46: bytes) -> Secret:
        """Refused: see :meth:`Identity.can`."""
        raise ConfigurationError(f"the key of {self.leaf.name} is elsewhere and does not decrypt")

    def agree(self, peer_public: bytes) -> Secret:
        """Refused: see :meth:`Identity.can`."""
        raise ConfigurationError(f"the key of {self.leaf.name} is elsewhere and does not agree on secrets")

    def _verifies(self, scheme: int, data: bytes, signature: bytes) -> bool:
        try:
            return verify(self.leaf.public_key, scheme, signature, data)
        except UnusableKey:
            return False

    def _failed(self, what: str) -> FatalAlert:
        return FatalAlert(AlertDescription.internal_error, f"the signer of {self.leaf.name} {what}")
