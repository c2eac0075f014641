"""The floor: the bare calls to the cryptography library that a handshake and its records cannot do without.

No messages, no PRF, no transcript: key generation, exchange, signature, verification, one certificate path, and AEAD
over records of 16 KiB.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from struct import Struct
from typing import Final, cast

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa, x25519
from cryptography.hazmat.primitives.ciphers.aead import AESGCM, ChaCha20Poly1305
from cryptography.x509.verification import PolicyBuilder, Store

from bench.scenario import DH_GROUP, SERVER_NAME, Scenario, private_key
from hellodone.crypto.finite_field import DHParameters, generate_dh_share
from hellodone.pki.certificates import Certificate
from hellodone.pki.identity import Identity

RECORD: Final = 2**14
_AEADS: Final[dict[str, Callable[[bytes], AESGCM | ChaCha20Poly1305]]] = {
    "AES_128_GCM": AESGCM,
    "CHACHA20_POLY1305": ChaCha20Poly1305,
}
_PKCS1: Final = padding.PKCS1v15()
_PSS: Final = padding.PSS(padding.MGF1(hashes.SHA256()), padding.PSS.DIGEST_LENGTH)
_SHA256: Final = hashes.SHA256()
_ECDSA: Final = ec.ECDSA(_SHA256)
_SIGNED: Final = bytes(100)  # two randoms and a share
_pack: Final = Struct(">QBHH").pack


class Primitives:
    """Everything in the order and number of one handshake of both sides."""

    def __init__(self, scenario: Scenario) -> None:
        given = scenario.credentials
        self._server, self._client = Side(given.server), Side(given.client)
        self._store = Store([given.root.x509])
        self._client_auth = scenario.client_auth
        self._agree: Callable[[], None] = {"RSA": self._transport, "DHE_RSA": self._finite}.get(
            scenario.key_exchange, _curve
        )
        self._signs = scenario.key_exchange != "RSA"
        self._aead = _AEADS.get(scenario.suite.cipher.name, AESGCM)
        self._key = bytes(scenario.suite.cipher.key_length)

    def handshake(self) -> BareRecords:
        self.verify_path(self._server.chain)
        self._agree()
        if self._signs:
            self._server.sign_and_verify()
        if self._client_auth:
            self._verify_client_path(self._client.chain)
            self._client.sign_and_verify()
        return BareRecords(self._aead(self._key))

    def verify_path(self, chain: tuple[bytes, ...]) -> None:
        leaf, *others = map(x509.load_der_x509_certificate, chain)
        verifier = PolicyBuilder().store(self._store).build_server_verifier(x509.DNSName(SERVER_NAME))
        verifier.verify(leaf, others)

    def _verify_client_path(self, chain: tuple[bytes, ...]) -> None:
        leaf, *others = map(x509.load_der_x509_certificate, chain)
        policy = x509.verification.ExtensionPolicy
        builder = PolicyBuilder().store(self._store)
        builder = builder.extension_policies(ca_policy=policy.webpki_defaults_ca(), ee_policy=policy.permit_all())
        builder.build_client_verifier().verify(leaf, others)

    def _transport(self) -> None:
        """The premaster secret encrypted and decrypted (RFC 5246, 7.4.7.1)."""
        public = cast("rsa.RSAPublicKey", self._server.public_key)
        encrypted = public.encrypt(os.urandom(48), _PKCS1)
        cast("rsa.RSAPrivateKey", self._server.private_key).decrypt(encrypted, _PKCS1)

    def _finite(self) -> None:
        """Two keys in a group of RFC 7919 and two exchanges, through the one module that knows the library's traps."""
        parameters = DHParameters.named(DH_GROUP)
        server, client = generate_dh_share(parameters), generate_dh_share(parameters)
        server.exchange(client.public)
        client.exchange(server.public)


def _curve() -> None:
    """Two keys of X25519 and two exchanges (RFC 7748, 6.1)."""
    server, client = x25519.X25519PrivateKey.generate(), x25519.X25519PrivateKey.generate()
    server_share, client_share = server.public_key().public_bytes_raw(), client.public_key().public_bytes_raw()
    server.exchange(x25519.X25519PublicKey.from_public_bytes(client_share))
    client.exchange(x25519.X25519PublicKey.from_public_bytes(server_share))


class Side:
    """The long-term key of one side and its chain."""

    def __init__(self, identity: Identity) -> None:
        self.private_key = private_key(identity)
        self.public_key = Certificate(identity.leaf.der).public_key
        self.chain = identity.encoded_chain

    def sign_and_verify(self) -> None:
        self.verify(self.sign(_SIGNED), _SIGNED)

    def sign(self, data: bytes) -> bytes:
        """ecdsa_secp256r1_sha256, or rsa_pss_rsae_sha256: what the handshakes choose."""
        if isinstance(self.private_key, ec.EllipticCurvePrivateKey):
            return self.private_key.sign(data, _ECDSA)
        return cast("rsa.RSAPrivateKey", self.private_key).sign(data, _PSS, _SHA256)

    def verify(self, signature: bytes, data: bytes) -> None:
        """Raises InvalidSignature."""
        if isinstance(self.public_key, ec.EllipticCurvePublicKey):
            self.public_key.verify(signature, data, _ECDSA)
        else:
            cast("rsa.RSAPublicKey", self.public_key).verify(signature, data, _PSS, _SHA256)


class BareRecords:
    """Sealing and opening of the same fragments, into buffers that are there already."""

    def __init__(self, aead: AESGCM | ChaCha20Poly1305) -> None:
        self._aead = aead
        self._sealed = bytearray(RECORD + 16)
        self._opened = bytearray(RECORD)
        self._sequence = 0

    def transfer(self, data: bytes) -> int:
        whole, sealed, opened = memoryview(data), memoryview(self._sealed), memoryview(self._opened)
        for start in range(0, len(data), RECORD):
            plaintext = whole[start : start + RECORD]
            length = len(plaintext)
            self._sequence += 1
            nonce = self._sequence.to_bytes(12, "big")
            additional_data = _pack(self._sequence, 23, 0x0303, length)
            fragment = sealed[: length + 16]
            self._aead.encrypt_into(nonce, plaintext, additional_data, fragment)
            self._aead.decrypt_into(nonce, fragment, additional_data, opened[:length])
        return len(data)

    answer = transfer
