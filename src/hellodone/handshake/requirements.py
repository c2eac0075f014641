"""What a key exchange demands of certificates: one row each (RFC 5246, 7.4.2 and 7.4.4; RFC 8422, 2, 5.3 and 5.5).

The issuer's signature no longer counts: RFC 4492, 5.3 and RFC 4346 asked for it, RFC 5246, 7.4.2 dropped that and has
signature_algorithms instead.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from hellodone.registry.codes import ClientCertificateType
from hellodone.registry.suites import CipherSuite, KeyExchange

Usage = Literal["digital_signature", "key_encipherment", "key_agreement"]
USAGE_NAMES: Mapping[Usage, str] = {
    "digital_signature": "digitalSignature",
    "key_encipherment": "keyEncipherment",
    "key_agreement": "keyAgreement",
}


@dataclass(frozen=True, slots=True)
class Requirement:
    """The keys a server's certificate may hold, and what its key usage must allow when it says anything."""

    algorithms: tuple[str, ...]
    usage: Usage


_RSA_KEYS, _EC_KEYS = ("rsa", "rsa_pss"), ("ec", "ed25519", "ed448")
# fmt: off
REQUIREMENTS: Mapping[KeyExchange, Requirement] = {
    KeyExchange.RSA:         Requirement(("rsa",),  "key_encipherment"),
    KeyExchange.RSA_PSK:     Requirement(("rsa",),  "key_encipherment"),
    KeyExchange.DHE_RSA:     Requirement(_RSA_KEYS, "digital_signature"),
    KeyExchange.ECDHE_RSA:   Requirement(_RSA_KEYS, "digital_signature"),
    KeyExchange.DHE_DSS:     Requirement(("dsa",),  "digital_signature"),
    KeyExchange.ECDHE_ECDSA: Requirement(_EC_KEYS,  "digital_signature"),
    KeyExchange.DH_RSA:      Requirement(("dh",),   "key_agreement"),
    KeyExchange.DH_DSS:      Requirement(("dh",),   "key_agreement"),
    KeyExchange.ECDH_RSA:    Requirement(("ec", "x25519", "x448"), "key_agreement"),
    KeyExchange.ECDH_ECDSA:  Requirement(("ec", "x25519", "x448"), "key_agreement"),
}
# fmt: on

# The family of signature that the old names of static key exchanges stand for: a server with two such certificates
# goes by it, nobody refuses because of it
ISSUED_BY: Mapping[KeyExchange, str] = {
    KeyExchange.DH_RSA: "rsa",
    KeyExchange.DH_DSS: "dsa",
    KeyExchange.ECDH_RSA: "rsa",
    KeyExchange.ECDH_ECDSA: "ecdsa",
}

# What a client signs with, by the type the server lists
SIGNING_TYPES: Mapping[str, ClientCertificateType] = {
    "rsa": ClientCertificateType.rsa_sign,
    "rsa_pss": ClientCertificateType.rsa_sign,
    "dsa": ClientCertificateType.dss_sign,
    "ec": ClientCertificateType.ecdsa_sign,
    "ed25519": ClientCertificateType.ecdsa_sign,
    "ed448": ClientCertificateType.ecdsa_sign,
}
# What a client agrees with, by the server's static key exchange: its key lies in the certificate
_FIXED_DH = (ClientCertificateType.rsa_fixed_dh, ClientCertificateType.dss_fixed_dh)
_FIXED_ECDH = (ClientCertificateType.rsa_fixed_ecdh, ClientCertificateType.ecdsa_fixed_ecdh)


def is_static(suite: CipherSuite) -> bool:
    """Whether the server's Diffie-Hellman key is the one in its certificate."""
    return suite.key_exchange.agreement in ("dh", "ecdh")


def fixed_types(suite: CipherSuite) -> tuple[ClientCertificateType, ...]:
    """The types of client certificates whose key takes part in the suite's key exchange; none unless it is static."""
    if not is_static(suite):
        return ()
    return _FIXED_ECDH if suite.elliptic else _FIXED_DH


def fixed_keys(suite: CipherSuite) -> tuple[str, ...]:
    """The keys such certificates hold."""
    if not is_static(suite):
        return ()
    return ("ec", "x25519", "x448") if suite.elliptic else ("dh",)


def same_group(one: object, other: object) -> bool:
    """Whether keys of these groups can be agreed on a secret: a client's fixed key must lie in the server's group."""
    return one is not None and one == other
