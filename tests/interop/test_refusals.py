"""Handshakes that must fail: each side sends the right alert, and a real peer reads it as that alert."""

from dataclasses import replace

import pytest

import hellodone
from hellodone.errors import AlertDescription
from tests.interop.cells import ECDHE_ECDSA, ECDHE_RSA, cell
from tests.interop.commands import Serve
from tests.interop.driving import client_config, converse
from tests.interop.processes import Server, start_server
from tests.interop.processes import converse as run
from tests.interop.servers import Peers
from tests.interop.stacks import OpenSSL, Setup
from tests.interop.suites import Suite

ONE = cell("client", "openssl", ECDHE_RSA)
OLD = Suite("ECDHE_RSA", "AES_128_CBC", "SHA")  # which TLS 1.1 has as well
NOTHING = b"\xff nothing has this"


def refused(server: Server, config: hellodone.ClientConfig) -> hellodone.FatalAlert:
    """The alert that ends an attempt to connect."""
    with pytest.raises(hellodone.FatalAlert) as caught:
        converse(server.port, config, b"", NOTHING)
    return caught.value


def test_an_unknown_authority_is_told_to_the_server(peers: Peers) -> None:
    server = peers.server("openssl", Setup.of(ONE))
    start = server.mark()
    trust = hellodone.TrustStore.from_file(peers.pki.certificate("ca-ec"))
    alert = refused(server, replace(client_config(ONE, peers.pki), trust=trust))
    assert (alert.alert, alert.sender) == (AlertDescription.unknown_ca, "us")
    server.wait_for("alert unknown ca", start)


def test_a_certificate_for_another_name_is_refused(peers: Peers) -> None:
    server = peers.server("openssl", Setup.of(ONE))
    start = server.mark()
    with pytest.raises(hellodone.FatalAlert, match=r"elsewhere\.example"):
        converse(server.port, client_config(ONE, peers.pki), b"", NOTHING, server_name="elsewhere.example")
    server.wait_for("alert", start)


def test_a_server_without_our_suite_says_handshake_failure(peers: Peers) -> None:
    server = peers.server("openssl", Setup.of(ONE))
    alert = refused(server, client_config(cell("client", "openssl", ECDHE_ECDSA), peers.pki))
    assert (alert.alert, alert.sender) == (AlertDescription.handshake_failure, "peer")


def test_a_server_that_wants_a_certificate_refuses_us_without(peers: Peers) -> None:
    server = peers.server("openssl", Setup.of(replace(ONE, client_certificate="cli-rsa")))
    start = server.mark()
    alert = refused(server, client_config(ONE, peers.pki))
    assert (alert.alert, alert.sender) == (AlertDescription.handshake_failure, "peer")
    server.wait_for("peer did not return a certificate", start)


@pytest.mark.parametrize("version", ["-tls1_3", "-tls1_1"])
def test_a_server_of_another_version_is_refused(
    peers: Peers, version: str, tmp_path_factory: pytest.TempPathFactory
) -> None:
    def command(port: int) -> list[str]:
        return [version if word == "-tls1_2" else word for word in OpenSSL().server(Setup.of(ONE), peers.pki, port)]

    with start_server(command, tmp_path_factory.mktemp("other") / "log") as server:
        alert = refused(server, client_config(cell("client", "openssl", OLD), peers.pki))
    assert alert.alert == AlertDescription.protocol_version


@pytest.mark.parametrize(
    ("instead", "told"),
    [
        ({"-tls1_2": "-tls1_1"}, "alert protocol version"),
        ({"-tls1_2": "-tls1_3"}, "alert protocol version"),
        ({"ECDHE-RSA-AES128-SHA:@SECLEVEL=0": "ECDHE-ECDSA-AES128-SHA"}, "alert handshake failure"),
    ],
)
def test_serve_refuses_a_client_with_an_alert(peers: Peers, serve: Serve, instead: dict[str, str], told: str) -> None:
    one = cell("server", "openssl", OLD)
    command = OpenSSL().client(one, peers.pki, serve(one).port)
    output = run([instead.get(word, word) for word in command])
    assert told in output.text
    assert output.status == 1


def test_serve_refuses_a_client_without_the_certificate_that_it_wants(peers: Peers, serve: Serve) -> None:
    one = replace(cell("server", "openssl", ECDHE_RSA), client_certificate="cli-rsa")
    server = serve(one)
    output = run(OpenSSL().client(replace(one, client_certificate=""), peers.pki, server.port))
    assert "alert handshake failure" in output.text


def test_serve_refuses_a_client_whose_certificate_nobody_vouches_for(peers: Peers, serve: Serve) -> None:
    one = replace(cell("server", "openssl", ECDHE_RSA), client_certificate="cli-rsa")
    command = OpenSSL().client(one, peers.pki, serve(one).port)
    command[command.index("-cert") + 1] = command[command.index("-cert_chain") + 1] = peers.pki.certificate("ca-rsa")
    command[command.index("-key") + 1] = peers.pki.key("ca-rsa")
    assert "alert" in run(command).text
