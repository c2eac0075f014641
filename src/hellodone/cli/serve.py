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
from hellodone.cli.branch_choices import ServeBranches
from hellodone.cli.branch_options import serve_branches
from hellodone.errors import ConfigurationError

if TYPE_CHECKING:
    from hellodone.cli.service import Renegotiating
    from hellodone.config import ClientAuth, ServerConfig
    from hellodone.errors import TlsError
    from hellodone.pki.identity import Identity
    from hellodone.pki.trust import TrustStore
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
@options.clients_options
@options.tls_options()
@serve_branches
@options.answer_options
@click.option("--trace-dir", metavar="FOLDER", help="Keep a trace of every connection there, numbered.")
@options.output_options
def command(
    bind: str,
    port_file: str | None,
    who: options.IdentityChoice,
    clients: options.ClientsChoice,
    tls: options.TlsChoice,
    branches: ServeBranches,
    answer: options.AnswerChoice,
    trace_dir: str | None,
    out: options.OutputChoice,
) -> int:
    """Serve TLS to many clients at once and tell of each: one line here, a page there, a trace where you say.

    Without --cert a laboratory CA makes a certificate on the spot, thrown away at the end; none for suites that need
    none (--psk, anonymous ones). Ctrl-C ends the server.
    """
    from hellodone.cli.branches import with_statuses
    from hellodone.cli.exports import Exports
    from hellodone.cli.output import Output, in_folder
    from hellodone.cli.service import Service
    from hellodone.cli.stapling import stapled
    from hellodone.transport.address import HostPort, parse_host_port, parse_port
    from hellodone.transport.listener import TlsListener

    where = HostPort("", parse_port(bind[1:], bind)) if bind.startswith(":") else parse_host_port(bind)
    output = in_folder(trace_dir, out) if trace_dir else Output(out, in_lines=True)
    config, exports = _config(clients, tls, branches), Exports(branches.exports)
    with ExitStack() as stack:
        identities = settings.identities(who) + settings.raw_identities(branches.certificates.rawpkkeyfile)
        kinds = () if identities else _kinds(config)
        cacert = stack.enter_context(_laboratory(kinds, where.host, identities)) if kinds else None
        config = with_statuses(replace(config, identity=identities), branches.certificates)
        config = stack.enter_context(stapled(config, branches.certificates))
        listener = stack.enter_context(TlsListener((where.host, where.port), config))
        advise = partial(_advise, config, tls)
        service = Service(listener, output, answer, advise, _renegotiating(clients, branches), exports)
        service.run(partial(_announce, listener.address, cacert, port_file))
    settings.note("stopped")
    return 0


def _config(clients: options.ClientsChoice, tls: options.TlsChoice, branches: ServeBranches) -> ServerConfig:
    """All but the identities. Raises ConfigurationError, InputUnreadable."""
    from hellodone.cli.branches import of_server
    from hellodone.config import ServerConfig

    client_trust, client_auth = _client_auth(clients, branches)
    if branches.certificates.fetch_client_certificate and client_auth == "none":
        raise ConfigurationError("--fetch-client-certificate needs --client-ca: nobody is asked for a certificate")
    config = ServerConfig(
        policy=settings.policy(tls),
        client_trust=client_trust,
        client_auth="none" if branches.sessions.renegotiate == "initiate" else client_auth,
        alpn=settings.alpn(tls),
        sni_fatal=clients.sni_fatal,
        record=True,
        key_log=settings.key_log(tls.keylog),
    )
    return of_server(config, branches)


def _client_auth(clients: options.ClientsChoice, branches: ServeBranches) -> tuple[TrustStore | None, ClientAuth]:
    """Whose certificates are taken, and whether one is needed: by --client-ca or --trusted-key alone it is."""
    requested = clients.request_client_cert
    if clients.client_ca is not None:
        return settings.trust(clients.client_ca), "requested" if requested else "required"
    if branches.certificates.trusted_key:
        from hellodone.pki.trust import TrustStore

        return TrustStore.empty(), "requested" if requested else "required"
    return None, "requested" if requested else "none"


def _renegotiating(clients: options.ClientsChoice, branches: ServeBranches) -> Renegotiating | None:
    """With --renegotiate initiate, what begins another handshake before a request is answered."""
    if branches.sessions.renegotiate != "initiate":
        return None
    from hellodone.cli.renegotiation import RenegotiatingResponder

    _, client_auth = _client_auth(clients, branches)
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
        settings.write_port(port_file, port)
