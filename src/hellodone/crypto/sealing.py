"""Sealing what leaves our hands and comes back: session tickets, sessions in a shared store.

AES-256-GCM under a key that HMAC-SHA256 derives from ours and the first half of a nonce of 24 octets; the second half
is GCM's nonce. Random nonces of 12 octets alone are good for 2^32 texts (NIST SP 800-38D, 8.3), which a busy server
seals in weeks. So the first half, the salt, is a new random one after 2^20 texts: that never runs out, and a thousand
forks of a process that go on with its salt still stay below the limit together.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import repeat
from typing import Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from hellodone.crypto.errors import UnusableKey
from hellodone.crypto.prf import keyed_hmac

SEALING_KEY_LENGTH: Final = 32
NONCE_LENGTH: Final = 24
OVERHEAD: Final = NONCE_LENGTH + 16
"""Octets by which a sealed text is longer: the nonce and the tag."""

TEXTS_UNDER_A_SALT: Final = 2**20
_CIPHERS: Final = 64  # that are held ready: salts of this process and of others who have the key

_HALF: Final = NONCE_LENGTH // 2


class SealingKey:
    """A key of 32 octets, held ready for many texts. Raises :class:`UnusableKey` for another length."""

    __slots__ = ("_ciphers", "_hmac", "_salts")

    def __init__(self, key: bytes) -> None:
        if len(key) != SEALING_KEY_LENGTH:
            raise UnusableKey(f"a sealing key has {SEALING_KEY_LENGTH} bytes, not {len(key)}")
        self._hmac = keyed_hmac(key, "sha256")
        self._ciphers: dict[bytes, AESGCM] = {}
        self._salts: Iterator[bytes] = iter(())  # the present one as often as it may serve, whoever takes it

    def nonce(self, random: Callable[[int], bytes]) -> bytes:
        """A fresh one for :meth:`seal`; ``random`` gives so many random octets."""
        salt = next(self._salts, None)
        if salt is None:
            salt = random(_HALF)
            self._salts = repeat(salt, TEXTS_UNDER_A_SALT - 1)
        return salt + random(_HALF)

    def seal(self, nonce: bytes, text: bytes, context: bytes = b"") -> bytes:
        """Nonce, ciphertext and tag; ``context`` is authenticated with it, unsent, and must be the same to open.

        ``nonce`` is one of :meth:`nonce`, for this text alone. Raises :class:`UnusableKey` for another length of it.
        """
        if len(nonce) != NONCE_LENGTH:
            raise UnusableKey(f"a sealing nonce has {NONCE_LENGTH} bytes, not {len(nonce)}")
        salt = nonce[:_HALF]
        cipher = self._ciphers.get(salt) or self._keep(salt, self._cipher(salt))
        return nonce + cipher.encrypt(nonce[_HALF:], text, context)

    def unseal(self, sealed: bytes, context: bytes = b"") -> bytes | None:
        """The text, or None when it was not sealed with this key and context, or was changed since."""
        if len(sealed) < OVERHEAD:
            return None
        salt = sealed[:_HALF]
        known = self._ciphers.get(salt)
        cipher = known or self._cipher(salt)
        try:
            text = cipher.decrypt(sealed[_HALF:NONCE_LENGTH], sealed[NONCE_LENGTH:], context)
        except InvalidTag:
            return None
        if known is None:
            self._keep(salt, cipher)  # only now: salts that somebody makes up displace none
        return text

    def _cipher(self, salt: bytes) -> AESGCM:
        mac = self._hmac.copy()
        mac.update(salt)
        return AESGCM(mac.finalize())

    def _keep(self, salt: bytes, cipher: AESGCM) -> AESGCM:
        """Held ready, in place of the one that was made first if there are many."""
        if len(self._ciphers) >= _CIPHERS:
            self._ciphers = dict([*self._ciphers.items()][1:])  # another dict: no thread sees one that shrinks
        self._ciphers[salt] = cipher
        return cipher
