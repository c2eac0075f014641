"""Extensions that few stacks have, with wolfSSL: OCSP responses for a whole chain, named authorities, short MACs."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

import hellodone
from hellodone.errors import AlertDescription
from tests.conftest import Proves
from tests.interop import driving
from tests.interop.cells import ECDHE_RSA, cell
from tests.interop.derived import assert_derived
from tests.interop.driving import Outcome, historic_client
from tests.interop.one_server import Served, serving
from tests.interop.pki import Pki
from tests.interop.processes import converse, start_server
from tests.interop.suites import Suite

PEER = "wolfssl"
CBC = Suite("ECDHE_RSA", "AES_128_CBC", "SHA256")
TRUSTED_CA_KEYS = 3
Connect = Callable[..., tuple[Outcome, str]]
Staples = Callable[[str], Path]


@pytest.fixture
def connect(wolfssl_peer: Path, pki: Pki, tmp_path: Path) -> Connect:
    """A connection of ours to wolfSSL's server, and what that says."""

    def connect(*options: str, suite: Suite = ECDHE_RSA, **changes: Any) -> tuple[Outcome, str]:
        files = [f"crt={pki.chain('srv-rsa')}", f"key={pki.key('srv-rsa')}"]
        config = historic_client(cell("client", PEER, suite), pki, **{"ocsp": False, **changes})
        with start_server(
            lambda port: [str(wolfssl_peer), "server", str(port), *files, *options], tmp_path / "log"
        ) as server:
            outcome = driving.converse(server.port, config, b"hello from hellodone\n", b"hello from wolfSSL")
            return outcome, server.wait_for("server read hello from hellodone")

    return connect


@pytest.fixture
def visit(wolfssl_peer: Path, pki: Pki) -> Callable[..., tuple[Served, str]]:
    """A connection of wolfSSL's to our server, and what it says."""

    def visit(*options: str, **changes: Any) -> tuple[Served, str]:
        identity = hellodone.Identity.from_files(pki.chain("srv-rsa"), pki.key("srv-rsa"))
        config = hellodone.ServerConfig(identity=identity, policy=hellodone.Policy.historic())
        with serving(replace(config, **changes), b"hello from hellodone\n") as served:
            command = [str(wolfssl_peer), "client", str(served.port), f"ca={pki.certificate('ca-rsa')}", *options]
            said = converse(command).text
        return served, said

    return visit


Visit = Callable[..., tuple[Served, str]]


@pytest.mark.parametrize(("asked", "feature"), [("ocsp", "OCSP stapling"), ("ocsp_multi", "status_request_v2")])
def test_a_server_staples(
    proves: Proves, connect: Connect, pki: Pki, staples: Staples, asked: str, feature: str
) -> None:
    proves("client", PEER, feature)
    options = [f"ca={pki.certificate('ca-rsa')}", f"staple={staples('srv-rsa')}"]
    outcome, _ = connect(*options, **{asked: True})
    said = outcome.connection.handshake.server_certificate_status[0]
    assert str(said).startswith("good as of ")


@pytest.mark.parametrize("has_it", [True, False])
def test_a_server_that_has_the_authority_says_so(proves: Proves, connect: Connect, pki: Pki, has_it: bool) -> None:
    proves("client", PEER, "trusted_ca_keys")
    trust = hellodone.TrustStore.from_file(pki.certificate("ca-rsa"))
    name = hashlib.sha1(trust.anchors[0].der, usedforsecurity=False).hexdigest()
    options = [f"trusted=3,{name}"] if has_it else []
    outcome, _ = connect(*options, trust=trust, trusted_ca_keys="cert_sha1_hash")
    assert (TRUSTED_CA_KEYS in driving.answered_extensions(outcome.first_bytes)) == has_it


def test_a_server_shortens_its_records(proves: Proves, connect: Connect) -> None:
    proves("client", PEER, "max_fragment_length")
    outcome, _ = connect(max_fragment_length=512)
    assert outcome.connection.handshake.max_fragment_length == 512


def test_a_server_shortens_its_macs(proves: Proves, connect: Connect) -> None:
    proves("client", PEER, "truncated_hmac")
    policy = replace(hellodone.Policy.historic(), truncated_hmac=True).with_cipher_suites([CBC.name])
    outcome, _ = connect(suite=CBC, policy=policy)
    assert outcome.connection.handshake.truncated_hmac
    assert outcome.connection.handshake.encrypt_then_mac


def test_a_server_derives_the_same(proves: Proves, connect: Connect) -> None:
    outcome, said = connect()
    assert_derived("client", PEER, proves, outcome.connection, said)


@pytest.mark.parametrize(("status", "feature"), [("1", "OCSP stapling"), ("2", ""), ("multi", "status_request_v2")])
def test_a_client_verifies_what_we_staple(
    proves: Proves, visit: Visit, staples: Staples, status: str, feature: str
) -> None:
    if feature:
        proves("server", PEER, feature)
    _, said = visit(f"status={status}", ocsp_response=stapler(staples))
    assert "client read hello from hellodone" in said
    with pytest.raises(hellodone.FatalAlert) as caught:
        visit(f"status={status}", ocsp_response=lambda certificate: staples("srv-ec").read_bytes())
    assert (caught.value.alert, caught.value.sender) == (AlertDescription.bad_certificate_status_response, "peer")


def stapler(staples: Staples) -> Callable[[Any], bytes]:
    """The response for the leaf or for its authority."""
    return lambda certificate: staples("srv-rsa" if "srv-rsa" in str(certificate.subject) else "ca-rsa").read_bytes()


def test_a_client_wants_short_records(proves: Proves, visit: Visit) -> None:
    proves("server", PEER, "max_fragment_length")
    served, said = visit("mfl=1")
    assert served.connection.handshake.max_fragment_length == 512
    assert "client read hello from hellodone" in said


def test_a_client_derives_the_same(proves: Proves, visit: Visit) -> None:
    served, said = visit()
    assert_derived("server", PEER, proves, served.connection, said)
