"""The two hellos: what is offered, what is chosen, and what both sides then know (RFC 5246, 7.4.1)."""

from __future__ import annotations

from hellodone.errors import AlertDescription
from hellodone.handshake.certificate_url import certificate_message
from hellodone.handshake.context import ClientHandshake, ServerHandshake
from hellodone.handshake.extensions import accept_all, answer_all, offer_all, read_all
from hellodone.handshake.extensions.padding import padded
from hellodone.handshake.habit import LONGEST, habitually, lasting
from hellodone.handshake.negotiation import choose, suites_offered
from hellodone.handshake.tls12.resumption import check_continued, continue_session, new_session_id, session_id_for
from hellodone.messages.extensions import Extensions
from hellodone.messages.extensions.tls13 import SupportedVersions
from hellodone.messages.handshake import ClientHello, ServerHello
from hellodone.registry.codes import CompressionMethod, ExtensionType
from hellodone.registry.suites import TLS_FALLBACK_SCSV, cipher_suite, suite_name
from hellodone.registry.versions import ProtocolVersion, version_name
from hellodone.session.session import Session

TLS12 = ProtocolVersion.TLS12
NULL = CompressionMethod.null


def client_hello(hs: ClientHandshake, session: Session | None) -> ClientHello:
    """What this client offers (7.4.1.2), an earlier session among it."""
    config = hs._config
    hs._session = session
    hs.client_version = TLS12
    hs.client_random = config.random_bytes(32)
    hs.session_id_offered = session_id_for(hs, session)
    special = config.supplements or config.trusted_keys or config.max_fragment_length or hs._previous is not None
    if special:
        _offer(hs)
    else:
        habitually(hs, ("offer", hs._expected_name), _usual_offer)
    if session is not None and session.ticket:
        hs._extensions_offered = hs._extensions_offered.replace(ExtensionType.session_ticket, session.ticket)
    if config.padding:
        hs._extensions_offered = padded(hs._extensions_offered, config.padding - len(_client_hello(hs).frame()))
    return _client_hello(hs)


def _usual_offer(hs: ClientHandshake) -> None:
    _offer(hs)
    hs._offer = object()


def _offer(hs: ClientHandshake) -> None:
    """Suites and extensions."""
    config = hs._config
    hs.cipher_suites_offered = suites_offered(config.policy, config.psk is not None)
    if config.fallback:
        hs.cipher_suites_offered += (TLS_FALLBACK_SCSV,)  # after those that are meant (RFC 7507, 4)
    hs._extensions_offered = offer_all(hs)


def _client_hello(hs: ClientHandshake) -> ClientHello:
    return ClientHello(
        hs.client_version,
        hs.client_random,
        hs.session_id_offered,
        hs.cipher_suites_offered,
        (NULL,),
        hs._extensions_offered,
    )


def accept_server_hello(hs: ClientHandshake, hello: ServerHello) -> None:
    """The server's choice is one this client can live with (7.4.1.3)."""
    hs.check(
        hello.server_version == TLS12,
        AlertDescription.protocol_version,
        "the server speaks TLS 1.2",
        lambda: f"it chose {version_name(hello.server_version)}",
    )
    hs._channel.negotiated(TLS12)
    hs.server_version = hello.server_version
    hs.server_random = hello.random
    hs.session_id = hello.session_id
    resumed = bool(hs.session_id_offered) and hello.session_id == hs.session_id_offered
    if hs._offer is None or hello.extensions.size > LONGEST:
        _conclude(hs, hello, resumed)
    else:
        session = hs._session if resumed else None
        kept = session and (session.cipher_suite, session.extended_master_secret, session.truncated_hmac)
        chosen = (hello.cipher_suite, hello.compression_method, hello.extensions)
        habitually(hs, ("accept", hs._offer, chosen, kept), _conclude, hello, resumed)
    hs._transcript.start(hs.cipher_suite.prf_hash)


def _conclude(hs: ClientHandshake, hello: ServerHello, resumed: bool) -> None:
    """What was chosen is what we offered, and what that means."""
    hs.check(
        hello.cipher_suite in hs.cipher_suites_offered,
        AlertDescription.illegal_parameter,
        "the cipher suite is one we offered",
        lambda: f"the server chose {suite_name(hello.cipher_suite)}",
    )
    hs.check(
        hello.compression_method == NULL,
        AlertDescription.illegal_parameter,
        "the compression method is null, the only one we offered",
        lambda: f"the server chose {hello.compression_method}",
    )
    suite = cipher_suite(hello.cipher_suite)
    assert suite is not None, "the policy holds suites that can be spoken"
    hs.cipher_suite = suite
    hs.compression_method = hello.compression_method
    hs.resumed = resumed
    accept_all(hs, hs._extensions_offered, hello.extensions)
    if resumed and hs._session is not None:
        check_continued(hs, hs._session)


def read_client_hello(hs: ServerHandshake, hello: ClientHello) -> None:
    """What the client offers, and what follows for the choice (7.4.1.2)."""
    hs.client_version = hello.client_version
    hs.client_random = hello.random
    hs.session_id_offered = hello.session_id
    hs.cipher_suites_offered = hello.cipher_suites
    hs._extensions_offered = hello.extensions
    hs._ticket_offered = hello.extensions.get(ExtensionType.session_ticket)
    long = 2 * len(hello.cipher_suites) + hello.extensions.size > LONGEST
    if long or hs._config.supplements or hs._previous is not None:
        _read(hs, hello)
    else:
        habitually(hs, ("read", lasting(hello)), _read_usual, hello)


def _read_usual(hs: ServerHandshake, hello: ClientHello) -> None:
    _read(hs, hello)
    config = hs._config
    hs._offer = object()
    foreign = callable(config.ocsp_response) or callable(config.certificate_timestamps)
    # the length is told to the connection, a type of certificate to whoever reads the message
    hs._chooses_alike = not (foreign or hs._fragment_length_offered or hs._client_types)


def _read(hs: ServerHandshake, hello: ClientHello) -> None:
    """All that is the same in the client's next hello."""
    _check_version(hs, hello)
    hs.check(
        NULL in hello.compression_methods,
        AlertDescription.illegal_parameter,
        "the client offers the null compression method (RFC 5246, 7.4.1.2)",
        lambda: "it offers " + ", ".join(map(str, hello.compression_methods)),
    )
    read_all(hs, hello.extensions)


def _check_version(hs: ServerHandshake, hello: ClientHello) -> None:
    hs.check(
        hello.client_version >= TLS12 or TLS_FALLBACK_SCSV not in hello.cipher_suites,
        AlertDescription.inappropriate_fallback,
        "the client does not fall back below what this server speaks (RFC 7507, 3)",
        lambda: f"it fell back to {version_name(hello.client_version)}",
    )
    hs.check(
        hello.client_version >= TLS12,  # however much higher (RFC 5246, E.1)
        AlertDescription.protocol_version,
        "the client speaks TLS 1.2",
        lambda: f"its highest version is {version_name(hello.client_version)}",
    )
    listed = hello.extensions.get(ExtensionType.supported_versions)
    if listed is not None:
        versions = SupportedVersions.parse(listed).versions
        hs.check(
            TLS12 in versions,
            AlertDescription.protocol_version,
            "the client speaks TLS 1.2",
            lambda: "it lists " + ", ".join(version_name(version) for version in versions),
        )


def server_hello(hs: ServerHandshake, session: Session | None) -> ServerHello:
    """What this server chooses, or the session it continues (7.4.1.3)."""
    hs._session = session
    hs.resumed = session is not None
    hs.server_version = TLS12
    hs.server_random = hs._config.random_bytes(32)
    hs.session_id = hs.session_id_offered if session else new_session_id(hs)
    if session:
        continue_session(hs, session)
    alike = hs._chooses_alike and not (session and session.max_fragment_length)
    extensions = _usual_choice(hs, session) if alike else _choose(hs)
    hs._transcript.start(hs.cipher_suite.prf_hash)
    hs._channel.negotiated(TLS12)
    return ServerHello(
        hs.server_version,
        hs.server_random,
        hs.session_id,
        hs.cipher_suite.code,
        hs.compression_method,
        extensions,
    )


def _usual_choice(hs: ServerHandshake, session: Session | None) -> Extensions:
    """The same for all who offer the same."""
    if session is None:
        return habitually(hs, ("choose", hs._offer), _choose)
    kept = (session.cipher_suite, session.truncated_hmac, hs.secure_renegotiation, hs._renew_ticket)
    return habitually(hs, ("continue", hs._offer, kept), _choose)


def _choose(hs: ServerHandshake) -> Extensions:
    """Suite and certificate, unless a session brought them, and the extensions that go with them."""
    if not hs.resumed:
        choice = choose(hs)
        hs._identity = choice.identity
        if choice.identity is not None:
            hs._certificate_message = certificate_message(choice.identity)
        hs._signature_scheme = choice.signature_scheme
        hs.cipher_suite = choice.suite
        if choice.group is not None:
            hs.group = choice.group
    hs.compression_method = NULL
    return answer_all(hs, hs._extensions_offered)
