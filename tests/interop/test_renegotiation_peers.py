"""Another handshake on a connection with peers of other makes: begun by either, in either role, or declined."""

import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

import hellodone
from hellodone.errors import AlertDescription
from hellodone.events import AlertReceived
from tests.conftest import Proves
from tests.interop.cells import ECDHE_RSA, Cell, Role, cell
from tests.interop.dialling import Dialled, dialled
from tests.interop.driving import historic_client, historic_server
from tests.interop.processes import Server, start_server
from tests.interop.processes import converse as run
from tests.interop.rare_peers import TO_THE_END, RarePeers
from tests.interop.serving import Listener, Served, completed, completed_when_asked
from tests.interop.stacks import Curl, Setup, http_request
from tests.interop.suites import Suite

ECDH_RSA = Suite("ECDH_RSA", "AES_128_GCM", "SHA256")
CBC = Suite("RSA", "AES_128_CBC", "SHA")
THEIRS, OURS = "renegotiation begun by the peer", "renegotiation begun by hellodone"
AUTHENTICATED = "client authentication by renegotiation"
REFUSED = "renegotiation declined"


def usual(role: Role, peer: str, client_certificate: str = "") -> Cell:
    """One suite that the peer has."""
    if peer == "bouncycastle":
        return cell(role, peer, ECDH_RSA)
    return replace(cell(role, peer, ECDHE_RSA), group="secp256r1", client_certificate=client_certificate)


def accepting(one: Cell, peers: RarePeers) -> hellodone.ClientConfig:
    """A client that lets the server renegotiate."""
    return historic_client(one, peers.pki, renegotiation="accept")


# --- hellodone as client


@pytest.mark.parametrize("suite", [ECDHE_RSA, CBC])
def test_s_server_begins(rare_peers: RarePeers, proves: Proves, tmp_path: Path, suite: Suite) -> None:
    proves("client", "openssl", THEIRS)
    one = cell("client", "openssl", suite)
    with s_server(rare_peers, tmp_path) as server, dialled(server.port, accepting(one, rare_peers)) as client:
        renegotiated(server, client, "r")


def test_s_server_asks_for_a_certificate(rare_peers: RarePeers, proves: Proves, tmp_path: Path) -> None:
    proves("client", "openssl", AUTHENTICATED)
    one = usual("client", "openssl", "cli-rsa")
    more = ["-CAfile", rare_peers.pki.authorities]
    with s_server(rare_peers, tmp_path, *more) as server, dialled(server.port, accepting(one, rare_peers)) as client:
        renegotiated(server, client, "R")
        server.wait_for("cli-rsa")


def s_server(peers: RarePeers, folder: Path, *more: str) -> Server:
    """An s_server that obeys what is typed, and prints what it is sent."""
    setup = Setup("srv-rsa")

    def command(port: int) -> list[str]:
        return [word for word in peers.get("openssl").server(setup, peers.pki, port, *more) if word != "-rev"]

    return start_server(command, folder / "log", typed=True)


def renegotiated(server: Server, client: Dialled, letter: str) -> None:
    """Data, another handshake at the server's wish, data both ways."""
    client.say(b"before\n")
    server.wait_for("before")
    server.enter(letter)
    client.wait(lambda: client.handshakes == 2)
    client.say(b"after\n")
    server.wait_for("after")
    server.enter("and back")
    client.wait(lambda: b"and back" in client.received)


def test_gnutls_serv_begins(rare_peers: RarePeers, proves: Proves) -> None:
    proves("client", "gnutls", THEIRS)
    one = usual("client", "gnutls")
    with dialled(gnutls_echo(rare_peers).port, accepting(one, rare_peers)) as client:
        client.say(b"**REHANDSHAKE**\n")
        client.wait(lambda: client.handshakes == 2)
        client.say(b"after\n")
        client.wait(lambda: b"after" in client.received)


def gnutls_echo(peers: RarePeers) -> Server:
    """A gnutls-serv that sends back every line, and renegotiates at a secret word."""
    return peers.server("gnutls", Setup("srv-rsa"), "--echo")


@pytest.mark.parametrize("peer", ["mbedtls", "jsse", "node8"])
def test_a_server_begins(rare_peers: RarePeers, proves: Proves, peer: str) -> None:
    proves("client", peer, THEIRS)
    one = usual("client", peer)
    server = rare_peers.server(peer, Setup.of(one), "reneg=1")
    with dialled(server.port, accepting(one, rare_peers)) as client:
        client.say(http_request("nonce"))
        client.wait(lambda: b"nonce" in client.received)
        assert client.handshakes == 2
    server.wait_for("server again (?!.*FAIL)")


@pytest.mark.parametrize(("peer", "word"), [("jsse", "reneg=need"), ("node8", "reneg=1")])
def test_a_server_asks_for_a_certificate(rare_peers: RarePeers, proves: Proves, peer: str, word: str) -> None:
    proves("client", peer, AUTHENTICATED)
    one = usual("client", peer, "cli-rsa")
    setup = replace(Setup.of(one), asks_for_certificate=False)
    server = rare_peers.server(peer, setup, word)
    start = server.mark()
    with dialled(server.port, accepting(one, rare_peers)) as client:
        client.say(http_request("nonce"))
        client.wait(lambda: b"nonce" in client.received)
        assert client.handshakes == 2
    server.wait_for("server again .*cli-rsa", start)


@pytest.mark.parametrize(
    ("peer", "more"),
    [("openssl", ["-client_renegotiation"]), ("gnutls", []), ("mbedtls", []), ("jsse", []), ("node8", [])],
)
def test_a_server_lets_us_begin(rare_peers: RarePeers, proves: Proves, peer: str, more: list[str]) -> None:
    proves("client", peer, OURS)
    one = usual("client", peer)
    stack, server = rare_peers.get(peer), rare_peers.server(peer, Setup.of(one), *more)
    with dialled(server.port, historic_client(one, rare_peers.pki)) as client:
        client.connection.renegotiate()
        client.wait(lambda: client.handshakes == 2)
        client.say(stack.request("nonce"))
        client.wait(lambda: stack.answer("nonce") in client.received)


@pytest.mark.parametrize("peer", ["bouncycastle", "openssl"])
def test_a_server_declines(rare_peers: RarePeers, proves: Proves, peer: str) -> None:
    proves("client", peer, REFUSED)
    one = usual("client", peer)
    stack, server = rare_peers.get(peer), rare_peers.server(peer, Setup.of(one))
    with dialled(server.port, historic_client(one, rare_peers.pki)) as client:
        client.connection.renegotiate()
        client.wait(lambda: any(isinstance(event, AlertReceived) for event in client.events))
        (alert,) = (event for event in client.events if isinstance(event, AlertReceived))
        assert alert.description == AlertDescription.no_renegotiation
        client.say(stack.request("nonce"))
        client.wait(lambda: stack.answer("nonce") in client.received)


# --- hellodone as server


def begin(client_auth: bool = False) -> Callable[[Served], None]:
    """What the server does once the request is there."""
    return lambda one: one.connection.renegotiate("required" if client_auth else None)


@pytest.mark.parametrize("suite", [ECDHE_RSA, CBC])
def test_s_client_begins(rare_peers: RarePeers, proves: Proves, tmp_path: Path, suite: Suite) -> None:
    proves("server", "openssl", THEIRS)
    one = cell("server", "openssl", suite)
    config = historic_server(one, rare_peers.pki, renegotiation="accept")
    with Listener([config], lambda _: None) as listener:  # answers after another handshake
        command = rare_peers.get("openssl").clients([one], rare_peers.pki, listener.port)
        with s_client(command, listener, tmp_path) as client:
            client.enter("R")
            client.wait_for(f"hellodone {suite.name}")
    assert [completed(one) for one in listener.served] == [2]


def s_client(command: list[str], listener: Listener, folder: Path) -> Server:
    """An s_client that obeys what is typed and has sent its request."""
    obeying = [word for word in command if word != "-ign_eof"]
    client = Server(obeying, folder / "log", lambda: listener.port, typed=True)
    client.wait_for("Verify return code")
    client.enter("request")
    deadline = time.monotonic() + 10
    while not (listener.served and listener.served[0].request) and time.monotonic() < deadline:
        time.sleep(0.02)
    return client


def test_s_client_is_declined(rare_peers: RarePeers, proves: Proves, tmp_path: Path) -> None:
    proves("server", "openssl", REFUSED)
    one = usual("server", "openssl")
    with Listener([historic_server(one, rare_peers.pki)], lambda _: None) as listener:
        command = rare_peers.get("openssl").clients([one], rare_peers.pki, listener.port)
        with s_client(command, listener, tmp_path) as client:
            client.enter("R")
            client.wait_for("no renegotiation")
    assert [completed(one) for one in listener.served] == [1]


@pytest.mark.parametrize(("peer", "word"), [("gnutls", "--rehandshake"), ("mbedtls", "reneg=1")])
def test_a_client_begins(rare_peers: RarePeers, proves: Proves, peer: str, word: str) -> None:
    proves("server", peer, THEIRS)
    one = usual("server", peer)
    config = historic_server(one, rare_peers.pki, renegotiation="accept")
    output, (served,) = rare_peers.serve(peer, [one], [config], word)
    assert served.error is None
    assert completed(served) == 2
    assert f"hellodone {one.suite.name}" in output


def test_a_client_speaks_while_it_renegotiates(rare_peers: RarePeers, proves: Proves) -> None:
    """JSSE sends its request right after its ClientHello, under the old keys."""
    proves("server", "jsse", THEIRS)
    one = usual("server", "jsse")
    config = historic_server(one, rare_peers.pki, renegotiation="accept")
    before: list[int] = []

    def act(served: Served) -> None:
        before.append(completed_when_asked(served))

    output, (served,) = rare_peers.serve("jsse", [one], [config], "reneg=1", act=act)
    assert served.error is None
    assert (before, completed(served)) == ([1], 2)
    assert "client again" in output
    assert f"hellodone {one.suite.name}" in output


@pytest.mark.parametrize(
    ("peer", "more"),
    [("openssl", []), ("gnutls", []), ("go", ["reneg=1"]), ("node8", []), ("mbedtls", []), ("jsse", [])],
)
def test_a_client_lets_us_begin(rare_peers: RarePeers, proves: Proves, peer: str, more: list[str]) -> None:
    proves("server", peer, OURS)
    one = usual("server", peer)
    output, (served,) = rare_peers.serve(peer, [one], [historic_server(one, rare_peers.pki)], *more, act=begin())
    assert served.error is None
    assert completed(served) == 2
    assert f"hellodone {one.suite.name}" in output


@pytest.mark.parametrize(
    ("peer", "more"),
    [("openssl", []), ("gnutls", []), ("go", ["reneg=1"]), ("node8", []), ("mbedtls", []), ("jsse", [])],
)
def test_a_client_shows_its_certificate(rare_peers: RarePeers, proves: Proves, peer: str, more: list[str]) -> None:
    proves("server", peer, AUTHENTICATED)
    one = usual("server", peer, "cli-rsa")
    config = historic_server(one, rare_peers.pki, client_auth="none")
    output, (served,) = rare_peers.serve(peer, [one], [config], *more, act=begin(client_auth=True))
    assert_authenticated(served, output, one)


def test_curl_shows_its_certificate(rare_peers: RarePeers, proves: Proves) -> None:
    proves("server", "curl", AUTHENTICATED)
    one = usual("server", "curl", "cli-rsa")
    config = historic_server(one, rare_peers.pki, client_auth="none")
    with Listener([config], begin(client_auth=True)) as listener:
        output = run(Curl().client(one, rare_peers.pki, listener.port), b"", TO_THE_END).text
    assert_authenticated(listener.served[0], output, one)


def assert_authenticated(served: Served, output: str, one: Cell) -> None:
    """The second handshake brought the certificate that the first did not ask for."""
    assert served.error is None
    assert completed(served) == 2
    assert served.connection.peer_certificates
    assert f"hellodone {one.suite.name}" in output
