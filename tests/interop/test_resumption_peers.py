"""Sessions continued with peers of other makes, by session ID and by ticket, hellodone in either role."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

import hellodone
from hellodone.session.store import MemorySessionStore
from hellodone.session.tickets import TicketKeys
from tests.conftest import Proves
from tests.interop.cells import ECDHE_RSA, Cell, Role, cell
from tests.interop.driving import Outcome, converse, historic_client, historic_server
from tests.interop.processes import converse as run
from tests.interop.rare_peers import TO_THE_END, RarePeers
from tests.interop.serving import Listener, Served
from tests.interop.stacks import Curl, Setup, http_request
from tests.interop.suites import Suite

ECDH_RSA = Suite("ECDH_RSA", "AES_128_GCM", "SHA256")
FEATURES = {"id": "resumption by session ID", "ticket": "resumption by ticket"}


@dataclass(frozen=True, slots=True)
class Way:
    """How a peer resumes: the words of its command line, and those with which it says that it did."""

    peer: str
    kind: str
    more: tuple[str, ...] = ()
    resumed: str = "resumed=true"

    def __str__(self) -> str:
        return f"{self.peer}-{self.kind}"


SERVERS = [
    Way("openssl", "id", ("-no_ticket",), "Reused, TLSv1.2"),
    Way("openssl", "ticket", (), "Reused, TLSv1.2"),
    Way("gnutls", "id", ("--noticket",), "This is a resumed session"),
    Way("gnutls", "ticket", (), "This is a resumed session"),
    Way("go", "ticket"),
    Way("node8", "id", ("ticket=0",)),
    Way("node8", "ticket"),
    Way("mbedtls", "id", ("ticket=0",), "server OK"),  # Mbed TLS does not tell
    Way("mbedtls", "ticket", ("ticket=1",), "server OK"),
    Way("jsse", "id", ("ticket=0",)),
    Way("jsse", "ticket", ("ticket=1",)),
    Way("bouncycastle", "id"),
]
CLIENTS = [
    Way("go", "ticket", ("each=2",)),
    Way("node8", "id", ("each=2", "ticket=0")),
    Way("node8", "ticket", ("each=2",)),
    Way("mbedtls", "id", ("each=2", "ticket=0")),
    Way("mbedtls", "ticket", ("each=2", "ticket=1")),
    Way("jsse", "id", ("each=2", "ticket=0")),
    Way("jsse", "ticket", ("each=2", "ticket=1")),
    Way("bouncycastle", "id", ("each=2",)),
]


def usual(role: Role, peer: str) -> Cell:
    """The cell to resume: one suite that the peer has."""
    if peer == "bouncycastle":
        return cell(role, peer, ECDH_RSA)
    return replace(cell(role, peer, ECDHE_RSA), group="secp256r1")


@pytest.mark.parametrize("way", SERVERS, ids=str)
def test_a_server_resumes_our_session(rare_peers: RarePeers, proves: Proves, way: Way) -> None:
    proves("client", way.peer, FEATURES[way.kind])
    one, store = usual("client", way.peer), MemorySessionStore()
    config = historic_client(one, rare_peers.pki, session_store=store)
    server = rare_peers.server(way.peer, Setup.of(one, http=True), *way.more)
    until = b"</HTML>" if way.peer in ("openssl", "gnutls") else b"\r\n\r\nserver OK"

    def connect() -> tuple[Outcome, str]:
        start = server.mark()
        outcome = converse(server.port, config, http_request("nonce"), until)
        return outcome, outcome.answer.decode() + server.said(start)

    first, _ = connect()
    session = store.get(b"localhost")
    assert session is not None
    assert bool(session.ticket) == (way.kind == "ticket")
    second, words = connect()
    assert (first.connection.resumed, second.connection.resumed) == (False, True)
    assert second.connection.peer_certificates == first.connection.peer_certificates
    assert way.resumed in words


def keeping(kind: str, one: Cell, rare_peers: RarePeers) -> hellodone.ServerConfig:
    """A server that keeps sessions in this manner."""
    if kind == "id":
        return historic_server(one, rare_peers.pki, session_store=MemorySessionStore())
    return historic_server(one, rare_peers.pki, tickets=TicketKeys.generate())


def assert_resumed(served: Sequence[Served]) -> None:
    """The first handshake was a full one, the second not, and data went both ways."""
    assert [one.connection.resumed for one in served] == [False, True]
    assert all(one.connection.handshake_complete for one in served)
    assert served[1].error is None
    assert served[1].request


@pytest.mark.parametrize("way", CLIENTS, ids=str)
def test_a_client_resumes_its_session(rare_peers: RarePeers, proves: Proves, way: Way) -> None:
    proves("server", way.peer, FEATURES[way.kind])
    one = usual("server", way.peer)
    config = keeping(way.kind, one, rare_peers)
    output, served = rare_peers.serve(way.peer, [one], [config, config], *way.more)
    assert_resumed(served)
    assert output.count(way.resumed) == 2  # its own words, and our page


def openssl_twice(
    rare_peers: RarePeers, one: Cell, configs: Sequence[hellodone.ServerConfig], file: Path, *more: str
) -> tuple[str, list[Served]]:
    """Two runs of s_client, the second with the session of the first."""
    with Listener(configs) as listener:
        for option in ("-sess_out", "-sess_in"):
            command = rare_peers.get("openssl").clients([one], rare_peers.pki, listener.port, option, str(file), *more)
            output = run(command, http_request("nonce"), TO_THE_END).text
    return output, listener.served


@pytest.mark.parametrize("client_certificate", ["", "cli-rsa"])
@pytest.mark.parametrize("kind", ["id", "ticket"])
def test_s_client_resumes_its_session(
    rare_peers: RarePeers, proves: Proves, tmp_path: Path, kind: str, client_certificate: str
) -> None:
    proves("server", "openssl", FEATURES[kind])
    one = replace(usual("server", "openssl"), client_certificate=client_certificate)
    config = keeping(kind, one, rare_peers)
    more = ["-no_ticket"] if kind == "id" else []
    output, served = openssl_twice(rare_peers, one, [config, config], tmp_path / "session", *more)
    assert_resumed(served)
    assert "Reused, TLSv1.2" in output
    assert bool(served[1].connection.peer_certificates) == bool(client_certificate)  # remembered


@pytest.mark.parametrize("kind", ["id", "ticket"])
def test_a_session_that_we_do_not_know_is_a_full_handshake(
    rare_peers: RarePeers, proves: Proves, tmp_path: Path, kind: str
) -> None:
    proves("server", "openssl", f"{FEATURES[kind]}, unknown to the server")
    one = usual("server", "openssl")
    configs = [keeping(kind, one, rare_peers) for _ in range(2)]
    output, served = openssl_twice(rare_peers, one, configs, tmp_path / "session")
    assert [one.connection.resumed for one in served] == [False, False]
    assert "New, TLSv1.2" in output
    assert served[1].request


@pytest.mark.parametrize("kind", ["id", "ticket"])
def test_gnutls_cli_resumes_its_session(rare_peers: RarePeers, proves: Proves, kind: str) -> None:
    proves("server", "gnutls", FEATURES[kind])
    one = usual("server", "gnutls")
    config = keeping(kind, one, rare_peers)
    output, served = rare_peers.serve("gnutls", [one], [config, config], "--resume")  # once it says nothing
    assert_resumed(served)
    assert "This is a resumed session" in output


def test_curl_resumes_its_session(rare_peers: RarePeers, proves: Proves) -> None:
    proves("server", "curl", FEATURES["id"])  # it wants no tickets
    one = usual("server", "curl")
    config = keeping("id", one, rare_peers)
    with Listener([config, config]) as listener:
        command = Curl().client(one, rare_peers.pki, listener.port)
        output = run([*command, f"https://localhost:{listener.port}/again"], b"", TO_THE_END).text
    assert_resumed(listener.served)
    assert "SSL re-using session ID" in output
