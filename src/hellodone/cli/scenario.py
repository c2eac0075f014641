"""What a demonstration needs: from the branch of the protocol that is asked for to the two configurations."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from hellodone.cli import settings
from hellodone.cli.laboratory import make_laboratory
from hellodone.cli.options import TlsChoice
from hellodone.config import ClientConfig, ServerConfig
from hellodone.errors import ConfigurationError

if TYPE_CHECKING:
    from hellodone.policy import Policy
    from hellodone.registry.suites import CipherSuite

_DEFAULT = "ecdhe_ecdsa"
_ALPN = ("http/1.1",)


@dataclass(frozen=True, slots=True)
class Scenario:
    """Both ends, ready to run."""

    client: ClientConfig
    server: ServerConfig


def plan(
    key_exchange: str | None, group: str | None, cipher: str | None, client_auth: bool, choice: TlsChoice
) -> Scenario:
    """The scenario for these choices. Raises ConfigurationError when they contradict each other."""
    suites = _suites(key_exchange, cipher, choice)
    exchange = suites[0].key_exchange
    policy = _policy(suites, group, choice)
    kind = "ec" if "ECDSA" in exchange.value else "rsa"
    laboratory = make_laboratory((kind,), ("localhost", "127.0.0.1", "::1"), client=kind if client_auth else None)
    trust = laboratory.authority.trust
    alpn = settings.alpn(choice) or _ALPN
    client = ClientConfig(
        trust=trust,
        policy=policy,
        identity=laboratory.client,
        alpn=alpn,
        record=True,
        key_log=settings.key_log(choice.keylog),
    )
    server = ServerConfig(
        identity=laboratory.servers,
        policy=policy,
        client_trust=trust if client_auth else None,
        client_auth="required" if client_auth else "none",
        alpn=alpn,
        record=True,
    )
    return Scenario(client, server)


def _suites(key_exchange: str | None, cipher: str | None, choice: TlsChoice) -> list[CipherSuite]:
    """The suites to offer, all of one key exchange, the preferred one first."""
    from hellodone.policy import Policy
    from hellodone.registry.suites import cipher_suite

    if choice.ciphers is not None:
        wanted = settings.policy(choice, choice.policy or "compatible").cipher_suites
    elif cipher is not None:
        wanted = (_cipher(cipher, key_exchange),)
    else:
        name = key_exchange or _DEFAULT
        base = Policy.named(choice.policy or ("modern" if name.startswith("ecdhe") else "compatible"))
        wanted = base.cipher_suites
    all_suites = [suite for code in wanted if (suite := cipher_suite(code)) is not None]
    exchange = (key_exchange or (_DEFAULT if cipher is None and choice.ciphers is None else "")).upper()
    suites = [suite for suite in all_suites if not exchange or suite.key_exchange.value == exchange]
    if not suites:
        raise ConfigurationError(f"no cipher suite that was asked for has the key exchange {exchange.lower()}")
    return suites


def _cipher(name: str, key_exchange: str | None) -> int:
    """The suite of that name, or of the key exchange with that cipher: AES_256_GCM_SHA384."""
    from hellodone.registry.suites import find_cipher_suite

    try:
        return find_cipher_suite(name).code
    except ConfigurationError as fault:
        exchange = (key_exchange or _DEFAULT).upper()
        try:
            return find_cipher_suite(f"TLS_{exchange}_WITH_{name.upper().replace('-', '_')}").code
        except ConfigurationError:
            raise fault from None


def _policy(suites: list[CipherSuite], group: str | None, choice: TlsChoice) -> Policy:
    """The policy that the scenario needs: the one asked for, or the strictest that speaks the suite."""
    from hellodone.policy import Policy
    from hellodone.registry.groups import find_group

    modern = Policy.modern()
    strictest = "modern" if suites[0].code in modern.cipher_suites else "compatible"
    if choice.policy:
        Policy.named(choice.policy)
    narrowed = settings.policy(replace(choice, ciphers=None), choice.policy or strictest)
    policy = narrowed.with_cipher_suites([suite.code for suite in suites])
    if group is None:
        return policy
    _require_group(suites[0], group)
    # the curve of the server's certificate must be among the groups too (RFC 8422, 5.3)
    curves = ["secp256r1"] if suites[0].key_exchange.certificate_key == "ec" else []
    return policy.with_groups([find_group(group), *curves])


def _require_group(suite: CipherSuite, name: str) -> None:
    """Refuse a group that the key exchange cannot use."""
    from hellodone.policy import is_ffdhe
    from hellodone.registry.groups import find_group

    code = find_group(name)
    exchange = suite.key_exchange
    if not exchange.ephemeral:
        raise ConfigurationError(f"--group {name}: the key exchange {exchange.value} uses no group")
    if exchange.finite_field != is_ffdhe(code):
        needed = (
            "a finite-field group such as ffdhe2048" if exchange.finite_field else "a curve such as x25519 or P-256"
        )
        raise ConfigurationError(f"--group {name}: the key exchange {exchange.value} needs {needed}")
