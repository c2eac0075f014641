"""``hellodone connect``: a handshake with a real server, drawn; then a GET, or the terminal joined to it."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import click

from hellodone.cli import options, settings
from hellodone.cli.app import Command
from hellodone.cli.branch_choices import CallBranches
from hellodone.cli.branch_options import call_branches
from hellodone.cli.target import HTTPS_PORT, parse_resolve, parse_target
from hellodone.cli.use import Outcome
from hellodone.errors import ConfigurationError, FatalAlert, TlsError

if TYPE_CHECKING:
    from hellodone.cli.call import Call
    from hellodone.cli.exports import Exports
    from hellodone.cli.output import Output
    from hellodone.trace.model import Trace
    from hellodone.transport.blocking import TlsSocket

_HTTP_PORTS = (HTTPS_PORT, 8443)


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
@options.reach_options
@options.identity_options(several=True)
@options.tls_options()
@call_branches
@click.option("--body", metavar="FILE", help="Keep the body of the answer there; - is standard output.")
@click.option(
    "--probe/--no-probe", default=True, help="When refused, find out whether another policy would be accepted."
)
@options.output_options
def command(
    target: str,
    reach: options.ReachChoice,
    who: options.IdentityChoice,
    tls: options.TlsChoice,
    branches: CallBranches,
    body: str | None,
    probe: bool,
    out: options.OutputChoice,
) -> int:
    """Connect to a server, draw the handshake, and say what came of it.

    With an https:// address one GET is sent; the body of the answer is counted and withheld unless --body keeps it.
    With HOST:PORT standard input and output are joined to the connection once the handshake is done; at the usual
    ports of HTTP a terminal is not, and nothing is sent.
    """
    from hellodone.cli.exports import Exports
    from hellodone.cli.output import Output

    output, exports, sessions = Output(out), Exports(branches.exports), branches.sessions
    call = _call(target, who, tls, reach, branches)
    if body is not None and call.target.request is None:
        raise ConfigurationError("--body needs an https:// address: only the answer to a GET has a body")
    _warn(reach)
    before: list[Trace] = []
    try:
        if sessions.resume:
            before.append(_first_connection(call))
        connection = call.open()
    except TlsError as error:
        if error.trace is not None:
            output.show(_all(before, error.trace))
        if probe and isinstance(error, FatalAlert):
            _advise(call, error, tls)
        raise
    if sessions.resume and not connection.resumed:
        settings.note("hellodone: the server did not resume the session: the second handshake is a full one too")
    refused = _renegotiate(connection) if sessions.renegotiate == "initiate" else None
    outcome = Outcome(fault=refused) if refused is not None else _used(connection, call, body)
    return _tell(connection, output, outcome, before, exports)


def _warn(reach: options.ReachChoice) -> None:
    if reach.insecure:
        settings.note("warning: --insecure: the server's certificate is not verified; anybody may be at the other end")


def _first_connection(call: Call) -> Trace:
    """A connection whose session the next one resumes."""
    with call.open() as connection:
        pass
    trace = connection.trace
    assert trace is not None, "record=True"
    return trace


def _all(before: list[Trace], last: Trace) -> Trace:
    from hellodone.trace.merge import together

    return together([*before, last]) if before else last


def _call(
    target: str,
    who: options.IdentityChoice,
    tls: options.TlsChoice,
    reach: options.ReachChoice,
    branches: CallBranches,
) -> Call:
    """Everything read and checked before the network is touched. Raises ConfigurationError, InputUnreadable."""
    from hellodone.cli.branches import of_client
    from hellodone.cli.call import Call
    from hellodone.config import ClientConfig
    from hellodone.transport.starttls import DEFAULT_PORTS

    goal = parse_target(target, DEFAULT_PORTS[reach.starttls] if reach.starttls else HTTPS_PORT)
    config = ClientConfig(
        trust=None if reach.insecure else settings.trust(reach.cacert),
        policy=settings.policy(tls),
        identity=settings.identities(who) or None,
        alpn=settings.alpn(tls) or (("http/1.1",) if goal.request is not None else ()),
        record=True,
        key_log=settings.key_log(tls.keylog),
    )
    config = of_client(config, branches)
    return Call(goal, config, reach.servername, reach.starttls, parse_resolve(reach.resolve), reach.timeout)


def _used(connection: TlsSocket, call: Call, body: str | None) -> Outcome:
    """What the connection is for."""
    from hellodone.cli.use import fetch, talk

    if call.target.request is not None:
        return fetch(connection, call.target, body)
    return talk(connection, call.timeout, http=call.target.port in _HTTP_PORTS)


def _tell(connection: TlsSocket, output: Output, outcome: Outcome, before: list[Trace], exports: Exports) -> int:
    """The chart of the connection and those before, and what came of it; a fault comes after the chart."""
    connection.close()
    trace = connection.trace
    assert trace is not None, "record=True"
    # standard output belongs to the peer's data once there is any
    stream = sys.stderr if outcome.printed else sys.stdout
    output.show(_all(before, trace), stream=stream)
    if outcome.fault is not None:
        raise outcome.fault
    if outcome.summary and not output.brief_only:
        print(outcome.summary, file=stream)
    for line in exports.lines(connection):
        print(line, file=stream)
    return 0


def _renegotiate(connection: TlsSocket) -> TlsError | None:
    """Begin another handshake; the fault if it failed. A server may decline, which is said and is no fault."""
    try:
        if not connection.renegotiate():
            settings.note("hellodone: the server declines to renegotiate (the warning no_renegotiation)")
    except TlsError as error:
        return error
    except TimeoutError:
        return TlsError(f"{connection.peer} did not answer the request to renegotiate in time")
    return None


def _advise(call: Call, error: FatalAlert, choice: options.TlsChoice) -> None:
    from hellodone.cli.advice import advise

    sentence = advise(call, error, choice)
    if sentence:
        settings.note(f"hellodone: {sentence}")
