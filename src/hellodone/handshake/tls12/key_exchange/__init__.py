"""How the two sides come to a premaster secret: one method a key exchange (RFC 5246, 7.4.3, 7.4.7 and 8.1)."""

from hellodone.handshake.tls12.key_exchange.methods import key_exchange_for

__all__ = ["key_exchange_for"]
