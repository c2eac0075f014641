"""``connect`` and ``serve`` in the rarer branches of the protocol, with each other: what people see, and exit codes."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from hellodone.trace.model import Trace
from tests.cli.running import Outcome, hellodone, process, serving
from tests.interop.peers import require
from tests.session.redis_server import RedisServer
from tests.transport.laboratory import laboratory, write_identity
from tests.transport.loopback import scripted
from tests.transport.loopback import serving as peer_that

Capsys = pytest.CaptureFixture[str]
KEY = "alice:00112233445566778899aabbccddeeff"


@pytest.fixture
def identity(tmp_path: Path) -> list[object]:
    """The options of a server with a certificate of the laboratory."""
    chain, key = write_identity(laboratory().server, tmp_path)
    return ["--cert", chain, "--key", key]


@pytest.fixture
def cacert(tmp_path: Path) -> Path:
    path = tmp_path / "ca.pem"
    path.write_bytes(laboratory().authority.pem)
    return path


def connect(capsys: Capsys, port: int, *options: object) -> Outcome:
    return hellodone(capsys, "connect", f"https://localhost:{port}/", *options)


def traced(capsys: Capsys, port: int, *options: object) -> tuple[Outcome, Trace]:
    outcome = connect(capsys, port, "-f", "json", *options)
    return outcome, Trace.from_json(outcome.out.rpartition("\n}\n")[0] + "\n}")


@pytest.mark.parametrize(("manner", "ticket"), [("id", False), ("ticket", True), ("both", True)])
def test_the_second_connection_resumes_the_first(
    manner: str, ticket: bool, identity: list[object], cacert: Path, tmp_path: Path, capsys: Capsys
) -> None:
    with serving(tmp_path, *identity, "--resume", manner) as server:
        outcome, trace = traced(capsys, server.port, "--cacert", cacert, "--resume")
    assert (outcome.code, outcome.err) == (0, "")
    assert [connection.resumed for connection in trace.connections] == [False, True]
    assert any(step.name == "NewSessionTicket" for step in trace.steps) is ticket


def test_a_server_that_does_not_resume_is_said_to(
    identity: list[object], cacert: Path, tmp_path: Path, capsys: Capsys
) -> None:
    with serving(tmp_path, *identity, "--resume", "off") as server:
        outcome, trace = traced(capsys, server.port, "--cacert", cacert, "--resume")
    assert outcome.code == 0
    assert "did not resume" in outcome.last
    assert [connection.resumed for connection in trace.connections] == [False, False]


def test_servers_share_their_sessions_in_a_redis(
    identity: list[object], cacert: Path, tmp_path: Path, capsys: Capsys
) -> None:
    """A session made at one server resumes at the other; without the Redis it is a full handshake and a warning."""
    folders = [tmp_path / name for name in ("redis", "one", "two")]
    for folder in folders:
        folder.mkdir()
    redis = RedisServer(require("redis-server"), folders[0])
    redis.start()
    try:
        options = (*identity, "--sessions", redis.url)
        with serving(folders[1], *options) as one, serving(folders[2], *options) as two:
            assert resumptions(cacert, one.port, two.port) == "False\nTrue\n"
            redis.stop()
            assert resumptions(cacert, one.port, one.port) == "False\nFalse\n"
            assert "warning:" in one.end().err
    finally:
        redis.stop()


RESUMPTIONS = """
import sys
from hellodone import ClientConfig, TrustStore, connect
from hellodone.session.store import MemorySessionStore

ca, *ports = sys.argv[1:]
config = ClientConfig(trust=TrustStore.from_file(ca), session_store=MemorySessionStore())
for port in ports:
    with connect(("localhost", int(port)), config) as tls:
        print(tls.resumed)
"""


def resumptions(cacert: Path, *ports: int) -> str:
    """Whether each of these connections, one after another by one client, resumed."""
    command = [sys.executable, "-c", RESUMPTIONS, str(cacert), *map(str, ports)]
    return subprocess.run(command, capture_output=True, text=True, timeout=60, check=True).stdout


@pytest.mark.parametrize(
    "ciphers", ["PSK-AES128-GCM-SHA256", "DHE-PSK-AES128-GCM-SHA256", "ECDHE-PSK-CHACHA20-POLY1305"]
)
def test_a_pre_shared_key_needs_no_certificate(ciphers: str, tmp_path: Path, capsys: Capsys) -> None:
    both = ("--policy", "compatible", "--ciphers", ciphers)
    with serving(tmp_path, *both, "--psk", "bob:00", "--psk", KEY, "--psk-hint", "work") as server:
        outcome, trace = traced(capsys, server.port, *both, "--psk", KEY)
        assert outcome.code == 0
        assert "Certificate" not in [step.name for step in trace.steps]
        assert "work" in str([f.value for s in trace.steps for r in s.reactions for f in r.learned])
        assert "psk_identity" in str(trace.steps)
        wrong = connect(capsys, server.port, *both, "--psk", "mallory:00", "--brief", "--no-probe")
        assert wrong.code == 1
        assert "unknown_psk_identity" in wrong.err + wrong.out
        said = server.end()
    assert "certificate" not in said.err.partition("stopped")[0].partition("mallory")[0]


def test_an_anonymous_server(tmp_path: Path, capsys: Capsys) -> None:
    both = ("--policy", "historic", "--ciphers", "ADH-AES128-GCM-SHA256")
    with serving(tmp_path, *both, "--dh-group", "ffdhe3072") as server:
        outcome = connect(capsys, server.port, *both)
    assert outcome.code == 0
    assert "✗ anonymous" in outcome.out


def test_a_historic_server_makes_every_certificate_that_is_wanted(tmp_path: Path, capsys: Capsys) -> None:
    with serving(tmp_path, "--policy", "historic") as server:
        for ciphers in ("DHE-DSS-AES128-GCM-SHA256", "DH-RSA-AES128-GCM-SHA256", "ECDH-ECDSA-AES128-GCM-SHA256"):
            both = ("--policy", "historic", "--ciphers", ciphers, "--brief")
            assert connect(capsys, server.port, "--insecure", *both).code == 0


@pytest.mark.parametrize(
    ("client", "server", "handshakes", "said"),
    [
        ("initiate", "accept", 2, ""),
        ("initiate", "refuse", 1, "declines"),
        ("accept", "initiate", 2, ""),
        ("refuse", "initiate", 1, ""),
    ],
)
def test_renegotiation(
    client: str,
    server: str,
    handshakes: int,
    said: str,
    identity: list[object],
    cacert: Path,
    tmp_path: Path,
    capsys: Capsys,
) -> None:
    with serving(tmp_path, *identity, "--renegotiate", server) as running:
        outcome, trace = traced(capsys, running.port, "--cacert", cacert, "--renegotiate", client)
    assert outcome.code == 0
    assert said in outcome.err
    assert [step.name for step in trace.steps].count("Finished") == 2 * handshakes
    assert "200 OK" in outcome.out


def test_a_certificate_is_asked_for_in_the_renegotiation(
    identity: list[object], cacert: Path, tmp_path: Path, capsys: Capsys
) -> None:
    chain, key = write_identity(laboratory().client, tmp_path, "client")
    with serving(tmp_path, *identity, "--client-ca", cacert, "--renegotiate", "initiate") as server:
        options = ("--cacert", cacert, "--cert", chain, "--key", key, "--renegotiate", "accept")
        outcome, trace = traced(capsys, server.port, *options)
    assert outcome.code == 0
    names = [step.name for step in trace.steps]
    assert names.index("Finished") < names.index("CertificateRequest") < names.index("CertificateVerify")


def test_records_are_as_short_as_was_asked(
    identity: list[object], cacert: Path, tmp_path: Path, capsys: Capsys
) -> None:
    with serving(tmp_path, *identity, "--reply-size", 5000, "--record-size-limit", 700) as server:
        for option, longest in (("--max-fragment-length", 1024), ("--record-size-limit", 800)):
            outcome, trace = traced(capsys, server.port, "--cacert", cacert, option, longest)
            assert outcome.code == 0
            lengths = [r.plaintext_length for r in trace.records if r.content_type == 23 and r.sender == "server"]
            assert len(lengths) >= 5
            assert max(lengths) <= longest


@pytest.mark.parametrize(
    "options",
    [("--psk", "nothing"), ("--dh-group", "x25519"), ("--sessions", "nowhere"), ("--record-size-limit", 63)],
)
def test_wrong_options_of_serve(options: tuple[object, ...]) -> None:
    outcome = process("serve", "--bind", "127.0.0.1:0", *options)
    assert outcome.code == 2
    assert str(options[0]) in outcome.err or "redis" in outcome.err.lower()
    assert "nothing" not in outcome.err


def test_the_trace_of_a_stranger_says_what_the_transport_saw(tmp_path: Path, capsys: Capsys) -> None:
    trace_file = tmp_path / "t.json"
    with peer_that(scripted(b"SSH-2.0-OpenSSH_9.2\r\n", "\x16")) as (_, port):
        outcome = hellodone(capsys, "connect", f"localhost:{port}", "-o", trace_file)
    assert outcome.code == 1
    failure = Trace.from_json(trace_file.read_text()).failure
    assert failure is not None
    assert "SSH" in failure.reason
    assert failure.reason in outcome.err
    assert failure.decided_by == "client"
