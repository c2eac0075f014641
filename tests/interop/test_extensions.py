"""Extensions that change records or certificates, with real peers of other makes in both roles."""

from __future__ import annotations

import subprocess
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest

import hellodone
from hellodone.pki.raw_keys import raw_identity
from tests.conftest import Proves
from tests.interop.cells import ECDHE_ECDSA, ECDHE_RSA, Cell, cell
from tests.interop.driving import client_config, converse
from tests.interop.one_server import Served, serving
from tests.interop.pki import Pki
from tests.interop.processes import Answer, Server, start_server
from tests.interop.processes import converse as run
from tests.interop.stacks import GnuTLS, OpenSSL, Setup, Stack

TO_THE_END = r"(?!)"
NONCE = "nonce-5f3759df"
Start = Callable[..., Server]
STACKS: dict[str, Stack] = {"openssl": OpenSSL(), "gnutls": GnuTLS()}


@pytest.fixture
def start(tmp_path: Path, pki: Pki) -> Iterator[Start]:
    """Start a peer's server with options beside the usual ones."""
    running: list[Server] = []

    def start(one: Cell, *options: str) -> Server:
        stack, setup = STACKS[one.peer], Setup.of(one)
        running.append(
            start_server(lambda port: [*stack.server(setup, pki, port), *options], tmp_path / f"{len(running)}.log")
        )
        return running[-1]

    yield start
    for server in running:
        server.stop()


def talk(server: Server, config: hellodone.ClientConfig, one: Cell) -> hellodone.ClientConnection:
    """One connection of ours to a peer's server."""
    stack = STACKS[one.peer]
    return converse(server.port, config, stack.request(NONCE), stack.answer(NONCE)).connection


def server_config(one: Cell, pki: Pki) -> hellodone.ServerConfig:
    """A server of ours for that cell."""
    name = one.certificate
    return hellodone.ServerConfig(
        identity=hellodone.Identity.from_files(pki.chain(name), pki.key(name)),
        policy=hellodone.Policy.compatible().with_cipher_suites([one.suite.name]),
        record=True,
    )


def visit(one: Cell, pki: Pki, config: hellodone.ServerConfig, *options: str) -> tuple[Served, Answer]:
    """One connection of a peer's client to our server."""
    with serving(config, (NONCE + "\n").encode() * 500) as served:
        command = [*STACKS[one.peer].client(one, pki, served.port), *options]
        said = run(command, b"GET / HTTP/1.0\r\n\r\n" * 300, TO_THE_END)
    assert NONCE in said.text
    return served, said


def longest_data_record(stream: bytes | bytearray) -> int:
    """The longest application data record in a stream."""
    longest = 0
    while stream:
        end = 5 + int.from_bytes(stream[3:5])
        longest = max(longest, end - 5 if stream[0] == 23 else 0)
        stream = stream[end:]
    return longest


# --- the size of records


def test_openssl_keeps_to_max_fragment_length(proves: Proves, start: Start, pki: Pki) -> None:
    proves("client", "openssl", "max_fragment_length")
    one = cell("client", "openssl", ECDHE_RSA)
    config = replace(client_config(one, pki), max_fragment_length=512)
    connection = talk(start(one), config, one)
    assert connection.handshake.max_fragment_length == 512


def test_openssl_asks_for_max_fragment_length(proves: Proves, pki: Pki) -> None:
    proves("server", "openssl", "max_fragment_length")
    one = cell("server", "openssl", ECDHE_RSA)
    served, _ = visit(one, pki, server_config(one, pki), "-maxfraglen", "1024")
    assert served.connection.handshake.max_fragment_length == 1024
    assert 1024 <= longest_data_record(served.sent) <= 1024 + 24  # AES-GCM: nonce and tag


def test_gnutls_keeps_to_record_size_limit(proves: Proves, start: Start, pki: Pki) -> None:
    proves("client", "gnutls", "record_size_limit")
    one = cell("client", "gnutls", ECDHE_RSA)
    config = replace(client_config(one, pki), record_size_limit=512)
    assert talk(start(one), config, one).handshake.server_record_size_limit > 0


def test_gnutls_has_a_record_size_limit(proves: Proves, pki: Pki) -> None:
    proves("server", "gnutls", "record_size_limit")
    one = cell("server", "gnutls", ECDHE_RSA)
    served, _ = visit(one, pki, server_config(one, pki), "--recordsize", "1024")
    # GnuTLS adds the byte that TLS 1.3 has for the content type
    assert served.connection.handshake.client_record_size_limit in (1024, 1025)
    assert "max_fragment_length" not in vars(served.connection.handshake)
    assert 1024 <= longest_data_record(served.sent) <= 1025 + 24


# --- stapling


@pytest.mark.parametrize("name", ["srv-rsa", "srv-ec"])
@pytest.mark.parametrize(("peer", "option"), [("openssl", "-status_file"), ("gnutls", "--ocsp-response")])
def test_peers_staple(
    proves: Proves, start: Start, pki: Pki, staples: Callable[[str], Path], peer: str, option: str, name: str
) -> None:
    proves("client", peer, "OCSP stapling")
    one = cell("client", peer, ECDHE_RSA if name == "srv-rsa" else ECDHE_ECDSA)
    server = start(one, option, str(staples(name)))
    connection = talk(server, client_config(one, pki), one)
    (said,) = connection.handshake.server_certificate_status
    assert str(said).startswith("good as of ")


@pytest.mark.parametrize("name", ["srv-rsa", "srv-ec"])
@pytest.mark.parametrize("peer", ["openssl", "gnutls"])
def test_peers_verify_what_we_staple(
    proves: Proves, pki: Pki, staples: Callable[[str], Path], peer: str, name: str
) -> None:
    proves("server", peer, "OCSP stapling")
    one = cell("server", peer, ECDHE_RSA if name == "srv-rsa" else ECDHE_ECDSA)
    config = replace(server_config(one, pki), ocsp_response=staples(name).read_bytes())
    _, said = visit(one, pki, config, *(["-status"] if peer == "openssl" else ["--ocsp"]))
    if peer == "openssl":
        assert "OCSP Response Status: successful" in said.text
        assert "Cert Status: good" in said.text
    else:
        assert "OCSP status request," in said.text


# --- raw public keys

RAW_KEYS = "+CTYPE-CLI-RAWPK:+CTYPE-SRV-RAWPK"


@pytest.fixture
def raw_keys(pki: Pki, tmp_path: Path) -> Callable[[str], list[str]]:
    """GnuTLS's options for a key without certificate."""

    def options(name: str) -> list[str]:
        public = tmp_path / f"{name}.pub.pem"
        subprocess.run(["openssl", "pkey", "-in", pki.key(name), "-pubout", "-out", public], check=True, timeout=60)
        return ["--rawpkkeyfile", pki.key(name), "--rawpkfile", str(public)]

    return options


def raw(name: str, pki: Pki) -> hellodone.Identity:
    """The same key as an identity of ours."""
    return raw_identity(Path(pki.key(name)).read_bytes())


def with_priority(command: list[str], more: str) -> list[str]:
    """A command of GnuTLS's with something added to its priorities."""
    at = command.index("--priority") + 1
    return [*command[:at], f"{command[at]}:{more}", *command[at + 1 :]]


@pytest.mark.parametrize("name", ["srv-ec", "srv-rsa"])
@pytest.mark.parametrize("client_key", ["", "cli-ec"])
def test_gnutls_shows_a_raw_key(
    proves: Proves, pki: Pki, tmp_path: Path, raw_keys: Callable[[str], list[str]], name: str, client_key: str
) -> None:
    proves("client", "gnutls", "raw public keys")
    one = cell("client", "gnutls", ECDHE_RSA if name == "srv-rsa" else ECDHE_ECDSA)
    setup = replace(Setup.of(one), asks_for_certificate=False)
    command = [*GnuTLS().server(setup, pki, 0)]
    for option in ("--x509certfile", "--x509keyfile"):
        del command[command.index(option) : command.index(option) + 2]
    if client_key:
        command[command.index("--disable-client-cert")] = "--require-client-cert"
    command = with_priority([*command, *raw_keys(name)], RAW_KEYS)
    config = replace(client_config(one, pki), trusted_keys=[raw(name, pki).leaf.der])
    if client_key:
        config = replace(config, identity=raw(client_key, pki))

    def at(port: int) -> list[str]:
        return [str(port) if word == "0" else word for word in command]

    with start_server(at, tmp_path / "server.log") as server:
        connection = talk(server, config, one)
    assert connection.peer_certificates == raw(name, pki).chain
    assert vars(connection.handshake).get("client_certificate_type") == (2 if client_key else None)


def test_gnutls_takes_a_raw_key(proves: Proves, pki: Pki, tmp_path: Path, raw_keys: Callable[[str], list[str]]) -> None:
    proves("server", "gnutls", "raw public keys")
    one = cell("server", "gnutls", ECDHE_ECDSA)
    mine, theirs = raw("srv-ec", pki), raw("cli-ec", pki)
    config = replace(
        server_config(one, pki),
        identity=mine,
        client_auth="required",
        client_trust=hellodone.TrustStore.empty(),
        trusted_keys=[theirs.leaf.der],
    )
    with serving(config, (NONCE + "\n").encode()) as served:
        command = with_priority(GnuTLS().client(one, pki, served.port), RAW_KEYS)
        said = run([*command, "--insecure", *raw_keys("cli-ec")], b"GET / HTTP/1.0\r\n\r\n", TO_THE_END)
    assert NONCE in said.text
    assert "Raw Public Key" in said.text
    assert served.connection.peer_certificates == theirs.chain
