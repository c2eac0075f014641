"""Reads capture files for tests: TCP streams put together again, and the handshake messages that travel in the clear.

A helper of tests, independent of what it tests: it knows record headers, message headers and nothing of their content
but the version, the suite and the random of a ServerHello.
"""

from __future__ import annotations

import gzip
import io
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

import dpkt

from hellodone.registry.key_exchange import KeyExchange
from hellodone.registry.suites import cipher_suite

Sender = Literal["C", "S"]
LINK_LAYERS = {0: dpkt.loopback.Loopback, 1: dpkt.ethernet.Ethernet, 113: dpkt.sll.SLL, 276: dpkt.sll2.SLL2}
RAW_IP = (12, 101, 228, 229)
CHANGE_CIPHER_SPEC, ALERT, HANDSHAKE = 20, 21, 22
SERVER_HELLO = 2
HELLO_RETRY = bytes.fromhex("cf21ad74e59a6111be1d8c021e65b891c2a211167abb8c5e079e09e2c8a8339c")


@dataclass
class Direction:
    """The segments that one end sent, by sequence number."""

    segments: dict[int, bytes] = field(default_factory=dict)
    start: int | None = None

    def add(self, sequence: int, data: bytes) -> None:
        """Keep the longest segment at each place."""
        if len(data) > len(self.segments.get(sequence, b"")):
            self.segments[sequence] = data

    def stream(self) -> bytes:
        """The bytes in order, up to the first gap."""
        if not self.segments:
            return b""
        first = self.start if self.start is not None else min(self.segments)
        ordered = sorted((sequence - first) & 0xFFFFFFFF for sequence in self.segments)
        out = bytearray()
        for offset in (o for o in ordered if o < 1 << 31):
            if offset > len(out):
                break
            out += self.segments[(first + offset) & 0xFFFFFFFF][len(out) - offset :]
        return bytes(out)


@dataclass
class Connection:
    """Both directions of one TCP connection; ``client`` opened it, or else was seen first."""

    client: str
    server: str
    to_server: Direction
    to_client: Direction


@dataclass(frozen=True)
class Message:
    """One handshake message in the clear, and what decides its form."""

    sender: Sender
    raw: bytes
    version: int
    key_exchange: KeyExchange | None


def connections(path: Path) -> list[Connection]:
    """The TCP connections of a capture file (pcap or pcapng, gzipped or not)."""
    found: dict[frozenset[str], Connection] = {}
    for source, destination, segment in _segments(path):
        key = frozenset((source, destination))
        opening = bool(segment.flags & dpkt.tcp.TH_SYN)
        if opening and segment.flags & dpkt.tcp.TH_ACK:
            found.setdefault(key, Connection(destination, source, Direction(), Direction()))
        connection = found.setdefault(key, Connection(source, destination, Direction(), Direction()))
        direction = connection.to_server if source == connection.client else connection.to_client
        if opening:
            direction.start = (segment.seq + 1) & 0xFFFFFFFF
        if segment.data:
            direction.add((segment.seq + opening) & 0xFFFFFFFF, bytes(segment.data))
    return list(found.values())


def _segments(path: Path) -> Iterator[tuple[str, str, dpkt.tcp.TCP]]:
    data = path.read_bytes()
    data = gzip.decompress(data) if data[:2] == b"\x1f\x8b" else data
    reader = dpkt.pcapng.Reader if data[:4] == b"\x0a\x0d\x0d\x0a" else dpkt.pcap.Reader
    packets = reader(io.BytesIO(data))
    layer = LINK_LAYERS.get(packets.datalink(), dpkt.ethernet.Ethernet)
    for _, packet in packets:
        try:
            ip = packet if packets.datalink() in RAW_IP else layer(packet).data
            ip = _ip(ip) if isinstance(ip, bytes) else ip
        except (dpkt.UnpackError, IndexError):
            continue
        if isinstance(ip, dpkt.ip.IP | dpkt.ip6.IP6) and isinstance(ip.data, dpkt.tcp.TCP):
            source, destination = (dpkt.utils.inet_to_str(address) for address in (ip.src, ip.dst))
            yield f"{source}:{ip.data.sport}", f"{destination}:{ip.data.dport}", ip.data


def _ip(packet: bytes) -> dpkt.ip.IP | dpkt.ip6.IP6:
    return dpkt.ip6.IP6(packet) if packet[:1] and packet[0] >> 4 == 6 else dpkt.ip.IP(packet)


def clear_messages(connection: Connection) -> list[Message]:
    """The handshake messages before encryption: the client's, then the server's.

    What stands before the first record (STARTTLS, an SSL 2.0 hello) is passed over.
    """
    to_server = list(_handshake(connection.to_server.stream()))
    to_client = list(_handshake(connection.to_client.stream()))
    if to_server and to_server[0][0] == SERVER_HELLO:  # the capture begins in the middle
        to_server, to_client = to_client, to_server
    hello = next((raw for raw in to_client if raw[0] == SERVER_HELLO and raw[6:38] != HELLO_RETRY), b"")
    version, key_exchange = 0x0303, None
    if hello:
        version = int.from_bytes(hello[4:6], "big")
        at = 39 + hello[38]
        suite = cipher_suite(int.from_bytes(hello[at : at + 2], "big"))
        key_exchange = suite.key_exchange if suite else None
    both: list[tuple[Sender, bytes]] = [("C", raw) for raw in to_server]
    both += [("S", raw) for raw in to_client]
    return [Message(sender, raw, version, key_exchange) for sender, raw in both]


def _handshake(stream: bytes) -> Iterator[bytes]:
    """Whole handshake messages from records up to ChangeCipherSpec or the first record that cannot be in the clear."""
    buffer = bytearray()
    for content_type, fragment in records(stream):
        if content_type == ALERT and len(fragment) == 2:
            continue
        if content_type == CHANGE_CIPHER_SPEC and _is_tls13(stream):
            continue
        if content_type != HANDSHAKE:
            return
        buffer += fragment
        while len(buffer) >= 4 and len(buffer) >= 4 + (length := int.from_bytes(buffer[1:4], "big")):
            yield bytes(buffer[: 4 + length])
            del buffer[: 4 + length]


def _is_tls13(stream: bytes) -> bool:
    """Whether ChangeCipherSpec means nothing here: a HelloRetryRequest, or a client's second hello after it."""
    kinds = [fragment[:1] for kind, fragment in records(stream) if kind == HANDSHAKE]
    return HELLO_RETRY in stream[:200] or kinds[:2] == [b"\x01", b"\x01"]


def records(stream: bytes) -> Iterator[tuple[int, bytes]]:
    """Content type and fragment of each whole record."""
    at = _first_record(stream)
    while at + 5 <= len(stream) and stream[at] in range(20, 25) and stream[at + 1] in (3, 0x7F):
        end = at + 5 + int.from_bytes(stream[at + 3 : at + 5], "big")
        if end > len(stream):
            return
        yield stream[at], stream[at + 5 : end]
        at = end


def _first_record(stream: bytes) -> int:
    """Where TLS begins: at a handshake record that holds a hello."""
    at = stream.find(b"\x16\x03")
    while at >= 0 and not (at + 5 < len(stream) and stream[at + 2] <= 4 and stream[at + 5] in (1, 2)):
        at = stream.find(b"\x16\x03", at + 1)
    return at if at >= 0 else len(stream)
