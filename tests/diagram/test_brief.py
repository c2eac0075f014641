"""One line a connection."""

from __future__ import annotations

from dataclasses import replace

import pytest

from hellodone.diagram.brief import brief, history
from hellodone.trace.model import Connection, Failure, Kind, Party, Phase, Step, Trace
from tests.traces import trace


@pytest.mark.parametrize(
    ("name", "line"),
    [
        ("ecdhe_ecdsa", "CsxknGIFifDdLl TLSv1.2 ECDHE_ECDSA AES_128_GCM x25519 localhost ok"),
        ("client_auth", "CsxkrnXGYIFifDdLl TLSv1.2 ECDHE_RSA CHACHA20_POLY1305 x25519 localhost ok"),
        ("rsa", "CsxnGIFifDdLl TLSv1.2 RSA AES_128_CBC_SHA256 - localhost ok"),
        ("dhe_rsa", "CsxknGIFifDdLl TLSv1.2 DHE_RSA AES_256_GCM ffdhe2048 localhost ok"),
        ("talkative", "CsxknGIFifDdLl TLSv1.2 ECDHE_ECDSA AES_128_GCM x25519 localhost ok"),
    ],
)
def test_a_handshake_in_a_line(name: str, line: str) -> None:
    assert brief(trace(name)) == line


def test_a_failure_in_a_line() -> None:
    line = brief(trace("failing"))
    assert line.startswith(
        "CsxknL TLSv1.2 ECDHE_ECDSA AES_128_GCM x25519 localhost failed at the client: unknown_ca(48) "
    )
    assert "\n" not in line
    assert len(line) < 300


def test_one_line_a_connection() -> None:
    first, second = brief(trace("two_connections")).splitlines()
    assert first.endswith(" ok")
    assert "failed" in second


def test_nothing_known_is_a_dash() -> None:
    assert brief(Trace((), (Connection(),))) == "- - - - - - incomplete"


@pytest.mark.parametrize(
    ("changes", "verdict"),
    [
        ({"completed": True}, "ok"),
        ({"completed": True, "resumed": True}, "ok, resumed"),
        ({"completed": True, "closed": "truncated"}, "ok, truncated"),
        ({"failure": Failure(Party.server, "", "silence\nfell", 0)}, "failed at the server: silence\\nfell"),
    ],
)
def test_verdicts(changes: dict[str, object], verdict: str) -> None:
    connection = replace(Connection(), **changes)  # type: ignore[arg-type]
    assert brief(Trace((), (connection,))) == f"- - - - - - {verdict}"


def test_names_of_peers_are_one_word() -> None:
    line = brief(Trace((), (Connection(server_name="a b\nc"),)))
    assert line == "- - - - - a_b\\nc incomplete"


def step(kind: Kind, sender: Party, type_number: int | None = None, name: str = "x") -> Step:
    return Step(1, kind, name, sender, Party.server, 0.0, Phase.data, type_number=type_number)


def test_letters() -> None:
    client, server = Party.client, Party.server
    assert history([step(Kind.message, client, 1), step(Kind.message, server, 2)]) == "Cs"
    assert history([step(Kind.message, server, 4), step(Kind.message, client, 99)]) == "tZ"
    assert history([step(Kind.tcp, client), step(Kind.start, client)]) == ""
    assert history([step(Kind.other, client), step(Kind.other, server, name="Heartbeat")]) == "Qb"
    data = Kind.application_data
    assert history([step(data, client), step(data, client), step(data, server)]) == "Dd"
    assert history([step(data, client), step(data, server)] * 5 + [step(data, client)]) == "DdD"
