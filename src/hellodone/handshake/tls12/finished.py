"""Finished: each side proves that it saw the same handshake and has the same keys (RFC 5246, 7.4.9)."""

from __future__ import annotations

from hmac import compare_digest
from typing import Final

from hellodone.config import Config
from hellodone.crypto.prf import verify_data
from hellodone.errors import AlertDescription
from hellodone.handshake.context import Handshake, Role
from hellodone.handshake.flow import Flow, receive
from hellodone.handshake.limits import limit_reads, limit_writes
from hellodone.messages.handshake import Finished
from hellodone.messages.record import CHANGE_CIPHER_SPEC, ChangeCipherSpec

DECRYPT_ERROR: Final = AlertDescription.decrypt_error

_CLAIMS: Final = {
    sender: f"the {sender}'s verify_data is what we compute over the handshake (RFC 5246, 7.4.9)"
    for sender in ("client", "server")
}


def send_finished(hs: Handshake[Config]) -> None:
    """[ChangeCipherSpec] and our Finished, the first protected message."""
    hs.send(CHANGE_CIPHER_SPEC)
    hs._channel.protect_writes(hs._sealer)
    if hs._limited:
        limit_writes(hs)
    hs.send(Finished(_conclude(hs, hs._role)))


def receive_finished(hs: Handshake[Config]) -> Flow[None]:
    """[ChangeCipherSpec] and the peer's Finished, which must be what this side computes."""
    yield receive(ChangeCipherSpec)
    hs._channel.protect_reads(hs._opener)
    if hs._limited:
        limit_reads(hs)
    peer: Role = "server" if hs._role == "client" else "client"
    expected = _conclude(hs, peer)
    message: Finished = yield receive(Finished)
    hs.check(compare_digest(message.verify_data, expected), DECRYPT_ERROR, _CLAIMS[peer])


def _conclude(hs: Handshake[Config], sender: Role) -> bytes:
    if sender == "client":
        data = hs.client_verify_data = verify_data(hs._prf_key, b"client finished", hs._transcript.conclusion())
    else:
        data = hs.server_verify_data = verify_data(hs._prf_key, b"server finished", hs._transcript.conclusion())
    return data
