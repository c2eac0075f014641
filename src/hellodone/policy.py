"""What a side is willing to speak: suites, groups, signature schemes and the rules around them.

``modern`` is the default, ``compatible`` meets the servers of the last fifteen years, ``historic`` is all that the
protocol ever had and the primitives allow, for laboratories.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Literal

from hellodone.crypto.protection import can_protect
from hellodone.errors import ConfigurationError
from hellodone.registry.groups import NamedGroup, find_group
from hellodone.registry.signatures import SignatureScheme, find_scheme
from hellodone.registry.suite_table import REGISTERED
from hellodone.registry.suites import KeyExchange, cipher_suite, find_cipher_suite, registered_suite, suite_name

Wish = Literal["required", "preferred", "off"]


@dataclass(frozen=True, slots=True)
class Policy:
    """Everything in order of preference; immutable, so configurations may share one.

    ``extended_master_secret`` and ``secure_renegotiation``: "required" refuses a peer without it, "preferred" offers
    it, "off" is silent. Sizes are in bits.
    """

    name: str
    cipher_suites: tuple[int, ...]
    groups: tuple[int, ...]
    signature_schemes: tuple[int, ...]
    extended_master_secret: Wish = "required"
    secure_renegotiation: Wish = "required"
    encrypt_then_mac: bool = True
    truncated_hmac: bool = False  # MACs of 80 bits (RFC 6066, 7)
    minimum_rsa_bits: int = 2048
    minimum_dh_bits: int = 2048
    maximum_dh_bits: int = 4096
    allow_sha1_certificates: bool = False
    judge_certificates_alone: bool = False  # where the library cannot judge an issuer: DSA, Ed25519, SHA-1
    certificate_profile: Literal["path", "rfc5280", "webpki"] = "path"  # demanded beyond a valid path (RFC 5280, 6.1)
    certificate_fit: Literal["refuse", "report"] = "refuse"  # a key usage that the key exchange has no use for
    assume_sha1: bool = False  # a hello without signature_algorithms means SHA-1 (RFC 5246, 7.4.1.4.1)

    @staticmethod
    def modern() -> Policy:
        """ECDHE with AEAD, extended master secret and secure renegotiation required."""
        return _modern()

    @staticmethod
    def compatible() -> Policy:
        """Adds DHE, RSA key exchange, CBC and SHA-1 signatures; nothing is required that older peers lack."""
        return _compatible()

    @staticmethod
    def historic() -> Policy:
        """All that the protocol ever had and the primitives allow, weak as it is: for laboratories."""
        return _historic()

    @staticmethod
    def named(name: str) -> Policy:
        """The policy of that name. Raises ConfigurationError for others."""
        policies = {"modern": _modern, "compatible": _compatible, "historic": _historic}
        if name not in policies:
            raise ConfigurationError(f"no policy is called {name!r}; there are {', '.join(policies)}")
        return policies[name]()

    def with_cipher_suites(self, suites: Iterable[int | str]) -> Policy:
        """The same with exactly these suites, by number, IANA or OpenSSL name, in this order."""
        chosen = tuple(dict.fromkeys(_suite_code(suite) for suite in suites))
        if not chosen:
            raise ConfigurationError("the list of cipher suites is empty; at least one is needed")
        return replace(self, cipher_suites=chosen)

    def with_groups(self, groups: Iterable[int | str]) -> Policy:
        """The same with exactly these groups, by number or name, in this order."""
        chosen = tuple(dict.fromkeys(find_group(g) if isinstance(g, str) else g for g in groups))
        if not chosen:
            raise ConfigurationError("the list of groups is empty; at least one is needed")
        return replace(self, groups=tuple(int(g) for g in chosen))

    def with_signature_schemes(self, schemes: Iterable[int | str]) -> Policy:
        """The same with exactly these signature schemes, by number or name, in this order."""
        chosen = tuple(dict.fromkeys(find_scheme(s) if isinstance(s, str) else s for s in schemes))
        if not chosen:
            raise ConfigurationError("the list of signature schemes is empty; at least one is needed")
        return replace(self, signature_schemes=tuple(int(s) for s in chosen))

    @property
    def elliptic_groups(self) -> tuple[int, ...]:
        """The curves among the groups (RFC 8422)."""
        return _among(self.groups, True, False)

    @property
    def finite_field_groups(self) -> tuple[int, ...]:
        """The finite-field groups among the groups (RFC 7919)."""
        return _among(self.groups, False, True)

    def groups_for(self, *, curves: bool, primes: bool) -> tuple[int, ...]:
        """The groups, as far as curves and finite fields are of use."""
        return _among(self.groups, curves, primes)


@lru_cache(maxsize=64)
def _among(groups: tuple[int, ...], curves: bool, primes: bool) -> tuple[int, ...]:
    return tuple(group for group in groups if (primes if is_ffdhe(group) else curves))


def is_ffdhe(group: int) -> bool:
    """Whether the number is in the range that RFC 7919 sets aside for finite fields."""
    return 0x0100 <= group <= 0x01FF


def _suite_code(suite: int | str) -> int:
    if isinstance(suite, str):
        return find_cipher_suite(suite).code
    if cipher_suite(suite) is None:
        raise ConfigurationError(f"{suite_name(suite)} is no cipher suite that TLS 1.2 can speak")
    return suite


_ECDHE = (KeyExchange.ECDHE_ECDSA, KeyExchange.ECDHE_RSA)
_PSK = (KeyExchange.ECDHE_PSK, KeyExchange.DHE_PSK, KeyExchange.RSA_PSK, KeyExchange.PSK)
_AEAD = ("AES_128_GCM_SHA256", "CHACHA20_POLY1305_SHA256", "AES_256_GCM_SHA384")
_CCM = ("AES_128_CCM", "AES_256_CCM")
_CCM_8 = ("AES_128_CCM_8", "AES_256_CCM_8")
_CBC = ("AES_128_CBC_SHA256", "AES_256_CBC_SHA384", "AES_256_CBC_SHA256", "AES_128_CBC_SHA", "AES_256_CBC_SHA")

_CURVES = (
    NamedGroup.x25519,
    NamedGroup.secp256r1,
    NamedGroup.x448,
    NamedGroup.secp384r1,
    NamedGroup.secp521r1,
)
_FFDHE = (NamedGroup.ffdhe2048, NamedGroup.ffdhe3072, NamedGroup.ffdhe4096)
_SCHEMES = (
    SignatureScheme.ecdsa_secp256r1_sha256,
    SignatureScheme.rsa_pss_rsae_sha256,
    SignatureScheme.rsa_pkcs1_sha256,
    SignatureScheme.ed25519,
    SignatureScheme.ecdsa_secp384r1_sha384,
    SignatureScheme.rsa_pss_rsae_sha384,
    SignatureScheme.rsa_pkcs1_sha384,
    SignatureScheme.ecdsa_secp521r1_sha512,
    SignatureScheme.rsa_pss_rsae_sha512,
    SignatureScheme.rsa_pkcs1_sha512,
    SignatureScheme.ed448,
    SignatureScheme.rsa_pss_pss_sha256,
    SignatureScheme.rsa_pss_pss_sha384,
    SignatureScheme.rsa_pss_pss_sha512,
)
_OLD_CURVES = (
    NamedGroup.brainpoolP256r1,
    NamedGroup.brainpoolP384r1,
    NamedGroup.brainpoolP512r1,
    NamedGroup.secp256k1,
    NamedGroup.secp224r1,
    NamedGroup.secp192r1,
)
_LARGE_FFDHE = (NamedGroup.ffdhe6144, NamedGroup.ffdhe8192)
_OLD_SCHEMES = (
    SignatureScheme.ecdsa_sha224,
    SignatureScheme.rsa_pkcs1_sha224,
    SignatureScheme.dsa_sha512,
    SignatureScheme.dsa_sha384,
    SignatureScheme.dsa_sha256,
    SignatureScheme.dsa_sha224,
    SignatureScheme.dsa_sha1,
    SignatureScheme.rsa_pkcs1_md5,
)
# Every key exchange with a method in handshake/tls12/key_exchange
_SPOKEN = (
    *_ECDHE,
    *_PSK,
    KeyExchange.DHE_RSA,
    KeyExchange.RSA,
    KeyExchange.DHE_DSS,
    KeyExchange.ECDH_ECDSA,
    KeyExchange.ECDH_RSA,
    KeyExchange.DH_RSA,
    KeyExchange.DH_DSS,
    KeyExchange.DH_anon,
    KeyExchange.ECDH_anon,
)
_SHA1_SCHEMES = (SignatureScheme.ecdsa_sha1, SignatureScheme.rsa_pkcs1_sha1)


def _suites(exchanges: Iterable[KeyExchange], ciphers: Iterable[str]) -> tuple[int, ...]:
    """Those of the products that are registered: ciphers in order, for each the key exchanges in order."""
    names = (f"TLS_{exchange.value}_WITH_{cipher}" for cipher in ciphers for exchange in exchanges)
    return tuple(suite.code for suite in map(registered_suite, names) if suite is not None)


@lru_cache(maxsize=1)
def _modern() -> Policy:
    return Policy(
        name="modern",
        cipher_suites=_suites((*_ECDHE, KeyExchange.ECDHE_PSK), _AEAD + _CCM),
        groups=tuple(int(group) for group in _CURVES),
        signature_schemes=tuple(int(scheme) for scheme in _SCHEMES),
    )


@lru_cache(maxsize=1)
def _compatible() -> Policy:
    modern = _modern()
    forward_secret = (*_ECDHE, KeyExchange.DHE_RSA)
    return replace(
        modern,
        name="compatible",
        cipher_suites=(
            *_suites(forward_secret, _AEAD + _CCM + _CCM_8),
            *_suites(forward_secret, _CBC),
            *_suites((KeyExchange.RSA,), _AEAD + _CCM + _CCM_8 + _CBC),
            *(code for code in _suites(_PSK, _AEAD + _CCM + _CCM_8 + _CBC) if code not in modern.cipher_suites),
        ),
        groups=(*modern.groups, *(int(group) for group in _FFDHE)),
        signature_schemes=(*modern.signature_schemes, *(int(scheme) for scheme in _SHA1_SCHEMES)),
        extended_master_secret="preferred",
        secure_renegotiation="preferred",
        assume_sha1=True,
    )


@lru_cache(maxsize=1)
def _historic() -> Policy:
    compatible = _compatible()
    return replace(
        compatible,
        name="historic",
        cipher_suites=(*compatible.cipher_suites, *_historic_suites(compatible.cipher_suites)),
        groups=(*compatible.groups, *(int(group) for group in (*_OLD_CURVES, *_LARGE_FFDHE))),
        signature_schemes=(*compatible.signature_schemes, *(int(scheme) for scheme in _OLD_SCHEMES)),
        minimum_rsa_bits=1024,
        minimum_dh_bits=1024,
        maximum_dh_bits=8192,
        allow_sha1_certificates=True,
        truncated_hmac=True,
        judge_certificates_alone=True,
    )


def _historic_suites(before: tuple[int, ...]) -> Iterable[int]:
    """Every other suite that can be spoken: forward secret ones first, NULL and anonymous ones last."""
    suites = [suite for suite in map(cipher_suite, REGISTERED) if suite is not None and suite.usable_in_tls12]
    known = [s for s in suites if s.code not in before and s.key_exchange in _SPOKEN and can_protect(s)]
    known.sort(key=lambda s: (s.is_null, s.anonymous, not s.forward_secret, not s.is_aead, s.code))
    return (suite.code for suite in known)
