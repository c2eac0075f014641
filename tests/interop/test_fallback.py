"""Clients that fell back (RFC 7507): welcome when it was to TLS 1.2, refused when it was further."""

from __future__ import annotations

import pytest

import hellodone
from tests.conftest import Proves
from tests.interop.cells import ECDHE_RSA, cell
from tests.interop.driving import historic_server
from tests.interop.one_server import serving
from tests.interop.pki import Pki
from tests.interop.processes import converse
from tests.interop.rare_peers import TO_THE_END
from tests.interop.stacks import GnuTLS, OpenSSL, http_request

SCSV = 0x5600


def command(peer: str, pki: Pki, port: int, version: str) -> list[str]:
    """A client that speaks no later version, and says that it fell back."""
    one = cell("server", peer, ECDHE_RSA)
    if peer == "openssl":
        words = [
            word for word in OpenSSL().client(one, pki, port) if word not in ("-tls1_2", "-cipher") and ":@" not in word
        ]
        return [*words, f"-tls1_{version[-1]}", "-cipher", "ALL:@SECLEVEL=0", "-fallback_scsv"]
    words = GnuTLS().client(one, pki, port)
    words[words.index("--priority") + 1] = f"NORMAL:-VERS-ALL:+VERS-TLS{version}:%FALLBACK_SCSV"
    return words


@pytest.mark.parametrize("peer", ["openssl", "gnutls"])
def test_to_our_own_version(proves: Proves, pki: Pki, peer: str) -> None:
    proves("server", peer, "FALLBACK_SCSV")
    with serving(
        historic_server(cell("server", peer, ECDHE_RSA), pki, policy=hellodone.Policy.compatible()), b"nonce"
    ) as served:
        said = converse(command(peer, pki, served.port, "1.2"), http_request("x"), TO_THE_END).text
    assert "nonce" in said
    assert SCSV in served.connection.handshake.cipher_suites_offered


@pytest.mark.parametrize("peer", ["openssl", "gnutls"])
def test_to_an_earlier_one(proves: Proves, pki: Pki, peer: str) -> None:
    proves("server", peer, "FALLBACK_SCSV")
    config = historic_server(cell("server", peer, ECDHE_RSA), pki)
    with pytest.raises(hellodone.FatalAlert) as caught, serving(config, b"") as served:
        said = converse(command(peer, pki, served.port, "1.1"), http_request("x"), TO_THE_END).text
    assert caught.value.alert == hellodone.AlertDescription.inappropriate_fallback
    assert "fallback" in said.lower()
