"""The rare branches as people type them: ``hellodone connect`` and ``hellodone serve`` as programs, with real peers."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path

import pytest

from hellodone.trace.model import Trace
from tests.conftest import Proves
from tests.interop.cells import ECDHE_ECDSA, ECDHE_RSA, Cell, cell
from tests.interop.checks import assert_agrees
from tests.interop.commands import HELLODONE
from tests.interop.own_programs import CONNECTION
from tests.interop.pki import Pki
from tests.interop.processes import Answer, Server, converse, start_server, written_port
from tests.interop.rare_peers import TO_THE_END, RarePeers
from tests.interop.stacks import PSK, GnuTLS, OpenSSL, Setup
from tests.interop.suites import Suite

RAW_KEYS = "+CTYPE-CLI-RAWPK:+CTYPE-SRV-RAWPK"
REQUEST = b"GET / HTTP/1.0\r\nX-Long: " + b"long" * 100 + b"\r\n\r\n"  # an answer shows it again
LABEL = "EXPORTER-hellodone"


def suite(exchange: str) -> Suite:
    """A suite of that key exchange."""
    cbc = exchange in ("ECDH_anon", "ECDHE_PSK")
    return Suite(exchange, *(("AES_128_CBC", "SHA") if cbc else ("AES_128_GCM", "SHA256")))


BRANCHES = [
    *(("node8", exchange, "") for exchange in ("DH_RSA", "DH_DSS", "ECDH_ECDSA")),
    ("node8", "DH_RSA", "cli-dh-rsa"),
    ("node8", "ECDH_RSA", "cli-ecdh-rsa"),
    ("mbedtls", "ECDH_RSA", ""),
    ("gnutls", "DHE_DSS", ""),
    *(("openssl", exchange, "") for exchange in ("DH_anon", "ECDH_anon", "PSK", "DHE_PSK", "RSA_PSK", "ECDHE_PSK")),
]
CONNECTS = [replace(cell("client", peer, suite(kx)), client_certificate=name) for peer, kx, name in BRANCHES]
VISITS = [one for one in CONNECTS if not one.client_certificate and one.suite.key_exchange[-4:] != "_PSK"]
VISITS = [replace(one, role="server") for one in [*VISITS, *(one for one in CONNECTS if "PSK" in one.suite.name)]]
FIXED = [
    replace(cell("server", "bouncycastle", suite("DH_DSS")), client_certificate="cli-dh-dss"),
    replace(cell("server", "bouncycastle", suite("ECDH_RSA")), client_certificate="cli-ecdh-rsa"),
]


# --- hellodone connect

Connect = Callable[..., Trace]


@pytest.fixture
def connect(rare_peers: RarePeers, tmp_path: Path) -> Connect:
    """Run ``hellodone connect`` to read a page; its trace. What it printed stands in the file ``printed``."""

    def run(port: int, *options: object) -> Trace:
        trace, body = tmp_path / "trace.json", tmp_path / "body"
        command = [*HELLODONE, "connect", f"https://localhost:{port}/", "--cacert", rare_peers.pki.authorities]
        command += ["--timeout", "10", "-o", str(trace), "--body", str(body), *map(str, options)]
        done = converse(command)
        assert done.status == 0, done.text
        (tmp_path / "printed").write_text(done.text)
        return Trace.from_json(trace.read_text())

    return run


def extension(trace: Trace, message: str) -> str:
    """The names of the extensions in a hello."""
    step = next(step for step in trace.steps if step.name == message)
    field = step.fields.find("extensions") if step.fields is not None else None
    return "" if field is None else field.meaning


@pytest.mark.parametrize("one", CONNECTS, ids=str)
def test_connect_in_every_key_exchange(rare_peers: RarePeers, connect: Connect, tmp_path: Path, one: Cell) -> None:
    peer, server = rare_peers.get(one.peer), rare_peers.server(one.peer, Setup.of(one, http=True))
    start, pki, name = server.mark(), rare_peers.pki, one.client_certificate
    options = ["--policy", "historic", "--ciphers", one.suite.name]
    options += ["--psk", f"psk1:{PSK}"] if one.suite.uses_psk else []
    options += ["--cert", pki.chain(name), "--key", pki.key(name)] if name else []
    trace = connect(server.port, *options)
    report = peer.server_report((tmp_path / "body").read_text(errors="replace"), server.said(start))
    assert_agrees(report, one, authenticated=bool(name))
    assert trace.connections[0].cipher_suite == one.suite.name
    assert ("CertificateVerify" in [step.name for step in trace.steps]) is False


@pytest.mark.parametrize("options", [["--no-ticket"], []], ids=["id", "ticket"])
def test_connect_resumes(rare_peers: RarePeers, connect: Connect, tmp_path: Path, options: list[str]) -> None:
    server = rare_peers.server("openssl", Setup.of(cell("client", "openssl", ECDHE_RSA), http=True))
    trace = connect(server.port, "--resume", *options)
    assert [connection.resumed for connection in trace.connections] == [False, True]
    assert ("NewSessionTicket" in [step.name for step in trace.steps]) is not bool(options)
    assert "Reused, TLSv1.2" in (tmp_path / "body").read_text()


@pytest.mark.parametrize(
    ("peer", "more", "option"), [("openssl", "-client_renegotiation", "initiate"), ("mbedtls", "reneg=1", "accept")]
)
def test_connect_renegotiates(rare_peers: RarePeers, connect: Connect, peer: str, more: str, option: str) -> None:
    setup = Setup.of(cell("client", peer, ECDHE_RSA), http=True)
    trace = connect(rare_peers.server(peer, setup, more).port, "--renegotiation", option, "--groups", "P-256")
    assert [step.name for step in trace.steps].count("Finished") == 4


def test_connect_asks_for_short_records_and_a_staple(
    rare_peers: RarePeers, connect: Connect, staples: Callable[[str], Path]
) -> None:
    setup = Setup.of(cell("client", "openssl", ECDHE_RSA), http=True)
    server = rare_peers.server("openssl", setup, "-status_file", str(staples("srv-rsa")))
    trace = connect(server.port, "--maxfraglen", 512, "--status")
    assert "max_fragment_length" in extension(trace, "ServerHello")
    assert max(record.plaintext_length for record in trace.records if record.content_type == 23) <= 512
    assert "CertificateStatus" in [step.name for step in trace.steps]


def test_connect_without_extended_master_secret_in_a_long_hello(
    rare_peers: RarePeers, connect: Connect, proves: Proves
) -> None:
    proves("client", "openssl", "no extended_master_secret")
    proves("client", "openssl", "padding")
    server = rare_peers.server("openssl", Setup.of(cell("client", "openssl", ECDHE_RSA), http=True))
    trace = connect(server.port, "--no-ems", "--padding", 512, "--policy", "compatible")
    hello = next(step for step in trace.steps if step.name == "ClientHello")
    assert hello.fields is not None
    assert hello.fields.end >= 512
    assert "extended_master_secret" not in extension(trace, "ServerHello")


def test_connect_limits_records_of_gnutls(rare_peers: RarePeers, connect: Connect) -> None:
    server = rare_peers.server("gnutls", Setup.of(cell("client", "gnutls", ECDHE_RSA), http=True))
    trace = connect(server.port, "--recordsize", 512)
    assert "record_size_limit" in extension(trace, "ServerHello")
    assert max(record.plaintext_length for record in trace.records if record.content_type == 23) <= 512


def test_connect_and_gnutls_by_raw_keys(
    pki: Pki, connect: Connect, public: Callable[[str], Path], tmp_path: Path
) -> None:
    theirs = GnuTLS().server(Setup.of(cell("client", "gnutls", ECDHE_ECDSA), http=True), pki, 0)
    for option in ("--x509certfile", "--x509keyfile"):
        del theirs[theirs.index(option) : theirs.index(option) + 2]
    theirs[theirs.index("--disable-client-cert")] = "--require-client-cert"
    theirs[theirs.index("--priority") + 1] += f":{RAW_KEYS}"
    theirs += ["--rawpkkeyfile", pki.key("srv-ec"), "--rawpkfile", str(public("srv-ec"))]

    def at(port: int) -> list[str]:
        return [str(port) if word == "0" else word for word in theirs]

    with start_server(at, tmp_path / "gnutls.log") as server:
        trace = connect(server.port, "--trusted-key", public("srv-ec"), "--rawpkkeyfile", pki.key("cli-ec"))
    assert "server_certificate_type" in extension(trace, "ServerHello")
    assert "client_certificate_type" in extension(trace, "ServerHello")


def test_connect_sends_supplemental_data_to_gnutls(pki: Pki, gnutls_peer: Path, tmp_path: Path) -> None:
    def theirs(port: int) -> list[str]:
        files = [f"crt={pki.chain('srv-rsa')}", f"key={pki.key('srv-rsa')}"]
        words = ["ext=65346", "hello=01", "type=65347", f"send={b'theirs'.hex()}", "expect=1"]
        return [str(gnutls_peer), "server", str(port), *files, *words]

    trace = tmp_path / "trace.json"
    with start_server(theirs, tmp_path / "gnutls.log") as server:
        command = [*HELLODONE, "connect", f"localhost:{server.port}", "--cacert", pki.authorities]
        command += ["--supplement", f"0xff42:01:0xff43:{b'ours'.hex()}", "-o", str(trace)]
        done = converse(command, b"hello\n", TO_THE_END)
        assert f"server supplemental={b'ours'.hex()}" in server.wait_for("server read hello")
    assert done.status == 0
    assert "hello from gnutls" in done.text
    assert [step.name for step in Trace.from_json(trace.read_text()).steps].count("SupplementalData") == 2


def test_connect_exports_what_openssl_does(pki: Pki, tmp_path: Path, proves: Proves) -> None:
    proves("client", "openssl", "exporters")

    def talkative(port: int) -> list[str]:
        command = OpenSSL().server(Setup.of(cell("client", "openssl", ECDHE_RSA)), pki, port)
        return [*(word for word in command if word != "-rev"), "-keymatexport", LABEL, "-keymatexportlen", "24"]

    with start_server(talkative, tmp_path / "log", typed=True) as server:
        command = [*HELLODONE, "connect", f"localhost:{server.port}", "--cacert", pki.authorities, "--brief"]
        done = converse([*command, "--keymatexport", LABEL, "--keymatexportlen", "24"])
        found = re.search(rf"keying material {LABEL}, 24 bytes: (\w+)", done.text)
        assert found
        assert found[1].upper() in server.wait_for("Keying material: ")


@pytest.mark.parametrize(("option", "status"), [("--fallback-scsv", 1), ("--timeout=9", 0)])
def test_a_server_of_a_later_version_refuses_a_fallback(
    rare_peers: RarePeers, tmp_path: Path, proves: Proves, option: str, status: int
) -> None:
    proves("client", "openssl", "FALLBACK_SCSV")
    pki = rare_peers.pki
    setup = Setup.of(cell("client", "openssl", ECDHE_RSA), http=True)

    def with_later_versions(port: int) -> list[str]:
        return [word for word in OpenSSL().server(setup, pki, port) if word != "-tls1_2"]

    with start_server(with_later_versions, tmp_path / "log") as server:
        command = [*HELLODONE, "connect", f"https://localhost:{server.port}/", "--cacert", pki.authorities]
        done = converse([*command, option, "--no-probe"])
    assert done.status == status
    assert ("inappropriate_fallback" in done.text) == bool(status)


# --- hellodone serve


@pytest.fixture(scope="module")
def anything(pki: Pki, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """One ``hellodone serve`` for every branch: certificates of all kinds, keys, sessions, another handshake."""
    names = ("srv-rsa", "srv-ec", "srv-dsa", "srv-dh-rsa", "srv-dh-dss", "srv-ecdh-rsa", "srv-ecdh-ecdsa")
    options = ["--policy", "historic", "--psk", f"psk1:{PSK}", "--renegotiation", "accept", "--keymatexport", LABEL]
    with serving(pki, tmp_path_factory.mktemp("serve"), names, *options) as server:
        yield server


def serving(pki: Pki, folder: Path, names: Sequence[str], *options: str) -> Server:
    """A running ``hellodone serve`` with these certificates."""
    command = [*HELLODONE, "serve", "--bind", "127.0.0.1:0", "--port-file", str(folder / "port")]
    for name in names:
        command += ["--cert", pki.chain(name), "--key", pki.key(name)]
    return Server([*command, *options], folder / "log", partial(written_port, folder / "port"))


def visit(peers: RarePeers, one: Cell, server: Server, *more: str) -> Answer:
    """One connection of a peer's client to a server of ours."""
    return converse(peers.get(one.peer).clients([one], peers.pki, server.port, *more), REQUEST, TO_THE_END)


@pytest.mark.parametrize("one", VISITS, ids=str)
def test_serve_in_every_key_exchange(rare_peers: RarePeers, anything: Server, one: Cell) -> None:
    start = anything.mark()
    output = visit(rare_peers, one, anything).text
    assert_agrees(rare_peers.get(one.peer).client_report(output), one, authenticated=bool(one.certificate))
    assert f" {one.suite.key_exchange} " in anything.wait_for(" ok", start)


def test_serve_takes_keys_that_lie_in_clients_certificates(rare_peers: RarePeers, tmp_path: Path) -> None:
    pki, names = rare_peers.pki, ("srv-dh-dss", "srv-ecdh-rsa")
    peer = rare_peers.get("bouncycastle")
    with serving(pki, tmp_path, names, "--policy", "historic", "--client-ca", pki.authorities) as server:
        output = converse(peer.clients(FIXED, pki, server.port), REQUEST, TO_THE_END).text
        told = server.wait_for("2 .* ok")
    for one, said in zip(FIXED, [match[0] for match in CONNECTION.finditer(output)], strict=True):
        assert_agrees(peer.client_report(said), one, authenticated=True)
    histories = [line.split()[1] for line in told.splitlines() if line[0] in "12"]
    assert all("rnXGI" in history for history in histories)  # a certificate, an empty key exchange, no signature


@pytest.mark.parametrize("ticket", ["0", "1"], ids=["id", "ticket"])
def test_serve_resumes(rare_peers: RarePeers, anything: Server, ticket: str) -> None:
    one, start = replace(cell("server", "mbedtls", ECDHE_RSA), group="secp256r1"), anything.mark()
    visit(rare_peers, one, anything, "each=2", f"ticket={ticket}")
    said = anything.wait_for("ok, resumed", start)
    assert " CsifIF" in said
    assert ("FtifD" in said) is (ticket == "1")


@pytest.mark.parametrize(("peer", "word"), [("gnutls", "--rehandshake"), ("mbedtls", "reneg=1")])
def test_serve_lets_clients_renegotiate(rare_peers: RarePeers, anything: Server, peer: str, word: str) -> None:
    one, start = replace(cell("server", peer, ECDHE_RSA), group="secp256r1"), anything.mark()
    visit(rare_peers, one, anything, word)
    assert anything.wait_for(" ok", start).count("CsxknGIF") == 2


def test_serve_begins_another_handshake(rare_peers: RarePeers, tmp_path: Path) -> None:
    one = replace(cell("server", "openssl", ECDHE_RSA), client_certificate="cli-rsa")
    options = ["--renegotiation", "initiate", "--client-ca", rare_peers.pki.authorities]
    with serving(rare_peers.pki, tmp_path, ["srv-rsa"], *options) as server:
        visit(rare_peers, one, server)
        assert "DhCsxkrnXGYIF" in server.wait_for(" ok")


def test_serve_and_gnutls_exchange_supplemental_data(pki: Pki, gnutls_peer: Path, tmp_path: Path) -> None:
    words = ["ext=65346", "hello=01", "type=65347", f"send={b'theirs'.hex()}", "expect=1"]
    ours = ["--supplement", f"0xff42:01:0xff43:{b'ours'.hex()}", "--echo"]
    with serving(pki, tmp_path, ["srv-rsa"], *ours) as server:
        said = converse([str(gnutls_peer), "client", str(server.port), f"ca={pki.authorities}", *words]).text
        assert "CsaxknAGIF" in server.wait_for(" ok")
    assert f"client supplemental={b'ours'.hex()}" in said
    assert "client read hello from gnutls" in said


@pytest.mark.parametrize(("peer", "option"), [("openssl", "-maxfraglen"), ("gnutls", "--recordsize")])
def test_serve_keeps_to_the_size_of_records(rare_peers: RarePeers, anything: Server, peer: str, option: str) -> None:
    """Both refuse longer ones."""
    page = visit(rare_peers, cell("server", peer, ECDHE_RSA), anything, option, "512").text.partition("HTTP/1.1 200")[2]
    assert len(page.partition("closed")[0]) > 600


def test_serve_staples(rare_peers: RarePeers, tmp_path: Path, staples: Callable[[str], Path]) -> None:
    with serving(rare_peers.pki, tmp_path, ["srv-rsa"], "--ocsp-response", str(staples("srv-rsa"))) as server:
        said = visit(rare_peers, cell("server", "openssl", ECDHE_RSA), server, "-status").text
    assert "Cert Status: good" in said


def test_serve_and_gnutls_by_raw_keys(pki: Pki, public: Callable[[str], Path], tmp_path: Path) -> None:
    options = ["--rawpkkeyfile", pki.key("srv-ec"), "--trusted-key", str(public("cli-ec"))]
    with serving(pki, tmp_path, [], *options) as server:
        command = GnuTLS().client(cell("server", "gnutls", ECDHE_ECDSA), pki, server.port)
        command[command.index("--priority") + 1] += f":{RAW_KEYS}"
        command += ["--insecure", "--rawpkkeyfile", pki.key("cli-ec"), "--rawpkfile", str(public("cli-ec"))]
        said = converse(command, REQUEST, TO_THE_END).text
        server.wait_for(" ok")
    assert "Raw Public Key" in said
    assert "HTTP/1.1 200" in said


def test_serve_exports_what_openssl_does(rare_peers: RarePeers, anything: Server, proves: Proves) -> None:
    proves("server", "openssl", "exporters")
    start = anything.mark()
    said = visit(rare_peers, cell("server", "openssl", ECDHE_RSA), anything, "-keymatexport", LABEL).text
    found = re.search(r"Keying material: (\w+)", said)
    assert found
    assert found[1].lower() in anything.wait_for("keying material", start)


def test_serve_takes_a_fallback_to_its_latest_version(rare_peers: RarePeers, anything: Server, proves: Proves) -> None:
    proves("server", "openssl", "FALLBACK_SCSV")
    said = visit(rare_peers, cell("server", "openssl", ECDHE_RSA), anything, "-fallback_scsv").text
    assert "HTTP/1.1 200" in said


def test_serve_does_without_extended_master_secret(rare_peers: RarePeers, tmp_path: Path, proves: Proves) -> None:
    proves("server", "openssl", "no extended_master_secret")
    with serving(rare_peers.pki, tmp_path, ["srv-rsa"], "--no-ems") as server:
        said = visit(rare_peers, cell("server", "openssl", ECDHE_RSA), server).text
    assert "HTTP/1.1 200" in said
    assert "Extended master secret: no" in said


# --- files


@pytest.fixture
def public(pki: Pki, tmp_path: Path) -> Callable[[str], Path]:
    """The public key of one of the certificates: its file."""

    def write(name: str) -> Path:
        file = tmp_path / f"{name}.pub.pem"
        subprocess.run(["openssl", "pkey", "-in", pki.key(name), "-pubout", "-out", file], check=True, timeout=60)
        return file

    return write
