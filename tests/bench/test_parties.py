"""Every contestant does what the others do: the same suite, the chain and the name verified, all bytes carried."""

from __future__ import annotations

import ssl

import bench.parties.ours as ours
import bench.parties.pyopenssl as pyopenssl
import bench.parties.stdlib_ssl as stdlib_ssl
import bench.parties.verifying as verifying
import pytest
from bench.jobs import PARTIES, RESUMING
from bench.parties.primitives import Side
from bench.parties.resuming import By
from bench.parties.shortest import Shortest
from bench.parties.shortest_resuming import ShortestResuming
from bench.parties.tlslite import TlsliteNg
from bench.scenario import Scenario
from cryptography.exceptions import InvalidSignature, InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.x509.verification import VerificationError
from OpenSSL import SSL

from hellodone.errors import TlsError
from hellodone.pki.verify import VerifiedPath
from hellodone.registry.groups import NamedGroup

SCENARIOS = (
    Scenario(),
    Scenario("ECDHE_RSA"),
    Scenario("RSA"),
    Scenario("DHE_RSA"),
    Scenario(client_auth=True),
    Scenario(intermediates=1),
    Scenario(cipher="CHACHA20_POLY1305_SHA256"),
    Scenario(cipher="AES_128_CBC_SHA256"),
)
LEFT_OUT = {
    "tlslite-ng": (Scenario(client_auth=True), Scenario(cipher="AES_128_CBC_SHA256")),
    "shortest": SCENARIOS[2:],
}
DATA = bytes(range(256)) * 200  # four records


@pytest.mark.parametrize(
    ("name", "scenario"),
    [
        pytest.param(name, scenario, id=f"{name} {scenario}")
        for name in PARTIES
        for scenario in SCENARIOS
        if scenario not in LEFT_OUT.get(name, ())
    ],
)
def test_everything_sent_arrives(name: str, scenario: Scenario) -> None:
    pair = PARTIES[name](scenario).handshake()
    assert pair.transfer(DATA) == len(DATA)
    assert pair.answer(DATA[:64]) == 64


@pytest.mark.parametrize("by", ["id", "ticket"])
@pytest.mark.parametrize("name", RESUMING)
def test_a_session_is_continued_each_time(name: str, by: By) -> None:
    party = RESUMING[name](Scenario(), by)
    for _ in range(2):
        pair = party.handshake()  # which raises if this was a full handshake
        assert pair.transfer(DATA[:64]) == 64


@pytest.mark.parametrize("scenario", SCENARIOS, ids=str)
def test_all_agree_on_the_suite_and_the_chain(scenario: Scenario) -> None:
    suite, chain = scenario.suite, 1 + scenario.intermediates
    our = ours.Ours(scenario).handshake()
    assert our.client.cipher_suite == suite
    assert len(our.client.peer_certificates) == chain
    assert len(our.server.peer_certificates) == scenario.client_auth
    std = stdlib_ssl.StdlibSsl(scenario).handshake()
    assert std.client.tls.cipher() == (suite.openssl_name, "TLSv1.2", suite.cipher.key_length * 8)
    assert (std.server.tls.getpeercert(binary_form=True) is not None) == scenario.client_auth
    other = pyopenssl.PyOpenSsl(scenario).handshake()
    assert other.client.get_cipher_name() == suite.openssl_name
    # an OpenSSL server that knows the root, for its clients, sends it too
    assert len(other.client.get_peer_cert_chain() or ()) == chain + scenario.client_auth
    assert (other.server.get_peer_certificate(as_cryptography=True) is not None) == scenario.client_auth


def test_all_use_x25519() -> None:
    assert ours.Ours(Scenario()).handshake().client.group == NamedGroup.x25519
    assert pyopenssl.PyOpenSsl(Scenario()).handshake().client.get_group_name() == "x25519"
    tap = stdlib_ssl.SslEnd(stdlib_ssl.StdlibSsl(Scenario()).client_context, server_side=False)
    server = stdlib_ssl.SslEnd(stdlib_ssl.StdlibSsl(Scenario()).server_context, server_side=True)
    tap.advance(server)
    server.advance(tap)
    assert TlsliteNg(Scenario()).handshake().client.ecdhCurve == NamedGroup.x25519
    named_curve_x25519 = b"\x03\x00\x1d\x20"  # of ServerECDHParams (RFC 8422, 5.4)
    assert named_curve_x25519 in tap.incoming.read()


def test_all_verify_the_host_name(monkeypatch: pytest.MonkeyPatch) -> None:
    for module in (ours, stdlib_ssl, pyopenssl, verifying):
        monkeypatch.setattr(module, "SERVER_NAME", "elsewhere.example")
    with pytest.raises(TlsError, match=r"elsewhere\.example"):
        ours.Ours(Scenario()).handshake()
    with pytest.raises(ssl.SSLCertVerificationError, match="Hostname mismatch"):
        stdlib_ssl.StdlibSsl(Scenario()).handshake()
    with pytest.raises(SSL.Error):
        pyopenssl.PyOpenSsl(Scenario()).handshake()
    with pytest.raises(VerificationError, match="no matching subjectAltName"):
        TlsliteNg(Scenario()).handshake()


def test_a_path_is_verified_anew_only_where_that_is_said() -> None:
    verified = {}
    for party in (ours.Ours, ours.OursVerifying):
        contestant = party(Scenario())
        paths = [contestant.handshake().client.handshake.server_path for _ in range(2)]
        assert all(isinstance(path, VerifiedPath) for path in paths)
        verified[party] = [path.kept is None for path in paths if isinstance(path, VerifiedPath)]
    assert verified == {ours.Ours: [False, False], ours.OursVerifying: [True, True]}


def test_recording_records() -> None:
    assert ours.OursRecording(Scenario()).handshake().client.trace is not None
    assert ours.Ours(Scenario()).handshake().client.trace is None


def test_the_shortest_checks_what_is_cryptographic() -> None:
    """It leaves out all that can be left out, not the proof: a flight that was changed is refused."""
    party = Shortest(Scenario())
    party.certificate = party.certificate[:-1] + bytes((party.certificate[-1] ^ 1,))
    with pytest.raises(AssertionError):
        party.handshake()
    party = Shortest(Scenario())
    party.sign = lambda data: Side(Scenario().credentials.server).sign(data + b".")
    with pytest.raises(InvalidSignature):
        party.handshake()


def test_the_shortest_resumption_fails_without_the_session() -> None:
    party = ShortestResuming(Scenario(), "id")
    party.sessions = {session_id: master[::-1] for session_id, master in party.sessions.items()}
    with pytest.raises(InvalidTag):
        party.handshake()
    party = ShortestResuming(Scenario(), "ticket")
    party.cipher = AESGCM(bytes(32))
    with pytest.raises(InvalidTag):
        party.handshake()
