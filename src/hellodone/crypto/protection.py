"""Record protection: what turns a plaintext into the fragment of a protected record and back (RFC 5246, 6.2.3).

A sealer serves the sending and an opener the receiving direction of one connection. Which class does it is a matter
of the suite and of encrypt_then_mac, decided here; AEAD ciphers are in :mod:`hellodone.crypto.aead`, block, stream
and NULL ciphers in :mod:`hellodone.crypto.cbc`.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final, Literal, Protocol

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.decrepit.ciphers import algorithms as decrepit
from cryptography.hazmat.primitives.ciphers import BlockCipherAlgorithm, Cipher, CipherAlgorithm, CipherContext
from cryptography.hazmat.primitives.ciphers.algorithms import AES
from cryptography.hazmat.primitives.ciphers.modes import CBC

from hellodone.crypto.aead import RECORD_AEADS, RecordAead
from hellodone.crypto.cbc import (
    CbcOpener,
    CbcSealer,
    EncryptThenMacOpener,
    EncryptThenMacSealer,
    StreamOpener,
    StreamSealer,
)
from hellodone.crypto.errors import CryptoError
from hellodone.crypto.key_block import KeyBlock
from hellodone.crypto.prf import hash_block_size, keyed_hmac
from hellodone.registry.suites import CipherSuite

Buffer = bytes | bytearray | memoryview

TRUNCATED_MAC_LENGTH: Final = 10
"""Octets of a MAC that are sent when truncated_hmac was agreed on (RFC 6066, 7)."""


class Sealer(Protocol):
    """Protects the records of one direction; to be called once a record, in the order of sending."""

    @property
    def overhead(self) -> int:
        """The most octets by which a fragment is longer than its content."""

    def seal(self, sequence: int, content_type: int, version: int, plaintext: Buffer, out: list[bytes]) -> None:
        """Append the whole record to ``out`` in two pieces, the first beginning with the header."""


class Opener(Protocol):
    """Opens the records of one direction; to be called once a record, in the order of arrival."""

    def open(self, sequence: int, content_type: int, version: int, record: Buffer) -> bytes:
        """The content of a record, header included, verified.

        Raises :class:`hellodone.crypto.errors.BadRecordMac` whatever is wrong with it.
        """


_BLOCK_CIPHERS: Final[dict[str, Callable[[bytes], BlockCipherAlgorithm]]] = {
    "AES_128_CBC": AES,
    "AES_256_CBC": AES,
    "CAMELLIA_128_CBC": decrepit.Camellia,
    "CAMELLIA_256_CBC": decrepit.Camellia,
    "3DES_EDE_CBC": decrepit.TripleDES,
    "SEED_CBC": decrepit.SEED,
    "IDEA_CBC": decrepit.IDEA,
}
_STREAM_CIPHERS: Final[dict[str, Callable[[bytes], CipherAlgorithm]]] = {"RC4_128": decrepit.ARC4}


def can_protect(suite: CipherSuite) -> bool:
    """Whether the cryptography library has what the suite's records need: not so for ARIA, Camellia-GCM, DES, RC2."""
    name = suite.cipher.name
    if suite.is_aead:
        return name in RECORD_AEADS
    return suite.mac.length > 0 and (suite.is_null or name in _BLOCK_CIPHERS or name in _STREAM_CIPHERS)


def aead_protections(
    suite: CipherSuite, keys: KeyBlock, role: Literal["client", "server"]
) -> tuple[RecordAead, RecordAead] | None:
    """What seals the records that ``role`` sends, and what opens those it receives; None where it is no AEAD."""
    new_aead = RECORD_AEADS.get(suite.cipher.name)
    if new_aead is None:
        return None
    _, _, client_key, server_key, client_iv, server_iv = keys
    try:
        client, server = new_aead(client_key, client_iv), new_aead(server_key, server_iv)
    except UnsupportedAlgorithm:
        raise _unavailable(suite) from None
    return (client, server) if role == "client" else (server, client)


def mac_protections(
    suite: CipherSuite,
    keys: KeyBlock,
    role: Literal["client", "server"],
    encrypt_then_mac: bool,
    truncated_hmac: bool,
    random: Callable[[int], bytes],
) -> tuple[Sealer, Opener]:
    """The same for all other suites; see :func:`new_sealer`."""
    client_mac_key, server_mac_key, client_key, server_key, client_iv, server_iv = keys
    writes, reads = (client_mac_key, client_key, client_iv), (server_mac_key, server_key, server_iv)
    if role == "server":
        writes, reads = reads, writes
    return (
        new_sealer(suite, *writes, encrypt_then_mac=encrypt_then_mac, truncated_hmac=truncated_hmac, random=random),
        new_opener(suite, *reads, encrypt_then_mac=encrypt_then_mac, truncated_hmac=truncated_hmac),
    )


def new_sealer(
    suite: CipherSuite,
    mac_key: bytes,
    key: bytes,
    iv: bytes,
    *,
    encrypt_then_mac: bool,
    truncated_hmac: bool = False,
    random: Callable[[int], bytes],
) -> Sealer:
    """The sealer of one direction; ``random`` gives the IVs of CBC and is not used by other ciphers.

    ``encrypt_then_mac`` says whether the extension was agreed on; it changes block ciphers only (RFC 7366, 3).
    ``truncated_hmac`` likewise; it changes all suites with a MAC of their own (RFC 6066, 7).
    Raises :class:`CryptoError` for a suite that :func:`can_protect` denies, and for keys of the wrong length.
    """
    if suite.is_aead:
        return _aead(suite, key, iv)
    mac, size = keyed_hmac(mac_key, suite.mac.hash), _mac_size(suite, truncated_hmac)
    if not suite.is_cbc:
        return StreamSealer(_stream_context(suite, key, encrypt=True), mac, size)
    kind = EncryptThenMacSealer if encrypt_then_mac else CbcSealer
    return kind(_block_context(suite, key, encrypt=True), suite.cipher.block_length, mac, size, random)


def new_opener(
    suite: CipherSuite, mac_key: bytes, key: bytes, iv: bytes, *, encrypt_then_mac: bool, truncated_hmac: bool = False
) -> Opener:
    """The opener of one direction: what :func:`new_sealer` is to the other side."""
    if suite.is_aead:
        return _aead(suite, key, iv)
    mac, size = keyed_hmac(mac_key, suite.mac.hash), _mac_size(suite, truncated_hmac)
    if not suite.is_cbc:
        return StreamOpener(_stream_context(suite, key, encrypt=False), mac, size)
    kind = EncryptThenMacOpener if encrypt_then_mac else CbcOpener
    context = _block_context(suite, key, encrypt=False)
    return kind(context, suite.cipher.block_length, mac, size, hash_block_size(suite.mac.hash))


def _mac_size(suite: CipherSuite, truncated: bool) -> int:
    return TRUNCATED_MAC_LENGTH if truncated else suite.mac.length


def _aead(suite: CipherSuite, key: bytes, iv: bytes) -> RecordAead:
    cipher = suite.cipher
    if len(key) != cipher.key_length or len(iv) != cipher.fixed_iv_length:
        raise CryptoError(f"{cipher.name} needs {cipher.key_length} bytes of key and {cipher.fixed_iv_length} of IV")
    try:
        return RECORD_AEADS[cipher.name](key, iv)
    except (KeyError, UnsupportedAlgorithm):
        raise _unavailable(suite) from None


def _block_context(suite: CipherSuite, key: bytes, *, encrypt: bool) -> CipherContext:
    """A CBC context that runs through all records; where it starts does not matter (:mod:`hellodone.crypto.cbc`)."""
    try:
        algorithm = _BLOCK_CIPHERS[suite.cipher.name](key)
        cipher = Cipher(algorithm, CBC(bytes(suite.cipher.block_length)))
        return cipher.encryptor() if encrypt else cipher.decryptor()
    except (KeyError, UnsupportedAlgorithm):
        raise _unavailable(suite) from None
    except ValueError:
        raise CryptoError(f"{suite.cipher.name} needs {suite.cipher.key_length} bytes of key") from None


def _stream_context(suite: CipherSuite, key: bytes, *, encrypt: bool) -> CipherContext | None:
    if suite.is_null:
        return None
    try:
        cipher = Cipher(_STREAM_CIPHERS[suite.cipher.name](key), mode=None)
        return cipher.encryptor() if encrypt else cipher.decryptor()
    except (KeyError, UnsupportedAlgorithm):
        raise _unavailable(suite) from None
    except ValueError:
        raise CryptoError(f"{suite.cipher.name} needs {suite.cipher.key_length} bytes of key") from None


def _unavailable(suite: CipherSuite) -> CryptoError:
    return CryptoError(f"the cryptography library does not offer {suite.cipher.name}")
