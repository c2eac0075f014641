"""More than one record of application data in both directions, under each kind of record protection."""

from dataclasses import replace

import pytest

from tests.interop.cells import Cell, cell
from tests.interop.driving import client_config, converse
from tests.interop.servers import Peers
from tests.interop.stacks import Setup
from tests.interop.suites import Suite

PROTECTIONS = [
    Suite("ECDHE_RSA", "AES_128_GCM", "SHA256"),
    Suite("ECDHE_RSA", "CHACHA20_POLY1305", "SHA256"),
    Suite("RSA", "AES_128_CCM_8"),
    Suite("RSA", "AES_256_CBC", "SHA256"),
    Suite("ECDHE_RSA", "AES_256_CBC", "SHA384"),
]
CELLS = [cell("client", "openssl", suite) for suite in PROTECTIONS]
CELLS += [replace(one, encrypt_then_mac=False) for one in CELLS if one.suite.is_cbc]

LINES = [f"{number:06}".ljust(2000 + number, "x") for number in range(80)]


@pytest.mark.parametrize("one", CELLS, ids=str)
def test_many_records_both_ways(peers: Peers, one: Cell) -> None:
    server = peers.server("openssl", Setup.of(one))
    request, expected = ("".join(line + "\n" for line in lines) for lines in (LINES, [line[::-1] for line in LINES]))
    outcome = converse(server.port, client_config(one, peers.pki), request.encode(), LINES[-1][::-1].encode() + b"\n")
    assert outcome.answer.decode() == expected
