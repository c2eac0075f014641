"""What is left of figure 2 when everything is left out that can be: :mod:`bench.parties.shortest` for resumption."""

from __future__ import annotations

import hashlib
import hmac
import os
from typing import Final

from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from bench.parties.resuming import By
from bench.parties.shortest import CHANGE, Keys, ShortestPair, head
from bench.scenario import Scenario

_ID: Final = slice(39, 71)  # of a ClientHello or ServerHello with a session ID of 32 bytes
_EXTENSIONS: Final = "00170000ff01000100"


class ShortestResuming:
    """The server's memory is a dict, or a ticket: a nonce, and the master secret sealed with the one key there is."""

    def __init__(self, scenario: Scenario, by: By) -> None:
        suite, extensions = scenario.suite.code.to_bytes(2, "big"), bytes.fromhex(_EXTENSIONS)
        self.master = os.urandom(48)
        self.session_id = b"" if by == "ticket" else os.urandom(32)
        self.sessions = {self.session_id: self.master} if by == "id" else {}
        self.cipher, nonce = AESGCM(os.urandom(32)), os.urandom(12)
        ticket = nonce + self.cipher.encrypt(nonce, self.master, None)
        offered = extensions if by == "id" else extensions + b"\x00\x23" + _counted(ticket)
        self.ticket = slice(-len(ticket), None) if by == "ticket" else None
        tail = b"\x00\x02" + suite + b"\x01\x00" + _counted(offered)
        self.client_hello = head(1, 67 + len(tail)) + b"\x03\x03", tail
        tail = suite + b"\x00" + _counted(extensions)
        self.server_hello = head(2, 67 + len(tail)) + b"\x03\x03", tail

    def handshake(self) -> ShortestPair:
        begin, tail = self.client_hello
        client_random, session_id = os.urandom(32), self.session_id or os.urandom(32)
        first = begin + client_random + b"\x20" + session_id + tail
        to_server = b"\x16\x03\x01" + _counted(first)

        message = to_server[5:]
        master = self.sessions[message[_ID]] if self.ticket is None else self._opened(message[self.ticket])
        begin, tail = self.server_hello
        server_random = os.urandom(32)
        hello = begin + server_random + b"\x20" + message[_ID] + tail
        server_transcript = hashlib.sha256(message + hello)
        server = Keys(master, server_random + message[6:38], server=True)
        finished = b"\x14\x00\x00\x0c" + server.finished(b"server finished", server_transcript)
        server_transcript.update(finished)
        to_client = b"\x16\x03\x03" + _counted(hello) + CHANGE + server.seal(22, finished)

        end = 5 + int.from_bytes(to_client[3:5], "big")
        message = to_client[5:end]
        assert message[_ID] == session_id
        client_transcript = hashlib.sha256(first + message)
        client = Keys(self.master, message[6:38] + client_random, server=False)
        finished = client.open(22, to_client[end + 6 :])
        assert hmac.compare_digest(finished[4:], client.finished(b"server finished", client_transcript))
        client_transcript.update(finished)
        finished = b"\x14\x00\x00\x0c" + client.finished(b"client finished", client_transcript)
        to_server = CHANGE + client.seal(22, finished)

        finished = server.open(22, to_server[6:])
        assert hmac.compare_digest(finished[4:], server.finished(b"client finished", server_transcript))
        return ShortestPair(client, server)

    def _opened(self, ticket: bytes) -> bytes:
        return self.cipher.decrypt(ticket[:12], ticket[12:], None)


def _counted(data: bytes) -> bytes:
    return len(data).to_bytes(2, "big") + data
