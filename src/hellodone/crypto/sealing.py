"""Sealing what leaves our hands and comes back: session tickets, sessions in a shared store.

AES-256-GCM under a key of its own for every text: HMAC-SHA256 of the key over the first half of a random nonce of 24
octets; the second half is GCM's nonce. Random nonces of 12 octets alone are good for 2^32 texts (NIST SP 800-38D, 8.3),
which a busy server seals in weeks; these never run out.
"""

from __future__ import annotations

from typing import Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from hellodone.crypto.errors import UnusableKey
from hellodone.crypto.prf import keyed_hmac

SEALING_KEY_LENGTH: Final = 32
NONCE_LENGTH: Final = 24
OVERHEAD: Final = NONCE_LENGTH + 16
"""Octets by which a sealed text is longer: the nonce and the tag."""

_HALF: Final = NONCE_LENGTH // 2


class SealingKey:
    """A key of 32 octets, held ready for many texts. Raises :class:`UnusableKey` for another length."""

    __slots__ = ("_hmac",)

    def __init__(self, key: bytes) -> None:
        if len(key) != SEALING_KEY_LENGTH:
            raise UnusableKey(f"a sealing key has {SEALING_KEY_LENGTH} bytes, not {len(key)}")
        self._hmac = keyed_hmac(key, "sha256")

    def seal(self, nonce: bytes, text: bytes, context: bytes = b"") -> bytes:
        """Nonce, ciphertext and tag; ``context`` is authenticated with it, unsent, and must be the same to open.

        ``nonce`` is 24 random octets, fresh for every text. Raises :class:`UnusableKey` for another length of it.
        """
        if len(nonce) != NONCE_LENGTH:
            raise UnusableKey(f"a sealing nonce has {NONCE_LENGTH} bytes, not {len(nonce)}")
        return nonce + self._cipher(nonce).encrypt(nonce[_HALF:], text, context)

    def unseal(self, sealed: bytes, context: bytes = b"") -> bytes | None:
        """The text, or None when it was not sealed with this key and context, or was changed since."""
        if len(sealed) < OVERHEAD:
            return None
        try:
            return self._cipher(sealed).decrypt(sealed[_HALF:NONCE_LENGTH], sealed[NONCE_LENGTH:], context)
        except InvalidTag:
            return None

    def _cipher(self, nonce: bytes) -> AESGCM:
        mac = self._hmac.copy()
        mac.update(nonce[:_HALF])
        return AESGCM(mac.finalize())
