"""The ssl module over MemoryBIO, as asyncio uses it: bytes are read from one side's BIO and written to the other's."""

from __future__ import annotations

import ssl
from contextlib import suppress

from bench.scenario import SERVER_NAME, Scenario

CHUNK = 2**14  # the most that one read gives: the content of a record


class StdlibSsl:
    """The OpenSSL that this Python is linked with. Tickets are off: they would be more work than the others do."""

    def __init__(self, scenario: Scenario) -> None:
        files = scenario.credentials.files
        self.client_context = _context(ssl.PROTOCOL_TLS_CLIENT, scenario)
        self.client_context.load_verify_locations(files.root)
        self.server_context = _context(ssl.PROTOCOL_TLS_SERVER, scenario)
        self.server_context.load_cert_chain(files.server_chain, files.server_key)
        if scenario.key_exchange.startswith("DHE"):
            self.server_context.load_dh_params(str(files.dh_parameters))
        if scenario.client_auth:
            self.client_context.load_cert_chain(files.client_chain, files.client_key)
            self.server_context.load_verify_locations(files.root)
            self.server_context.verify_mode = ssl.CERT_REQUIRED

    def handshake(self) -> SslPair:
        client = SslEnd(self.client_context, server_side=False)
        server = SslEnd(self.server_context, server_side=True)
        finished = False
        while not finished:
            client_done = client.advance(server)
            finished = server.advance(client) and client_done
        assert client.tls.version() == "TLSv1.2"
        return SslPair(client, server)


class SslEnd:
    """One side: an SSLObject and its BIOs."""

    __slots__ = ("incoming", "outgoing", "tls")

    def __init__(self, context: ssl.SSLContext, *, server_side: bool, session: ssl.SSLSession | None = None) -> None:
        self.incoming = ssl.MemoryBIO()
        self.outgoing = ssl.MemoryBIO()
        name = None if server_side else SERVER_NAME
        self.tls = context.wrap_bio(self.incoming, self.outgoing, server_side, name, session)

    def advance(self, peer: SslEnd) -> bool:
        """Go on with the handshake and send what that makes; whether it is complete."""
        try:
            self.tls.do_handshake()
            complete = True
        except ssl.SSLWantReadError:
            complete = False
        peer.incoming.write(self.outgoing.read())
        return complete

    def send(self, data: bytes, peer: SslEnd) -> int:
        """All of ``data`` to the peer, who reads it; how many bytes it read."""
        self.tls.write(data)
        peer.incoming.write(self.outgoing.read())
        read, due = peer.tls.read, len(data)
        while due > 0:
            due -= len(read(CHUNK))
        return len(data) - due

    def say_goodbye(self) -> None:
        """Send close_notify, and do not wait for the peer's."""
        with suppress(ssl.SSLWantReadError):
            self.tls.unwrap()


class SslPair:
    """The two ends."""

    def __init__(self, client: SslEnd, server: SslEnd) -> None:
        self.client = client
        self.server = server

    def transfer(self, data: bytes) -> int:
        return self.client.send(data, self.server)

    def answer(self, data: bytes) -> int:
        return self.server.send(data, self.client)


def _context(protocol: int, scenario: Scenario) -> ssl.SSLContext:
    context = ssl.SSLContext(protocol)
    context.minimum_version = context.maximum_version = ssl.TLSVersion.TLSv1_2
    context.options |= ssl.OP_NO_TICKET
    context.set_ciphers(scenario.suite.openssl_name)
    return context
