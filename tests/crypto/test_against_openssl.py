"""Records of a real TLS 1.2 connection between two OpenSSL endpoints, opened and sealed by our own protection."""

from __future__ import annotations

import datetime
import hashlib
import os
import ssl
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from hellodone.crypto.key_block import KeyBlock, key_block
from hellodone.crypto.prf import keyed_hmac, verify_data
from hellodone.crypto.protection import Opener, Sealer, new_opener, new_sealer
from hellodone.registry.suites import find_cipher_suite

OP_NO_ENCRYPT_THEN_MAC = 1 << 19
VERSION = 0x0303

SUITES = [
    ("ECDHE-ECDSA-AES128-GCM-SHA256", False),
    ("ECDHE-ECDSA-AES256-GCM-SHA384", False),
    ("ECDHE-ECDSA-AES128-CCM", False),
    ("ECDHE-ECDSA-AES256-CCM8", False),
    ("ECDHE-ECDSA-CHACHA20-POLY1305", False),
    *(
        (name, encrypt_then_mac)
        for name in (
            "ECDHE-ECDSA-AES128-SHA",
            "ECDHE-ECDSA-AES128-SHA256",
            "ECDHE-ECDSA-AES256-SHA384",
            "ECDHE-ECDSA-CAMELLIA128-SHA256",
        )
        for encrypt_then_mac in (False, True)
    ),
    ("ECDHE-ECDSA-NULL-SHA", False),
]


@dataclass
class Certificate:
    """A self-signed P-256 certificate with its key, in one file."""

    path: Path


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Certificate:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    now = datetime.datetime.now(datetime.UTC)
    builder = x509.CertificateBuilder(name, name, key.public_key(), 1, now, now + datetime.timedelta(days=1))
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    path = tmp_path_factory.mktemp("openssl") / "both.pem"
    path.write_bytes(private + builder.sign(key, hashes.SHA256()).public_bytes(serialization.Encoding.PEM))
    return Certificate(path)


class Connection:
    """Two endpoints of the ssl module joined by hand, every record of each kept."""

    def __init__(self, certificate: Certificate, cipher: str, encrypt_then_mac: bool, keylog: Path) -> None:
        client_context, server_context = (
            ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT),
            ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER),
        )
        for context in (client_context, server_context):
            context.maximum_version = ssl.TLSVersion.TLSv1_2
            context.set_ciphers(f"{cipher}:@SECLEVEL=0")
            context.options |= ssl.OP_NO_TICKET
            if not encrypt_then_mac:
                context.options |= OP_NO_ENCRYPT_THEN_MAC
        client_context.check_hostname = False
        client_context.verify_mode = ssl.CERT_NONE
        client_context.keylog_filename = str(keylog)
        server_context.load_cert_chain(certificate.path)
        self.to_client, self.to_server = ssl.MemoryBIO(), ssl.MemoryBIO()
        self.from_client, self.from_server = ssl.MemoryBIO(), ssl.MemoryBIO()
        self.client = client_context.wrap_bio(self.to_client, self.from_client)
        self.server = server_context.wrap_bio(self.to_server, self.from_server, server_side=True)
        self.client_records: list[bytes] = []
        self.server_records: list[bytes] = []
        self.handshake()
        self.master_secret = bytes.fromhex(keylog.read_text().split()[-1])

    def handshake(self) -> None:
        for _ in range(4):
            for endpoint in (self.client, self.server):
                with suppress(ssl.SSLWantReadError):
                    endpoint.do_handshake()
                self.carry()

    def carry(self) -> None:
        """What one has written, the other gets."""
        for source, target, records in (
            (self.from_client, self.to_server, self.client_records),
            (self.from_server, self.to_client, self.server_records),
        ):
            data = source.read()
            target.write(data)
            records.extend(split(data))

    def keys(self, suite_name: str) -> KeyBlock:
        client_random, server_random = (records[0][11:43] for records in (self.client_records, self.server_records))
        suite = find_cipher_suite(suite_name)
        return key_block(keyed_hmac(self.master_secret, suite.prf_hash), client_random, server_random, suite)


def split(data: bytes) -> Iterator[bytes]:
    """The records of a stream, headers included."""
    while data:
        end = 5 + int.from_bytes(data[3:5], "big")
        yield data[:end]
        data = data[end:]


def protected(records: list[bytes]) -> list[bytes]:
    """What follows ChangeCipherSpec."""
    return records[[record[0] for record in records].index(20) + 1 :]


def opened(opener: Opener, records: list[bytes]) -> list[bytes]:
    return [opener.open(number, record[0], VERSION, record) for number, record in enumerate(records)]


def sealed(sealer: Sealer, sequence: int, content: bytes) -> bytes:
    out: list[bytes] = []
    sealer.seal(sequence, 23, VERSION, content, out)
    return b"".join(out)


@pytest.mark.parametrize(("name", "encrypt_then_mac"), SUITES)
def test_records_both_ways(name: str, encrypt_then_mac: bool, certificate: Certificate, tmp_path: Path) -> None:
    connection = Connection(certificate, name, encrypt_then_mac, tmp_path / "keylog")
    suite, keys = find_cipher_suite(name), connection.keys(name)
    connection.client.write(b"ping" * 1000)
    connection.server.write(b"pong")
    connection.carry()

    client = (keys.client_write_mac_key, keys.client_write_key, keys.client_write_iv)
    server = (keys.server_write_mac_key, keys.server_write_key, keys.server_write_iv)
    opener = new_opener(suite, *client, encrypt_then_mac=encrypt_then_mac)
    finished, data = opened(opener, protected(connection.client_records))
    assert finished[:4] == b"\x14\x00\x00\x0c"
    assert data == b"ping" * 1000
    opener = new_opener(suite, *server, encrypt_then_mac=encrypt_then_mac)
    assert opened(opener, protected(connection.server_records))[1] == b"pong"

    # Now speak as the client: OpenSSL has seen its Finished and one record, so number 2 is next.
    assert connection.server.read(8192) == b"ping" * 1000
    sealer = new_sealer(suite, *client, encrypt_then_mac=encrypt_then_mac, random=os.urandom)
    for sequence, content in enumerate((b"x", b"y" * 16, b"z" * 2**14), start=2):
        connection.to_server.write(sealed(sealer, sequence, content))
        assert connection.server.read(2**14) == content


def test_verify_data_of_a_real_finished(certificate: Certificate, tmp_path: Path) -> None:
    name = "ECDHE-ECDSA-AES256-GCM-SHA384"
    connection = Connection(certificate, name, True, tmp_path / "keylog")
    suite, keys = find_cipher_suite(name), connection.keys(name)
    opener = new_opener(suite, b"", keys.client_write_key, keys.client_write_iv, encrypt_then_mac=False)
    finished = opened(opener, protected(connection.client_records))[0]
    assert finished[:4] == b"\x14\x00\x00\x0c"
    hello, key_exchange = connection.client_records[:2]
    flight = connection.server_records[: [record[0] for record in connection.server_records].index(20)]
    messages = b"".join(record[5:] for record in (hello, *flight, key_exchange))
    handshake_hash = hashlib.sha384(messages).digest()
    key = keyed_hmac(connection.master_secret, "sha384")
    assert finished[4:] == verify_data(key, b"client finished", handshake_hash)
