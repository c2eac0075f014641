"""RSA key transport tells nothing about what was decrypted (RFC 5246, 7.4.7.1)."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey

from hellodone.crypto.secret import Secret
from hellodone.errors import FatalAlert
from hellodone.handshake.context import ClientHandshake
from hellodone.handshake.tls12.key_exchange import rsa
from tests.pairs import client_config, compatible, pair, server_config

Encrypt = Callable[[RSAPublicKey], bytes]


def padded(content: bytes) -> Encrypt:
    return lambda key: key.encrypt(content, PKCS1v15())


def raw(head: bytes) -> Encrypt:
    """A block that begins so, encrypted without the library's padding."""

    def encrypt(key: RSAPublicKey) -> bytes:
        size = key.key_size // 8
        numbers = key.public_numbers()
        block = int.from_bytes(head + b"\x77" * (size - len(head)), "big")
        return pow(block, numbers.e, numbers.n).to_bytes(size, "big")

    return encrypt


FORGERIES: dict[str, Encrypt] = {
    "another version": padded(b"\x03\x02" + bytes(46)),
    "47 bytes": padded(b"\x03\x03" + bytes(45)),
    "49 bytes": padded(b"\x03\x03" + bytes(47)),
    "nothing": padded(b""),
    "block type 1": raw(b"\x00\x01"),
    "no separator": raw(b"\x00\x02"),
    "a short padding": raw(b"\x00\x02\x11\x00"),
    "not a block at all": raw(b"\x55\x55"),
    "zero": lambda key: bytes(key.key_size // 8),
    "one": lambda key: bytes(key.key_size // 8 - 1) + b"\x01",
    "the modulus": lambda key: key.public_numbers().n.to_bytes(key.key_size // 8, "big"),
    "one byte short": lambda key: padded(b"\x03\x03" + bytes(46))(key)[1:],
}


def outcome(monkeypatch: pytest.MonkeyPatch, encrypt: Encrypt) -> tuple[FatalAlert, bytes]:
    """What the server says to a client that sends this, and every byte it sent."""

    def transport(hs: ClientHandshake) -> tuple[Secret, bytes]:
        key = hs.server_certificates[0].public_key
        assert isinstance(key, RSAPublicKey)
        return Secret(b"\x03\x03" + bytes(46)), encrypt(key)

    monkeypatch.setattr(rsa, "transport", transport)
    policy = compatible("TLS_RSA_WITH_AES_128_CBC_SHA256")
    ends = pair(client_config(policy=policy), server_config("rsa", policy=policy))
    ends.server.receive_data(ends.client.data_to_send())
    ends.client.receive_data(ends.server.data_to_send())
    with pytest.raises(FatalAlert) as caught:
        ends.server.receive_data(ends.client.data_to_send())
    return caught.value, ends.server.data_to_send()


def test_every_forgery_looks_the_same_to_the_client(monkeypatch: pytest.MonkeyPatch) -> None:
    outcomes = {name: outcome(monkeypatch, encrypt) for name, encrypt in FORGERIES.items()}
    assert {(fault.alert, fault.reason) for fault, _ in outcomes.values()} == {
        (20, "a record's protection does not verify")
    }
    assert {sent for _, sent in outcomes.values()} == {bytes.fromhex("15030300020214")}


def test_the_control_succeeds(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(pytest.fail.Exception):
        outcome(monkeypatch, padded(b"\x03\x03" + bytes(46)))
