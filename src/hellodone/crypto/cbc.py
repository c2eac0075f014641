"""Block and stream ciphers with a separate MAC: GenericBlockCipher and GenericStreamCipher (RFC 5246, 6.2.3.1-2).

Two orders: MAC-then-encrypt as RFC 5246 has it, and encrypt-then-MAC (RFC 7366). The first is open to attacks that
time the check of padding and MAC (Lucky Thirteen); :class:`CbcOpener` makes the same number of compression steps for
every padding, good or bad, which leaves differences of some tens of nanoseconds, up to about a hundred: not constant
time, prefer encrypt-then-MAC.

Each direction keeps one running CBC context, for a new one costs more than the cipher on a short record. To start a
record at an explicit IV in a running context, the opener feeds IV and ciphertext and drops the first block that comes
out; the sealer feeds a random block first, whose ciphertext then is an IV nobody could foresee.

A MAC size below that of the hash cuts the MAC to its first octets (truncated_hmac, RFC 6066, 7).
"""

from __future__ import annotations

import hmac
from collections.abc import Callable
from struct import Struct
from typing import Final

from cryptography.hazmat.primitives.ciphers import CipherContext
from cryptography.hazmat.primitives.hmac import HMAC

from hellodone.crypto.errors import BadRecordMac
from hellodone.wire.record_header import HEADER_LENGTH, pack_header

Buffer = bytes | bytearray | memoryview

# seq_num, TLSCompressed.type, .version, .length: what the MAC covers before the content (RFC 5246, 6.2.3.1).
_pack_header: Final = Struct(">QBHH").pack

_PADDING: Final = tuple(bytes([n]) * (n + 1) for n in range(256))
"""What ends a plaintext that is padded by n: n + 1 octets of value n (RFC 5246, 6.2.3.2)."""

# The same as integers for a comparison in one stroke, all of one width thanks to bits above 256 octets.
_GUARD: Final = 1 << 2048
_REPEATED: Final = tuple(2 * _GUARD | int.from_bytes(bytes([n]) * 256, "big") for n in range(256))
_MASKS: Final = tuple(_GUARD | (1 << 8 * (n + 1)) - 1 for n in range(256))
_ZEROS: Final = memoryview(bytes(8 * 128))


class CbcSealer:
    """One direction's sending half of a block cipher, MAC-then-encrypt."""

    __slots__ = ("_block", "_encryptor", "_mac", "_mac_size", "_random")

    def __init__(
        self, encryptor: CipherContext, block_size: int, mac: HMAC, mac_size: int, random: Callable[[int], bytes]
    ) -> None:
        self._encryptor = encryptor
        self._block = block_size
        self._mac = mac
        self._mac_size = mac_size
        self._random = random

    @property
    def overhead(self) -> int:
        """The most octets that protection adds: IV, MAC and one block of padding."""
        return 2 * self._block + self._mac_size

    def seal(self, sequence: int, content_type: int, version: int, plaintext: Buffer, out: list[bytes]) -> None:
        """Append header, IV and ciphertext of content, MAC and padding."""
        mac = self._mac.copy()
        mac.update(_pack_header(sequence, content_type, version, len(plaintext)))
        mac.update(plaintext)
        tag = mac.finalize()[: self._mac_size]
        padding = _PADDING[self._block - 1 - (len(plaintext) + self._mac_size) % self._block]
        sealed = self._encryptor.update(b"".join((self._random(self._block), plaintext, tag, padding)))
        out += (pack_header(content_type, version, len(sealed)), sealed)


class EncryptThenMacSealer(CbcSealer):
    """The same with the MAC over IV and ciphertext, sent in the clear behind them (RFC 7366, 3)."""

    __slots__ = ()

    def seal(self, sequence: int, content_type: int, version: int, plaintext: Buffer, out: list[bytes]) -> None:
        """Append header, IV, ciphertext of content and padding, and the MAC over both."""
        padding = _PADDING[self._block - 1 - len(plaintext) % self._block]
        sealed = self._encryptor.update(b"".join((self._random(self._block), plaintext, padding)))
        mac = self._mac.copy()
        mac.update(_pack_header(sequence, content_type, version, len(sealed)))
        mac.update(sealed)
        header = pack_header(content_type, version, len(sealed) + self._mac_size)
        out += (header, sealed + mac.finalize()[: self._mac_size])


class CbcOpener:
    """One direction's receiving half of a block cipher, MAC-then-encrypt."""

    __slots__ = ("_block", "_decryptor", "_hash_block", "_hashed_besides", "_mac", "_mac_size")

    def __init__(
        self, decryptor: CipherContext, block_size: int, mac: HMAC, mac_size: int, hash_block_size: int
    ) -> None:
        self._decryptor = decryptor
        self._block = block_size
        self._mac = mac
        self._mac_size = mac_size
        self._hash_block = hash_block_size
        # What the hash sees beside the content: 13 octets of header, and a length of an eighth of a block. The 0x80
        # that goes between is what rounding down instead of up has already counted.
        self._hashed_besides = 13 + hash_block_size // 8

    def open(self, sequence: int, content_type: int, version: int, record: Buffer) -> bytes:
        """The content of a record; raises :class:`BadRecordMac` whatever is wrong with it."""
        fragment = record[HEADER_LENGTH:]
        length = len(fragment)
        size = self._mac_size
        if length % self._block or length < self._block + size + 1:
            raise BadRecordMac
        plain = self._decryptor.update(fragment)
        content = memoryview(plain)[self._block :]
        limit = length - self._block - size - 1
        pad = plain[-1]
        good = (pad <= limit) & _padding_is_good(plain, pad)
        end = limit - pad * good
        mac = self._mac.copy()
        dummy = self._mac.copy()
        mac.update(_pack_header(sequence, content_type, version, end))
        mac.update(content[:end])
        # One block more than is missing, so that there always is something to compress.
        dummy.update(_ZEROS[: self._missing(limit, end) + self._hash_block])
        if not good & hmac.compare_digest(mac.finalize()[:size], content[end : end + size]):
            raise BadRecordMac
        return bytes(content[:end])

    def _missing(self, limit: int, end: int) -> int:
        """Octets of the whole hash blocks by which a content of ``end`` octets is shorter than one of ``limit``."""
        block = self._hash_block
        besides = self._hashed_besides
        return ((limit + besides) // block - (end + besides) // block) * block


class EncryptThenMacOpener(CbcOpener):
    """The receiving half of encrypt-then-MAC (RFC 7366, 3): nothing is decrypted before its MAC is right."""

    __slots__ = ()

    def open(self, sequence: int, content_type: int, version: int, record: Buffer) -> bytes:
        """The content of a record; raises :class:`BadRecordMac` whatever is wrong with it."""
        view = memoryview(record)[HEADER_LENGTH:]
        end = len(view) - self._mac_size
        if end % self._block or end < 2 * self._block:
            raise BadRecordMac
        mac = self._mac.copy()
        mac.update(_pack_header(sequence, content_type, version, end))
        mac.update(view[:end])
        if not hmac.compare_digest(mac.finalize()[: self._mac_size], view[end:]):
            raise BadRecordMac
        plain = self._decryptor.update(view[:end])
        pad = plain[-1]
        if not (pad < end - self._block) & _padding_is_good(plain, pad):
            raise BadRecordMac
        return plain[self._block : end - pad - 1]


def _padding_is_good(plain: bytes, pad: int) -> bool:
    """Whether the last ``pad + 1`` octets all have the value ``pad``, looked at 256 at a time."""
    difference = (int.from_bytes(plain[-256:], "big") | _GUARD) ^ _REPEATED[pad]
    return difference & _MASKS[pad] == _GUARD


class StreamSealer:
    """A stream cipher, or none at all (NULL), with a MAC in front (RFC 5246, 6.2.3.1)."""

    __slots__ = ("_encryptor", "_mac", "overhead")

    def __init__(self, encryptor: CipherContext | None, mac: HMAC, mac_size: int) -> None:
        self._encryptor = encryptor
        self._mac = mac
        self.overhead = mac_size

    def seal(self, sequence: int, content_type: int, version: int, plaintext: Buffer, out: list[bytes]) -> None:
        """Append header, content and MAC, these two encrypted when there is a cipher."""
        mac = self._mac.copy()
        mac.update(_pack_header(sequence, content_type, version, len(plaintext)))
        mac.update(plaintext)
        content = b"".join((plaintext, mac.finalize()[: self.overhead]))
        out.append(pack_header(content_type, version, len(content)))
        out.append(self._encryptor.update(content) if self._encryptor else content)


class StreamOpener:
    """The receiving half of a stream cipher, or of none at all (NULL)."""

    __slots__ = ("_decryptor", "_mac", "overhead")

    def __init__(self, decryptor: CipherContext | None, mac: HMAC, mac_size: int) -> None:
        self._decryptor = decryptor
        self._mac = mac
        self.overhead = mac_size

    def open(self, sequence: int, content_type: int, version: int, record: Buffer) -> bytes:
        """The content of a record; raises :class:`BadRecordMac` whatever is wrong with it."""
        fragment = record[HEADER_LENGTH:]
        end = len(fragment) - self.overhead
        if end < 0:
            raise BadRecordMac
        plain = self._decryptor.update(fragment) if self._decryptor else bytes(fragment)
        mac = self._mac.copy()
        mac.update(_pack_header(sequence, content_type, version, end))
        mac.update(memoryview(plain)[:end])
        if not hmac.compare_digest(mac.finalize()[: self.overhead], plain[end:]):
            raise BadRecordMac
        return plain[:end]
