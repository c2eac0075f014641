"""The path of a peer's certificates, verified by what a configuration says: in a handshake, or for a session again."""

from __future__ import annotations

from hellodone.config import ClientConfig, Config, ServerConfig
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
    usage = REQUIREMENTS[suite.key_exchange].usage if config.policy.certificate_fit == "refuse" else None
    return verify_chain(chain, config.trust, _demands(config, "server", name, usage))


def client_path(config: ServerConfig, chain: tuple[Certificate, ...]) -> VerifiedPath | None:
    """The client's path; None when no trust store was given. Raises CertificateError."""
    if config.client_trust is None:
        return None
    return verify_chain(chain, config.client_trust, _demands(config, "client", None, _client_usage(chain[0])))


def _demands(config: Config, role: Role, name: ServerName | None, usage: Usage | None) -> Demands:
    policy = config.policy
    return Demands(
        role,
        config.clock(),
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
