"""The client's column of figures 1 and 2 (RFC 5246, 7.3)."""

from __future__ import annotations

from hellodone.handshake.certificate_status import accept_certificate_status
from hellodone.handshake.certificate_url import own_certificate
from hellodone.handshake.certificates import (
    accept_server_certificate,
    choose_client_identity,
    refuse_anonymous_request,
)
from hellodone.handshake.context import ClientHandshake
from hellodone.handshake.flow import Expect, Flow, optional, receive
from hellodone.handshake.supplements import receive_supplements, send_supplements
from hellodone.handshake.tls12.finished import receive_finished, send_finished
from hellodone.handshake.tls12.hello import accept_server_hello, client_hello
from hellodone.handshake.tls12.key_exchange import key_exchange_for
from hellodone.handshake.tls12.key_exchange.method import Method, Presence
from hellodone.handshake.tls12.keys import derive_key_block, derive_keys
from hellodone.handshake.tls12.resumption import accept_resumption, offered_session, remember_server
from hellodone.handshake.tls12.signatures import certificate_verify
from hellodone.messages.handshake import (
    Certificate,
    CertificateRequest,
    CertificateStatus,
    NewSessionTicket,
    ServerHello,
    ServerHelloDone,
    ServerKeyExchange,
)
from hellodone.session.session import Session


def client_handshake(hs: ClientHandshake) -> Flow[None]:
    """ClientHello, and then what the server makes of it."""
    session = yield from offered_session(hs)
    hs.send(client_hello(hs, session))
    hello: ServerHello = yield receive(ServerHello)
    accept_server_hello(hs, hello)
    yield from abbreviated(hs, session) if hs.resumed and session else full(hs)


def server_key_exchange(exchange: Method) -> Expect | None:
    """To be yielded: due, optional or absent, as the key exchange has it."""
    if exchange.server_key_exchange_is is Presence.due:
        return receive(ServerKeyExchange)
    return optional(ServerKeyExchange) if exchange.server_key_exchange_is is Presence.optional else None


def full(hs: ClientHandshake) -> Flow[None]:
    """Figure 1 from the server's Certificate on."""
    exchange = key_exchange_for(hs.cipher_suite)
    if hs._supplements:
        yield from receive_supplements(hs)
    if hs.cipher_suite.authenticates_server:
        certificate: Certificate = yield receive(Certificate)
        accept_server_certificate(hs, certificate)
        status: CertificateStatus | None = (yield optional(CertificateStatus)) if hs._status_types else None
        yield from accept_certificate_status(hs, status)
    awaited = server_key_exchange(exchange)
    parameters: ServerKeyExchange | None = (yield awaited) if awaited else None
    exchange.accept_server_key_exchange(hs, parameters)
    request: CertificateRequest | None = yield optional(CertificateRequest)
    if request:
        refuse_anonymous_request(hs)
    yield receive(ServerHelloDone)

    if hs._supplements:
        send_supplements(hs)
    identity = None
    if request:
        hs.certificate_request = request
        identity = choose_client_identity(hs, request)
        hs.client_certificates = identity.chain if identity else ()
        hs.send(own_certificate(hs, identity))
    hs.send(exchange.client_key_exchange(hs))
    derive_keys(hs)
    if identity and hs._fixed_identity is None:
        hs.send((yield from certificate_verify(hs, identity)))
    hs._transcript.forget()
    send_finished(hs)
    ticket: NewSessionTicket | None = (yield receive(NewSessionTicket)) if hs._ticket_promised else None
    yield from receive_finished(hs)
    yield from remember_server(hs, ticket)


def abbreviated(hs: ClientHandshake, session: Session) -> Flow[None]:
    """Figure 2: the server continues the session that we offered (RFC 5077, 3.1 for the ticket)."""
    accept_resumption(hs, session)
    derive_key_block(hs)
    hs._transcript.forget()
    ticket: NewSessionTicket | None = (yield receive(NewSessionTicket)) if hs._ticket_promised else None
    yield from receive_finished(hs)
    send_finished(hs)
    if ticket:
        yield from remember_server(hs, ticket)  # without one the store still has it
