"""The rules that the library's verifier leaves to us, bare: what is true of a certificate, without words.

On the way that accepts a chain nobody reads sentences, so none are made there; ``checks`` says the same with claims,
values and reasons.
"""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from datetime import UTC, datetime
from typing import Final, Literal, NamedTuple

from hellodone.pki.certificates import Certificate
from hellodone.pki.names import ServerName, match
from hellodone.registry import oids

Usage = Literal["digital_signature", "key_encipherment", "key_agreement"]
Role = Literal["server", "client"]
Conformance = Literal["path", "rfc5280", "webpki"]
"""What is demanded of certificates beyond a valid path: nothing, or one of two profiles (see ``conformance``)."""
Path = Sequence[Certificate]
"""Certificates from the leaf (index 0) to the trust anchor."""

USAGES: Final[dict[Usage, str]] = {
    "digital_signature": "digitalSignature",
    "key_encipherment": "keyEncipherment",
    "key_agreement": "keyAgreement",
}
PURPOSES: Final[dict[Role, str]] = {"server": "serverAuth", "client": "clientAuth"}
_FINITE: Final = frozenset({"rsa", "rsa_pss", "dsa", "dh"})
WEAK_HASHES: Final = frozenset({"md2", "md5", "sha1"})
_MINIMUM_EC_BITS: Final = 224


class Demands(NamedTuple):
    """What is demanded of a chain: who shows it, what its key is used for, at what time, how strong it must be.

    ``now`` without a zone is UTC.
    """

    role: Role
    now: datetime
    name: ServerName | None = None
    usage: Usage | None = None
    minimum_rsa_bits: int = 2048
    allow_weak_signatures: bool = False
    judge_alone: bool = False
    conformance: Conformance = "path"
    pins: frozenset[bytes] = frozenset()  # of keys, one of which must be on the path; none: any path will do

    def at_time(self, now: datetime) -> Demands:
        """The same at another time."""
        return tuple.__new__(Demands, (self[0], now, *self[2:]))

    @property
    def at(self) -> datetime:
        """The time in whole seconds, like the dates of certificates: the last second is still within."""
        return self.now.replace(tzinfo=self.now.tzinfo or UTC, microsecond=0)

    @property
    def lasting(self) -> Hashable:
        """All but the time; the name in parts, which hash sooner than a name."""
        name = self.name
        return (self.role, name and (name.kind, name.text), self[3:])


def acceptable(path: Path, demands: Demands) -> bool:
    """Whether a path that the library accepts meets the demands that it was not asked about.

    It was asked about key usages and purposes (``library``), accepts no signature over SHA-1, and compares names. It
    takes no name with an underscore, and lets a wildcard stand above a single label, as ``*.com`` for ``example.com``.
    """
    leaf, name = path[0], demands.name
    theirs = name is None or name.kind == "ip" or ("_" not in name.text and name.text.count(".") != 1)
    named = theirs or name is None or match(name, leaf)
    return named and has_strong_key(leaf, demands) and (not demands.pins or has_pinned_key(path, demands))


def has_pinned_key(path: Path, demands: Demands) -> bool:
    """One of the keys on the path is one that was pinned, be it the leaf's, an issuer's or the anchor's."""
    return any(certificate.key_sha256 in demands.pins for certificate in path)


def has_usage(leaf: Certificate, usage: Usage) -> bool:
    """The keyUsage, where there is one, allows what the key exchange does (RFC 5280, 4.2.1.3; RFC 5246, 7.4.2)."""
    return leaf.key_usage is None or USAGES[usage] in leaf.key_usage


def has_purpose(certificate: Certificate, role: Role) -> bool:
    """The extended key usage, where there is one, allows TLS in this role (RFC 5280, 4.2.1.12)."""
    allowed = certificate.extended_key_usage
    return allowed is None or PURPOSES[role] in allowed or oids.ANY_EXTENDED_KEY_USAGE in allowed


def may_issue(issuer: Certificate) -> bool:
    """The keyUsage, where there is one, allows signing certificates (RFC 5280, 4.2.1.3, 6.1.4 n)."""
    return issuer.key_usage is None or "keyCertSign" in issuer.key_usage


def minimum_bits(certificate: Certificate, demands: Demands) -> int:
    """The least size for a key of this kind."""
    return demands.minimum_rsa_bits if certificate.key_type.algorithm in _FINITE else _MINIMUM_EC_BITS


def has_strong_key(certificate: Certificate, demands: Demands) -> bool:
    """The public key is of a kind known here and large enough; an unknown key has no bits."""
    return certificate.key_type.bits >= minimum_bits(certificate, demands)


def has_strong_signature(certificate: Certificate, demands: Demands) -> bool:
    """The issuer's signature is not made over MD5 or SHA-1, for which collisions are known (RFC 6151, RFC 9155)."""
    return demands.allow_weak_signatures or certificate.signature_hash not in WEAK_HASHES
