"""pyOpenSSL in memory: the OpenSSL inside the cryptography library, the one whose primitives hellodone uses."""

from __future__ import annotations

from typing import Any

from OpenSSL import SSL
from OpenSSL._util import lib  # the host name check has no public call, only OpenSSL's own

from bench.scenario import SERVER_NAME, Scenario

CHUNK = 2**14
WIRE = 2**16


class PyOpenSsl:
    """As :class:`bench.parties.stdlib_ssl.StdlibSsl`: X25519, no tickets, the chain and the host name verified."""

    def __init__(self, scenario: Scenario) -> None:
        files = scenario.credentials.files
        self._client = _context(scenario)
        self._client.load_verify_locations(str(files.root))
        self._client.set_verify(SSL.VERIFY_PEER, _verdict)
        name = SERVER_NAME.encode()
        lib.X509_VERIFY_PARAM_set1_host(lib.SSL_CTX_get0_param(self._client._context), name, len(name))
        self._server = _context(scenario)
        self._server.use_certificate_chain_file(str(files.server_chain))
        self._server.use_privatekey_file(str(files.server_key))
        if scenario.key_exchange.startswith("DHE"):
            self._server.load_tmp_dh(str(files.dh_parameters))
        if scenario.client_auth:
            self._client.use_certificate_chain_file(str(files.client_chain))
            self._client.use_privatekey_file(str(files.client_key))
            self._server.load_verify_locations(str(files.root))
            self._server.set_verify(SSL.VERIFY_PEER | SSL.VERIFY_FAIL_IF_NO_PEER_CERT, _verdict)

    def handshake(self) -> PyOpenSslPair:
        client, server = SSL.Connection(self._client), SSL.Connection(self._server)
        client.set_tlsext_host_name(SERVER_NAME.encode())
        client.set_connect_state()
        server.set_accept_state()
        finished = False
        while not finished:
            client_done = _advance(client, server)
            finished = _advance(server, client) and client_done
        return PyOpenSslPair(client, server)


class PyOpenSslPair:
    """The two connections."""

    def __init__(self, client: SSL.Connection, server: SSL.Connection) -> None:
        self.client = client
        self.server = server

    def transfer(self, data: bytes) -> int:
        return _send(self.client, self.server, data)

    def answer(self, data: bytes) -> int:
        return _send(self.server, self.client, data)


def _verdict(connection: SSL.Connection, certificate: Any, error: int, depth: int, passed: int) -> bool:
    return bool(passed)


def _context(scenario: Scenario) -> SSL.Context:
    context = SSL.Context(SSL.TLS_METHOD)
    context.set_min_proto_version(SSL.TLS1_2_VERSION)
    context.set_max_proto_version(SSL.TLS1_2_VERSION)
    context.set_options(SSL.OP_NO_TICKET)
    context.set_session_cache_mode(SSL.SESS_CACHE_OFF)
    context.set_cipher_list(scenario.suite.openssl_name.encode())
    return context


def _advance(end: SSL.Connection, peer: SSL.Connection) -> bool:
    try:
        end.do_handshake()
        complete = True
    except SSL.WantReadError:
        complete = False
    _carry(end, peer)
    return complete


def _carry(sender: SSL.Connection, receiver: SSL.Connection) -> None:
    """All that waits to be sent; that nothing does is an exception here."""
    try:
        while True:
            receiver.bio_write(sender.bio_read(WIRE))
    except SSL.WantReadError:
        return


def _send(sender: SSL.Connection, receiver: SSL.Connection, data: bytes) -> int:
    sender.sendall(data)
    _carry(sender, receiver)
    due = len(data)
    while due > 0:
        due -= len(receiver.recv(CHUNK))
    return len(data) - due
