"""Cipher suites: their names both ways, and the structure that a TLS 1.2 name spells out (RFC 5246, appendix C).

``TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256`` says everything: left of ``_WITH_`` the key exchange, right of it the cipher
and the hash, which is the MAC's for CBC, stream and NULL ciphers and the PRF's for AEAD ones.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import NamedTuple

from hellodone.errors import ConfigurationError
from hellodone.registry.ciphers import CIPHERS, MACS, NO_MAC, Cipher, Mac
from hellodone.registry.key_exchange import KeyExchange
from hellodone.registry.naming import did_you_mean, unregistered
from hellodone.registry.suite_table import REGISTERED
from hellodone.registry.suite_table_private import PRIVATE

__all__ = [
    "TLS_EMPTY_RENEGOTIATION_INFO_SCSV",
    "TLS_FALLBACK_SCSV",
    "Cipher",
    "CipherSuite",
    "KeyExchange",
    "Mac",
    "Needs",
    "cipher_suite",
    "find_cipher_suite",
    "needs_of",
    "parse_cipher_list",
    "suite_name",
]

TLS_EMPTY_RENEGOTIATION_INFO_SCSV = 0x00FF  # RFC 5746, 3.3
TLS_FALLBACK_SCSV = 0x5600  # RFC 7507

_OTHER_NAMES = {
    "TLS_DHE_PSK_WITH_AES_128_CCM_8": 0xC0AA,  # what one would expect for TLS_PSK_DHE_WITH_AES_128_CCM_8
    "TLS_DHE_PSK_WITH_AES_256_CCM_8": 0xC0AB,
    "DHE-RSA-DES-CBC3-SHA": 0x0016,  # OpenSSL since 1.1
    "DHE-DSS-DES-CBC3-SHA": 0x0013,
}


@dataclass(frozen=True, slots=True)
class CipherSuite:
    """A cipher suite of TLS 1.2 and what it is made of.

    ``name`` is IANA's, ``openssl_name`` that of ``openssl ciphers`` ("" when it has none), ``mac`` has length 0 when
    the cipher is an AEAD, ``prf_hash`` is the hash of PRF and verify_data as hashlib names it.
    """

    code: int
    name: str
    openssl_name: str
    key_exchange: KeyExchange
    cipher: Cipher
    mac: Mac
    prf_hash: str
    reference: str

    def __str__(self) -> str:
        return self.name

    @property
    def is_aead(self) -> bool:
        """Whether records are AEAD-protected (RFC 5246, 6.2.3.3); such suites exist from TLS 1.2 on."""
        return self.cipher.kind == "aead"

    @property
    def is_cbc(self) -> bool:
        """Whether records are GenericBlockCipher, where encrypt_then_mac may apply (RFC 5246, 6.2.3.2; RFC 7366)."""
        return self.cipher.kind == "block"

    @property
    def is_null(self) -> bool:
        """Whether records are not encrypted at all."""
        return self.cipher.kind == "null"

    @property
    def ephemeral(self) -> bool:
        """Whether the server sends fresh (EC)DH parameters."""
        return self.key_exchange.ephemeral

    @property
    def elliptic(self) -> bool:
        """Whether an elliptic curve has to be agreed on."""
        return self.key_exchange.elliptic

    @property
    def finite_field(self) -> bool:
        """Whether a Diffie-Hellman prime has to be agreed on."""
        return self.key_exchange.finite_field

    @property
    def psk(self) -> bool:
        """Whether a pre-shared key takes part."""
        return self.key_exchange.psk

    @property
    def anonymous(self) -> bool:
        """Whether nobody is authenticated."""
        return self.key_exchange.anonymous

    @property
    def authenticates_server(self) -> bool:
        """Whether the server sends a Certificate."""
        return self.key_exchange.authenticates_server

    @property
    def forward_secret(self) -> bool:
        """Whether long-term keys that leak later open nothing recorded before."""
        return self.key_exchange.forward_secret

    @property
    def key_block_length(self) -> int:
        """Bytes of key block that both directions together need (RFC 5246, 6.3)."""
        return 2 * (self.mac.length + self.cipher.key_length + self.cipher.fixed_iv_length)

    @property
    def usable_in_tls12(self) -> bool:
        """Whether TLS 1.2 may negotiate it: not the initial state, not export, not DES or IDEA (RFC 5469, 4)."""
        return self.code != 0 and not self.key_exchange.export and self.cipher.name not in ("DES_CBC", "IDEA_CBC")


@lru_cache(maxsize=1024)
def cipher_suite(code: int) -> CipherSuite | None:
    """The suite with this number; None for signals, suites of TLS 1.3, GOST, GREASE and unregistered numbers."""
    name, openssl_name, reference = REGISTERED.get(code, ("", "", ""))
    left, _, right = name.removeprefix("TLS_").partition("_WITH_")
    key_exchange = _key_exchanges().get(left)
    cipher_name, _, hash_name = (right, "", "SHA256") if right in CIPHERS else right.rpartition("_")
    cipher = CIPHERS.get(cipher_name)
    if key_exchange is None or cipher is None:
        return None
    mac = NO_MAC if cipher.kind == "aead" else MACS[hash_name]
    prf_hash = "sha384" if hash_name == "SHA384" else "sha256"
    return CipherSuite(code, name, openssl_name, key_exchange, cipher, mac, prf_hash, reference)


class Needs(NamedTuple):
    """What at least one of several suites has use for."""

    curves: bool
    primes: bool
    certificates: bool
    block_ciphers: bool
    separate_macs: bool


@lru_cache(maxsize=256)
def needs_of(codes: tuple[int, ...]) -> Needs:
    """What an offer of these suites is to be completed with; numbers that are no suite of ours need nothing."""
    suites = [suite for suite in map(cipher_suite, codes) if suite is not None]
    return Needs(
        curves=any(suite.elliptic for suite in suites),
        primes=any(suite.finite_field for suite in suites),
        certificates=any(suite.authenticates_server for suite in suites),
        block_ciphers=any(suite.is_cbc for suite in suites),
        separate_macs=any(not suite.is_aead for suite in suites),
    )


def suite_name(code: int) -> str:
    """The IANA name of any number a hello may hold: suites of all versions, signals, GREASE, private, unknown ones."""
    if code in REGISTERED:
        return REGISTERED[code][0]
    return PRIVATE.get(code) or unregistered(code)


def find_cipher_suite(name: str) -> CipherSuite:
    """The suite of an IANA name (with or without ``TLS_``) or an OpenSSL name, in any case.

    Raises :class:`ConfigurationError` for anything else, with the names that come near.
    """
    known = _codes_by_name()
    if (code := known.get(_plain(name))) is None:
        near = did_you_mean(_plain(name), {plain: suite_name(number) for plain, number in known.items()})
        raise ConfigurationError(f"unknown cipher suite {name!r}{near}")
    if (suite := cipher_suite(code)) is None:
        raise ConfigurationError(why_not_spoken(suite_name(code)))
    return suite


def registered_suite(name: str) -> CipherSuite | None:
    """The suite of that name, None for any other: without the search for names that come near, which takes its time."""
    code = suite_code(name)
    return None if code is None else cipher_suite(code)


def suite_code(name: str) -> int | None:
    """The number of any registered name, suites of other versions and signals included; None when there is none."""
    return _codes_by_name().get(_plain(name))


def parse_cipher_list(text: str) -> tuple[int, ...]:
    """The codes of suite names separated by commas, colons or spaces, in order and without repeats.

    Raises :class:`ConfigurationError` for an unknown name or an empty list.
    """
    names = re.split(r"[,:\s]+", text.strip(",: \t\r\n"))
    if names == [""]:
        raise ConfigurationError("the list of cipher suites is empty")
    return tuple(dict.fromkeys(find_cipher_suite(name).code for name in names))


@cache
def _key_exchanges() -> Mapping[str, KeyExchange]:
    """By name; RFC 6655, 4 turns the words round in two suites, and the registry kept it."""
    return {member.value: member for member in KeyExchange} | {"PSK_DHE": KeyExchange.DHE_PSK}


@cache
def _codes_by_name() -> Mapping[str, int]:
    """Every name in plain form."""
    openssl = {_plain(openssl_name): code for code, (_, openssl_name, _) in REGISTERED.items() if openssl_name}
    iana = {_plain(name): code for code, (name, _, _) in REGISTERED.items()}
    return openssl | iana | {_plain(name): code for name, code in _OTHER_NAMES.items()}


def _plain(name: str) -> str:
    """``TLS_RSA_WITH_AES_128_CCM`` and ``rsa-with-aes-128-ccm`` alike."""
    return name.strip().upper().replace("_", "-").removeprefix("TLS-")


def why_not_spoken(name: str) -> str:
    """Why a registered name is no suite that TLS 1.2 can speak here."""
    if name.endswith("_SCSV"):
        return f"{name} is a signal, not a cipher suite"
    if "_WITH_" not in name:
        return f"{name} is a suite of TLS 1.3"
    return f"{name} is not supported: its record protection is not RFC 5246's"
