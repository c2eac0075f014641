"""The matrix of the rare branches itself: nothing is left out, and its programs agree with others without hellodone."""

from dataclasses import replace

import pytest

from tests.interop.cells import PLANNED, Cell, Role, cell
from tests.interop.checks import assert_agrees
from tests.interop.processes import converse
from tests.interop.rare_cells import FIXED_KEYS, IN_ONE_PROCESS, OLD_CURVES, RARE_PLANNED, planned
from tests.interop.rare_peers import TO_THE_END, RarePeers
from tests.interop.stacks import Setup, http_request
from tests.interop.suites import RARE_SUITES, Suite

CONTROLS = [
    ("node8", "mbedtls", cell("client", "mbedtls", Suite("ECDH_RSA", "AES_128_GCM", "SHA256"))),
    ("mbedtls", "node8", cell("client", "node8", Suite("ECDH_ECDSA", "AES_128_CBC", "SHA"))),
    ("mbedtls", "openssl", cell("client", "openssl", Suite("RSA_PSK", "AES_128_GCM", "SHA256"))),
    ("gnutls", "openssl", cell("client", "openssl", Suite("DH_anon", "AES_128_GCM", "SHA256"))),
    ("node8", "openssl", replace(cell("client", "openssl", Suite("DHE_DSS", "AES_128_GCM", "SHA256")), group="")),
    ("bouncycastle", "node8", replace(cell("client", "node8", Suite("DH_RSA", "AES_128_GCM", "SHA256")))),
]


@pytest.mark.parametrize("role", ["client", "server"])
def test_every_suite_key_and_curve_has_a_peer(role: Role) -> None:
    cells = planned(role)
    assert {one.suite for one in cells} >= set(RARE_SUITES)
    assert {one.client_certificate for one in cells} >= {name for names in FIXED_KEYS.values() for name in names}
    assert {one.group for one in cells} >= set(OLD_CURVES)


def test_no_two_cells_have_the_same_name() -> None:
    assert len({str(one) for one in PLANNED + RARE_PLANNED}) == len(PLANNED + RARE_PLANNED)


def said(rare_peers: RarePeers, client: str, server: str, one: Cell) -> str:
    """What a client says that connects to another peer's server."""
    running = rare_peers.server(server, Setup.of(one))
    command = rare_peers.get(client).clients([one], rare_peers.pki, running.port)
    until = TO_THE_END if client in IN_ONE_PROCESS else r"client read .*\n|HTTP/1\.\d 200|0\.1/PTTH"
    return converse(command, http_request("nonce"), until).text


@pytest.mark.parametrize(("client", "server", "one"), CONTROLS, ids=str)
def test_two_peers_agree(rare_peers: RarePeers, client: str, server: str, one: Cell) -> None:
    output = said(rare_peers, client, server, one)
    assert_agrees(rare_peers.get(client).client_report(output), one, authenticated=bool(one.certificate))


def test_a_suite_that_one_side_lacks_is_noticed(rare_peers: RarePeers) -> None:
    one = cell("client", "openssl", Suite("DH_RSA", "AES_128_GCM", "SHA256"))
    setup = replace(one, certificate="srv-rsa")
    output = said(rare_peers, "node8", "openssl", setup)
    with pytest.raises(AssertionError):
        assert_agrees(rare_peers.get("node8").client_report(output), one, authenticated=True)
