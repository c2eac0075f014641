"""The harness itself, without hellodone: independent peers agree with each other, and disagreement is noticed."""

from dataclasses import replace

import pytest

from tests.interop.cells import DHE_RSA, ECDHE_ECDSA, ECDHE_RSA, PLANNED, Cell, cell
from tests.interop.checks import assert_agrees
from tests.interop.processes import PeerError, Server, converse
from tests.interop.servers import Peers
from tests.interop.stacks import Curl, Setup
from tests.interop.suites import SUITES, Suite

RSA_CBC = Suite("RSA", "AES_128_CBC", "SHA")

CONTROLS = [
    ("openssl", "gnutls", cell("client", "gnutls", ECDHE_RSA)),
    ("openssl", "gnutls", replace(cell("client", "gnutls", DHE_RSA), group="ffdhe2048")),
    ("openssl", "gnutls", replace(cell("client", "gnutls", ECDHE_RSA), client_certificate="cli-rsa", alpn="http/1.1")),
    ("openssl", "go", replace(cell("client", "go", ECDHE_ECDSA), client_certificate="cli-ed")),
    ("gnutls", "openssl", cell("client", "openssl", RSA_CBC)),
    ("gnutls", "openssl", replace(cell("client", "openssl", RSA_CBC), encrypt_then_mac=False)),
    ("gnutls", "go", replace(cell("client", "go", ECDHE_RSA), group="secp521r1", alpn="http/1.1")),
    ("go", "gnutls", replace(cell("client", "gnutls", ECDHE_ECDSA), client_certificate="cli-ec", alpn="http/1.1")),
    ("go", "gnutls", replace(cell("client", "gnutls", RSA_CBC), encrypt_then_mac=False)),
]


def talk(peers: Peers, client: str, server: str, one: Cell) -> tuple[str, str, Server]:
    """Connect one peer to the other; the client's output and the server's log about it."""
    stack, running = peers.stack(server), peers.server(server, Setup.of(one))
    start = running.mark()
    answer = stack.answer("nonce-5f3759df").decode() if client != "go" else r"client read \d+"
    command = peers.stack(client).client(one, peers.pki, running.port)
    output = converse(command, stack.request("nonce-5f3759df"), until=answer).text
    return output, running.said(start), running


@pytest.mark.parametrize(("client", "server", "one"), CONTROLS, ids=str)
def test_two_peers_agree(peers: Peers, client: str, server: str, one: Cell) -> None:
    output, log, _ = talk(peers, client, server, one)
    assert_agrees(peers.stack(client).client_report(output), one, authenticated=True)
    if server != "go":  # whose words are in its answer, which not every client prints
        report = peers.stack(server).server_report(output, log)
        assert_agrees(report, one, authenticated=bool(one.client_certificate))


def test_curl_and_a_server_agree(peers: Peers) -> None:
    one = cell("client", "go", ECDHE_RSA)
    running = peers.server("go", Setup.of(one))
    output = converse(Curl().client(one, peers.pki, running.port), seconds=10).text
    assert_agrees(Curl().client_report(output), one, authenticated=True)
    assert_agrees(peers.stack("go").server_report(output, ""), one, authenticated=False)


def test_a_suite_that_one_side_lacks_is_noticed(peers: Peers) -> None:
    one = cell("client", "go", DHE_RSA)
    output = converse(peers.stack("openssl").client(one, peers.pki, peers.server("go", Setup.of(one)).port), seconds=10)
    with pytest.raises(AssertionError):
        assert_agrees(peers.stack("openssl").client_report(output.text), one, authenticated=True)


@pytest.mark.parametrize(
    "difference",
    [
        {"suite": Suite("ECDHE_RSA", "AES_256_GCM", "SHA384")},
        {"alpn": "http/1.1"},
    ],
)
def test_another_outcome_than_the_cell_asks_for_is_noticed(peers: Peers, difference: dict[str, object]) -> None:
    one = cell("client", "gnutls", ECDHE_RSA)
    output, log, _ = talk(peers, "openssl", "gnutls", one)
    report = peers.stack("gnutls").server_report(output, log)
    assert_agrees(report, one, authenticated=False)
    with pytest.raises(AssertionError):
        assert_agrees(report, replace(one, **difference), authenticated=False)  # type: ignore[arg-type]
    with pytest.raises(AssertionError):
        assert_agrees(report, one, authenticated=True)


def test_a_server_that_does_not_start_is_noticed(peers: Peers) -> None:
    wrong = Setup("no-such-certificate")
    with pytest.raises(PeerError, match="no-such-certificate"):
        peers.server("openssl", wrong)


def test_the_matrix_covers_every_suite_in_both_roles() -> None:
    for role in ("client", "server"):
        assert {one.suite for one in PLANNED if one.role == role} == set(SUITES)
    assert len({str(one) for one in PLANNED}) == len(PLANNED)
