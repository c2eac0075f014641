"""The ciphers and MACs of cipher suites, with the lengths of SecurityParameters (RFC 5246, 6.1 and appendix C)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

CipherKind = Literal["aead", "block", "stream", "null"]


@dataclass(frozen=True, slots=True)
class Cipher:
    """A bulk cipher. All lengths are bytes.

    ``key_length`` comes from the key block (enc_key_length), ``fixed_iv_length`` too; ``record_iv_length`` stands in
    clear before each record; ``block_length`` is the padding unit of CBC and ``tag_length`` the AEAD's, 0 for others.
    """

    name: str
    kind: CipherKind
    key_length: int
    block_length: int = 0
    fixed_iv_length: int = 0
    record_iv_length: int = 0
    tag_length: int = 0


@dataclass(frozen=True, slots=True)
class Mac:
    """A MAC: ``hash`` as hashlib names it and ``length`` of output and key in bytes; ``""`` and 0 where none is."""

    name: str
    hash: str
    length: int


def _aead(name: str, key_length: int, tag_length: int = 16) -> Cipher:
    """4 bytes of nonce from the key block, 8 in each record (RFC 5288, 3; RFC 6655, 3)."""
    return Cipher(name, "aead", key_length, fixed_iv_length=4, record_iv_length=8, tag_length=tag_length)


def _cbc(name: str, key_length: int, block_length: int) -> Cipher:
    """Since TLS 1.1 the whole IV stands in each record (RFC 5246, 6.2.3.2)."""
    return Cipher(name, "block", key_length, block_length, record_iv_length=block_length)


# fmt: off
CIPHERS = {
    cipher.name: cipher
    for cipher in (
        Cipher("NULL",             "null",    0),
        _aead("AES_128_GCM",       16),
        _aead("AES_256_GCM",       32),
        _aead("AES_128_CCM",       16),
        _aead("AES_256_CCM",       32),
        _aead("AES_128_CCM_8",     16, tag_length=8),
        _aead("AES_256_CCM_8",     32, tag_length=8),
        Cipher("CHACHA20_POLY1305", "aead", 32, fixed_iv_length=12, tag_length=16),  # RFC 7905, 2
        _aead("CAMELLIA_128_GCM",  16),
        _aead("CAMELLIA_256_GCM",  32),
        _aead("ARIA_128_GCM",      16),
        _aead("ARIA_256_GCM",      32),
        _cbc("AES_128_CBC",        16, 16),
        _cbc("AES_256_CBC",        32, 16),
        _cbc("CAMELLIA_128_CBC",   16, 16),
        _cbc("CAMELLIA_256_CBC",   32, 16),
        _cbc("ARIA_128_CBC",       16, 16),
        _cbc("ARIA_256_CBC",       32, 16),
        _cbc("SEED_CBC",           16, 16),
        _cbc("IDEA_CBC",           16, 8),
        _cbc("3DES_EDE_CBC",       24, 8),
        _cbc("DES_CBC",            8,  8),
        _cbc("DES_CBC_40",         5,  8),   # the export ciphers stretch five bytes of key (RFC 2246, 6.3.1)
        _cbc("DES40_CBC",          5,  8),
        _cbc("RC2_CBC_40",         5,  8),
        Cipher("RC4_128",          "stream", 16),
        Cipher("RC4_40",           "stream", 5),
    )
}

NO_MAC = Mac("NULL", "", 0)  # for AEAD ciphers, whose tag is the cipher's, and for TLS_NULL_WITH_NULL_NULL
MACS = {
    "NULL":   NO_MAC,
    "MD5":    Mac("HMAC-MD5",    "md5",    16),
    "SHA":    Mac("HMAC-SHA1",   "sha1",   20),
    "SHA256": Mac("HMAC-SHA256", "sha256", 32),
    "SHA384": Mac("HMAC-SHA384", "sha384", 48),
}
