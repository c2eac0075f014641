"""The premaster secret sent under the server's RSA key (RFC 5246, 7.4.7.1).

The receiving side must not tell a well-formed premaster secret from a malformed one, neither by an answer nor by
time (Bleichenbacher, 1998): whatever is wrong, it goes on with a random secret, and the handshake fails at Finished
like any other. The library helps: it answers bad padding with a synthetic plaintext instead of an exception. What is
left to Python, two small objects of different length and a tuple index, is tens of nanoseconds beside the 240
microseconds of the private-key operation.
"""

from __future__ import annotations

import hmac
from collections.abc import Callable
from typing import Final

from cryptography.hazmat.primitives.asymmetric import padding, rsa

from hellodone.crypto.errors import UnusableKey
from hellodone.crypto.secret import Secret

PREMASTER_LENGTH: Final = 48
_PADDING_OVERHEAD: Final = 11  # 00 02, at least eight non-zero octets, 00 (RFC 8017, 7.2.1)


def encrypt_premaster(public_key: object, premaster: bytes, random: Callable[[int], bytes] | None = None) -> bytes:
    """The EncryptedPreMasterSecret, as long as the modulus and without its two octets of length.

    Without ``random`` the library pads; with it the padding is drawn from there, so that equal octets give equal
    ciphertexts. Raises :class:`UnusableKey` when the key is not RSA, too small for ``premaster`` or no key at all.
    """
    if not isinstance(public_key, rsa.RSAPublicKey):
        raise UnusableKey("RSA key transport needs an RSA key")
    size = (public_key.key_size + 7) // 8
    if size < len(premaster) + _PADDING_OVERHEAD:
        raise UnusableKey(f"an RSA key of {public_key.key_size} bits is too small to carry {len(premaster)} bytes")
    if random is not None:
        return _encrypt_with(public_key.public_numbers(), premaster, size, random)
    try:
        return public_key.encrypt(bytes(premaster), padding.PKCS1v15())
    except ValueError:
        raise UnusableKey("the RSA key cannot encrypt: its modulus or exponent is none") from None


def _encrypt_with(numbers: rsa.RSAPublicNumbers, premaster: bytes, size: int, random: Callable[[int], bytes]) -> bytes:
    """RSAES-PKCS1-v1_5 with padding of our own choosing (RFC 8017, 7.2.1)."""
    filler = _non_zero(size - 3 - len(premaster), random)
    block = b"\x00\x02" + filler + b"\x00" + premaster
    return pow(int.from_bytes(block, "big"), numbers.e, numbers.n).to_bytes(size, "big")


def _non_zero(count: int, random: Callable[[int], bytes]) -> bytes:
    """``count`` octets without a zero: each 1 + (two random octets mod 255), close enough to even."""
    octets = random(2 * count)
    return bytes(1 + int.from_bytes(octets[i : i + 2], "big") % 255 for i in range(0, 2 * count, 2))


def decrypt_premaster(private_key: object, encrypted: bytes, client_version: int, random46: bytes) -> Secret:
    """The premaster secret, or ``client_version`` and ``random46`` where there is none: never an error of the peer's.

    ``client_version`` is the version of the ClientHello; a premaster secret with any other version counts as bad
    (that is the roll-back check of 7.4.7.1). ``random46`` is 46 fresh random octets, drawn for every call whether
    they will be needed or not. Raises :class:`UnusableKey` when *our* key is not RSA or ``random46`` is not 46 long.
    """
    if not isinstance(private_key, rsa.RSAPrivateKey):
        raise UnusableKey("RSA key transport needs an RSA key")
    if len(random46) != PREMASTER_LENGTH - 2:
        raise UnusableKey("the substitute for a bad premaster secret needs 46 random bytes")
    version = client_version.to_bytes(2, "big")
    fallback = version + random46
    plain = _decrypt(private_key, encrypted)
    good = (len(plain) == PREMASTER_LENGTH) & hmac.compare_digest(plain[:2], version)
    return Secret((fallback, version + plain[2:PREMASTER_LENGTH])[good])


def _decrypt(private_key: rsa.RSAPrivateKey, encrypted: bytes) -> bytes:
    try:
        return private_key.decrypt(bytes(encrypted), padding.PKCS1v15())
    except ValueError:
        # Not as long as the modulus, or not below it. Both are visible to everyone on the wire, but do the same work.
        size = (private_key.key_size + 7) // 8
        private_key.decrypt(b"\x01".rjust(size, b"\0"), padding.PKCS1v15())
        return b""
