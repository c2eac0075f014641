"""``hellodone connect``: a handshake with a real server, drawn; then a GET, or the terminal joined to it."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import click

from hellodone.cli import options, settings
from hellodone.cli.app import Command
from hellodone.cli.target import HTTPS_PORT, Target, parse_resolve, parse_target
from hellodone.errors import ConfigurationError, FatalAlert, TlsError

if TYPE_CHECKING:
    from hellodone.cli.call import Call
    from hellodone.cli.output import Output
    from hellodone.transport.blocking import TlsSocket

_HTTP_PORTS = (HTTPS_PORT, 8443)
_STARTTLS = ("smtp", "imap", "pop3", "ftp", "ldap", "postgres", "xmpp")


@click.command(
    "connect",
    cls=Command,
    short_help="Draw a handshake with a real server.",
    examples=(
        "hellodone connect example.com",
        "hellodone connect https://example.com/ --body page.html -o trace.json",
        "hellodone connect mail.example.com --starttls smtp --policy compatible",
    ),
)
@click.argument("target", metavar="HOST[:PORT] | https://HOST[:PORT]/PATH")
@click.option(
    "--cacert", "--CAfile", "cacert", metavar="FILE", help="Trust these CAs (file or folder), not the system's."
)
@click.option("--insecure", "-k", is_flag=True, help="Go on with whatever certificate the server has.")
@options.identity_options(several=True)
@options.tls_options()
@click.option("--servername", "--sni", metavar="NAME", help="Ask for this name, and expect it in the certificate.")
@click.option("--starttls", type=click.Choice(_STARTTLS), help="Change to TLS after these words in the clear.")
@click.option("--resolve", multiple=True, metavar="HOST:PORT:ADDRESS", help="Dial that address for that host and port.")
@options.timeout_option(15.0, "For connection and handshake together, and for each silence afterwards.")
@click.option("--body", metavar="FILE", help="Keep the body of the answer there; - is standard output.")
@click.option(
    "--probe/--no-probe", default=True, help="When refused, find out whether another policy would be accepted."
)
@options.output_options
def command(
    target: str,
    cacert: str | None,
    insecure: bool,
    who: options.IdentityChoice,
    tls: options.TlsChoice,
    servername: str | None,
    starttls: str | None,
    resolve: tuple[str, ...],
    timeout: float,
    body: str | None,
    probe: bool,
    out: options.OutputChoice,
) -> int:
    """Connect to a server, draw the handshake, and say what came of it.

    With an https:// address one GET is sent; the body of the answer is counted and withheld unless --body keeps it.
    With HOST:PORT standard input and output are joined to the connection once the handshake is done; at the usual
    ports of HTTP a terminal is not, and nothing is sent.
    """
    from hellodone.cli.call import Call
    from hellodone.cli.output import Output
    from hellodone.config import ClientConfig
    from hellodone.transport.starttls import DEFAULT_PORTS

    output = Output(out)
    goal = parse_target(target, DEFAULT_PORTS[starttls] if starttls else HTTPS_PORT)
    if body is not None and goal.request is None:
        raise ConfigurationError("--body needs an https:// address: only the answer to a GET has a body")
    config = ClientConfig(
        trust=None if insecure else settings.trust(cacert),
        policy=settings.policy(tls),
        identity=settings.identities(who) or None,
        alpn=settings.alpn(tls) or (("http/1.1",) if goal.request is not None else ()),
        record=True,
        key_log=settings.key_log(tls.keylog),
    )
    if insecure:
        settings.note("warning: --insecure: the server's certificate is not verified; anybody may be at the other end")
    call = Call(goal, config, servername, starttls, parse_resolve(resolve), timeout)
    try:
        connection = call.open()
    except TlsError as error:
        if error.trace is not None:
            output.show(error.trace)
        if probe and isinstance(error, FatalAlert):
            _advise(call, error, tls)
        raise
    return _use(connection, goal, output, body, timeout)


def _use(connection: TlsSocket, goal: Target, output: Output, body: str | None, timeout: float) -> int:
    """What the connection is for, then the chart; a fault comes after the chart."""
    from hellodone.cli.use import fetch, talk

    fault: TlsError | None = None
    summary, stream = "", sys.stdout
    try:
        if goal.request is not None:
            summary = fetch(connection, goal, body)
            stream = sys.stderr if body == "-" else sys.stdout
        elif talk(connection, timeout, http=goal.port in _HTTP_PORTS):
            stream = sys.stderr  # standard output belongs to the peer's data once there is any
    except TlsError as error:
        fault = error
    connection.close()
    trace = connection.trace
    assert trace is not None, "record=True"
    output.show(trace, stream=stream)
    if fault is not None:
        raise fault
    if summary and not output.brief_only:
        print(summary, file=stream)
    return 0


def _advise(call: Call, error: FatalAlert, choice: options.TlsChoice) -> None:
    from hellodone.cli.advice import advise

    sentence = advise(call, error, choice)
    if sentence:
        settings.note(f"hellodone: {sentence}")
