"""Records: framing, fragments, limits, and the sequence numbers that protection counts by (RFC 5246, 6.2)."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hellodone.crypto.protection import new_opener, new_sealer
from hellodone.errors import AlertDescription, FatalAlert
from hellodone.record.layer import MAX_PLAINTEXT, WATCHED, RecordLayer
from hellodone.registry.codes import ContentType
from hellodone.registry.suites import find_cipher_suite

SUITE = find_cipher_suite("TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256")


def protected() -> tuple[RecordLayer, RecordLayer]:
    """A writer and a reader with the same keys."""
    writer, reader = RecordLayer(), RecordLayer()
    keys = (b"", bytes(16), bytes(4))
    writer.protect_writes(new_sealer(SUITE, *keys, encrypt_then_mac=False, random=bytes))
    reader.protect_reads(new_opener(SUITE, *keys, encrypt_then_mac=False))
    return writer, reader


def sealed(writer: RecordLayer, data: bytes) -> bytes:
    out: list[bytes] = []
    writer.seal(ContentType.application_data, data, out)
    return b"".join(out)


def opened(reader: RecordLayer, data: bytes) -> list[bytes]:
    return [content for _, content, _ in reader.read(data)]


@given(
    pieces=st.lists(st.binary(max_size=40_000), max_size=3), cuts=st.lists(st.integers(1, 9000), min_size=1, max_size=9)
)
def test_what_is_sealed_comes_out_however_it_is_cut(pieces: list[bytes], cuts: list[int]) -> None:
    for writer, reader in ((RecordLayer(), RecordLayer()), protected()):
        wire = b"".join(sealed(writer, piece) for piece in pieces)
        received: list[bytes] = []
        while wire:
            size, wire_rest = cuts[len(received) % len(cuts)], wire
            received += opened(reader, wire_rest[:size])
            wire = wire_rest[size:]
        assert b"".join(received) == b"".join(pieces)
        assert all(len(piece) <= MAX_PLAINTEXT for piece in received)
        assert reader.pending == 0


def test_one_short_record_is_read_by_itself() -> None:
    writer, reader = protected()
    writer.write_version = reader.read_version = 0x0303
    for data in (b"hello", b"", bytes(1500)):
        assert reader.read_only(sealed(writer, data)) == data
    assert opened(reader, sealed(writer, b"as before")) == [b"as before"]


def test_whatever_else_comes_is_left_to_be_read() -> None:
    writer, reader = protected()
    writer.write_version = reader.read_version = 0x0303
    alert: list[bytes] = []
    writer.seal(ContentType.alert, b"\x01\x00", alert)
    records = [b"".join(alert), sealed(writer, bytes(3000)), sealed(writer, b"two") + sealed(writer, b"records")]
    for data in (b"", records[0][:4], records[0][:-1], *records):
        assert reader.read_only(data) is None
    assert opened(reader, b"".join(records)) == [b"\x01\x00", bytes(3000), b"two", b"records"]
    last = sealed(writer, b"waits")
    assert opened(reader, last[:7]) == []
    assert reader.read_only(last[7:]) is None
    assert opened(reader, last[7:]) == [b"waits"]


def test_a_record_longer_than_was_agreed_on_is_left_to_be_refused() -> None:
    writer, reader = protected()
    writer.write_version = reader.read_version = 0x0303
    reader.limit_incoming(64)
    record = sealed(writer, bytes(65))
    assert reader.read_only(record) is None
    with pytest.raises(FatalAlert, match="65 bytes of plaintext, 64 are allowed"):
        opened(reader, record)


def test_a_write_is_cut_at_the_limit() -> None:
    layer = RecordLayer()
    layer.max_plaintext = 512
    wire = sealed(layer, bytes(1100))
    assert [bytes(wire[3:5]), bytes(wire[517 + 3 : 517 + 5])] == [b"\x02\x00", b"\x02\x00"]
    assert len(wire) == 1100 + 3 * 5


def test_equal_records_are_not_equal_on_the_wire_and_cannot_be_replayed() -> None:
    from hellodone.crypto.errors import BadRecordMac

    writer, reader = protected()
    first, second = (sealed(writer, b"same") for _ in range(2))
    assert first != second
    records = reader.read(first + first)
    assert next(records) == (ContentType.application_data, b"same", b"")
    with pytest.raises(BadRecordMac):
        next(records)


def test_records_come_as_they_are_until_no_more_are_wanted() -> None:
    writer, reader = protected()
    sent = [(23, b"one"), (23, b"two"), (21, b"\x01\x5a"), (23, b""), (23, b"three"), (21, b"\x01\0")]
    out: list[bytes] = []
    for content_type, data in [*sent, (23, b"ignored")]:
        writer.seal(content_type, data, out)
    records = reader.read(b"".join(out))
    assert [next(records) for _ in sent] == [(content_type, data, b"") for content_type, data in sent]
    records.close()  # type: ignore[attr-defined]
    assert reader.pending == 0


def test_records_are_shown_to_whoever_watches() -> None:
    writer, watched = protected()[0], RecordLayer(watched=True)
    watched.protect_reads(new_opener(SUITE, b"", bytes(16), bytes(4), encrypt_then_mac=False))
    wires = [sealed(writer, data) for data in (b"short", bytes(10_000), bytes(4000))]
    shown = [wire for _, _, wire in watched.read(b"".join(wires))]
    assert shown == [wires[0], wires[1][:5], wires[2]]


def test_an_empty_record_is_shown_as_it_is() -> None:
    watched = RecordLayer(watched=True)
    wires = [b"\x16\x03\x01\x00\x03abc", b"\x17\x03\x01\x00\x00"]
    assert [wire for _, _, wire in watched.read(b"".join(wires))] == wires


@pytest.mark.parametrize(
    "name",
    [
        "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256",
        "TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256",
        "TLS_RSA_WITH_AES_128_CBC_SHA",
        "TLS_RSA_WITH_NULL_SHA256",
    ],
)
def test_what_cannot_be_sealed_leaves_nothing_behind(name: str) -> None:
    suite = find_cipher_suite(name)
    keys = (bytes(suite.mac.length), bytes(suite.cipher.key_length), bytes(suite.cipher.fixed_iv_length))
    writer, out = RecordLayer(), list[bytes]()
    writer.protect_writes(new_sealer(suite, *keys, encrypt_then_mac=False, random=bytes))
    with pytest.raises(TypeError):
        writer.seal(ContentType.application_data, "text", out)  # type: ignore[arg-type]
    assert out == []


def test_what_is_no_application_data_is_shown_whole_even_behind_some_as_long() -> None:
    writer, watched = protected()[0], RecordLayer(watched=True)
    watched.protect_reads(new_opener(SUITE, b"", bytes(16), bytes(4), encrypt_then_mac=False))
    wires: list[bytes] = []
    for content_type in (ContentType.application_data, ContentType.handshake, ContentType.application_data):
        out: list[bytes] = []
        writer.seal(content_type, bytes(WATCHED), out)
        wires.append(b"".join(out))
    shown = [wire for _, _, wire in watched.read(b"".join(wires))]
    assert shown == [wires[0][:5], wires[1], wires[2][:5]]


@pytest.mark.parametrize(
    ("header", "alert"),
    [
        (b"\x19\x03\x03\x00\x01", AlertDescription.unexpected_message),
        (b"\x16\x02\x00\x00\x01", AlertDescription.protocol_version),
        (b"\x16\x03\x03\x40\x01", AlertDescription.record_overflow),
    ],
)
def test_headers_that_nobody_may_send(header: bytes, alert: AlertDescription) -> None:
    layer = RecordLayer()
    with pytest.raises(FatalAlert) as caught:
        opened(layer, header)
    assert caught.value.alert == alert


def test_protected_records_may_be_longer_but_their_content_not() -> None:
    writer, reader = protected()
    writer.max_plaintext = MAX_PLAINTEXT + 1
    with pytest.raises(FatalAlert) as caught:
        opened(reader, sealed(writer, bytes(MAX_PLAINTEXT + 1)))
    assert caught.value.alert == AlertDescription.record_overflow


def test_after_the_negotiation_records_carry_the_version() -> None:
    layer = RecordLayer()
    layer.read_version = 0x0303
    with pytest.raises(FatalAlert) as caught:
        opened(layer, b"\x16\x03\x01\x00\x01x")
    assert caught.value.alert == AlertDescription.protocol_version
