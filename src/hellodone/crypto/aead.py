"""AEAD record protection: AES-GCM, AES-CCM, ChaCha20-Poly1305 (RFC 5246, 6.2.3.3; RFC 5288, 6655, 7905)."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from struct import Struct
from typing import Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESCCM, AESGCM, ChaCha20Poly1305

from hellodone.crypto.errors import BadRecordMac
from hellodone.registry.ciphers import CIPHERS, Cipher
from hellodone.wire.record_header import HEADER_LENGTH, pack_header

Buffer = bytes | bytearray | memoryview
Aead = AESGCM | AESCCM | ChaCha20Poly1305

AEADS: Final[dict[str, Callable[[bytes], Aead]]] = {
    "AES_128_GCM": AESGCM,
    "AES_256_GCM": AESGCM,
    "AES_128_CCM": AESCCM,
    "AES_256_CCM": AESCCM,
    "AES_128_CCM_8": lambda key: AESCCM(key, tag_length=8),
    "AES_256_CCM_8": lambda key: AESCCM(key, tag_length=8),
    "CHACHA20_POLY1305": ChaCha20Poly1305,
}
"""The ciphers by the names of :mod:`hellodone.registry.ciphers`."""

_FRAGMENT: Final = slice(HEADER_LENGTH, None)  # of a record
_NONCE: Final = slice(HEADER_LENGTH, HEADER_LENGTH + 8)
_SEALED: Final = slice(HEADER_LENGTH + 8, None)
_SEQUENCE: Final = slice(8)  # of the additional data
# additional_data: seq_num, type, version, length of the plaintext (RFC 5246, 6.2.3.3).
_pack_additional_data: Final = Struct(">QBHH").pack
_pack_header_and_nonce: Final = Struct(">BHHQ").pack


class ExplicitNonceAead:
    """GCM or CCM, sealing or opening: four secret octets of nonce, then the sequence number, sent with each record.

    The sequence number never repeats under one key, which is all that a nonce needs (RFC 5288, 3; RFC 6655, 3).
    """

    __slots__ = ("_decrypt", "_encrypt", "_fixed_iv", "overhead")

    def __init__(self, construct: Callable[[bytes], Aead], overhead: int, key: bytes, fixed_iv: bytes) -> None:
        aead = construct(key)
        self._encrypt = aead.encrypt
        self._decrypt = aead.decrypt
        self._fixed_iv = bytes(fixed_iv)
        self.overhead = overhead

    def seal(self, sequence: int, content_type: int, version: int, plaintext: Buffer, out: list[bytes]) -> None:
        """Append header and explicit nonce, then ciphertext and tag."""
        length = len(plaintext)
        additional_data = _pack_additional_data(sequence, content_type, version, length)
        encrypt = self._encrypt  # looked up by itself, for Python is slow with a call of what is no method
        sealed = encrypt(self._fixed_iv + additional_data[_SEQUENCE], plaintext, additional_data)
        out.append(_pack_header_and_nonce(content_type, version, length + self.overhead, sequence))
        out.append(sealed)

    def open(self, sequence: int, content_type: int, version: int, record: Buffer) -> bytes:
        """The content of a record; raises :class:`BadRecordMac` whatever is wrong with it.

        The explicit nonce is what the peer says it is: RFC 5246 does not bind it to the sequence number.
        """
        length = len(record) - HEADER_LENGTH - self.overhead
        if length < 0:
            raise BadRecordMac
        additional_data = _pack_additional_data(sequence, content_type, version, length)
        decrypt = self._decrypt
        try:
            return decrypt(self._fixed_iv + record[_NONCE], record[_SEALED], additional_data)
        except InvalidTag:
            raise BadRecordMac from None


class ImplicitNonceAead:
    """ChaCha20-Poly1305, sealing or opening: the nonce is the IV XOR the sequence number, unsent (RFC 7905, 2)."""

    __slots__ = ("_decrypt", "_encrypt", "_iv", "overhead")

    def __init__(self, construct: Callable[[bytes], Aead], overhead: int, key: bytes, iv: bytes) -> None:
        aead = construct(key)
        self._encrypt = aead.encrypt
        self._decrypt = aead.decrypt
        self._iv = int.from_bytes(iv, "big")
        self.overhead = overhead

    def seal(self, sequence: int, content_type: int, version: int, plaintext: Buffer, out: list[bytes]) -> None:
        """Append header, then ciphertext and tag."""
        length = len(plaintext)
        nonce = (self._iv ^ sequence).to_bytes(12, "big")
        encrypt = self._encrypt
        sealed = encrypt(nonce, plaintext, _pack_additional_data(sequence, content_type, version, length))
        out.append(pack_header(content_type, version, length + self.overhead))
        out.append(sealed)

    def open(self, sequence: int, content_type: int, version: int, record: Buffer) -> bytes:
        """The content of a record; raises :class:`BadRecordMac` whatever is wrong with it."""
        length = len(record) - HEADER_LENGTH - self.overhead
        if length < 0:
            raise BadRecordMac
        nonce = (self._iv ^ sequence).to_bytes(12, "big")
        additional_data = _pack_additional_data(sequence, content_type, version, length)
        decrypt = self._decrypt
        try:
            return decrypt(nonce, record[_FRAGMENT], additional_data)
        except InvalidTag:
            raise BadRecordMac from None


RecordAead = ExplicitNonceAead | ImplicitNonceAead


def _record_aead(cipher: Cipher) -> Callable[[bytes, bytes], RecordAead]:
    kind = ExplicitNonceAead if cipher.record_iv_length else ImplicitNonceAead
    return partial(kind, AEADS[cipher.name], cipher.record_iv_length + cipher.tag_length)


RECORD_AEADS: Final = {name: _record_aead(CIPHERS[name]) for name in AEADS}
"""What seals or opens records, made of key and IV; raises UnsupportedAlgorithm where the library lacks the cipher."""
