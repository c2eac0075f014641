"""The pseudorandom function and what it derives: master secret, verify_data, exported keys (RFC 5246, 5 and 8.1)."""

from __future__ import annotations

from typing import Final

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.hmac import HMAC

from hellodone.crypto.errors import CryptoError
from hellodone.crypto.secret import Secret

MD5_SHA1: Final = "md5+sha1"
"""The name under which the PRF of TLS 1.0 and 1.1 goes (RFC 2246, 5): two hashes, added by XOR."""

MASTER_SECRET_LENGTH: Final = 48
VERIFY_DATA_LENGTH: Final = 12

RESERVED_LABELS: Final = frozenset(
    {b"client finished", b"server finished", b"master secret", b"extended master secret", b"key expansion"}
)
"""Labels that belong to the protocol: no keying material is exported under them (RFC 5705, 4)."""

HASHES: Final[dict[str, hashes.HashAlgorithm]] = {
    "md5": hashes.MD5(),  # noqa: S303 (TLS 1.0 and 1.1 need it; the policies decide)
    "sha1": hashes.SHA1(),  # noqa: S303
    "sha224": hashes.SHA224(),
    "sha256": hashes.SHA256(),
    "sha384": hashes.SHA384(),
    "sha512": hashes.SHA512(),
}
"""The hashes of TLS by hashlib's names."""


def keyed_hmac(key: bytes, hash_name: str) -> HMAC:
    """An HMAC that holds its key and nothing else: ``copy()`` it for each use (RFC 2104).

    Raises :class:`CryptoError` when the hash is unknown or switched off in the library.
    """
    try:
        return HMAC(key, HASHES[hash_name])
    except KeyError:
        raise CryptoError(f"there is no hash named {hash_name!r}") from None
    except UnsupportedAlgorithm:
        raise CryptoError(f"the cryptography library does not offer HMAC with {hash_name}") from None


def hash_block_size(hash_name: str) -> int:
    """The octets that a hash of TLS compresses at a time."""
    return 128 if hash_name in ("sha384", "sha512") else 64


KeyedHmac = HMAC
"""A secret that is used several times, in the HMAC that holds it (:func:`keyed_hmac`)."""


def p_hash(secret: KeyedHmac, seed: bytes, length: int) -> bytes:
    """P_hash: HMAC stretched to ``length`` octets (RFC 5246, 5); ``seed`` is label and seed of the PRF."""
    output, a, copy = b"", seed, secret.copy
    while True:
        mac = copy()
        mac.update(a)
        a = mac.finalize()
        mac = copy()
        mac.update(a + seed)
        output += mac.finalize()
        if len(output) >= length:
            return output[:length]


def prf(secret: bytes, label: bytes, seed: bytes, length: int, hash_name: str) -> bytes:
    """PRF(secret, label, seed), ``length`` octets of it (RFC 5246, 5; for ``"md5+sha1"`` RFC 2246, 5).

    Raises :class:`CryptoError` for a hash that is not there.
    """
    if hash_name == MD5_SHA1:
        return _prf10(secret, label + seed, length)
    return p_hash(keyed_hmac(secret, hash_name), label + seed, length)


def _prf10(secret: bytes, seed: bytes, length: int) -> bytes:
    """P_MD5 and P_SHA-1 over the two halves of the secret, which share the middle octet when it is odd."""
    half = (len(secret) + 1) // 2
    md5 = p_hash(keyed_hmac(secret[:half], "md5"), seed, length)
    sha1 = p_hash(keyed_hmac(secret[len(secret) - half :], "sha1"), seed, length)
    return bytes(a ^ b for a, b in zip(md5, sha1, strict=True))


def master_secret(premaster_secret: bytes, client_random: bytes, server_random: bytes, hash_name: str) -> Secret:
    """The 48 octets both sides derive from the premaster secret and the two randoms (RFC 5246, 8.1)."""
    seed = client_random + server_random
    return Secret(prf(premaster_secret, b"master secret", seed, MASTER_SECRET_LENGTH, hash_name))


def extended_master_secret(premaster_secret: bytes, session_hash: bytes, hash_name: str) -> Secret:
    """The 48 octets bound to the whole handshake through its hash (RFC 7627, 4)."""
    seed = b"extended master secret" + session_hash
    return Secret(p_hash(keyed_hmac(premaster_secret, hash_name), seed, MASTER_SECRET_LENGTH))


def verify_data(master_secret: KeyedHmac, label: bytes, handshake_hash: bytes) -> bytes:
    """What Finished carries; ``label`` is ``b"client finished"`` or ``b"server finished"`` (RFC 5246, 7.4.9)."""
    seed = label + handshake_hash
    mac = master_secret.copy()  # one round of P_hash: no hash is shorter than verify_data
    mac.update(seed)
    a = mac.finalize()
    mac = master_secret.copy()
    mac.update(a + seed)
    return mac.finalize()[:VERIFY_DATA_LENGTH]


def export_keying_material(
    master_secret: bytes,
    client_random: bytes,
    server_random: bytes,
    label: bytes,
    length: int,
    hash_name: str,
    context: bytes | None = None,
) -> Secret:
    """Keying material for the application (RFC 5705, 4). No context and an empty context give different keys.

    Raises :class:`CryptoError` for a label of the protocol itself and for a context of 2^16 octets or more.
    """
    if label in RESERVED_LABELS:
        raise CryptoError(f"the label {label.decode('ascii')!r} is reserved for TLS itself (RFC 5705, 4)")
    seed = client_random + server_random
    if context is not None:
        if len(context) >= 2**16:
            raise CryptoError(f"an exporter context has at most 65535 bytes, not {len(context)} (RFC 5705, 4)")
        seed += len(context).to_bytes(2, "big") + context
    return Secret(prf(master_secret, label, seed, length, hash_name))
