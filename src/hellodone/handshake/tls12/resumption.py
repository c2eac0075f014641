"""Continuing an earlier session: who offers which, who accepts it, and what is kept of a new one.

Session IDs (RFC 5246, 7.4.1.2 and F.1.4), tickets (RFC 5077), and the rules of RFC 7627, 5.3 for the extended master
secret. Looking a session up or storing it may be slow, so it is asked for (``ask``), never done here.
"""

from __future__ import annotations

from datetime import datetime
from functools import partial
from typing import Any

from hellodone.config import ServerConfig
from hellodone.errors import AlertDescription
from hellodone.handshake.context import ClientHandshake, Handshake, ServerHandshake
from hellodone.handshake.flow import NOTHING, Ask, Flow, ask
from hellodone.handshake.paths import client_path, known_path, server_path
from hellodone.messages.handshake import NewSessionTicket
from hellodone.pki.answers import RevocationAnswer
from hellodone.pki.certificates import Certificate, CertificateError
from hellodone.pki.chains import received_certificate
from hellodone.pki.raw_keys import RawPublicKey
from hellodone.registry.codes import CertificateType
from hellodone.registry.suites import cipher_suite, suite_name
from hellodone.session.session import Session
from hellodone.session.tickets import OpenedTicket

SESSION_ID_LENGTH = 32

_RAW_PUBLIC_KEY = int(CertificateType.RawPublicKey)


# --- the client


def offered_session(hs: ClientHandshake) -> Flow[Session | None]:
    """The session with this server that the client has and can still use."""
    store = hs._config.session_store
    if store is None or hs._expected_name is None or hs._previous is not None:
        return NOTHING
    return _usable(hs, Ask(store.get, client_key(hs)))


def _usable(hs: ClientHandshake, request: Ask[Session | None]) -> Flow[Session | None]:
    session: Session | None = yield request
    return session if session is not None and _can_offer(hs, session) else None


def _can_offer(hs: ClientHandshake, session: Session) -> bool:
    policy, now = hs._config.policy, hs._config.clock()
    return (
        not session.expired(now)
        and session.cipher_suite in policy.cipher_suites
        and (session.extended_master_secret or policy.extended_master_secret != "required")
        and session.max_fragment_length == hs._config.max_fragment_length
        and (policy.truncated_hmac or not session.truncated_hmac)
        and (hs._config.ask_for_tickets or not session.ticket)
        and (not session.peer_certificates or _still_trusted(hs, session, now))
    )


def session_id_for(hs: ClientHandshake, session: Session | None) -> bytes:
    """The session's ID or, beside a ticket, a fresh one: if it comes back, the ticket was accepted (RFC 5077, 3.4)."""
    if session is None:
        return b""
    return hs._config.random_bytes(SESSION_ID_LENGTH) if session.ticket else session.session_id


def check_continued(hs: ClientHandshake, session: Session) -> None:
    """The session that the server continues is the same one in every respect (7.4.1.3; RFC 7627, 5.3)."""
    hs.check(
        hs.cipher_suite.code == session.cipher_suite,
        AlertDescription.illegal_parameter,
        "the cipher suite is that of the session (RFC 5246, 7.4.1.3)",
        lambda: f"the session has {suite_name(session.cipher_suite)}, the server chose {hs.cipher_suite.name}",
    )
    hs.check(
        hs.extended_master_secret == session.extended_master_secret,
        AlertDescription.handshake_failure,
        "extended_master_secret is used as it was in the session (RFC 7627, 5.3)",
    )


def accept_resumption(hs: ClientHandshake, session: Session) -> None:
    """The session's facts are this handshake's."""
    hs.server_certificates = peer_certificates(session)
    hs.master_secret = session.master_secret


def remember_server(hs: ClientHandshake, ticket: NewSessionTicket | None) -> Flow[None]:
    """Keep the session under the server's name, with its ticket or its ID.

    Not for a session that was continued without a new ticket: the store has it, and its time goes on.
    """
    store, name = hs._config.session_store, hs._expected_name
    if store is None or name is None:
        return NOTHING
    kept = ticket.ticket if ticket is not None else b""
    if not kept and not hs.session_id:
        return NOTHING
    lifetime = hs._config.session_lifetime
    if ticket is not None and ticket.ticket_lifetime_hint:
        lifetime = min(lifetime, ticket.ticket_lifetime_hint)
    session = Session(
        version=hs.server_version,
        cipher_suite=hs.cipher_suite.code,
        master_secret=hs.master_secret,
        extended_master_secret=hs.extended_master_secret,
        server_name=name.text,
        peer_certificates=tuple(c.der for c in vars(hs).get("server_certificates", ())),
        created=hs._config.clock(),
        lifetime=lifetime,
        session_id=b"" if kept else hs.session_id,
        ticket=kept,
        max_fragment_length=vars(hs).get("max_fragment_length", 0),
        truncated_hmac=vars(hs).get("truncated_hmac", False),
        peer_certificate_type=_type_of(vars(hs).get("server_certificates", ())),
        verified_until=_verified_until(hs, vars(hs).get("server_revocation", ())),
    )
    return ask(partial(store.put, client_key(hs), session))


def client_key(hs: Handshake[Any]) -> bytes:
    """What a client files a session under: the server's name, empty when it meant none."""
    return b"" if hs._expected_name is None else hs._expected_name.text.encode()


# --- the server


def found_session(hs: ServerHandshake) -> Flow[Session | None]:
    """The session the client asks for, if this server has it and may continue it."""
    config, ticket, session_id = hs._config, hs._ticket_offered, hs.session_id_offered
    keys, store = config.tickets, config.session_store
    if ticket and keys is not None:
        now = config.clock()
        return _sealed(hs, Ask(keys.open, ticket, now), now)
    if session_id and store is not None:
        return _stored(hs, Ask(store.get, session_id))
    return NOTHING


def _sealed(hs: ServerHandshake, request: Ask[OpenedTicket | None], now: datetime) -> Flow[Session | None]:
    opened: OpenedTicket | None = yield request
    if opened is None:
        return None
    session, hs._renew_ticket = opened  # whose time was judged as it was opened, by the same now
    return session if _may_resume(hs, session, now) else None


def _stored(hs: ServerHandshake, request: Ask[Session | None]) -> Flow[Session | None]:
    session: Session | None = yield request
    now = hs._config.clock()  # a store may have taken its time, and have another clock
    return session if session is not None and not session.expired(now) and _may_resume(hs, session, now) else None


def _may_resume(hs: ServerHandshake, session: Session, now: datetime) -> bool:
    """Whether to continue it; a client that contradicts the session it names is refused (7.4.1.2; RFC 7627, 5.3)."""
    if session.server_name != vars(hs).get("server_name", ""):
        return False
    hs.check(
        session.cipher_suite in hs.cipher_suites_offered,
        AlertDescription.illegal_parameter,
        "the client offers the cipher suite of the session it wants to resume (RFC 5246, 7.4.1.2)",
        lambda: f"the session has {suite_name(session.cipher_suite)}",
    )
    if session.extended_master_secret:
        hs.check(
            hs.extended_master_secret,
            AlertDescription.handshake_failure,
            "a client resumes a session with extended_master_secret with the same (RFC 7627, 5.3)",
        )
    elif hs.extended_master_secret:
        return False
    asks = hs._client_auth == "required" or (hs._previous is not None and hs._client_auth == "requested")
    if asks and not session.peer_certificates:
        return False
    if session.truncated_hmac and not hs._config.policy.truncated_hmac:
        return False
    if session.peer_certificates and not _still_trusted(hs, session, now):
        return False
    return session.cipher_suite in hs._config.policy.cipher_suites


def continue_session(hs: ServerHandshake, session: Session) -> None:
    """The session's facts are this handshake's."""
    suite = cipher_suite(session.cipher_suite)
    assert suite is not None, "a suite of the policy"
    hs.cipher_suite = suite
    hs.master_secret = session.master_secret
    if session.peer_certificates:
        hs.client_certificates = peer_certificates(session)


def new_session_id(hs: ServerHandshake) -> bytes:
    """An ID for a session that will be kept, empty when none will or a ticket takes its place (RFC 5077, 3.4)."""
    keeps = hs._config.session_store is not None and not issues_ticket(hs)
    return hs._config.random_bytes(SESSION_ID_LENGTH) if keeps else b""


def issues_ticket(hs: ServerHandshake) -> bool:
    """Whether a NewSessionTicket is due: the client knows tickets, and has none or an old one."""
    return hs._config.tickets is not None and hs._ticket_offered is not None and (hs._renew_ticket or not hs._resuming)


def new_session_ticket(hs: ServerHandshake) -> NewSessionTicket:
    """The session's state, sealed for ourselves (RFC 5077, 3.3)."""
    tickets, now = hs._config.tickets, hs._config.clock()
    assert tickets is not None, "promised only with keys"
    session = _session(hs)
    hint = hs._config.session_lifetime
    if session.verified_until is not None:
        hint = min(hint, max(1, int((session.verified_until - now).total_seconds())))  # 0 would say nothing
    return NewSessionTicket(hint, tickets.seal(session, now))


def remember_client(hs: ServerHandshake) -> Flow[None]:
    """Keep a new session under its ID."""
    store = hs._config.session_store
    if store is None or hs.resumed or not hs.session_id:
        return NOTHING
    return ask(partial(store.put, hs.session_id, _session(hs)))


def _session(hs: ServerHandshake) -> Session:
    return Session(
        version=hs.server_version,
        cipher_suite=hs.cipher_suite.code,
        master_secret=hs.master_secret,
        extended_master_secret=hs.extended_master_secret,
        server_name=vars(hs).get("server_name", ""),
        peer_certificates=tuple(c.der for c in vars(hs).get("client_certificates", ())),
        created=hs._config.clock(),
        lifetime=hs._config.session_lifetime,
        session_id=hs.session_id,
        max_fragment_length=vars(hs).get("max_fragment_length", 0),
        truncated_hmac=vars(hs).get("truncated_hmac", False),
        peer_certificate_type=_type_of(vars(hs).get("client_certificates", ())),
        verified_until=_verified_until(hs, vars(hs).get("client_revocation", ())),
    )


def _verified_until(hs: ClientHandshake | ServerHandshake, answers: tuple[RevocationAnswer, ...]) -> datetime | None:
    """Until when the answers hold that called the peer's certificates good; a ticket renewed gains no time by that."""
    if hs.resumed and hs._session is not None:
        return hs._session.verified_until
    ends = (answer.until for answer in answers if answer.status == "good")
    return min((end for end in ends if end is not None), default=None)


def peer_certificates(session: Session) -> tuple[Certificate, ...]:
    """What the other side showed when the session began, also if that was a key alone (RFC 7250)."""
    if session.peer_certificate_type == _RAW_PUBLIC_KEY:
        return tuple(map(RawPublicKey, session.peer_certificates))
    return tuple(map(received_certificate, session.peer_certificates))


def _still_trusted(hs: ClientHandshake | ServerHandshake, session: Session, now: datetime) -> bool:
    """Whether the peer's certificate or raw key would be accepted now, by this configuration.

    Sessions outlive what was decided when they were made, and stores and ticket keys may be shared: a session is no
    way around a trust store, a name, a date or a policy.
    """
    config = hs._config
    if session.peer_certificate_type == _RAW_PUBLIC_KEY:
        return session.peer_certificates[0] in config.trusted_keys
    name = None if isinstance(config, ServerConfig) else hs._expected_name
    known = known_path(config, name, session.peer_certificates, session.cipher_suite, now)
    return known is not None or _verified(hs, session)


def _verified(hs: ClientHandshake | ServerHandshake, session: Session) -> bool:
    chain, config, suite = peer_certificates(session), hs._config, cipher_suite(session.cipher_suite)
    if suite is None:
        return False
    try:
        if isinstance(config, ServerConfig):
            client_path(config, chain, suite)
        else:
            server_path(config, hs._expected_name, chain, suite)
    except CertificateError:
        return False
    return True


def _type_of(certificates: tuple[Certificate, ...]) -> CertificateType:
    raw = bool(certificates) and isinstance(certificates[0], RawPublicKey)
    return CertificateType.RawPublicKey if raw else CertificateType.X509


def forget(hs: Handshake[Any]) -> None:
    """A session of a connection that failed must not be continued (RFC 5246, 7.2.2)."""
    store = hs._config.session_store
    key = vars(hs).get("session_id", b"") if hs._role == "server" else client_key(hs)
    if store is not None and key:
        store.remove(key)
