"""The two hellos: what is offered, what is chosen, and what both sides then know (RFC 5246, 7.4.1)."""

from __future__ import annotations

from hellodone.errors import AlertDescription
from hellodone.handshake.context import ClientHandshake, ServerHandshake
from hellodone.handshake.extensions import accept_all, answer_all, answers_by_habit, offer_all, read_all
from hellodone.handshake.extensions.padding import padded
from hellodone.handshake.habit import habitually
from hellodone.handshake.negotiation import choose, suites_offered
from hellodone.handshake.tls12.resumption import continue_session, new_session_id, session_id_for
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
    hs.cipher_suites_offered = suites_offered(config.policy, config.psk is not None)
    if config.fallback:
        hs.cipher_suites_offered += (TLS_FALLBACK_SCSV,)  # after those that are meant (RFC 7507, 4)
    hs._extensions_offered = offer_all(hs)
    if config.padding:
        hs._extensions_offered = padded(hs._extensions_offered, config.padding - len(_client_hello(hs).frame()))
    return _client_hello(hs)


def _client_hello(hs: ClientHandshake) -> ClientHello:
    return ClientHello(
        client_version=hs.client_version,
        random=hs.client_random,
        session_id=hs.session_id_offered,
        cipher_suites=hs.cipher_suites_offered,
        compression_methods=(NULL,),
        extensions=hs._extensions_offered,
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
    hs.server_version = hello.server_version
    hs.server_random = hello.random
    hs.session_id = hello.session_id
    hs.cipher_suite = suite
    hs.compression_method = hello.compression_method
    hs.resumed = bool(hs.session_id_offered) and hello.session_id == hs.session_id_offered
    accept_all(hs, hs._extensions_offered, hello.extensions)
    hs._transcript.start(suite.prf_hash)


def read_client_hello(hs: ServerHandshake, hello: ClientHello) -> None:
    """What the client offers, and what follows for the choice (7.4.1.2)."""
    hs.client_version = hello.client_version
    hs.client_random = hello.random
    hs.session_id_offered = hello.session_id
    hs.cipher_suites_offered = hello.cipher_suites
    hs._extensions_offered = hello.extensions
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
    extensions = _usual_choice(hs, session) if answers_by_habit(hs) else _choose(hs)
    hs._transcript.start(hs.cipher_suite.prf_hash)
    hs._channel.negotiated(TLS12)
    return ServerHello(
        server_version=hs.server_version,
        random=hs.server_random,
        session_id=hs.session_id,
        cipher_suite=hs.cipher_suite.code,
        compression_method=hs.compression_method,
        extensions=extensions,
    )


def _usual_choice(hs: ServerHandshake, session: Session | None) -> Extensions:
    """The same for all who offer the same."""
    if session is None:
        return habitually(hs, ("choose", hs._offer, hs.cipher_suites_offered), lambda: _choose(hs))
    kept = (session.cipher_suite, session.truncated_hmac, hs.secure_renegotiation, hs._renew_ticket)
    return habitually(hs, ("continue", hs._offer, kept), lambda: _choose(hs))


def _choose(hs: ServerHandshake) -> Extensions:
    """Suite and certificate, unless a session brought them, and the extensions that go with them."""
    if not hs.resumed:
        choice = choose(hs)
        hs._identity = choice.identity
        hs._signature_scheme = choice.signature_scheme
        hs.cipher_suite = choice.suite
        if choice.group is not None:
            hs.group = choice.group
    hs.compression_method = NULL
    return answer_all(hs, hs._extensions_offered)
