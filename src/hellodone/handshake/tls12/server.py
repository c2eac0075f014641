"""The server's column of figures 1 and 2 (RFC 5246, 7.3)."""

from __future__ import annotations

from hellodone.handshake.certificate_status import judge_client
from hellodone.handshake.certificate_url import fetch_certificate
from hellodone.handshake.certificates import accept_client_certificate
from hellodone.handshake.context import ServerHandshake
from hellodone.handshake.flow import Flow, optional, receive
from hellodone.handshake.supplements import receive_supplements, send_supplements
from hellodone.handshake.tls12.finished import receive_finished, send_finished
from hellodone.handshake.tls12.hello import read_client_hello, server_hello
from hellodone.handshake.tls12.key_exchange import key_exchange_for
from hellodone.handshake.tls12.keys import derive_key_block, derive_keys
from hellodone.handshake.tls12.request import certificate_request
from hellodone.handshake.tls12.resumption import found_session, new_session_ticket, remember_client
from hellodone.handshake.tls12.signatures import accept_certificate_verify
from hellodone.messages.handshake import (
    Certificate,
    CertificateURL,
    CertificateVerify,
    ClientHello,
    ClientKeyExchange,
    ServerHelloDone,
)


def server_handshake(hs: ServerHandshake) -> Flow[None]:
    """ClientHello, and then what we make of it."""
    hello: ClientHello = yield receive(ClientHello)
    read_client_hello(hs, hello)
    session = yield from found_session(hs)
    hs.send(server_hello(hs, session))
    yield from abbreviated(hs) if session else full(hs)


def full(hs: ServerHandshake) -> Flow[None]:
    """Figure 1 from our Certificate on."""
    exchange = key_exchange_for(hs.cipher_suite)
    if hs._supplements:
        send_supplements(hs)
    if hs._identity and hs._certificate_message:
        hs.server_certificates = hs._identity.chain
        hs.send(hs._certificate_message)
    if hs._certificate_status:
        hs.send(hs._certificate_status)
    parameters = yield from exchange.server_key_exchange(hs)
    if parameters:
        hs.send(parameters)
    asked = hs._client_auth != "none" and hs.cipher_suite.authenticates_server
    if asked:
        hs.send(certificate_request(hs))
    hs.send(ServerHelloDone())

    if hs._supplements:
        yield from receive_supplements(hs)
    certificate = (yield from client_certificate(hs)) if asked else None
    if certificate:
        accept_client_certificate(hs, certificate)
        yield from judge_client(hs)
    answer: ClientKeyExchange = yield receive(ClientKeyExchange)
    exchange.accept_client_key_exchange(hs, answer)
    derive_keys(hs)
    if hs._unobtainable:
        yield receive(CertificateVerify)  # by a key that we did not come to see
    if certificate and certificate.certificate_list and not hs._client_key_is_fixed:
        signed = hs._transcript.messages()
        accept_certificate_verify(hs, (yield receive(CertificateVerify)), signed)
    hs._transcript.forget()
    yield from receive_finished(hs)
    if hs._ticket_promised:
        hs.send(new_session_ticket(hs))
    send_finished(hs)
    yield from remember_client(hs)


def client_certificate(hs: ServerHandshake) -> Flow[Certificate]:
    """The client's certificate, from itself or from where it says (RFC 6066, 5)."""
    if "client_certificate_url" in vars(hs):
        url: CertificateURL | None = yield optional(CertificateURL)
        if url:
            return (yield from fetch_certificate(hs, url))
    certificate: Certificate = yield receive(Certificate)
    return certificate


def abbreviated(hs: ServerHandshake) -> Flow[None]:
    """Figure 2: we continue the session that the client offered (RFC 5077, 3.1 for the ticket)."""
    derive_key_block(hs)
    hs._transcript.forget()
    if hs._ticket_promised:
        hs.send(new_session_ticket(hs))
    send_finished(hs)
    yield from receive_finished(hs)
