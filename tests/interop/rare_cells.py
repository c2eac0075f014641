"""The matrix of the rare branches: what only the ``historic`` policy speaks, pre-shared keys, keys in certificates.

A cell is one connection, as in ``cells``; the peers are those that still have the branch.
"""

from collections.abc import Iterator
from dataclasses import replace

from tests.interop.cells import Cell, Hole, Role, cell
from tests.interop.suites import RARE_SUITES, STATIC, Suite
from tests.interop.suites import gnutls_knows as gnutls_knows_parts

PEERS = ("openssl", "gnutls", "node8", "mbedtls", "jsse", "bouncycastle", "erlang")
IN_ONE_PROCESS = ("jsse", "bouncycastle", "erlang")  # clients that take a second to start: one makes all connections

OLD_CURVES = ("brainpoolP256r1", "brainpoolP384r1", "brainpoolP512r1", "secp256k1", "secp224r1", "secp192r1")
FIXED_KEYS = {
    "DH_RSA": ("cli-dh-rsa", "cli-dh-dss"),
    "DH_DSS": ("cli-dh-dss",),
    "ECDH_RSA": ("cli-ecdh-rsa", "cli-ecdh-ecdsa"),
    "ECDH_ECDSA": ("cli-ecdh-ecdsa",),
}
ECDHE_RSA = Suite("ECDHE_RSA", "AES_128_GCM", "SHA256")
DHE_DSS = Suite("DHE_DSS", "AES_128_GCM", "SHA256")
ROLES: tuple[Role, ...] = ("client", "server")


def wanted() -> Iterator[Cell]:
    """Everything that we would like to run, holes included."""
    for role in ROLES:
        for peer in PEERS:
            for suite in RARE_SUITES:
                yield usual(role, peer, suite)
            yield from keys(role, peer)
            yield from (replace(cell(role, peer, ECDHE_RSA), group=curve) for curve in OLD_CURVES)


def usual(role: Role, peer: str, suite: Suite) -> Cell:
    """The plain cell of a suite; Node 8 is older than X25519."""
    plain = cell(role, peer, suite)
    return replace(plain, group="secp256r1") if peer == "node8" and plain.group == "x25519" else plain


def keys(role: Role, peer: str) -> Iterator[Cell]:
    """The kinds of certificates and keys, each with one suite."""
    for exchange in STATIC:
        plain = cell(role, peer, Suite(exchange, "AES_128_GCM", "SHA256"))
        if exchange.startswith("DH_"):
            yield replace(plain, certificate=plain.certificate.replace("-dh-", "-dhx-"))
        yield replace(plain, client_certificate="cli-rsa")
        for name in FIXED_KEYS[exchange]:
            yield replace(plain, client_certificate=name)
    yield replace(usual(role, peer, ECDHE_RSA), client_certificate="cli-dsa")
    yield replace(cell(role, peer, DHE_DSS), client_certificate="cli-dsa")


def hole(one: Cell) -> str:
    """Why a cell cannot be run; "" when it can."""
    return HOLES_OF[one.peer](one)


def openssl_hole(one: Cell) -> str:
    """What OpenSSL 3 lacks."""
    if one.suite.key_exchange in STATIC:
        return "OpenSSL has had no static (EC)DH since 1.1.0"
    if one.suite.cipher in ("3DES_EDE_CBC", "RC4_128", "SEED_CBC"):
        return "OpenSSL 3 is built without 3DES, RC4 and SEED"
    return ""


def gnutls_hole(one: Cell) -> str:
    """What GnuTLS lacks."""
    if one.suite.key_exchange in STATIC:
        return "GnuTLS has no static (EC)DH"
    if not gnutls_knows_parts(one.suite):
        return "GnuTLS has no SEED"
    if one.group in OLD_CURVES and one.group not in ("secp192r1", "secp224r1"):
        return "GnuTLS has neither Brainpool curves nor secp256k1"
    if one.role == "server" and one.suite.key_exchange in ("DHE_PSK", "ECDHE_PSK"):
        return "gnutls-cli 3.7 crashes after a handshake with DHE_PSK or ECDHE_PSK"
    return ""


def node8_hole(one: Cell) -> str:
    """What Node 8 with its OpenSSL 1.0.2 lacks."""
    if one.suite.uses_psk:
        return "Node 8 has no interface to pre-shared keys"
    if one.suite.cipher.startswith("CAMELLIA") and one.suite.hash != "SHA":
        return "OpenSSL 1.0.2 has Camellia with SHA-1 only"
    if one.role == "client" and "-dhx-" in one.certificate:
        return "OpenSSL 1.0.2 cannot load an X9.42 private key"
    if one.client_certificate.endswith("-dss"):
        return "OpenSSL 1.0.2 does not ask for dss_fixed_dh, and its clients send no fixed keys"
    if one.role == "server" and one.client_certificate.startswith(("cli-dh", "cli-ecdh")):
        return "OpenSSL 1.0.2's client sends no fixed keys in TLS 1.2"
    if one.role == "client" and one.group in ("secp192r1", "secp224r1"):
        return "OpenSSL 1.0.2's server does not choose P-192 and P-224 by itself"
    return ""


def mbedtls_hole(one: Cell) -> str:
    """What Mbed TLS 2.28 lacks."""
    if one.suite.key_exchange in ("DHE_DSS", "DH_RSA", "DH_DSS", "DH_anon", "ECDH_anon"):
        return "Mbed TLS has neither DSA, nor static DH, nor anonymous exchanges"
    if one.suite.cipher in ("NULL", "RC4_128", "SEED_CBC"):
        return "Mbed TLS, as packaged, has neither NULL, nor RC4, nor SEED"
    if one.role == "client" and one.suite.cipher == "3DES_EDE_CBC":
        return "Mbed TLS keeps 3DES out of the list that its server takes"
    if one.client_certificate and one.client_certificate != "cli-rsa":
        return "Mbed TLS has neither DSA nor fixed client keys"
    if one.client_certificate and one.role == "client":
        return "our Mbed TLS server asks for no certificates"
    return ""


def jsse_hole(one: Cell) -> str:
    """What the JDK lacks."""
    if one.suite.uses_psk or one.suite.key_exchange in ("DH_RSA", "DH_DSS"):
        return "JSSE has neither pre-shared keys nor static DH"
    if one.suite.cipher.startswith(("CAMELLIA", "SEED")):
        return "JSSE has neither Camellia nor SEED"
    if one.client_certificate or one.group in OLD_CURVES:
        return "not run: other peers have it"
    return ""


def bouncycastle_hole(one: Cell) -> str:
    """What the Bouncy Castle program is not for."""
    if one.suite.key_exchange not in STATIC or one.client_certificate == "cli-rsa":
        return "our Bouncy Castle program is for static and fixed keys only"
    return ""


def erlang_hole(one: Cell) -> str:
    """What the Erlang program is not for, and what Erlang lacks of that."""
    if one.suite.key_exchange not in ("ECDH_RSA", "ECDH_ECDSA") or one.client_certificate:
        return "our Erlang program is for static ECDH only"
    return ""


HOLES_OF = {
    "openssl": openssl_hole,
    "gnutls": gnutls_hole,
    "node8": node8_hole,
    "mbedtls": mbedtls_hole,
    "jsse": jsse_hole,
    "bouncycastle": bouncycastle_hole,
    "erlang": erlang_hole,
}

RARE_PLANNED = [one for one in wanted() if not hole(one)]
RARE_HOLES = [Hole(one, hole(one)) for one in wanted() if hole(one)]


def planned(role: Role) -> list[Cell]:
    """The cells of one role."""
    return [one for one in RARE_PLANNED if one.role == role]
