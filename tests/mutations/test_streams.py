"""Every byte of a handshake changed, every message doubled, dropped and swapped: it never succeeds and never crashes.

Bytes that the protocol leaves free are listed with their section.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

from hellodone.config import ClientConfig, ServerConfig
from hellodone.errors import FatalAlert, TruncationError
from tests.pairs import Pair, client_config, client_identity, compatible, pair, server_config

SCENARIOS = {
    "ecdhe_ecdsa": ("TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256", "ec", "none"),
    "ecdhe_ecdsa, client authentication": ("TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA256", "ec", "required"),
    "dhe_rsa": ("TLS_DHE_RSA_WITH_AES_128_GCM_SHA256", "rsa", "none"),
    "rsa": ("TLS_RSA_WITH_AES_128_CBC_SHA", "rsa", "none"),
}

# Offsets in the stream of a direction that may be anything; see test_what_is_free.
#   client: the version in the header of the record that carries ClientHello - RFC 5246, E.1 ("any value {03,XX}")
#   server: the same of the record with ServerHello, for the client does not know the version before it - E.1
FREE = {"client": {2}, "server": {2}}


def configs(scenario: str) -> tuple[ClientConfig, ServerConfig]:
    suite, key, client_auth = SCENARIOS[scenario]
    policy = compatible(suite)
    return (
        client_config(policy=policy, identity=client_identity("ec")),
        server_config(key, policy=policy, client_auth=client_auth),
    )


class Flip:
    """Changes one byte of a stream, counted over all its pieces."""

    def __init__(self, offset: int, mask: int) -> None:
        self.offset, self.mask, self.seen = offset, mask, 0

    def __call__(self, data: bytes) -> bytes:
        place = self.offset - self.seen
        self.seen += len(data)
        if 0 <= place < len(data):
            return data[:place] + bytes((data[place] ^ self.mask,)) + data[place + 1 :]
        return data


def check_refused(ends: Pair) -> None:
    """Somebody refused, with a reason, or starved; nobody has a complete handshake that the other has not."""
    ends.finish()
    assert not ends.completed
    assert ends.errors
    for error in ends.errors:
        assert isinstance(error, FatalAlert | TruncationError)
        assert error.reason


@pytest.mark.parametrize("scenario", SCENARIOS)
@pytest.mark.parametrize("sender", ["client", "server"])
def test_every_byte_changed(scenario: str, sender: str) -> None:
    client, server = configs(scenario)
    whole = pair(client, server).pump()
    assert whole.completed
    length = len(whole.to_server if sender == "client" else whole.to_client)
    for offset in range(length):
        if offset in FREE[sender]:
            continue
        flip = Flip(offset, (0x01, 0x80, 0xFF)[offset % 3])
        ends = pair(client, server)
        try:
            ends.pump(to_server=flip) if sender == "client" else ends.pump(to_client=flip)
            check_refused(ends)
        except (AssertionError, Exception) as fault:
            raise AssertionError(f"byte {offset} of the {sender}'s stream: {fault!r}") from fault


@pytest.mark.parametrize("sender", ["client", "server"])
def test_what_is_free(sender: str) -> None:
    for offset in FREE[sender]:
        flip = Flip(offset, 0x02)
        ends = pair(*configs("ecdhe_ecdsa"))
        ends.pump(to_server=flip) if sender == "client" else ends.pump(to_client=flip)
        assert ends.completed


Change = Callable[[list[bytes]], list[bytes]]


class Reorder:
    """Changes the sequence of handshake messages of a direction, in its first flights, one message a record."""

    def __init__(self, change: Change, flight: int) -> None:
        self.change, self.flight, self.seen = change, flight, 0

    def __call__(self, data: bytes) -> bytes:
        self.seen += 1
        if self.seen - 1 != self.flight:
            return data
        units = list(_units(data))
        return b"".join(self.change(units))


def _units(data: bytes) -> Iterator[bytes]:
    """Each unprotected handshake message in a record of its own, other records as they are."""
    protected = False
    while data:
        end = 5 + int.from_bytes(data[3:5], "big")
        record, data = data[:end], data[end:]
        if record[0] != 22 or protected:
            protected = protected or record[0] == 20
            yield record
            continue
        content = record[5:]
        while content:
            length = 4 + int.from_bytes(content[1:4], "big")
            message, content = content[:length], content[length:]
            yield record[:3] + len(message).to_bytes(2, "big") + message


def changes(count: int) -> Iterator[tuple[str, Change]]:
    for i in range(count):
        yield f"unit {i} doubled", lambda units, i=i: [*units[: i + 1], *units[i:]]  # type: ignore[misc]
        yield f"unit {i} dropped", lambda units, i=i: [*units[:i], *units[i + 1 :]]  # type: ignore[misc]
        for j in range(i + 1, count):

            def swap(units: list[bytes], i: int = i, j: int = j) -> list[bytes]:
                units = list(units)
                units[i], units[j] = units[j], units[i]
                return units

            yield f"units {i} and {j} swapped", swap


@pytest.mark.parametrize("scenario", SCENARIOS)
@pytest.mark.parametrize(("sender", "flight"), [("client", 0), ("client", 1), ("server", 0), ("server", 1)])
def test_messages_doubled_dropped_and_swapped(scenario: str, sender: str, flight: int) -> None:
    client, server = configs(scenario)
    counted: list[int] = []

    def count(units: list[bytes]) -> list[bytes]:
        counted.append(len(units))
        return units

    untouched = pair(client, server)
    hook = Reorder(count, flight)
    untouched.pump(to_server=hook) if sender == "client" else untouched.pump(to_client=hook)
    assert untouched.completed, "one message a record is legal (RFC 5246, 6.2.1)"
    for name, change in changes(counted[0]):
        ends = pair(client, server)
        hook = Reorder(change, flight)
        ends.pump(to_server=hook) if sender == "client" else ends.pump(to_client=hook)
        try:
            check_refused(ends)
        except AssertionError as fault:
            raise AssertionError(f"{name}: {fault}") from fault
