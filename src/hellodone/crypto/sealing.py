"""Sealing what leaves our hands and comes back: session tickets, sessions in a shared store.

AES-256-GCM under a key of its own for every text: HMAC-SHA256 of the key over the first half of a random nonce of 24
octets; the second half is GCM's nonce. Random nonces of 12 octets alone are good for 2^32 texts (NIST SP 800-38D, 8.3),
which a busy server seals in weeks; these never run out.
"""

from __future__ import annotations

import hmac
from typing import Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from hellodone.crypto.errors import UnusableKey

SEALING_KEY_LENGTH: Final = 32
NONCE_LENGTH: Final = 24
OVERHEAD: Final = NONCE_LENGTH + 16
"""Octets by which a sealed text is longer: the nonce and the tag."""

_HALF: Final = NONCE_LENGTH // 2


def seal(key: bytes, nonce: bytes, text: bytes, context: bytes = b"") -> bytes:
    """Nonce, ciphertext and tag; ``context`` is authenticated with it, unsent, and must be the same to open.

    ``nonce`` is 24 random octets, fresh for every text. Raises :class:`UnusableKey` for another length of key or nonce.
    """
    if len(nonce) != NONCE_LENGTH:
        raise UnusableKey(f"a sealing nonce has {NONCE_LENGTH} bytes, not {len(nonce)}")
    return nonce + _cipher(key, nonce).encrypt(nonce[_HALF:], text, context)


def unseal(key: bytes, sealed: bytes, context: bytes = b"") -> bytes | None:
    """The text, or None when it was not sealed with this key and context, or was changed since.

    Raises :class:`UnusableKey` for a key of another length.
    """
    nonce = sealed[:NONCE_LENGTH]
    cipher = _cipher(key, nonce)
    if len(sealed) < OVERHEAD:
        return None
    try:
        return cipher.decrypt(nonce[_HALF:], sealed[NONCE_LENGTH:], context)
    except InvalidTag:
        return None


def _cipher(key: bytes, nonce: bytes) -> AESGCM:
    if len(key) != SEALING_KEY_LENGTH:
        raise UnusableKey(f"a sealing key has {SEALING_KEY_LENGTH} bytes, not {len(key)}")
    return AESGCM(hmac.digest(key, nonce[:_HALF], "sha256"))
