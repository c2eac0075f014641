"""Traces to draw and to store: real handshakes in memory, seen from both ends."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from functools import cache
from time import perf_counter
from typing import Any

from hellodone.endpoint import ClientConnection, ServerConnection
from hellodone.pki.laboratory import LabAuthority
from hellodone.session.store import MemorySessionStore
from hellodone.session.tickets import TicketKeys
from hellodone.trace.merge import merge, together
from hellodone.trace.model import Trace
from tests.pairs import NOW, Pair, client_config, client_identity, clock, compatible, pair, server_config

REQUEST = b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n"
ANSWER = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi"

_BEGUN = perf_counter()  # counted from when the machine was started, which is too long ago for a session to live

Scenario = Callable[[], Trace]


def ticking() -> datetime:
    """A clock that goes on, by which the traces of both ends are put in one order."""
    return NOW + timedelta(seconds=perf_counter() - _BEGUN)


def both(ends: Pair) -> Trace:
    """What both ends saw, as one trace."""
    client, server = ends.client.trace, ends.server.trace
    assert client is not None
    assert server is not None
    return merge(client, server)


def recorded(suite: str = "", key: str = "ec", client_key: str = "", groups: tuple[str, ...] = ()) -> Pair:
    """Two ends that keep traces, over a TCP connection that is only told of."""
    policy = compatible(*([suite] if suite else []), groups=groups)
    identity = client_identity(client_key) if client_key else None
    client = client_config(policy=policy, identity=identity, alpn=("http/1.1",), record=True, clock=ticking)
    server = server_config(
        key,
        policy=policy,
        alpn=("h2", "http/1.1"),
        client_auth="required" if client_key else "none",
        record=True,
        clock=ticking,
    )
    ends = Pair(ClientConnection(client, "localhost"), ServerConnection(server))
    ends.client.transport_event("connected", local="127.0.0.1:50312", peer="127.0.0.1:4433", seconds=0.0002)
    ends.client.initiate_handshake()
    return ends


def conversation(ends: Pair, rounds: int = 1) -> Trace:
    """The handshake, questions and answers, and an orderly end."""
    ends.pump()
    assert ends.completed, ends.errors
    for _ in range(rounds):
        ends.client.send_data(REQUEST)
        ends.pump()
        ends.server.send_data(ANSWER)
        ends.pump()
    ends.client.close()
    ends.pump()
    ends.client.transport_event("fin")
    return both(ends)


def in_pieces(size: int) -> Trace:
    """A handshake of which each end reads so many bytes at a time."""
    ends = recorded("TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256")
    while True:
        up, down = ends.client.data_to_send(), ends.server.data_to_send()
        if not up and not down:
            return both(ends)
        for start in range(0, len(up), size):
            ends.server.receive_data(up[start : start + size])
        for start in range(0, len(down), size):
            ends.client.receive_data(down[start : start + size])


def ecdhe_ecdsa() -> Trace:
    """The demo's default: X25519, ECDSA, AES-128-GCM."""
    return conversation(recorded("TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256"))


def client_auth() -> Trace:
    """ECDHE_RSA with certificates of both sides."""
    return conversation(recorded("TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256", key="rsa", client_key="rsa"))


def rsa() -> Trace:
    """RSA key exchange and a CBC suite."""
    return conversation(recorded("TLS_RSA_WITH_AES_128_CBC_SHA256", key="rsa"))


def dhe_rsa() -> Trace:
    """Finite-field Diffie-Hellman."""
    return conversation(recorded("TLS_DHE_RSA_WITH_AES_256_GCM_SHA384", key="rsa", groups=("ffdhe2048",)))


def talkative() -> Trace:
    """A hundred rounds of question and answer."""
    return conversation(recorded(), rounds=100)


def failing() -> Trace:
    """The client does not trust the server's authority."""
    stranger = LabAuthority.create(at=NOW)
    ends = pair(
        client_config(trust=stranger.trust, record=True, clock=ticking), server_config(record=True, clock=ticking)
    ).pump()
    assert not ends.completed
    return both(ends)


def one_sided() -> Trace:
    """What the client alone saw."""
    ends = recorded()
    conversation(ends)
    assert ends.client.trace is not None
    return ends.client.trace


def two_connections() -> Trace:
    """Two connections in one trace."""
    first, second = trace("rsa"), trace("failing")
    count, records = len(first.steps), len(first.records)
    moved = [
        replace(
            step, number=step.number + count, connection=1, records=tuple(index + records for index in step.records)
        )
        for step in second.steps
    ]
    (outcome,) = second.connections
    assert outcome.failure is not None
    later = replace(outcome, failure=replace(outcome.failure, step=outcome.failure.step + count))
    return replace(
        first,
        steps=(*first.steps, *moved),
        connections=(*first.connections, later),
        records=(*first.records, *(replace(record, connection=1) for record in second.records)),
    )


def resumed() -> Trace:
    """A session with a client certificate, and a second connection that continues it by its ticket."""
    common: dict[str, Any] = {"record": True, "clock": ticking}
    client = client_config(identity=client_identity("ec"), session_store=MemorySessionStore(clock=clock), **common)
    server = server_config(client_auth="required", tickets=TicketKeys.generate(clock=clock), **common)
    first, second = (conversation(pair(client, server)) for _ in range(2))
    return together([first, second])


def renegotiated() -> Trace:
    """A server that asks for a certificate when it has heard the question; RSA first, for it is weak in some ways."""
    common: dict[str, Any] = {"record": True, "clock": ticking, "policy": compatible("TLS_RSA_WITH_AES_128_GCM_SHA256")}
    client = client_config(identity=client_identity("ec"), renegotiation="accept", **common)
    ends = pair(client, server_config("rsa", **common)).pump()
    ends.client.send_data(REQUEST)
    ends.pump()
    ends.server.renegotiate(client_auth="required")
    return conversation(ends.pump(), rounds=0)


SCENARIOS: Mapping[str, Scenario] = {
    made.__name__: made
    for made in (
        ecdhe_ecdsa,
        client_auth,
        rsa,
        dhe_rsa,
        talkative,
        failing,
        one_sided,
        two_connections,
        resumed,
        renegotiated,
    )
}


@cache
def trace(name: str) -> Trace:
    """The trace of a scenario, made once in a run. The secrets are still Secrets."""
    return SCENARIOS[name]()
