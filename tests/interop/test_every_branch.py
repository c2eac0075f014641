"""Every key exchange in every branch that a peer still has, in both roles: one conversation each."""

from __future__ import annotations

from pathlib import Path

import pytest

from hellodone.config import ServerConfig, Supplement
from hellodone.session.store import MemorySessionStore
from hellodone.session.tickets import TicketKeys
from tests.conftest import Proves
from tests.interop.dialling import Dialled, dialled
from tests.interop.driving import converse, historic_client, historic_server
from tests.interop.every_branch import BY_CLIENT, BY_ID, BY_SERVER, BY_TICKET, PLAN, SIGNED, SUPPLEMENTAL, Shown
from tests.interop.processes import converse as run
from tests.interop.processes import start_server
from tests.interop.rare_peers import TO_THE_END, Act, RarePeers
from tests.interop.serving import Listener, completed
from tests.interop.stacks import PSK, Setup, http_request
from tests.interop.suites import gnutls_priority

PRIVATE = Supplement(extension=65282, data_type=65283, hello=b"\x01", data=b"ours", accept=True)
PRIVATE_WORDS = ["ext=65282", "hello=01", "type=65283", f"send={b'theirs'.hex()}", "expect=1"]


def plan(role: str, *branches: str) -> list[Shown]:
    return [one for one in PLAN if one.role == role and one.branch in branches]


# --- hellodone as client


@pytest.mark.parametrize("one", plan("client", BY_ID, BY_TICKET), ids=str)
def test_a_server_resumes(rare_peers: RarePeers, proves: Proves, one: Shown) -> None:
    proves("client", one.peer, one.feature)
    store = MemorySessionStore()
    config = historic_client(one.cell, rare_peers.pki, session_store=store, ask_for_tickets=one.branch == BY_TICKET)
    server = rare_peers.server(one.peer, Setup.of(one.cell, http=True))
    until = b"</HTML>" if one.peer == "openssl" else b"\r\n\r\nserver OK"
    found = [converse(server.port, config, http_request("nonce"), until).connection for _ in range(2)]
    assert [connection.resumed for connection in found] == [False, True]
    session = store.get(b"localhost")
    assert session is not None
    assert bool(session.ticket) == (one.branch == BY_TICKET)


@pytest.mark.parametrize("one", plan("client", BY_CLIENT), ids=str)
def test_a_server_lets_us_begin(rare_peers: RarePeers, proves: Proves, one: Shown) -> None:
    proves("client", one.peer, one.feature)
    more = ["-client_renegotiation"] if one.peer == "openssl" else []
    stack, server = rare_peers.get(one.peer), rare_peers.server(one.peer, Setup.of(one.cell), *more)
    with dialled(server.port, historic_client(one.cell, rare_peers.pki)) as client:
        client.connection.renegotiate()
        client.wait(lambda: client.handshakes == 2)
        client.say(stack.request("nonce"))
        client.wait(lambda: stack.answer("nonce") in client.received)


@pytest.mark.parametrize("one", plan("client", BY_SERVER), ids=str)
def test_a_server_begins(rare_peers: RarePeers, proves: Proves, one: Shown) -> None:
    proves("client", one.peer, one.feature)
    gnutls = one.peer == "gnutls"
    server = rare_peers.server(one.peer, Setup.of(one.cell), "--echo" if gnutls else "reneg=1")
    config = historic_client(one.cell, rare_peers.pki, renegotiation="accept")
    with dialled(server.port, config) as client:
        client.say(b"**REHANDSHAKE**\n" if gnutls else http_request("nonce"))  # gnutls-serv's secret word
        client.wait(lambda: client.handshakes == 2)
        hear_more(client, gnutls=gnutls)


def hear_more(client: Dialled, *, gnutls: bool) -> None:
    """Data after the second handshake."""
    if gnutls:
        client.say(b"nonce\n")
    client.wait(lambda: b"nonce" in client.received)


@pytest.mark.parametrize("one", plan("client", SIGNED), ids=str)
def test_a_server_takes_our_signature(rare_peers: RarePeers, proves: Proves, one: Shown) -> None:
    proves("client", one.peer, one.feature)
    peer, server = rare_peers.get(one.peer), rare_peers.server(one.peer, Setup.of(one.cell))
    start = server.mark()
    config = historic_client(one.cell, rare_peers.pki)
    outcome = converse(server.port, config, peer.request("nonce"), peer.answer("nonce"))
    assert peer.server_report(outcome.answer.decode(errors="replace"), server.said(start)).peer_authenticated


@pytest.mark.parametrize("one", plan("client", SUPPLEMENTAL), ids=str)
def test_a_server_takes_supplemental_data(
    rare_peers: RarePeers, proves: Proves, gnutls_peer: Path, tmp_path: Path, one: Shown
) -> None:
    proves("client", one.peer, one.feature)
    pki, name = rare_peers.pki, one.cell.certificate
    files = [f"crt={pki.chain(name)}", f"key={pki.key(name)}"] if name else []
    files += [f"pskfile={pki.passwords}"] if one.cell.suite.uses_psk else []
    config = historic_client(one.cell, pki, supplements=[PRIVATE])

    def command(port: int) -> list[str]:
        return [str(gnutls_peer), "server", str(port), *files, *offering(one), *PRIVATE_WORDS]

    with start_server(command, tmp_path / "log") as server:
        outcome = converse(server.port, config, b"hello\n", b"hello from gnutls")
        assert f"server supplemental={b'ours'.hex()}" in server.wait_for("server read hello")
    assert outcome.connection.supplemental_data == ((65283, b"theirs"),)


def offering(one: Shown) -> list[str]:
    """The words with which programs/gnutls.c speaks that suite."""
    anonymous = ["anon=1"] if one.key_exchange.endswith("_anon") else []
    return [f"priority={gnutls_priority(one.cell.suite)}", *anonymous]


# --- hellodone as server


@pytest.mark.parametrize("one", plan("server", BY_ID, BY_TICKET), ids=str)
def test_a_client_resumes(rare_peers: RarePeers, proves: Proves, tmp_path: Path, one: Shown) -> None:
    proves("server", one.peer, one.feature)
    kept = {"session_store": MemorySessionStore()} if one.branch == BY_ID else {"tickets": TicketKeys.generate()}
    config = historic_server(one.cell, rare_peers.pki, **kept)
    if one.peer == "node8":
        more = ["ticket=0"] if one.branch == BY_ID else []
        _, served = rare_peers.serve("node8", [one.cell], [config, config], "each=2", *more)
    else:
        with Listener([config, config]) as listener:
            for option in ("-sess_out", "-sess_in"):
                command = rare_peers.get(one.peer).clients([one.cell], rare_peers.pki, listener.port)
                run([*command, option, str(tmp_path / "session")], http_request("nonce"), TO_THE_END)
        served = listener.served
    assert [each.connection.resumed for each in served] == [False, True]
    assert served[1].error is None
    assert served[1].request


@pytest.mark.parametrize("one", plan("server", BY_CLIENT), ids=str)
def test_a_client_begins(rare_peers: RarePeers, proves: Proves, one: Shown) -> None:
    proves("server", one.peer, one.feature)
    config = historic_server(one.cell, rare_peers.pki, renegotiation="accept")
    word = "--rehandshake" if one.peer == "gnutls" else "reneg=1"
    answered_twice(rare_peers, one, config, word)


@pytest.mark.parametrize("one", plan("server", BY_SERVER), ids=str)
def test_a_client_lets_us_begin(rare_peers: RarePeers, proves: Proves, one: Shown) -> None:
    proves("server", one.peer, one.feature)
    answered_twice(
        rare_peers, one, historic_server(one.cell, rare_peers.pki), act=lambda each: each.connection.renegotiate(None)
    )


def answered_twice(
    rare_peers: RarePeers, one: Shown, config: ServerConfig, *words: str, act: Act | None = None
) -> None:
    """Two handshakes, and an answer behind them."""
    output, (served,) = rare_peers.serve(one.peer, [one.cell], [config], *words, act=act)
    assert served.error is None
    assert completed(served) == 2
    assert f"hellodone {one.cell.suite.name}" in output


@pytest.mark.parametrize("one", plan("server", SIGNED), ids=str)
def test_a_client_signs(rare_peers: RarePeers, proves: Proves, one: Shown) -> None:
    proves("server", one.peer, one.feature)
    _, (served,) = rare_peers.serve(one.peer, [one.cell], [historic_server(one.cell, rare_peers.pki)])
    assert served.error is None
    assert served.connection.peer_certificates


@pytest.mark.parametrize("one", plan("server", SUPPLEMENTAL), ids=str)
def test_a_client_sends_supplemental_data(rare_peers: RarePeers, proves: Proves, gnutls_peer: Path, one: Shown) -> None:
    proves("server", one.peer, one.feature)
    config = historic_server(one.cell, rare_peers.pki, supplements=[PRIVATE])
    with Listener([config]) as listener:
        command = [str(gnutls_peer), "client", str(listener.port), *offering(one), *PRIVATE_WORDS]
        command += [f"ca={rare_peers.pki.authorities}"] if one.cell.certificate else []
        command += [f"psk={PSK}"] if one.cell.suite.uses_psk else []
        said = run(command).text
    (served,) = listener.served
    assert served.connection.supplemental_data == ((65283, b"theirs"),)
    assert f"client supplemental={b'ours'.hex()}" in said
    assert one.cell.suite.name in said
