"""``hellodone demo``: both ends of a handshake over real TCP on this machine, drawn as one chart."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

import click

from hellodone.cli import options
from hellodone.cli.app import Command
from hellodone.errors import ConfigurationError, TlsError

if TYPE_CHECKING:
    from hellodone.cli.scenario import Scenario
    from hellodone.trace.model import Trace
    from hellodone.transport.listener import TlsListener

_SECONDS = 10.0  # for everything that a demonstration does on the network


@click.command(
    "demo",
    cls=Command,
    short_help="Draw a handshake between two ends on this machine.",
    examples=(
        "hellodone demo",
        "hellodone demo --key-exchange dhe_rsa --client-auth --detail full",
        "hellodone demo --key-exchange rsa -o rsa.puml",
    ),
)
@click.option(
    "--key-exchange",
    type=click.Choice(["rsa", "dhe_rsa", "ecdhe_rsa", "ecdhe_ecdsa"], case_sensitive=False),
    help="How the premaster secret comes about; ecdhe_ecdsa unless --cipher says otherwise.",
)
@click.option("--group", metavar="NAME", help="The group of the key exchange: x25519, P-256, x448, ffdhe3072 ...")
@click.option("--cipher", metavar="NAME", help="A cipher suite (IANA or OpenSSL name), or the cipher of one.")
@click.option("--client-auth", is_flag=True, help="The server requires a certificate of the client.")
@options.tls_options(default_policy=None)
@options.output_options
def command(
    key_exchange: str | None,
    group: str | None,
    cipher: str | None,
    client_auth: bool,
    tls: options.TlsChoice,
    out: options.OutputChoice,
) -> int:
    """Run a TLS 1.2 handshake between two ends on this machine and draw it.

    A laboratory CA is made on the spot; client and server are the same program over a real TCP connection on the
    loopback interface, and the chart shows what both of them sent, computed and checked. Their secrets are shown:
    they are thrown away at once.
    """
    from hellodone.cli.output import Output
    from hellodone.cli.scenario import plan

    output = Output(out)
    scenario = plan(key_exchange, group, cipher, client_auth, tls)
    trace, fault = perform(scenario)
    output.show(trace, secrets=True)
    if fault is not None:
        raise fault
    return 0


def perform(scenario: Scenario) -> tuple[Trace, TlsError | None]:
    """Run both ends; the merged trace, and the client's fault or the server's if there was one."""
    from hellodone.trace.merge import merge
    from hellodone.transport.listener import TlsListener

    outcome = _ServerOutcome()
    with TlsListener(("127.0.0.1", 0), scenario.server) as listener:
        listener.settimeout(_SECONDS)
        thread = threading.Thread(target=_serve, args=(listener, outcome), name="server")
        thread.start()
        client_trace, fault = _connect(listener.address, scenario)
        thread.join()
    if client_trace is None or outcome.trace is None:
        raise fault or outcome.fault or ConfigurationError("the demonstration left no trace")
    return merge(client_trace, outcome.trace), _decisive(fault, outcome.fault)


def _decisive(*faults: TlsError | None) -> TlsError | None:
    """Of both ends' faults that of the end that made the decision; the other only heard of it."""
    there = [fault for fault in faults if fault is not None]
    return next((fault for fault in there if getattr(fault, "sender", "") == "us"), there[0] if there else None)


class _ServerOutcome:
    """What the server's thread leaves behind."""

    trace: Trace | None = None
    fault: TlsError | None = None


def _serve(listener: TlsListener, outcome: _ServerOutcome) -> None:
    from hellodone.https.responder import HttpResponder
    from hellodone.https.server import answer, seen

    try:
        tls = listener.accept()
    except TimeoutError:
        return
    tls.settimeout(_SECONDS)
    try:
        tls.do_handshake(_SECONDS)
        answer(tls, HttpResponder(seen(tls)))
    except TlsError as error:
        outcome.fault = error
    except TimeoutError:
        pass  # the client left or is stuck: its own fault says more
    finally:
        tls.close(linger=0)
        outcome.trace = tls.trace


def _connect(address: tuple[str, int], scenario: Scenario) -> tuple[Trace | None, TlsError | None]:
    from hellodone.https.client import get
    from hellodone.transport.client import connect

    try:
        tls = connect(address, scenario.client, server_name="localhost", timeout=_SECONDS)
    except TlsError as error:
        return error.trace, error
    fault: TlsError | None = None
    try:
        get(tls, "localhost", "/")
    except TlsError as error:
        fault = error
    tls.close()
    return tls.trace, fault
