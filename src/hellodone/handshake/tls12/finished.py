"""Finished: each side proves that it saw the same handshake and has the same keys (RFC 5246, 7.4.9)."""

from __future__ import annotations

import hmac
from typing import Final

from hellodone.config import Config
from hellodone.crypto.prf import verify_data
from hellodone.errors import AlertDescription
from hellodone.handshake.context import Handshake, Role
from hellodone.handshake.flow import Flow, receive
from hellodone.handshake.tls12.keys import protect_reads, protect_writes
from hellodone.messages.handshake import Finished
from hellodone.messages.record import CHANGE_CIPHER_SPEC, ChangeCipherSpec

_CLAIMS: Final = {
    sender: f"the {sender}'s verify_data is what we compute over the handshake (RFC 5246, 7.4.9)"
    for sender in ("client", "server")
}


def send_finished(hs: Handshake[Config]) -> None:
    """[ChangeCipherSpec] and our Finished, the first protected message."""
    hs.send(CHANGE_CIPHER_SPEC)
    protect_writes(hs)
    hs.send(Finished(_conclude(hs, hs._role)))


def receive_finished(hs: Handshake[Config]) -> Flow[None]:
    """[ChangeCipherSpec] and the peer's Finished, which must be what this side computes."""
    peer: Role = "server" if hs._role == "client" else "client"
    yield from receive(ChangeCipherSpec)
    protect_reads(hs)
    expected = _conclude(hs, peer)
    message = yield from receive(Finished)
    hs.check(
        hmac.compare_digest(message.verify_data, expected),
        AlertDescription.decrypt_error,
        _CLAIMS[peer],
    )


def _conclude(hs: Handshake[Config], sender: Role) -> bytes:
    handshake_hash = hs._transcript.digest()
    if sender == "client":
        data = hs.client_verify_data = verify_data(hs._prf_key, b"client finished", handshake_hash)
    else:
        data = hs.server_verify_data = verify_data(hs._prf_key, b"server finished", handshake_hash)
    return data
