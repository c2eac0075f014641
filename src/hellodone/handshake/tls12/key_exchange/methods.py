"""Which method each key exchange is."""

from __future__ import annotations

from hellodone.handshake.tls12.key_exchange.agreement import EllipticCurve, FiniteField
from hellodone.handshake.tls12.key_exchange.ephemeral import Ephemeral
from hellodone.handshake.tls12.key_exchange.method import Method
from hellodone.handshake.tls12.key_exchange.psk import PSK, EphemeralPSK
from hellodone.handshake.tls12.key_exchange.rsa import RSA
from hellodone.handshake.tls12.key_exchange.static import Static
from hellodone.registry.suites import CipherSuite, KeyExchange

# fmt: off
METHODS: dict[KeyExchange, Method] = {
    KeyExchange.RSA:         RSA(),
    KeyExchange.DHE_RSA:     Ephemeral(KeyExchange.DHE_RSA, FiniteField(), signed=True),
    KeyExchange.DHE_DSS:     Ephemeral(KeyExchange.DHE_DSS, FiniteField(), signed=True),
    KeyExchange.ECDHE_RSA:   Ephemeral(KeyExchange.ECDHE_RSA, EllipticCurve(), signed=True),
    KeyExchange.ECDHE_ECDSA: Ephemeral(KeyExchange.ECDHE_ECDSA, EllipticCurve(), signed=True),
    KeyExchange.DH_anon:     Ephemeral(KeyExchange.DH_anon, FiniteField(), signed=False),
    KeyExchange.ECDH_anon:   Ephemeral(KeyExchange.ECDH_anon, EllipticCurve(), signed=False),
    KeyExchange.DH_RSA:      Static(),
    KeyExchange.DH_DSS:      Static(),
    KeyExchange.ECDH_RSA:    Static(),
    KeyExchange.ECDH_ECDSA:  Static(),
    KeyExchange.PSK:         PSK(with_rsa=False),
    KeyExchange.RSA_PSK:     PSK(with_rsa=True),
    KeyExchange.DHE_PSK:     EphemeralPSK(FiniteField()),
    KeyExchange.ECDHE_PSK:   EphemeralPSK(EllipticCurve()),
}
# fmt: on


def key_exchange_for(suite: CipherSuite) -> Method:
    """The method that the suite names."""
    return METHODS[suite.key_exchange]
