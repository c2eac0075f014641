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
from hellodone.cli.faults import InputUnreadable

if TYPE_CHECKING:
    from hellodone.config import ClientAuth, ServerConfig
    from hellodone.errors import TlsError
    from hellodone.pki.identity import Identity
    from hellodone.pki.trust import TrustStore
    from hellodone.policy import Policy
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
    answer: options.AnswerChoice,
    trace_dir: str | None,
    out: options.OutputChoice,
) -> int:
    """Serve TLS to many clients at once and tell of each: one line here, a page there, a trace where you say.

    Without --cert a laboratory CA makes a certificate on the spot, thrown away at the end. Ctrl-C ends the server.
    """
    from hellodone.cli.output import Output, in_folder
    from hellodone.cli.service import Service
    from hellodone.transport.address import HostPort, parse_host_port, parse_port
    from hellodone.transport.listener import TlsListener

    where = HostPort("", parse_port(bind[1:], bind)) if bind.startswith(":") else parse_host_port(bind)
    output = in_folder(trace_dir, out) if trace_dir else Output(out)
    config = _config(clients, tls, sessions)
    with ExitStack() as stack:
        identities = settings.identities(who)
        cacert = None if identities else stack.enter_context(_laboratory(config.policy, where.host, identities))
        config = replace(config, identity=identities, ocsp_response=settings.content(ocsp_response))
        listener = stack.enter_context(TlsListener((where.host, where.port), config))
        advise = partial(_advise, config, tls)
        service = Service(listener, output, answer, advise)
        _announce(listener.address, cacert, port_file)
        service.run()
    settings.note("stopped")
    return 0


def _config(clients: options.ClientsChoice, tls: options.TlsChoice, sessions: options.SessionsChoice) -> ServerConfig:
    """All but the identities. Raises ConfigurationError, InputUnreadable."""
    from hellodone.config import ServerConfig
    from hellodone.session.store import MemorySessionStore
    from hellodone.session.tickets import TicketKeys

    client_trust, client_auth = _client_auth(clients.client_ca, clients.request_client_cert)
    return ServerConfig(
        policy=settings.policy(tls),
        client_trust=client_trust,
        client_auth=client_auth,
        alpn=settings.alpn(tls),
        sni_fatal=clients.sni_fatal,
        session_store=MemorySessionStore() if sessions.resume in ("both", "id") else None,
        tickets=TicketKeys.generate() if sessions.resume in ("both", "ticket") else None,
        renegotiation=sessions.renegotiation,
        record=True,
        key_log=settings.key_log(tls.keylog),
    )


def _client_auth(client_ca: str | None, requested: bool) -> tuple[TrustStore | None, ClientAuth]:
    """Whose certificates are taken, and whether one is needed: by --client-ca alone it is."""
    if client_ca is None:
        return None, "requested" if requested else "none"
    return settings.trust(client_ca), "requested" if requested else "required"


class _laboratory:  # noqa: N801 - read as a function
    """A CA and its certificates while the server runs; gives the file that clients can trust."""

    def __init__(self, policy: Policy, host: str, identities: list[Identity]) -> None:
        self._policy = policy
        self._host = host
        self._identities = identities
        self._folder = tempfile.TemporaryDirectory(prefix="hellodone-")

    def __enter__(self) -> Path:
        from hellodone.cli.laboratory import key_kinds, make_laboratory

        anywhere = self._host in ("", "0.0.0.0", "::")  # noqa: S104 - what the user asked for
        names = _LOCAL if anywhere else (*_LOCAL, self._host)
        made = make_laboratory(key_kinds(self._policy), names)
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
