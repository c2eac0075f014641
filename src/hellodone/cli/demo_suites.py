"""Which cipher suites a demonstration offers, and the strictest policy that speaks them."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from hellodone.cli import settings
from hellodone.cli.options import DemoChoice, TlsChoice
from hellodone.errors import ConfigurationError

if TYPE_CHECKING:
    from hellodone.policy import Policy
    from hellodone.registry.suites import CipherSuite, KeyExchange

_DEFAULT = "ecdhe_ecdsa"
_POLICIES = ("modern", "compatible", "historic")  # the strictest first
_SOUND = ("AES_", "CHACHA20_", "CAMELLIA_", "ARIA_")  # ciphers that are offered without being asked for


def wanted_suites(ask: DemoChoice, tls: TlsChoice) -> list[CipherSuite]:
    """The suites to offer, all of one key exchange, the preferred one first. Raises ConfigurationError."""
    from hellodone.registry.suites import cipher_suite

    exchange = _exchange(ask, tls)
    if tls.ciphers is not None:
        codes = settings.policy(tls, tls.policy or "historic").cipher_suites
    elif ask.cipher is not None:
        codes = (_cipher(ask.cipher, ask.key_exchange),)
    else:
        codes = _suites_of(exchange, tls.policy)
    suites = [suite for code in codes if (suite := cipher_suite(code)) is not None]
    first = exchange or (suites[0].key_exchange.value if suites else "")
    chosen = [suite for suite in suites if suite.key_exchange.value.upper() == first.upper()]
    if not chosen:
        policy = f" under the policy {tls.policy}" if tls.policy else ""
        raise ConfigurationError(f"no cipher suite that was asked for has the key exchange {exchange.lower()}{policy}")
    return chosen


def _exchange(ask: DemoChoice, tls: TlsChoice) -> str:
    """The key exchange that was named, or follows; "" when that of the suite is meant."""
    if ask.key_exchange:
        return ask.key_exchange
    if ask.cipher is not None or tls.ciphers is not None:
        return ""
    return "psk" if ask.psk is not None else _DEFAULT


def _suites_of(exchange: str, policy: str) -> tuple[int, ...]:
    """The suites of a key exchange in the strictest policy that has any, or in the one that was named."""
    from hellodone.policy import Policy
    from hellodone.registry.suites import cipher_suite

    for name in (policy,) if policy else _POLICIES:
        suites = [suite for code in Policy.named(name).cipher_suites if (suite := cipher_suite(code)) is not None]
        found = [suite for suite in suites if suite.key_exchange.value.upper() == exchange.upper()]
        sound = [suite for suite in found if suite.cipher.name.startswith(_SOUND)]
        if found:
            return tuple(suite.code for suite in sound or found)
    return ()


def _cipher(name: str, key_exchange: str | None) -> int:
    """The suite of that name, or of the key exchange with that cipher: AES_256_GCM_SHA384."""
    from hellodone.registry.suites import find_cipher_suite, registered_suite

    exchange = (key_exchange or _DEFAULT).upper()
    suite = registered_suite(name) or registered_suite(f"TLS_{exchange}_WITH_{name.upper().replace('-', '_')}")
    with settings.naming("--cipher", "suites"):
        return (suite or find_cipher_suite(name)).code


def narrowed_policy(suites: list[CipherSuite], group: str | None, tls: TlsChoice) -> Policy:
    """The policy that the scenario needs: the one asked for, or the strictest that speaks the suite."""
    from hellodone.policy import Policy
    from hellodone.registry.groups import find_group

    strictest = next((name for name in _POLICIES if suites[0].code in Policy.named(name).cipher_suites), "historic")
    narrowed = settings.policy(replace(tls, ciphers=None), tls.policy or strictest)
    policy = narrowed.with_cipher_suites([suite.code for suite in suites])
    if not tls.policy:  # what the scenario needs, and no weakness that it does not
        policy = replace(policy, truncated_hmac=False)
    if group is None:
        return policy
    _require_group(suites[0].key_exchange, group)
    # the curve of the server's certificate must be among the groups too (RFC 8422, 5.3)
    curves = ["secp256r1"] if suites[0].key_exchange.certificate_key == "ec" else []
    return policy.with_groups([find_group(group), *curves])


def _require_group(exchange: KeyExchange, name: str) -> None:
    """Refuse a group that the key exchange cannot use."""
    from hellodone.policy import is_ffdhe
    from hellodone.registry.groups import find_group

    with settings.naming("--group", "groups"):
        code = find_group(name)
    if not exchange.ephemeral and exchange.agreement != "ecdh":
        what = "has the group of the server's certificate" if exchange.finite_field else "uses no group"
        raise ConfigurationError(f"--group {name}: the key exchange {exchange.value} {what}")
    if exchange.finite_field != is_ffdhe(code):
        needed = (
            "a finite-field group such as ffdhe2048" if exchange.finite_field else "a curve such as x25519 or P-256"
        )
        raise ConfigurationError(f"--group {name}: the key exchange {exchange.value} needs {needed}")
