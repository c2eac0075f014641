"""``hellodone connect`` with real peers: what people see, and the exit codes."""

import contextlib
import json
import socket
import ssl
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from hellodone.trace.model import Trace
from tests.cli.running import hellodone, process
from tests.transport.laboratory import laboratory, openssl_server, write_identity
from tests.transport.loopback import Handler, closed_port, reset, scripted, serving

Capsys = pytest.CaptureFixture[str]


@pytest.fixture
def cacert(tmp_path: Path) -> Path:
    path = tmp_path / "ca.pem"
    path.write_bytes(laboratory().authority.pem)
    return path


@contextlib.contextmanager
def web(context: ssl.SSLContext | None = None, *, clients: int = 1, body: bytes = b"hello") -> Iterator[int]:
    """The port of an OpenSSL server that answers each GET."""
    chosen = context or openssl_server()

    def serve(connection: socket.socket) -> None:
        with contextlib.suppress(ssl.SSLError), chosen.wrap_socket(connection, server_side=True) as tls:
            heard = b""
            while b"\r\n\r\n" not in heard and (more := tls.recv(4096)):
                heard += more
            if heard:
                tls.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%s" % (len(body), body))
            tls.unwrap()

    with serving(serve, clients=clients) as (_, port):
        yield port


def test_a_get_is_drawn_and_its_body_withheld(cacert: Path, capsys: Capsys) -> None:
    with web() as port:
        outcome = hellodone(capsys, "connect", f"https://localhost:{port}/", "--cacert", cacert)
    assert outcome.code == 0
    assert "ServerHelloDone" in outcome.out
    summary = outcome.out.strip().splitlines()[-1]
    assert "HTTP/1.1 200 OK, 5 bytes of body" in summary
    assert "withheld" in summary
    assert "hello\n" not in outcome.out
    assert outcome.err == ""


def test_the_body_can_be_kept(cacert: Path, tmp_path: Path, capsys: Capsys) -> None:
    body = tmp_path / "body"
    with web() as port:
        outcome = hellodone(capsys, "connect", f"https://localhost:{port}/", "--cacert", cacert, "--body", body)
    assert outcome.code == 0
    assert body.read_bytes() == b"hello"


def test_the_body_alone_on_standard_output(cacert: Path) -> None:
    with web() as port:
        outcome = process("connect", f"https://localhost:{port}/", "--cacert", cacert, "--body", "-")
    assert (outcome.code, outcome.out) == (0, "hello")
    assert "ServerHelloDone" in outcome.err


def test_a_host_alone_is_drawn_and_closed(cacert: Path, capsys: Capsys) -> None:
    with web() as port:
        outcome = hellodone(capsys, "connect", f"localhost:{port}", "--cacert", cacert)
    assert outcome.code == 0
    assert "ServerHelloDone" in outcome.out


def test_standard_input_and_output_are_joined(cacert: Path, tmp_path: Path) -> None:
    def serve(connection: socket.socket) -> None:
        with openssl_server().wrap_socket(connection, server_side=True) as tls:
            tls.sendall(tls.recv(100).upper())
            tls.unwrap()

    with serving(serve) as (_, port):
        outcome = process(
            "connect", f"localhost:{port}", "--cacert", cacert, "-o", tmp_path / "t.json", stdin=b"hello\n"
        )
    assert outcome.code == 0
    assert outcome.out == "HELLO\n"
    assert "wrote" in outcome.err


def test_data_and_chart_do_not_mix(cacert: Path) -> None:
    def serve(connection: socket.socket) -> None:
        with openssl_server().wrap_socket(connection, server_side=True) as tls:
            tls.recv(1)
            tls.sendall(b"welcome\n")
            tls.unwrap()

    with serving(serve) as (_, port):
        outcome = process("connect", f"localhost:{port}", "--cacert", cacert, stdin=b"x")
    assert outcome.out == "welcome\n"
    assert "ServerHelloDone" in outcome.err


def test_a_trace_is_kept_and_drawn_again(cacert: Path, tmp_path: Path, capsys: Capsys) -> None:
    trace, chart = tmp_path / "t.json", tmp_path / "t.puml"
    with web() as port:
        hellodone(capsys, "connect", f"https://localhost:{port}/", "--cacert", cacert, "-o", trace, "-o", chart)
    loaded = Trace.from_json(trace.read_text())
    assert loaded.connections[0].completed
    assert "@startuml" in chart.read_text()
    outcome = hellodone(capsys, "draw", trace, "-f", "mermaid")
    assert outcome.code == 0
    assert "sequenceDiagram" in outcome.out


def test_brief_is_one_line(cacert: Path, capsys: Capsys) -> None:
    with web() as port:
        outcome = hellodone(capsys, "connect", f"localhost:{port}", "--cacert", cacert, "--brief")
    assert outcome.code == 0
    assert len(outcome.out.splitlines()) == 1


def test_secrets_and_data_are_withheld_until_asked_for(
    cacert: Path, tmp_path: Path, capsys: Capsys, monkeypatch: pytest.MonkeyPatch
) -> None:
    keys = tmp_path / "keys.log"
    monkeypatch.setenv("SSLKEYLOGFILE", str(keys))
    shown = {}
    for options in ((), ("--show-secrets",)):
        with web(body=b"confidential words") as port:
            target = f"https://localhost:{port}/"
            out = tmp_path / "t.json"
            hellodone(capsys, "connect", target, "--cacert", cacert, "-o", out, "--detail", "full", *options)
        master_secret = keys.read_text().splitlines()[-1].split()[2]
        text = out.read_text() + hellodone(capsys, "draw", out, "--detail", "full", "--show-secrets").out
        shown[options] = (master_secret in text, "confidential words" in text)
    assert shown == {(): (False, False), ("--show-secrets",): (True, True)}


def test_no_colour_where_it_is_not_wanted(cacert: Path, capsys: Capsys) -> None:
    for options, escapes in (((), False), (("--color",), True), (("--no-color",), False)):
        with web() as port:
            outcome = hellodone(capsys, "connect", f"localhost:{port}", "--cacert", cacert, *options)
        assert ("\x1b[" in outcome.out) is escapes


def test_the_chart_is_as_wide_as_the_terminal(cacert: Path, capsys: Capsys, monkeypatch: pytest.MonkeyPatch) -> None:
    for columns in (80, 120):
        monkeypatch.setenv("COLUMNS", str(columns))
        with web() as port:
            outcome = hellodone(capsys, "connect", f"localhost:{port}", "--cacert", cacert)
        assert max(map(len, outcome.out.splitlines())) <= columns


# -- how it fails ---------------------------------------------------------------------------------------------------


def http(connection: socket.socket) -> None:
    connection.recv(4096)
    connection.sendall(b"HTTP/1.1 400 Bad Request\r\n\r\n")


def cut(connection: socket.socket) -> None:
    connection.recv(4096)
    reset(connection)


def silent(connection: socket.socket) -> None:
    while connection.recv(4096):
        pass


STRANGERS: list[tuple[str, Handler, list[str], str]] = [
    ("http", http, [], "looks like an HTTP server"),
    ("ssh", scripted(b"SSH-2.0-OpenSSH_9.2p1\r\n", "\x16"), [], "looks like an SSH server"),
    ("smtp", scripted(b"220 mail ESMTP\r\n", "\x16"), [], "--starttls smtp"),
    ("silence", silent, ["--timeout", "0.3"], "said nothing within 0.3 s"),
    ("reset", cut, [], "reset the connection"),
    ("end", scripted("\x01"), [], "closed the connection"),
    ("refusal", scripted(b"220 m ESMTP\r\n", "EHLO", b"250 m\r\n"), ["--starttls", "smtp"], "refuses to change to TLS"),
]


@pytest.mark.parametrize(
    ("handler", "options", "words"), [case[1:] for case in STRANGERS], ids=[c[0] for c in STRANGERS]
)
def test_what_is_not_tls_is_one_sentence(handler: Handler, options: list[str], words: str, capsys: Capsys) -> None:
    with serving(handler) as (_, port):
        outcome = hellodone(capsys, "connect", f"127.0.0.1:{port}", *options)
    assert outcome.code == 1
    assert words in outcome.last
    assert len(outcome.err.splitlines()) == 1


def test_a_peer_that_is_not_there(capsys: Capsys) -> None:
    outcome = hellodone(capsys, "connect", f"127.0.0.1:{closed_port()}")
    assert outcome.code == 3
    assert "is not reached" in outcome.last
    assert outcome.out == ""


def test_a_name_that_nobody_knows(capsys: Capsys) -> None:
    outcome = hellodone(capsys, "connect", "no-such-host.invalid")
    assert outcome.code == 3
    assert "no-such-host.invalid" in outcome.last


def test_an_untrusted_certificate_ends_in_our_alert(capsys: Capsys) -> None:
    with web() as port:
        outcome = hellodone(capsys, "connect", f"https://localhost:{port}/")
    assert outcome.code == 1
    assert "unknown_ca(48)" in outcome.last
    assert "unknown_ca" in outcome.out


def test_insecure_goes_on_and_warns(capsys: Capsys) -> None:
    with web() as port:
        outcome = hellodone(capsys, "connect", f"https://localhost:{port}/", "-k")
    assert outcome.code == 0
    assert "warning: --insecure" in outcome.err


def test_a_wrong_name_is_found_and_can_be_told(cacert: Path, capsys: Capsys) -> None:
    with web(clients=2) as port:
        target = f"https://localhost:{port}/"
        refused = hellodone(capsys, "connect", target, "--cacert", cacert, "--servername", "other.example")
        assert refused.code == 1
        assert "other.example" in refused.last
        assert hellodone(capsys, "connect", target, "--cacert", cacert, "--servername", "localhost").code == 0


def test_a_server_of_tls_1_3_only_is_named(cacert: Path, capsys: Capsys) -> None:
    context = openssl_server()
    context.maximum_version = ssl.TLSVersion.MAXIMUM_SUPPORTED
    context.minimum_version = ssl.TLSVersion.TLSv1_3
    with web(context) as port:
        outcome = hellodone(capsys, "connect", f"localhost:{port}", "--cacert", cacert)
    assert outcome.code == 1
    assert "TLS 1.3" in outcome.last


def test_a_refusal_by_policy_names_the_policy_that_would_do(tmp_path: Path, capsys: Capsys) -> None:
    lab = laboratory()
    identity = lab.authority.issue_server(key="rsa")
    context = openssl_server(identity)
    context.set_ciphers("AES128-GCM-SHA256")
    (tmp_path / "ca.pem").write_bytes(lab.authority.pem)
    with web(context, clients=2) as port:
        outcome = hellodone(capsys, "connect", f"localhost:{port}", "--cacert", tmp_path / "ca.pem")
    assert outcome.code == 1
    assert "handshake_failure(40)" in outcome.last
    assert "--policy compatible" in outcome.err
    assert "TLS_RSA_WITH_AES_128_GCM_SHA256" in outcome.err


def test_a_server_that_wants_a_certificate_is_understood(cacert: Path, capsys: Capsys) -> None:
    with web(openssl_server(client_auth=True)) as port:
        outcome = hellodone(capsys, "connect", f"localhost:{port}", "--cacert", cacert)
    assert outcome.code == 1
    assert "was shown no certificate: try --cert FILE --key FILE" in outcome.err
    assert "policy" not in outcome.err


@pytest.mark.parametrize(
    ("options", "code", "words"),
    [
        (["--ciphers", "TLS_AES_129"], 2, "unknown cipher suite"),
        (["--groups", "x25518"], 2, "x25519"),
        (["--sigalgs", "rsa_md6"], 2, "unknown signature scheme"),
        (["--policy", "ancient"], 2, "modern"),
        (["--cacert", "/no/such/file.pem"], 4, "/no/such/file.pem"),
        (["--cert", "/no/such/file.pem", "--key", "x"], 4, "/no/such/file.pem"),
        (["--key", "x"], 2, "--cert"),
        (["--resolve", "x"], 2, "HOST:PORT:ADDRESS"),
        (["--body", "x"], 2, "https://"),
        (["-o", "x.pdf"], 2, "x.pdf"),
        (["--starttls", "gopher"], 2, "smtp"),
        (["--keylog", "/no/such/folder/keys"], 4, "key log"),
    ],
)
def test_a_wrong_option_costs_no_connection(options: list[str], code: int, words: str, capsys: Capsys) -> None:
    outcome = hellodone(capsys, "connect", "no-such-host.invalid", *options)
    assert outcome.code == code
    assert words in outcome.err


def test_a_certificate_in_place_of_a_key(tmp_path: Path, capsys: Capsys) -> None:
    chain, _ = write_identity(laboratory().client, tmp_path)
    outcome = hellodone(capsys, "connect", "no-such-host.invalid", "--cert", chain, "--key", chain)
    assert outcome.code == 4
    assert len(outcome.err.splitlines()) == 1


# -- ways to get there ----------------------------------------------------------------------------------------------


def test_resolve_and_international_names(tmp_path: Path, capsys: Capsys) -> None:
    lab = laboratory()
    (tmp_path / "ca.pem").write_bytes(lab.authority.pem)
    context = openssl_server(lab.authority.issue_server(("xn--bcher-kva.example",), key="ec"))
    with web(context) as port:
        outcome = hellodone(
            capsys, "connect", f"https://bücher.example:{port}/", "--cacert", tmp_path / "ca.pem",
            "--resolve", f"bücher.example:{port}:127.0.0.1",
        )  # fmt: skip
    assert outcome.code == 0


def test_starttls_comes_before_the_handshake(cacert: Path, capsys: Capsys) -> None:
    def serve(connection: socket.socket) -> None:
        scripted(b"220 m ESMTP\r\n", "EHLO", b"250-m\r\n250 STARTTLS\r\n", "STARTTLS", b"220 go\r\n")(connection)
        with openssl_server().wrap_socket(connection, server_side=True) as tls:
            tls.recv(100)
            tls.unwrap()

    with serving(serve) as (_, port):
        outcome = hellodone(capsys, "connect", f"localhost:{port}", "--cacert", cacert, "--starttls", "smtp")
    assert outcome.code == 0
    assert "ServerHelloDone" in outcome.out


@pytest.mark.parametrize("pick", [lambda chain, key: ["--cert", chain, "--key", key]], ids=["pem"])
def test_a_client_certificate_is_sent(
    pick: Callable[[Path, Path], list[object]], cacert: Path, tmp_path: Path, capsys: Capsys
) -> None:
    chain, key = write_identity(laboratory().client, tmp_path, "client")
    with web(openssl_server(client_auth=True)) as port:
        target = f"https://localhost:{port}/"
        outcome = hellodone(capsys, "connect", target, "--cacert", cacert, *pick(chain, key))
    assert outcome.code == 0
    assert "CertificateVerify" in outcome.out


def test_application_protocols_are_offered(cacert: Path, tmp_path: Path, capsys: Capsys) -> None:
    context = openssl_server()
    context.set_alpn_protocols(["h2", "http/1.1"])
    with web(context) as port:
        out = tmp_path / "t.json"
        hellodone(capsys, "connect", f"localhost:{port}", "--cacert", cacert, "--alpn", "h2", "-o", out)
    assert json.loads(out.read_text())["connections"][0]["alpn"] == "h2"
