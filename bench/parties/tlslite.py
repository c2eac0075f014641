"""tlslite-ng, the other TLS in Python: no native code at all unless gmpy2 or M2Crypto is installed.

It leaves the judgement of a chain to a callback; here the cryptography library verifies chain and host name for it.
"""

from __future__ import annotations

from collections.abc import Callable, Generator
from typing import Any

from tlslite.api import HandshakeSettings, Session, SessionCache, TLSConnection, X509CertChain, parsePEMKey
from tlslite.utils import cryptomath

from bench.parties import verifying
from bench.parties.resuming import By
from bench.scenario import SERVER_NAME, Scenario

_CIPHERS = {"AES_128_GCM_SHA256": "aes128gcm", "CHACHA20_POLY1305_SHA256": "chacha20-poly1305"}
_NATIVE = {
    "gmpy2": cryptomath.GMPY2_LOADED,
    "gmpy": cryptomath.gmpyLoaded,
    "M2Crypto": cryptomath.m2cryptoLoaded,
    "PyCrypto": cryptomath.pycryptoLoaded,
}


def accelerated_by() -> str:
    """The native code that it found in this environment."""
    return ", ".join(name for name, found in _NATIVE.items() if found) or "nothing"


class TlsliteNg:
    """X25519, one suite, no tickets; the client's callback verifies the chain and the host name."""

    def __init__(self, scenario: Scenario) -> None:
        files = scenario.credentials.files
        self._settings = _settings(scenario)
        self._chain = X509CertChain()
        self._chain.parsePemList(files.server_chain.read_text())
        self._key = parsePEMKey(files.server_key.read_text(), private=True)
        self._check = _checker(scenario)

    def handshake(self) -> TlslitePair:
        return self._handshake()

    def _handshake(self, session: Session | None = None, cache: SessionCache | None = None) -> TlslitePair:
        pair = TlslitePair()
        _both(
            pair.client.handshakeClientCert(
                session=session, settings=self._settings, checker=self._check, serverName=SERVER_NAME, async_=True
            ),
            pair.server.handshakeServerAsync(
                certChain=self._chain, privateKey=self._key, settings=self._settings, sessionCache=cache
            ),
        )
        assert pair.client.version == (3, 3)
        return pair


class TlsliteResuming(TlsliteNg):
    """Figure 2 by session ID or ticket; the first handshake, not counted, is a full one."""

    def __init__(self, scenario: Scenario, by: By) -> None:
        super().__init__(scenario)
        self._cache = SessionCache() if by == "id" else None
        if by == "ticket":
            self._settings.ticketKeys = [bytearray(32)]
        self._session = self._handshake(cache=self._cache).client.session

    def handshake(self) -> TlslitePair:
        pair = self._handshake(self._session, self._cache)
        assert pair.client.resumed
        return pair


class TlslitePair:
    """Two connections whose sockets are buffers."""

    def __init__(self) -> None:
        to_client, to_server = bytearray(), bytearray()
        self.client = TLSConnection(_Memory(to_client, to_server))
        self.server = TLSConnection(_Memory(to_server, to_client))

    def transfer(self, data: bytes) -> int:
        return _send(self.client, self.server, data)

    def answer(self, data: bytes) -> int:
        return _send(self.server, self.client, data)


class _Memory:
    """As much of a non-blocking socket as TLSConnection calls."""

    def __init__(self, incoming: bytearray, outgoing: bytearray) -> None:
        self._incoming = incoming
        self._outgoing = outgoing

    def recv(self, most: int) -> bytes:
        if not self._incoming:
            raise BlockingIOError(11, "nothing there yet")
        received = bytes(self._incoming[:most])
        del self._incoming[:most]
        return received

    def send(self, data: bytes) -> int:
        self._outgoing += data
        return len(data)

    sendall = send

    def close(self) -> None:
        """After a fatal alert: nothing is to be released."""


def _both(*sides: Generator[int]) -> None:
    """All sides in turn, each until it waits for the other."""
    waiting = list(sides)
    while waiting:
        waiting = [side for side in waiting if next(side, None) is not None]


def _send(sender: Any, receiver: Any, data: bytes) -> int:
    sender.write(data)
    due = len(data)
    while due > 0:
        due -= len(receiver.read(max=due, min=1))
    return len(data) - due


def _settings(scenario: Scenario) -> HandshakeSettings:
    settings = HandshakeSettings()
    settings.minVersion = settings.maxVersion = (3, 3)
    settings.keyExchangeNames = [scenario.key_exchange.lower()]
    settings.cipherNames = [_CIPHERS[scenario.cipher]]
    settings.macNames = ["aead"]
    settings.ecdsaSigHashes = settings.rsaSigHashes = ["sha256"]
    settings.rsaSchemes = ["pss"]
    settings.eccCurves = ["x25519", "secp256r1"]  # the second is that of the certificates
    return settings


def _checker(scenario: Scenario) -> Callable[[Any], None]:
    verify = verifying.chain_verifier(scenario)

    def check(connection: Any) -> None:
        if not connection.resumed:
            verify([bytes(certificate.bytes) for certificate in connection.session.serverCertChain.x509List])

    return check
