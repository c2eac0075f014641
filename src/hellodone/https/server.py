"""The server's side over a TLS connection: what it saw of the handshake, told to whoever asks."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hellodone.https.page import Seen

if TYPE_CHECKING:
    from hellodone.https.responder import Responder
    from hellodone.transport.blocking import TlsSocket


def seen(tls: TlsSocket) -> Seen:
    """The outcome of the connection's handshake in words."""
    from hellodone.registry.groups import group
    from hellodone.registry.versions import version_name

    named = group(tls.group) if tls.group is not None else None
    certificates = tls.peer_certificates
    return Seen(
        version=version_name(tls.version or 0),
        cipher_suite=str(tls.cipher_suite or ""),
        group=named.name if named else "",
        alpn=tls.alpn or "",
        server_name=tls.server_name or "",
        client=tls.peer,
        client_certificate=certificates[0].name if certificates else "",
        resumed=tls.resumed,
    )


def answer(tls: TlsSocket, responder: Responder) -> None:
    """Let the responder have what the client sends until either is finished, then close.

    Raises what ``TlsSocket`` raises; a client that leaves without close_notify is a TruncationError.
    """
    while not responder.finished:
        data = tls.recv()
        if not data:
            break
        for piece in responder.receive(data):
            tls.sendall(piece)
    tls.close()
