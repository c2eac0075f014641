"""Extensions that few stacks have, with Bouncy Castle in both roles: supplemental data, OCSP responses for a whole
chain, named authorities, certificates at URLs; and what both ends derive from a connection."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import rsa

import hellodone
from hellodone.handshake.supplements import user_mapping_accepted
from tests.conftest import Proves
from tests.interop import bouncy
from tests.interop.cells import ECDHE_RSA, cell
from tests.interop.derived import assert_derived
from tests.interop.dialling import Dialled, dialled
from tests.interop.driving import historic_client
from tests.interop.pki import Pki, sequence
from tests.interop.processes import Server, converse
from tests.interop.rare_peers import TO_THE_END
from tests.interop.servers import Servers
from tests.interop.serving import Listener, Served
from tests.interop.shelf import fetch, shelf
from tests.interop.suites import Suite
from tests.interop.supplements import HINT, PRIVATE

PEER = "bouncycastle"
CBC = Suite("ECDHE_RSA", "AES_128_CBC", "SHA256")
DHE = Suite("DHE_RSA", "AES_128_GCM", "SHA256")
TRUNCATED = replace(hellodone.Policy.historic(), truncated_hmac=True, encrypt_then_mac=False)


@dataclass(frozen=True, slots=True)
class Seen:
    """A connection as both ends tell of it."""

    connection: hellodone.ClientConnection | hellodone.ServerConnection
    peer: str

    @property
    def facts(self) -> dict[str, Any]:
        """What our handshake found out."""
        return vars(self.connection.handshake)


Connect = Callable[..., Seen]


@pytest.fixture(scope="module")
def server(servers: Servers, pki: Pki, java_peer: Path, staples: Callable[[str], Path]) -> Server:
    """Bouncy Castle as server, with OCSP responses for both certificates of its chain."""
    stapled = [staples("srv-rsa"), staples("ca-rsa")]
    return servers.get("bouncy extensions", lambda port: bouncy.server(java_peer, pki, port, stapled))


@pytest.fixture
def connect(server: Server, pki: Pki) -> Connect:
    """A connection of ours to it."""

    def connect(suite: Suite = ECDHE_RSA, group: str = "", **changes: Any) -> Seen:
        one = cell("client", PEER, suite)
        config = historic_client(replace(one, group=group or one.group), pki, **changes)
        start = server.mark()
        with dialled(server.port, config) as client:
            say(client)
        return Seen(client.connection, server.wait_for("server OK .*\n", start))

    return connect


def say(client: Dialled) -> None:
    """Data both ways."""
    client.say(b"nonce\n")
    client.wait(lambda: b"nonce" in client.received)


# --- hellodone as client


def test_a_server_reads_our_user_mapping(proves: Proves, connect: Connect) -> None:
    proves("client", PEER, "user mapping")
    assert "server mapping 64 me@example.org example.org rest=0\n" in connect(supplements=[HINT]).peer


def test_a_server_exchanges_data_of_a_private_kind(proves: Proves, connect: Connect) -> None:
    proves("client", PEER, "SupplementalData both ways")
    seen = connect(supplements=[PRIVATE])
    assert "server data 65283 from hellodone\n" in seen.peer
    assert seen.connection.supplemental_data == ((65283, b"from Bouncy Castle"),)


@pytest.mark.parametrize(("asked", "count"), [("ocsp", 1), ("ocsp_multi", 2)])
def test_a_server_staples(proves: Proves, connect: Connect, asked: str, count: int) -> None:
    proves("client", PEER, "OCSP stapling" if asked == "ocsp" else "status_request_v2")
    responses = connect(**{"ocsp": False, "ocsp_multi": False, asked: True}).facts["server_certificate_status"]
    assert [str(one).startswith("good as of ") for one in responses] == [True] * count


@pytest.mark.parametrize("manner", ["key_sha1_hash", "x509_name", "cert_sha1_hash"])
def test_a_server_hears_whom_we_trust(proves: Proves, connect: Connect, pki: Pki, manner: str) -> None:
    proves("client", PEER, "trusted_ca_keys")
    trust = hellodone.TrustStore.from_file(pki.certificate("ca-rsa"))
    (anchor,) = trust.anchors
    key = anchor.x509.public_key()
    assert isinstance(key, rsa.RSAPublicKey)
    modulus = key.public_numbers().n
    expected = {
        "x509_name": "name O=hellodone tests,CN=ca-rsa",
        "cert_sha1_hash": f"3 {sha1(anchor.der)}",
        "key_sha1_hash": f"1 {sha1(modulus.to_bytes(modulus.bit_length() // 8, 'big'))}",
    }
    seen = connect(trust=trust, trusted_ca_keys=manner)
    assert f"server trusted {expected[manner]}\n" in seen.peer


def sha1(data: bytes) -> str:
    """For names, not for signatures."""
    return hashlib.sha1(data, usedforsecurity=False).hexdigest()


@pytest.mark.parametrize("count", [1, 2])
def test_a_server_fetches_our_certificate(proves: Proves, connect: Connect, pki: Pki, count: int) -> None:
    proves("client", PEER, "client_certificate_url")
    identity = hellodone.Identity.from_files(pki.chain("cli-rsa"), pki.key("cli-rsa"))
    leaf, authority = identity.encoded_chain
    contents = {"/leaf": leaf, "/authority": authority, "/path": sequence(authority, leaf)}
    with shelf(contents) as at:
        urls = [f"{at}/path"] if count == 1 else [f"{at}/leaf", f"{at}/authority"]
        seen = connect(identity=identity, certificate_urls=urls)
    assert re.findall(r"server fetched type=(\d) (\S+)", seen.peer) == [
        ("1" if count == 1 else "0", url) for url in urls
    ]
    assert "server shown O=hellodone tests,OU=cli-rsa,CN=cli-rsa;O=hellodone tests,CN=ca-rsa;\n" in seen.peer


def test_a_server_shortens_its_records(proves: Proves, connect: Connect) -> None:
    proves("client", PEER, "max_fragment_length")
    seen = connect(max_fragment_length=1024)
    assert seen.facts["max_fragment_length"] == 1024
    assert " mfl=2 " in seen.peer


def test_a_server_shortens_its_macs(proves: Proves, connect: Connect) -> None:
    proves("client", PEER, "truncated_hmac")
    policy = TRUNCATED.with_cipher_suites([CBC.name])
    seen = connect(CBC, policy=policy)
    assert seen.facts["truncated_hmac"]
    assert " etm=false truncated=true " in seen.peer


def test_a_server_encrypts_then_macs(proves: Proves, connect: Connect) -> None:
    proves("client", PEER, "encrypt-then-MAC")
    seen = connect(CBC)
    assert seen.facts["encrypt_then_mac"]
    assert " etm=true " in seen.peer


def test_a_server_chooses_a_finite_field(proves: Proves, connect: Connect) -> None:
    proves("client", PEER, "group ffdhe3072")
    assert connect(DHE, "ffdhe3072").facts["dh_group"] == "ffdhe3072"


def test_a_server_derives_the_same(proves: Proves, connect: Connect) -> None:
    seen = connect()
    assert_derived("client", PEER, proves, seen.connection, seen.peer)


# --- hellodone as server: its client makes all connections in one go


@pytest.fixture(scope="module")
def visits(pki: Pki, java_peer: Path, staples: Callable[[str], Path]) -> Callable[[str], Seen]:
    """What came of each of the client's connections, by its words."""
    configs = server_configs(pki, staples)
    leaf, authority = hellodone.Identity.from_files(pki.chain("cli-rsa"), pki.key("cli-rsa")).encoded_chain
    with shelf({"/path": sequence(authority, leaf)}) as at, Listener(list(configs.values())) as listener:
        command = bouncy.client(java_peer, pki, listener.port, f"{at}/path", list(configs))
        said = bouncy.connections(converse(command, b"", TO_THE_END).text)
    seen = dict(zip(configs, zip(said, listener.served, strict=True), strict=True))
    return lambda words: visited(*seen[words])


def visited(said: str, served: Served) -> Seen:
    """A connection, if it came about."""
    assert served.error is None, said
    assert "client OK " in said
    return Seen(served.connection, said)


def server_configs(pki: Pki, staples: Callable[[str], Path]) -> dict[str, hellodone.ServerConfig]:
    """The client's connections, and the server for each."""
    rsa_key, ec_key = (hellodone.Identity.from_files(pki.chain(name), pki.key(name)) for name in ("srv-rsa", "srv-ec"))
    plain = hellodone.ServerConfig(identity=rsa_key, policy=hellodone.Policy.historic())
    stapled = {
        cert.der: staples(name).read_bytes() for cert, name in zip(rsa_key.chain, ("srv-rsa", "ca-rsa"), strict=True)
    }
    stapling = replace(plain, ocsp_response=lambda certificate: stapled.get(certificate.der))
    both = replace(plain, identity=[ec_key, rsa_key])
    return {
        "nothing": plain,
        "mapping": replace(plain, supplements=[user_mapping_accepted()]),
        "hint": replace(plain, supplements=[user_mapping_accepted()]),
        "private": replace(plain, supplements=[PRIVATE]),
        "staple": stapling,
        "multi": stapling,
        "trusted-ca-rsa": both,
        "trusted-ca-ec": both,
        "url": replace(
            plain,
            client_auth="required",
            client_trust=hellodone.TrustStore.from_file(pki.authorities),
            fetch_certificate=fetch,
        ),
        "fallback": plain,
        "mfl": plain,
        "truncated,cbc": replace(plain, policy=TRUNCATED),
        "cbc": plain,
        "ffdhe3072": plain,
    }


Visits = Callable[[str], Seen]


def test_a_client_sends_a_user_mapping(proves: Proves, visits: Visits) -> None:
    proves("server", PEER, "user mapping")
    assert visits("mapping").connection.supplemental_data == ((0, HINT.data),)


def test_a_client_may_have_no_user_mapping_after_all(visits: Visits) -> None:
    seen = visits("hint")
    assert "client answered [6, " in seen.peer
    assert seen.connection.supplemental_data == ()


def test_a_client_exchanges_data_of_a_private_kind(proves: Proves, visits: Visits) -> None:
    proves("server", PEER, "SupplementalData both ways")
    seen = visits("private")
    assert "client data 65283 from hellodone\n" in seen.peer
    assert seen.connection.supplemental_data == ((65283, b"from Bouncy Castle"),)


@pytest.mark.parametrize(("words", "kind", "count"), [("staple", 1, 1), ("multi", 2, 2)])
def test_a_client_verifies_what_we_staple(
    proves: Proves, visits: Visits, pki: Pki, words: str, kind: int, count: int
) -> None:
    proves("server", PEER, "OCSP stapling" if words == "staple" else "status_request_v2")
    trust = (hellodone.TrustStore.from_file(pki.certificate(name)).anchors[0] for name in ("srv-rsa", "ca-rsa"))
    expected = [f"client status {kind} good {one.x509.serial_number:x} signature=true" for one in trust]
    assert re.findall("client status .*", visits(words).peer) == expected[:count]


@pytest.mark.parametrize(("trusted", "name"), [("ca-rsa", "srv-rsa"), ("ca-ec", "srv-ec")])
def test_a_client_gets_the_certificate_that_it_trusts(proves: Proves, visits: Visits, trusted: str, name: str) -> None:
    proves("server", PEER, "trusted_ca_keys")
    seen = visits(f"trusted-{trusted}")
    assert "client answered [3, " in seen.peer
    assert f"client shown O=hellodone tests,OU={name},CN=localhost;" in seen.peer


def test_a_client_says_where_its_certificate_is(proves: Proves, visits: Visits, pki: Pki) -> None:
    proves("server", PEER, "client_certificate_url")
    seen = visits("url")
    assert seen.facts["client_certificate_url"]
    assert "CN=cli-rsa" in str(seen.connection.peer_certificates[0].subject)


def test_a_client_that_fell_back_no_further_is_welcome(proves: Proves, visits: Visits) -> None:
    proves("server", PEER, "FALLBACK_SCSV")
    assert 0x5600 in visits("fallback").facts["cipher_suites_offered"]


def test_a_client_wants_short_records(proves: Proves, visits: Visits) -> None:
    proves("server", PEER, "max_fragment_length")
    seen = visits("mfl")
    assert seen.facts["max_fragment_length"] == 512
    assert " mfl=1 " in seen.peer


def test_a_client_wants_short_macs(proves: Proves, visits: Visits) -> None:
    proves("server", PEER, "truncated_hmac")
    assert " etm=false truncated=true " in visits("truncated,cbc").peer


def test_a_client_encrypts_then_macs(proves: Proves, visits: Visits) -> None:
    proves("server", PEER, "encrypt-then-MAC")
    seen = visits("cbc")
    assert seen.facts["encrypt_then_mac"]
    assert " etm=true " in seen.peer


def test_a_client_names_a_finite_field(proves: Proves, visits: Visits) -> None:
    proves("server", PEER, "group ffdhe3072")
    assert visits("ffdhe3072").facts["dh_group"] == "ffdhe3072"


def test_a_client_derives_the_same(proves: Proves, visits: Visits) -> None:
    seen = visits("nothing")
    assert_derived("server", PEER, proves, seen.connection, seen.peer)
