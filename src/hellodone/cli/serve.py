"""``hellodone serve``: a TLS server that tells of every handshake, to its client and on the terminal."""

from __future__ import annotations

import tempfile
from contextlib import ExitStack
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import click

from hellodone.cli import options, settings
from hellodone.cli.app import Command
from hellodone.cli.branch_options import ServeBranches, serve_branches
from hellodone.cli.faults import InputUnreadable

if TYPE_CHECKING:
    from hellodone.cli.service import Renegotiating
    from hellodone.config import ClientAuth, ServerConfig
    from hellodone.errors import TlsError
    from hellodone.pki.identity import Identity
    from hellodone.pki.trust import TrustStore
    from hellodone.session.store import SessionStore
    from hellodone.session.tickets import TicketKeys
    from hellodone.trace.model import Trace

_LOCAL = ("localhost", "127.0.0.1", "::1")


@click.command(
    "serve",
    cls=Command,
    short_help="Be the server, tell of every client's handshake.",
    examples=(
        "hellodone serve",
        "hellodone serve --bind 0.0.0.0:8443 --cert chain.pem --key key.pem --policy compatible",
        "hellodone serve --client-ca ca.pem --trace-dir traces",
    ),
)
@click.option(
    "--bind",
    default="127.0.0.1:4433",
    show_default=True,
    metavar="ADDR:PORT",
    help="Port 0: any free one; :PORT: every address.",
)
@click.option("--port-file", metavar="FILE", help="Write the port there once connections are accepted.")
@options.identity_options(several=True)
@click.option(
    "--ocsp-response", metavar="FILE", help="Staple this answer of an OCSP responder (DER) to the certificate."
)
@options.clients_options
@options.tls_options()
@options.sessions_options
@serve_branches
@options.answer_options
@click.option("--trace-dir", metavar="FOLDER", help="Keep a trace of every connection there, numbered.")
@options.output_options
def command(
    bind: str,
    port_file: str | None,
    who: options.IdentityChoice,
    ocsp_response: str | None,
    clients: options.ClientsChoice,
    tls: options.TlsChoice,
    sessions: options.SessionsChoice,
    branches: ServeBranches,
    answer: options.AnswerChoice,
    trace_dir: str | None,
    out: options.OutputChoice,
) -> int:
    """Serve TLS to many clients at once and tell of each: one line here, a page there, a trace where you say.

    Without --cert a laboratory CA makes a certificate on the spot, thrown away at the end; none for suites that need
    none (--psk, anonymous ones). Ctrl-C ends the server.
    """
    from hellodone.cli.output import Output, in_folder
    from hellodone.cli.service import Service
    from hellodone.transport.address import HostPort, parse_host_port, parse_port
    from hellodone.transport.listener import TlsListener

    where = HostPort("", parse_port(bind[1:], bind)) if bind.startswith(":") else parse_host_port(bind)
    output = in_folder(trace_dir, out) if trace_dir else Output(out)
    config = _config(clients, tls, sessions, branches)
    with ExitStack() as stack:
        identities = settings.identities(who)
        kinds = () if identities else _kinds(config)
        cacert = stack.enter_context(_laboratory(kinds, where.host, identities)) if kinds else None
        config = replace(config, identity=identities, ocsp_response=settings.content(ocsp_response))
        listener = stack.enter_context(TlsListener((where.host, where.port), config))
        advise = partial(_advise, config, tls)
        service = Service(listener, output, answer, advise, _renegotiating(clients, sessions))
        service.run(partial(_announce, listener.address, cacert, port_file))
    settings.note("stopped")
    return 0


def _config(
    clients: options.ClientsChoice,
    tls: options.TlsChoice,
    sessions: options.SessionsChoice,
    branches: ServeBranches,
) -> ServerConfig:
    """All but the identities. Raises ConfigurationError, InputUnreadable."""
    from hellodone.config import ServerConfig

    client_trust, client_auth = _client_auth(clients)
    store, tickets = _resumption(sessions.resume, branches.sessions_url)
    return ServerConfig(
        policy=settings.policy(tls),
        client_trust=client_trust,
        client_auth="none" if sessions.renegotiate == "initiate" else client_auth,
        alpn=settings.alpn(tls),
        sni_fatal=clients.sni_fatal,
        session_store=store,
        tickets=tickets,
        renegotiation="accept" if sessions.renegotiate == "accept" else "refuse",
        psk=dict(settings.psk(text) for text in branches.psk) or None,
        psk_hint=branches.psk_hint.encode(),
        dh_group=settings.dh_group(branches.dh_group),
        record_size_limit=branches.record_size_limit,
        record=True,
        key_log=settings.key_log(tls.keylog),
    )


def _resumption(resume: str | None, url: str | None) -> tuple[SessionStore | None, TicketKeys | None]:
    """Where sessions are kept: here, in a Redis, at the clients. Raises ConfigurationError."""
    from hellodone.session.store import MemorySessionStore
    from hellodone.session.tickets import TicketKeys

    manner = resume or ("id" if url else "both")
    tickets = TicketKeys.generate() if manner in ("both", "ticket") else None
    if manner not in ("both", "id"):
        return None, tickets
    if url is None:
        return MemorySessionStore(), tickets
    from hellodone.session.redis import RedisSessionStore

    return RedisSessionStore(url, warn=lambda sentence: settings.note(f"warning: {sentence}")), tickets


def _client_auth(clients: options.ClientsChoice) -> tuple[TrustStore | None, ClientAuth]:
    """Whose certificates are taken, and whether one is needed: by --client-ca alone it is."""
    requested = clients.request_client_cert
    if clients.client_ca is None:
        return None, "requested" if requested else "none"
    return settings.trust(clients.client_ca), "requested" if requested else "required"


def _renegotiating(clients: options.ClientsChoice, sessions: options.SessionsChoice) -> Renegotiating | None:
    """With --renegotiate initiate, what begins another handshake before a request is answered."""
    if sessions.renegotiate != "initiate":
        return None
    from hellodone.cli.renegotiation import RenegotiatingResponder

    _, client_auth = _client_auth(clients)
    return lambda tls, make: RenegotiatingResponder(tls, client_auth, make)


def _kinds(config: ServerConfig) -> tuple[str, ...]:
    """Of which kinds of key certificates are to be made: none where a pre-shared key is enough."""
    from hellodone.cli.laboratory import key_kinds
    from hellodone.registry.suites import cipher_suite

    suites = [suite for code in config.policy.cipher_suites if (suite := cipher_suite(code)) is not None]
    if config.psk and any(suite.psk and not suite.authenticates_server for suite in suites):
        return ()
    return key_kinds(config.policy)


class _laboratory:  # noqa: N801 - read as a function
    """A CA and its certificates while the server runs; gives the file that clients can trust."""

    def __init__(self, kinds: tuple[str, ...], host: str, identities: list[Identity]) -> None:
        self._kinds = kinds
        self._host = host
        self._identities = identities
        self._folder = tempfile.TemporaryDirectory(prefix="hellodone-")

    def __enter__(self) -> Path:
        from hellodone.cli.laboratory import make_laboratory

        anywhere = self._host in ("", "0.0.0.0", "::")  # noqa: S104 - what the user asked for
        names = _LOCAL if anywhere else (*_LOCAL, self._host)
        made = make_laboratory(self._kinds, names)
        self._identities += made.servers
        path = Path(self._folder.name) / "ca.pem"
        path.write_bytes(made.authority.pem)
        return path

    def __exit__(self, *_: object) -> None:
        self._folder.cleanup()


def _advise(config: ServerConfig, choice: options.TlsChoice, trace: Trace, fault: TlsError) -> str | None:
    from hellodone.cli.advice import advise_server

    return advise_server(config, trace, fault, choice)


def _announce(address: tuple[str, int], cacert: Path | None, port_file: str | None) -> None:
    """Tell people how to connect, then programs that they can."""
    from hellodone.transport.address import join

    host, port = address
    print(f"listening on {join(host, port)}", flush=True)
    if cacert is not None:
        settings.note("no --cert: a laboratory CA made a certificate for localhost, valid while this server runs; try")
        settings.note(f"  hellodone connect https://localhost:{port}/ --cacert {cacert}")
        settings.note(f"  curl --cacert {cacert} https://localhost:{port}/")
    if port_file is not None:
        _write_port(Path(port_file), port)


def _write_port(path: Path, port: int) -> None:
    """Whole or not at all: who waits for the file must never read half a number."""
    partial = path.with_name(path.name + ".part")
    try:
        partial.write_text(f"{port}\n", encoding="ascii")
        partial.replace(path)
    except OSError as fault:
        raise InputUnreadable(f"{path}: cannot be written: {(fault.strerror or '').lower()}") from None
