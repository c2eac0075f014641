"""Handshake messages byte by byte: a published connection and the examples of the RFCs."""

from __future__ import annotations

import hashlib

import pytest

from hellodone.errors import DecodeError, EncodeError
from hellodone.messages.extensions import Extension, Extensions
from hellodone.messages.handshake import (
    HANDSHAKE_MESSAGES,
    HELLO_RETRY_REQUEST_RANDOM,
    Certificate,
    CertificateRequest,
    CertificateStatus,
    CertificateURL,
    CertificateVerify,
    ClientHello,
    ClientKeyExchange,
    Finished,
    HandshakeMessage,
    HelloRequest,
    NewSessionTicket,
    ServerHello,
    ServerHelloDone,
    ServerKeyExchange,
    SupplementalData,
    UnknownHandshakeTypeError,
    URLAndHash,
    parse_handshake,
)
from hellodone.messages.supplemental import (
    AuthorizationData,
    AuthorizationDataEntry,
    SupplementalDataEntry,
    UpnDomainHint,
    URLandHash,
    UserMappingData,
    UserMappingDataList,
)
from tests.messages.illustrated import message, record

EMPTY_SHA1 = hashlib.sha1(b"").digest()


def test_a_published_client_hello() -> None:
    hello = parse_handshake(message("clienthello"))
    assert isinstance(hello, ClientHello)
    assert hello.client_version == 0x0303
    assert hello.random == bytes(range(32))
    assert hello.session_id == b""
    assert hello.cipher_suites[:3] == (0xCCA8, 0xCCA9, 0xC02F)
    assert len(hello.cipher_suites) == 16
    assert hello.compression_methods == (0,)
    assert hello.extensions.types == (0, 5, 10, 11, 13, 65281, 18)
    assert hello.frame() == message("clienthello")


def test_a_published_server_hello_built_anew() -> None:
    hello = ServerHello(
        server_version=0x0303,
        random=bytes(range(0x70, 0x90)),
        session_id=b"",
        cipher_suite=0xC013,
        extensions=Extensions([Extension(65281, b"\x00")]),
    )
    assert hello.frame() == message("serverhello")
    assert parse_handshake(message("serverhello")) == hello


def test_the_other_published_messages() -> None:
    certificate = parse_handshake(message("servercert"))
    assert isinstance(certificate, Certificate)
    assert [len(each) for each in certificate.certificate_list] == [805]
    assert certificate.certificate_list[0][:2] == b"\x30\x82"
    key_exchange = parse_handshake(message("serverkeyexchange"))
    assert key_exchange == ServerKeyExchange(message("serverkeyexchange")[4:])
    assert parse_handshake(message("serverhellodone")) == ServerHelloDone()
    assert parse_handshake(message("clientkeyexchange")) == ClientKeyExchange(message("clientkeyexchange")[4:])
    finished = parse_handshake(record("clientfinishedplain"))  # the record's content, without a header
    assert finished == Finished(bytes.fromhex("cf919626f1360c536aaad73a"))
    assert finished.frame() == record("clientfinishedplain")
    for name in ("servercert", "serverkeyexchange", "serverhellodone", "clientkeyexchange"):
        assert parse_handshake(message(name)).frame() == message(name)


@pytest.mark.parametrize(
    ("value", "raw"),
    [
        (HelloRequest(), "00000000"),
        (ServerHelloDone(), "0e000000"),
        (Certificate(()), "0b000003000000"),
        (Certificate((b"\x30\x00",)), "0b000008" + "000005" + "000002" + "3000"),
        (
            CertificateRequest((1, 64), (0x0403, 0x0804), (b"\x30\x00",)),
            "0d00000f" + "020140" + "000404030804" + "0004" + "00023000",
        ),
        (CertificateVerify(0x0804, b"\xaa\xbb"), "0f000006" + "0804" + "0002aabb"),
        (NewSessionTicket(3600, b"ticket"), "0400000c" + "00000e10" + "00067469636b6574"),
        (CertificateStatus(1, b"\x30\x00"), "16000006" + "01" + "0000023000"),
        (CertificateStatus(2, (b"\x30\x00", b"")), "1600000c" + "02" + "000008" + "0000023000" + "000000"),
        (
            CertificateURL(0, (URLAndHash(b"http://a/b", 1, EMPTY_SHA1),)),
            "15000024" + "00" + "0021" + "000a687474703a2f2f612f62" + "01" + EMPTY_SHA1.hex(),
        ),
    ],
    ids=lambda value: type(value).__name__ if not isinstance(value, str) else "",
)
def test_messages_byte_by_byte(value: HandshakeMessage, raw: str) -> None:
    assert value.frame().hex() == raw
    assert parse_handshake(bytes.fromhex(raw)) == value


def test_the_supplemental_data_of_rfc_5878() -> None:
    raw = bytes.fromhex("17000011" + "00000e" + "4002" + "000a" + "0008" + "01" + "0005aaaaaaaaaa")
    authorization = AuthorizationData((AuthorizationDataEntry(1, b"\xaa" * 5),))
    assert parse_handshake(raw) == SupplementalData((SupplementalDataEntry(16386, authorization),))
    assert SupplementalData((SupplementalDataEntry(16386, authorization),)).frame() == raw


def test_user_mapping_and_unknown_supplemental_data() -> None:
    hint = UserMappingDataList((UserMappingData(64, UpnDomainHint(b"user@a.example", b"a.example")),))
    data = SupplementalData((SupplementalDataEntry(0, hint), SupplementalDataEntry(0x1234, b"other")))
    assert data.frame().hex() == (
        "17000030" + "00002d" + "0000" + "0020" + "001e" + "40" + "001b"
        "000e" + b"user@a.example".hex() + "0009" + b"a.example".hex() + "1234" + "0005" + b"other".hex()
    )
    assert parse_handshake(data.frame()) == data


def test_authorisation_data_may_be_a_url_with_any_known_hash() -> None:
    for algorithm, length in ((1, 16), (2, 20), (3, 28), (4, 32), (5, 48), (6, 64)):
        entry = AuthorizationDataEntry(2, URLandHash(b"http://a/", algorithm, bytes(length)))
        assert AuthorizationDataEntry.parse(entry.encode()) == entry
    with pytest.raises(EncodeError):
        URLandHash(b"http://a/", 4, bytes(20)).encode()


def test_a_hello_may_end_before_its_extensions() -> None:
    absent = ClientHello(0x0303, bytes(32), b"", (0x002F,))
    empty = absent.replace(extensions=Extensions((), present=True))
    assert absent.encode().endswith(b"\x01\x00")
    assert empty.encode() == absent.encode() + b"\x00\x00"
    assert ClientHello.parse(absent.encode()) == absent
    assert ClientHello.parse(empty.encode()) == empty
    assert absent != empty
    assert not ClientHello.parse(absent.encode()).extensions.present
    assert ClientHello.parse(empty.encode()).extensions.present


@pytest.mark.parametrize("tail", ["00", "0001", "000400000000ff", "000300000000"])
def test_extensions_reach_the_end_of_the_hello(tail: str) -> None:
    hello = ClientHello(0x0303, bytes(32), b"", (0x002F,)).encode()
    with pytest.raises(DecodeError):
        ClientHello.parse(hello + bytes.fromhex(tail))


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"session_id": bytes(33)}, "session_id"),
        ({"random": bytes(31)}, "random"),
        ({"cipher_suites": ()}, "cipher_suites"),
        ({"compression_methods": ()}, "compression_methods"),
        ({"client_version": 0x10000}, "client_version"),
    ],
)
def test_a_client_hello_keeps_its_bounds(change: dict[str, object], reason: str) -> None:
    hello = ClientHello(0x0303, bytes(32), b"", (0x002F,)).replace(**change)
    with pytest.raises(EncodeError, match=f"ClientHello.{reason}"):
        hello.encode()


def test_a_session_id_of_33_bytes_is_refused() -> None:
    raw = b"\x03\x03" + bytes(32) + b"\x21" + bytes(33) + b"\x00\x2f\x00"
    with pytest.raises(DecodeError, match=r"ServerHello\.session_id: a length of 33, 0 to 32 allowed"):
        ServerHello.parse(raw)


@pytest.mark.parametrize(
    ("raw", "reason"),
    [
        ("", "its header alone is 4"),
        ("0e0000", "its header alone is 4"),
        ("0e000001", "its length says 1, but it has 0 bytes"),
        ("0e00000000", "its length says 0, but it has 1 bytes"),
        ("0e00000100", "1 byte left over"),
    ],
)
def test_a_message_and_its_header_agree(raw: str, reason: str) -> None:
    with pytest.raises(DecodeError, match=reason):
        parse_handshake(bytes.fromhex(raw))


def test_other_types_are_told_apart() -> None:
    for msg_type in set(range(256)) - set(HANDSHAKE_MESSAGES):
        with pytest.raises(UnknownHandshakeTypeError, match="is not a handshake message of TLS"):
            parse_handshake(bytes((msg_type, 0, 0, 0)))


def test_every_message_of_tls_1_2_is_there() -> None:
    assert sorted(HANDSHAKE_MESSAGES) == [0, 1, 2, 4, 11, 12, 13, 14, 15, 16, 20, 21, 22, 23]
    assert all(form.msg_type == number for number, form in HANDSHAKE_MESSAGES.items())


def test_a_message_has_at_most_16_mebibytes() -> None:
    with pytest.raises(EncodeError, match="at most"):
        ServerKeyExchange(bytes(2**24)).frame()


def test_the_random_of_a_hello_retry_request() -> None:
    assert hashlib.sha256(b"HelloRetryRequest").digest() == HELLO_RETRY_REQUEST_RANDOM
