"""Cipher suites taken apart: what each part of the name does (RFC 5246, appendix C)."""

from __future__ import annotations

from collections.abc import Mapping

from hellodone.explain.entry import Entry, Part
from hellodone.handshake.requirements import ISSUED_BY, REQUIREMENTS, USAGE_NAMES
from hellodone.registry.ciphers import Cipher
from hellodone.registry.key_exchange import KeyExchange
from hellodone.registry.suite_table import REGISTERED
from hellodone.registry.suites import CipherSuite, cipher_suite, why_not_spoken

_AGREEMENT: Mapping[str, str] = {
    "null": "no key exchange: the state before the first handshake",
    "rsa": "the client chooses the premaster secret and encrypts it to the server's RSA key (RFC 5246, 7.4.7.1)",
    "dh": "Diffie-Hellman with the key in the server's certificate (RFC 5246, 7.4.7.2)",
    "dhe": "Diffie-Hellman with fresh keys on both sides (RFC 5246, 7.4.3)",
    "ecdh": "Diffie-Hellman on a curve with the key in the server's certificate (RFC 4492, 2.1)",
    "ecdhe": "Diffie-Hellman on a curve with fresh keys on both sides (RFC 8422, 2.1)",
    "psk": "a key that both sides have beforehand (RFC 4279, 2)",
    "srp": "the Secure Remote Password protocol (RFC 5054)",
    "eccpwd": "a password on a curve, Dragonfly (RFC 8492)",
    "krb5": "a Kerberos ticket (RFC 2712)",
}
_SIGNED: Mapping[str, str] = {
    "rsa": "the server signs its fresh key with the RSA key of its certificate",
    "dsa": "the server signs its fresh key with the DSA key of its certificate",
    "ecdsa": "the server signs its fresh key with the ECDSA (or EdDSA) key of its certificate",
}


def explain_suite(suite: CipherSuite) -> Entry:
    """The suite: key exchange, who is authenticated and how, forward secrecy, cipher, integrity, PRF."""
    also = f", openssl {suite.openssl_name}" if suite.openssl_name else ""
    return Entry(
        "cipher suite",
        suite.name,
        f"Number 0x{suite.code:04X}{also}; {_verdict(suite)}.",
        suite.reference,
        (
            Part("key exchange", f"{suite.key_exchange.value}: {_exchange(suite.key_exchange)}"),
            Part("authentication", _authentication(suite.key_exchange)),
            *_certificate(suite.key_exchange),
            Part("forward secrecy", _secrecy(suite.key_exchange)),
            Part("cipher", _cipher(suite.cipher)),
            Part("integrity", _integrity(suite)),
            Part("PRF", f"HMAC-{suite.prf_hash.upper()}: master secret, keys and Finished (RFC 5246, 5)"),
            Part("key block", f"{suite.key_block_length} bytes for both directions (RFC 5246, 6.3)"),
        ),
    )


def explain_code(code: int) -> Entry:
    """The suite of a registered number, whether TLS 1.2 can speak it or not."""
    suite = cipher_suite(code)
    return _explain_name(code) if suite is None else explain_suite(suite)


def _explain_name(code: int) -> Entry:
    """A registered number that is no suite of TLS 1.2's kind: a signal, a suite of TLS 1.3 or of another protection."""
    name, _, reference = REGISTERED[code]
    return Entry("cipher suite", name, f"Number 0x{code:04X}; {why_not_spoken(name)}.", reference)


def _verdict(suite: CipherSuite) -> str:
    if not suite.usable_in_tls12:
        return "TLS 1.2 must not use it"
    if suite.is_null:
        return "it encrypts nothing"
    if suite.anonymous:
        return "it authenticates nobody"
    if suite.forward_secret and suite.is_aead:
        return "what RFC 9325 recommends for TLS 1.2" if suite.elliptic else "forward secret, with an AEAD"
    return "kept for peers that have nothing better"


def _exchange(exchange: KeyExchange) -> str:
    """The agreement, and the pre-shared key where one is mixed in."""
    said = _AGREEMENT[exchange.agreement]
    mixed = ", mixed with a key that both have beforehand" if exchange.psk and exchange.agreement != "psk" else ""
    return said + mixed


def _authentication(exchange: KeyExchange) -> str:
    if exchange.server_signature and not exchange.export:
        return _SIGNED[exchange.server_signature]
    if exchange.psk and not exchange.authenticates_server:
        return "both sides: only they have the pre-shared key"
    if exchange.authenticates_server:
        return f"only the holder of the certificate's {_key(exchange)} key comes to the same secret"
    return "nobody: whoever answers is believed"


def _certificate(exchange: KeyExchange) -> tuple[Part, ...]:
    """What the server's certificate must hold, where one is sent; by the table that decides."""
    needed = REQUIREMENTS.get(exchange)
    if needed is None:
        return ()
    said = (
        f"a key of type {' or '.join(needed.algorithms)}; its key usage, where there is one, with "
        f"{USAGE_NAMES[needed.usage]} (RFC 5246, 7.4.2)"
    )
    family = ISSUED_BY.get(exchange)
    rule = "RFC 4492, 5.3" if exchange.agreement == "ecdh" else "RFC 4346, 7.4.2"
    older = f"; that {family.upper()} must have signed it was asked before TLS 1.2 ({rule})" if family else ""
    return (Part("certificate", said + older),)


def _key(exchange: KeyExchange) -> str:
    return {"rsa": "RSA", "dsa": "DSA", "dh": "Diffie-Hellman", "ec": "EC"}[exchange.certificate_key or "rsa"]


def _secrecy(exchange: KeyExchange) -> str:
    if exchange.forward_secret:
        return "yes: keys that leak later open nothing recorded before"
    return "no: who records the connection and later gets the long-term key reads it all"


def _cipher(cipher: Cipher) -> str:
    kinds = {
        "aead": f"an AEAD, tag of {cipher.tag_length} bytes (RFC 5246, 6.2.3.3)",
        "block": f"CBC over blocks of {cipher.block_length} bytes, a fresh IV in each record (RFC 5246, 6.2.3.2)",
        "stream": "a stream cipher (RFC 5246, 6.2.3.1)",
        "null": "none: records travel in the clear",
    }
    key = f"{8 * cipher.key_length}-bit key, " if cipher.key_length else ""
    return f"{cipher.name}: {key}{kinds[cipher.kind]}"


def _integrity(suite: CipherSuite) -> str:
    if suite.is_aead:
        return "by the cipher itself"
    if not suite.mac.length:
        return "none"
    order = "; the MAC comes first unless encrypt_then_mac is negotiated (RFC 7366)" if suite.is_cbc else ""
    return f"{suite.mac.name}, {suite.mac.length} bytes{order}"
