"""The path of a peer's certificates, verified by what a configuration says: in a handshake, or for a session again."""

from __future__ import annotations

from collections.abc import Hashable
from datetime import UTC, datetime

from hellodone.config import ClientConfig, Config, ServerConfig
from hellodone.handshake.habit import keep
from hellodone.handshake.requirements import REQUIREMENTS
from hellodone.pki.certificates import Certificate
from hellodone.pki.names import ServerName
from hellodone.pki.rules import Demands, Role, Usage
from hellodone.pki.verify import VerifiedPath, verify_chain
from hellodone.registry.suites import CipherSuite


def server_path(
    config: ClientConfig, name: ServerName | None, chain: tuple[Certificate, ...], suite: CipherSuite
) -> VerifiedPath | None:
    """The server's path for this name and suite; None when no trust store was given. Raises CertificateError."""
    if config.trust is None:
        return None
    now = config.clock()
    known = known_path(config, name, tuple([certificate.der for certificate in chain]), suite.code, now)
    if known is not None:
        return known.again(now)
    usage = REQUIREMENTS[suite.key_exchange].usage if config.policy.certificate_fit == "refuse" else None
    path = verify_chain(chain, config.trust, _demands(config, "server", now, name, usage))
    return _kept(config, name, suite, path, chain)


def client_path(config: ServerConfig, chain: tuple[Certificate, ...], suite: CipherSuite) -> VerifiedPath | None:
    """The client's path; None when no trust store was given. Raises CertificateError."""
    if config.client_trust is None:
        return None
    now = config.clock()
    known = known_path(config, None, tuple([certificate.der for certificate in chain]), suite.code, now)
    if known is not None:
        return known.again(now)
    demands = _demands(config, "client", now, None, _client_usage(chain[0]))
    return _kept(config, None, suite, verify_chain(chain, config.client_trust, demands), chain)


def known_path(
    config: Config, name: ServerName | None, chain: tuple[bytes, ...], suite: int, now: datetime
) -> VerifiedPath | None:
    """The path that was verified for the same question, if that is an answer at this time, too.

    ``chain`` is in DER. Of two roles each has its own configuration, so the question need not tell whose chain it is;
    of a client's no name is asked. A clock without a zone tells UTC.
    """
    known: VerifiedPath | None = config.habits.get(_question(name, chain, suite))
    if known is None or known.kept is None:
        return None
    at = now if now.tzinfo is not None else now.replace(tzinfo=UTC)
    return known if known.kept.since <= at <= known.kept.until else None


def _kept(
    config: Config, name: ServerName | None, suite: CipherSuite, path: VerifiedPath, chain: tuple[Certificate, ...]
) -> VerifiedPath:
    if path.kept is not None:
        keep(config, _question(name, tuple([certificate.der for certificate in chain]), suite.code), path)
    return path


def _question(name: ServerName | None, chain: tuple[bytes, ...], suite: int) -> Hashable:
    return "path", name and (name.kind, name.text), chain, suite


def _demands(config: Config, role: Role, now: datetime, name: ServerName | None, usage: Usage | None) -> Demands:
    policy = config.policy
    return Demands(
        role,
        now,
        name,
        usage,
        policy.minimum_rsa_bits,
        policy.allow_sha1_certificates,
        policy.judge_certificates_alone,
        policy.certificate_profile,
    )


def _client_usage(leaf: Certificate) -> Usage:
    """What the client does with its key: agree when the key can or may do nothing else, else sign (RFC 5246, 7.4.6)."""
    allowed = leaf.key_usage
    fixed = allowed is not None and "keyAgreement" in allowed and "digitalSignature" not in allowed
    return "key_agreement" if fixed or leaf.key_type.algorithm in ("dh", "x25519", "x448") else "digital_signature"
