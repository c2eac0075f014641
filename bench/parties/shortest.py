"""What is left of TLS when everything is left out that can be: how fast Python could be at all.

ECDHE with X25519, ECDSA or RSA, AES-128-GCM and the extended master secret; one server, both sides by one hand. Every
message is there down to the byte and everything cryptographic is done, also the checks. But hellos are constants around
their randoms, whatever is read is read from the place where it is known to be, the verified path is looked up by the
bytes of the chain, and there are no choices, no state, no errors, no events: nothing that anybody could use.
"""

from __future__ import annotations

import hashlib
import hmac
import os
from struct import Struct
from typing import Final

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hmac import HMAC

from bench.parties.primitives import Primitives, Side
from bench.scenario import Scenario

RECORD: Final = 2**14
_SHA256: Final = hashes.SHA256()
_HEADER: Final = Struct(">BHHQ").pack  # of a record, with the explicit nonce
_AAD: Final = Struct(">QBHH").pack
_OPENING: Final = Struct(">3xHQ").unpack_from
CHANGE: Final = bytes.fromhex("140303000101")  # the record of ChangeCipherSpec
_PARAMETERS: Final = bytes.fromhex("03001d20")  # named_curve, x25519, 32 bytes
_EXTENSIONS: Final = "00170000ff01000100000a00040002001d000b00020100000d00040002"  # and the signature scheme
_SCHEMES: Final = {"ec": b"\x04\x03", "rsa": b"\x08\x04"}  # ecdsa_secp256r1_sha256, rsa_pss_rsae_sha256


class Shortest:
    """The pair's bytes go through the hands of both sides in turn."""

    def __init__(self, scenario: Scenario) -> None:
        side = Side(scenario.credentials.server)
        self.sign, self.verify = side.sign, side.verify
        suite = scenario.suite.code.to_bytes(2, "big")
        self.scheme = _SCHEMES[scenario.key]
        offered, chosen = bytes.fromhex(_EXTENSIONS) + self.scheme, bytes.fromhex("00170000ff01000100000b00020100")
        tail = b"\x00\x00\x02" + suite + b"\x01\x00" + len(offered).to_bytes(2, "big") + offered
        self.client_hello = head(1, 34 + len(tail)) + b"\x03\x03", tail
        tail = b"\x00" + suite + b"\x00" + len(chosen).to_bytes(2, "big") + chosen
        self.server_hello = head(2, 34 + len(tail)) + b"\x03\x03", tail
        chain = b"".join(len(der).to_bytes(3, "big") + der for der in side.chain)
        self.certificate = head(11, 3 + len(chain)) + len(chain).to_bytes(3, "big") + chain
        Primitives(scenario).verify_path(side.chain)
        self.verified = {self.certificate}

    def handshake(self) -> ShortestPair:
        first, client_random = self._hello(self.client_hello)
        to_server = b"\x16\x03\x01" + len(first).to_bytes(2, "big") + first

        message = to_server[5:]
        server_transcript = hashlib.sha256(message)
        private = X25519PrivateKey.generate()
        hello, server_random = self._hello(self.server_hello)
        parameters = _PARAMETERS + private.public_key().public_bytes_raw()
        signature = self.sign(message[6:38] + server_random + parameters)
        exchange = parameters + self.scheme + len(signature).to_bytes(2, "big") + signature
        flight = hello + self.certificate + head(12, len(exchange)) + exchange + head(14, 0)
        server_transcript.update(flight)
        to_client = b"\x16\x03\x03" + len(flight).to_bytes(2, "big") + flight

        flight = to_client[5:]
        client_transcript = hashlib.sha256(first)
        client_transcript.update(flight)
        at = len(self.server_hello[0]) + 32 + len(self.server_hello[1])
        end = at + len(self.certificate)
        assert flight[at:end] in self.verified
        exchange = flight[end + 4 : -4]
        self.verify(exchange[40:], client_random + flight[6:38] + exchange[:36])
        client_private = X25519PrivateKey.generate()
        secret = client_private.exchange(X25519PublicKey.from_public_bytes(exchange[4:36]))
        message = b"\x10\x00\x00\x21\x20" + client_private.public_key().public_bytes_raw()
        client_transcript.update(message)
        master = _master_secret(secret, client_transcript)
        client = Keys(master, flight[6:38] + client_random, server=False)
        finished = b"\x14\x00\x00\x0c" + client.finished(b"client finished", client_transcript)
        client_transcript.update(finished)
        to_server = b"\x16\x03\x03\x00\x25" + message + CHANGE + client.seal(22, finished)

        message = to_server[5:42]
        server_transcript.update(message)
        secret = private.exchange(X25519PublicKey.from_public_bytes(message[5:]))
        server = Keys(_master_secret(secret, server_transcript), server_random + client_random, server=True)
        finished = server.open(22, to_server[48:])
        assert hmac.compare_digest(finished[4:], server.finished(b"client finished", server_transcript))
        server_transcript.update(finished)
        finished = b"\x14\x00\x00\x0c" + server.finished(b"server finished", server_transcript)
        to_client = CHANGE + server.seal(22, finished)

        finished = client.open(22, to_client[6:])
        assert hmac.compare_digest(finished[4:], client.finished(b"server finished", client_transcript))
        return ShortestPair(client, server)

    @staticmethod
    def _hello(form: tuple[bytes, bytes]) -> tuple[bytes, bytes]:
        random = os.urandom(32)
        return form[0] + random + form[1], random


class ShortestPair:
    """Both sides' keys."""

    def __init__(self, client: Keys, server: Keys) -> None:
        self.client = client
        self.server = server

    def transfer(self, data: bytes) -> int:
        return _carry(self.client, self.server, data)

    def answer(self, data: bytes) -> int:
        return _carry(self.server, self.client, data)


class Keys:
    """One side's: the master secret, and AEADs for what it writes and what it reads."""

    def __init__(self, master: bytes, randoms: bytes, *, server: bool) -> None:
        self.master = HMAC(master, _SHA256)
        block = _p_hash(self.master, b"key expansion" + randoms, 2)
        order = -1 if server else 1
        writing, reading = (block[:16], block[16:32])[::order]
        self.write_iv, self.read_iv = (block[32:36], block[36:40])[::order]
        self.encrypt, self.decrypt = AESGCM(writing).encrypt, AESGCM(reading).decrypt
        self.sent = self.received = 0

    def finished(self, label: bytes, transcript: hashlib._Hash) -> bytes:
        return _p_hash(self.master, label + transcript.copy().digest(), 1)[:12]

    def seal(self, content_type: int, data: bytes | memoryview) -> bytes:
        sequence, length = self.sent, len(data)
        self.sent = sequence + 1
        nonce = self.write_iv + sequence.to_bytes(8, "big")
        sealed = self.encrypt(nonce, data, _AAD(sequence, content_type, 0x0303, length))
        return _HEADER(content_type, 0x0303, length + 24, sequence) + sealed

    def open(self, content_type: int, record: bytes | memoryview) -> bytes:
        sequence = self.received
        self.received = sequence + 1
        additional_data = _AAD(sequence, content_type, 0x0303, len(record) - 29)
        return self.decrypt(self.read_iv + record[5:13], record[13:], additional_data)


def _carry(sender: Keys, receiver: Keys, data: bytes) -> int:
    if len(data) <= RECORD:
        return len(receiver.open(23, sender.seal(23, data)))
    whole = memoryview(data)
    wire = b"".join([sender.seal(23, whole[at : at + RECORD]) for at in range(0, len(data), RECORD)])
    read, at, view = 0, 0, memoryview(wire)
    while at < len(wire):
        end = at + 5 + _OPENING(wire, at)[0]
        read += len(receiver.open(23, view[at:end]))
        at = end
    return read


def _master_secret(secret: bytes, transcript: hashlib._Hash) -> bytes:
    return _p_hash(HMAC(secret, _SHA256), b"extended master secret" + transcript.digest(), 2)[:48]


def _p_hash(keyed: HMAC, seed: bytes, blocks: int) -> bytes:
    output, a = b"", seed
    for _ in range(blocks):
        inner = keyed.copy()
        inner.update(a)
        a = inner.finalize()
        outer = keyed.copy()
        outer.update(a + seed)
        output += outer.finalize()
    return output


def head(msg_type: int, length: int) -> bytes:
    return (msg_type << 24 | length).to_bytes(4, "big")
