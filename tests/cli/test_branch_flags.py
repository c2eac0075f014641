"""``connect`` and ``serve`` with the flags of the rarer branches, each with the other: what is agreed on and told."""

from __future__ import annotations

import http.server
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from hellodone.pki.raw_keys import raw_identity
from hellodone.trace.model import Trace
from tests.cli.running import Outcome, hellodone, serving
from tests.transport.laboratory import laboratory, write_identity

Capsys = pytest.CaptureFixture[str]


@pytest.fixture
def server(tmp_path: Path) -> list[object]:
    """The options of a server with a certificate of the laboratory."""
    chain, key = write_identity(laboratory().server, tmp_path)
    return ["--cert", chain, "--key", key]


@pytest.fixture
def client(tmp_path: Path) -> list[object]:
    """The options of a client with a certificate."""
    chain, key = write_identity(laboratory().client, tmp_path, "client")
    return ["--cert", chain, "--key", key]


@pytest.fixture
def cacert(tmp_path: Path) -> Path:
    path = tmp_path / "ca.pem"
    path.write_bytes(laboratory().authority.pem)
    return path


def connect(capsys: Capsys, port: int, *options: object) -> Outcome:
    return hellodone(capsys, "connect", f"https://localhost:{port}/", *options)


def traced(capsys: Capsys, port: int, *options: object) -> Trace:
    outcome = connect(capsys, port, "-f", "json", *options)
    assert outcome.code == 0, outcome.err
    return Trace.from_json(outcome.out.rpartition("\n}\n")[0] + "\n}")


def learned(trace: Trace, name: str) -> set[str]:
    """What the client learnt under that name."""
    return {str(fact.value) for step in trace.steps for r in step.reactions for fact in r.learned if fact.name == name}


def said(trace: Trace, message: str, field: str) -> str:
    """A field of the first message of that name."""
    step = next(step for step in trace.steps if step.name == message)
    assert step.fields is not None
    found = step.fields.find(field)
    return "" if found is None else found.meaning


def test_a_session_is_resumed_by_its_id_where_no_ticket_is_wanted(
    server: list[object], cacert: Path, tmp_path: Path, capsys: Capsys
) -> None:
    with serving(tmp_path, *server) as running:
        trace = traced(capsys, running.port, "--cacert", cacert, "--resume", "--no-ticket")
    assert [connection.resumed for connection in trace.connections] == [False, True]
    assert "session_ticket" not in said(trace, "ClientHello", "extensions")


def test_of_several_keys_the_hint_names_one(tmp_path: Path, capsys: Capsys) -> None:
    both = ("--policy", "compatible", "--ciphers", "PSK-AES128-GCM-SHA256")
    with serving(tmp_path, *both, "--psk", "night:0102", "--psk-hint", "night") as running:
        trace = traced(capsys, running.port, *both, "--psk", "day:0304", "--psk", "night:0102")
    assert said(trace, "ClientKeyExchange", "psk_identity") == "night"


@pytest.mark.parametrize(
    ("options", "fact", "value"),
    [
        (["--no-ems"], "extended_master_secret", "no"),
        ([], "extended_master_secret", "yes"),
        (["--ciphers", "ECDHE-ECDSA-AES128-SHA", "--no-etm"], "encrypt_then_mac", "no"),
        (["--ciphers", "ECDHE-ECDSA-AES128-SHA"], "encrypt_then_mac", "yes"),
        (["--ciphers", "ECDHE-ECDSA-AES128-SHA", "--truncated-hmac"], "truncated_hmac", "yes"),
    ],
)
@pytest.mark.parametrize("who", ["connect", "serve", "both"])
def test_protection_that_is_switched_off_or_on(
    options: list[str],
    fact: str,
    value: str,
    who: str,
    server: list[object],
    cacert: Path,
    tmp_path: Path,
    capsys: Capsys,
) -> None:
    """Off is what one side says; on is what both say."""
    plain = [word for word in options if word.startswith(("--c", "ECDHE"))]
    of_server = plain if who == "connect" else options
    of_client = plain if who == "serve" else options
    with serving(tmp_path, *server, "--policy", "compatible", *of_server) as running:
        trace = traced(capsys, running.port, "--cacert", cacert, "--policy", "compatible", *of_client)
    expected = value if fact != "truncated_hmac" or who == "both" else ""
    assert (learned(trace, fact) or {""}) == {expected}


def test_hello_extensions_that_are_asked_for(
    server: list[object], cacert: Path, tmp_path: Path, capsys: Capsys
) -> None:
    (tmp_path / "sct").write_bytes(bytes(range(60)))
    (tmp_path / "staple").write_bytes(laboratory().authority.ocsp_response(laboratory().server.leaf))
    shows = ["--sct", tmp_path / "sct", "--status-file", tmp_path / "staple"]
    with serving(tmp_path, *server, *shows) as running:
        asks = ["--ct", "--trusted-ca-keys", "x509_name", "--padding", 700, "--fallback-scsv", "--status-multi"]
        trace = traced(capsys, running.port, "--cacert", cacert, *asks)
        silent = traced(capsys, running.port, "--cacert", cacert, "--no-status")
    hello = next(step for step in trace.steps if step.name == "ClientHello")
    assert hello.fields is not None
    assert hello.fields.end >= 700
    assert said(trace, "ClientHello", "cipher_suites").endswith("TLS_FALLBACK_SCSV")
    extensions = said(trace, "ServerHello", "extensions")
    assert "signed_certificate_timestamp" in extensions
    assert "trusted_ca_keys" in extensions
    assert "status_request_v2" in extensions
    assert "status_request" not in said(silent, "ClientHello", "extensions")


def test_keys_without_certificates(tmp_path: Path, capsys: Capsys) -> None:
    keys = {}
    for name, identity in (("server", laboratory().server), ("client", laboratory().client)):
        _, private = write_identity(identity, tmp_path, name)
        keys[name] = private
        (tmp_path / f"{name}.pub").write_bytes(raw_identity(private.read_bytes()).leaf.der)
    theirs = ["--rawpkkeyfile", keys["server"], "--trusted-key", tmp_path / "client.pub"]
    ours = ["--rawpkkeyfile", keys["client"], "--trusted-key", tmp_path / "server.pub"]
    with serving(tmp_path, *theirs) as running:
        trace = traced(capsys, running.port, *ours)
        other = connect(capsys, running.port, "--trusted-key", tmp_path / "client.pub", "--no-probe")
    assert learned(trace, "server_certificate_type") == {"RawPublicKey(2)"}
    assert learned(trace, "client_certificate_type") == {"RawPublicKey(2)"}
    assert other.code == 1
    assert "raw public key" in other.last


@pytest.fixture
def shelf(tmp_path: Path) -> Iterator[str]:
    """Where the client's certificate is: a web server's address."""
    content = laboratory().client.leaf.der

    class Shelf(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200 if self.path == "/client.der" else 302)
            self.send_header("Location", "/client.der")
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, format: str, *args: object) -> None:
            pass

    with http.server.HTTPServer(("127.0.0.1", 0), Shelf) as web:
        thread = threading.Thread(target=web.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{web.server_port}"
        web.shutdown()
        thread.join()


def test_a_certificate_is_where_the_client_says(
    server: list[object], client: list[object], cacert: Path, shelf: str, tmp_path: Path, capsys: Capsys
) -> None:
    with serving(tmp_path, *server, "--client-ca", cacert, "--fetch-client-certificate") as running:
        ours = ["--cacert", cacert, *client, "--client-certificate-url"]
        trace = traced(capsys, running.port, *ours, f"{shelf}/client.der")
        elsewhere = connect(capsys, running.port, *ours, f"{shelf}/moved", "--no-probe")
        warned = running.end().err
    assert said(trace, "CertificateURL", "url") == f"{shelf}/client.der"
    assert elsewhere.code == 1
    assert "certificate_unobtainable" in elsewhere.err
    assert "no redirect is followed" in warned


def test_supplemental_data_of_every_kind(server: list[object], cacert: Path, tmp_path: Path, capsys: Capsys) -> None:
    for name in ("yours", "mine"):
        (tmp_path / name).write_text(f"<Assertion>{name}</Assertion>")
    theirs = ["--user-mapping", "--client-authz", "saml_assertion"]
    theirs += ["--server-authz", "saml_assertion", str(tmp_path / "mine"), "--supplement", "0xff42:01:0xff43:6d696e65"]
    ours = ["--user-mapping", "alice@example.org", "--server-authz", "saml_assertion"]
    ours += ["--client-authz", "saml_assertion", str(tmp_path / "yours"), "--supplement", "65346:01:65347"]
    with serving(tmp_path, *server, *theirs) as running:
        trace = traced(capsys, running.port, "--cacert", cacert, *ours)
    messages = [str(step.fields) for step in trace.steps if step.name == "SupplementalData"]
    assert len(messages) == 2
    assert "alice@example.org" in messages[1]
    assert learned(trace, "server_supplemental_data") != set()
    assert "mine" in messages[0]


def test_supplemental_data_in_the_double_handshake(
    server: list[object], cacert: Path, tmp_path: Path, capsys: Capsys
) -> None:
    theirs = ["--user-mapping", "--supplements-protected", "--renegotiate", "accept"]
    with serving(tmp_path, *server, *theirs) as running:
        ours = ["--user-mapping", "alice@example.org", "--supplements-protected", "--renegotiation", "initiate"]
        trace = traced(capsys, running.port, "--cacert", cacert, *ours)
    names = [step.name for step in trace.steps]
    assert names.index("Finished") < names.index("SupplementalData")


def test_both_ends_export_the_same(server: list[object], cacert: Path, tmp_path: Path, capsys: Capsys) -> None:
    asked = ["--keymatexport", "EXPORTER-mine", "--keymatexportlen", 12, "--keymatexport-context", "00ff"]
    asked += ["--channel-binding", "tls-unique", "--channel-binding", "tls-server-end-point"]
    with serving(tmp_path, *server, *asked) as running:
        outcome = connect(capsys, running.port, "--cacert", cacert, "--brief", *asked)
        other = running.end().out
    assert outcome.code == 0
    lines = outcome.out.splitlines()[-3:]
    assert [line.split()[0] for line in lines] == ["keying", "tls-unique:", "tls-server-end-point:"]
    assert len(lines[0].split()[-1]) == 24
    assert [f"1 {line}" for line in lines] == other.splitlines()[-3:]


def test_without_extended_master_secret_nothing_is_exported(
    server: list[object], cacert: Path, tmp_path: Path, capsys: Capsys
) -> None:
    with serving(tmp_path, *server, "--policy", "compatible") as running:
        ours = ["--cacert", cacert, "--policy", "compatible", "--no-ems", "--keymatexport", "EXPORTER-mine"]
        outcome = connect(capsys, running.port, *ours)
    assert outcome.code == 1
    assert "extended_master_secret" in outcome.last
    assert "Finished" in outcome.out


WRONG = [
    (["--psk", "a"], 2, "IDENTITY:HEX"),
    (["--user-mapping", "alice"], 2, "user@domain"),
    (["--client-authz", "saml_assertion", "/nowhere"], 4, "/nowhere"),
    (["--client-authz", "saml", "/nowhere"], 2, "x509_attr_cert"),
    (["--supplement", "65536:00:1"], 2, "EXTENSION:HEX:TYPE"),
    (["--supplement", "1:0:1"], 2, "EXTENSION:HEX:TYPE"),
    (["--supplement", "1:00:1:00:00"], 2, "EXTENSION:HEX:TYPE"),
    (["--supplement", "1:00:1", "--supplement", "1:01:2"], 2, "--supplement"),
    (["--trusted-key", "/nowhere"], 4, "/nowhere"),
    (["--rawpkkeyfile", "/nowhere"], 4, "/nowhere"),
    (["--trusted-ca-keys", "name"], 2, "x509_name"),
    (["--trusted-ca-keys", "x509_name", "--insecure"], 2, "--insecure"),
    (["--client-certificate-url", "http://a/"], 2, "--cert"),
    (["--max-fragment-length", "513"], 2, "1024"),
    (["--record-size-limit", "63"], 2, "--record-size-limit"),
    (["--padding", "16385"], 2, "--padding"),
    (["--keymatexport", "master secret"], 2, "RFC 5705"),
    (["--keymatexport", ""], 2, "RFC 5705"),
    (["--keymatexport", "a", "--keymatexportlen", "0"], 2, "--keymatexportlen"),
    (["--keymatexport", "a", "--keymatexport-context", "0"], 2, "--keymatexport-context"),
    (["--keymatexport-context", "00"], 2, "--keymatexport"),
    (["--channel-binding", "tls"], 2, "tls-unique"),
    (["--renegotiation", "yes"], 2, "initiate"),
]


@pytest.mark.parametrize(("options", "code", "words"), WRONG)
def test_wrong_values_of_connect(options: list[str], code: int, words: str, capsys: Capsys) -> None:
    outcome = hellodone(capsys, "connect", "localhost:1", *options)
    assert outcome.code == code
    assert words in outcome.err


def test_urls_that_cannot_be_sent(client: list[object], capsys: Capsys) -> None:
    for urls, words in (
        (["https://a/"], "http://"),
        (["http://a/", "http://b/", "http://c/"], "3 times"),
        (["http://a b/"], "http://"),
    ):
        given = [word for url in urls for word in ("--client-certificate-url", url)]
        outcome = hellodone(capsys, "connect", "localhost:1", *client, *given)
        assert outcome.code == 2
        assert words in outcome.err


@pytest.mark.parametrize(
    ("options", "code", "words"),
    [
        (["--fetch-client-certificate"], 2, "--client-ca"),
        (["--server-authz", "saml_assertion", "/nowhere"], 4, "/nowhere"),
        (["--sct", "/nowhere"], 4, "/nowhere"),
        (["--sct", "/dev/null"], 2, "SignedCertificateTimestamp"),
        (["--ocsp-response", "/dev/null", "--ocsp-response", "/dev/null"], 2, "--ocsp-response"),
    ],
)
def test_wrong_values_of_serve(options: list[str], code: int, words: str, server: list[object], capsys: Capsys) -> None:
    outcome = hellodone(capsys, "serve", "--bind", "127.0.0.1:0", *server, *options)
    assert outcome.code == code
    assert words in outcome.err


@pytest.mark.parametrize("command", ["connect", "serve", "demo"])
def test_the_help_stands_under_headings(command: str, capsys: Capsys) -> None:
    told = hellodone(capsys, command, "--help").out
    headings = [line for line in told.splitlines() if line.endswith(":") and not line.startswith(" ")]
    assert headings[:2] == ["Examples:", "Options:"]
    assert headings[-1] == "Output:"
    if command != "demo":
        assert "Supplemental data (RFC 4680):" in headings
