"""``hellodone demo``: both ends of a handshake over real TCP on this machine, drawn as one chart."""

from __future__ import annotations

import threading
from contextlib import ExitStack
from dataclasses import replace
from typing import TYPE_CHECKING

import click

from hellodone.cli import options, settings
from hellodone.cli.app import Command
from hellodone.cli.branch_choices import ExportsChoice
from hellodone.cli.branch_options import exports_options
from hellodone.cli.demo_options import demo_options
from hellodone.errors import ConfigurationError, TlsError

if TYPE_CHECKING:
    from hellodone.cli.scenario import Scenario
    from hellodone.https.responder import Responder
    from hellodone.trace.model import Trace
    from hellodone.transport.blocking import TlsSocket
    from hellodone.transport.listener import TlsListener

_SECONDS = 10.0  # for everything that a demonstration does on the network


@click.command(
    "demo",
    cls=Command,
    short_help="Draw a handshake between two ends on this machine.",
    examples=(
        "hellodone demo",
        "hellodone demo --key-exchange dhe_rsa --client-auth --detail full",
        "hellodone demo --resume ticket -o resumed.puml",
    ),
)
@demo_options
@click.option("--list", "listed", is_flag=True, help="Name the scenarios, a line each, and end.")
@options.tls_options(default_policy=None)
@exports_options
@options.output_options
def command(
    ask: options.DemoChoice, listed: bool, tls: options.TlsChoice, exports: ExportsChoice, out: options.OutputChoice
) -> int:
    """Run a TLS 1.2 handshake between two ends on this machine and draw it.

    A laboratory CA is made on the spot; client and server are the same program over a real TCP connection on the
    loopback interface, and the chart shows what both of them sent, computed and checked. Their secrets are shown:
    they are thrown away at once.
    """
    from hellodone.cli.exports import Exports, Taken
    from hellodone.cli.output import Output
    from hellodone.cli.scenario import plan

    if listed:
        return _list()
    output, taken = Output(out), Taken(Exports(exports))
    trace, fault = perform(replace(plan(ask, tls), take=taken.take))
    output.show(trace, secrets=True)
    for line in taken.told():
        settings.note(line)
    if fault is not None:
        raise fault
    return 0


def _list() -> int:
    from hellodone.cli.scenarios import SCENARIOS

    width = max(len(scenario.command) for scenario in SCENARIOS)
    for scenario in SCENARIOS:
        print(f"{scenario.command:<{width}}  {scenario.sentence}")
    return 0


def perform(scenario: Scenario) -> tuple[Trace, TlsError | None]:
    """Run both ends, as many connections as it takes; the merged trace, and the fault of the end that decided it."""
    from hellodone.trace.merge import together
    from hellodone.transport.listener import TlsListener

    traces: list[Trace] = []
    fault: TlsError | None = None
    with ExitStack() as stack:
        if scenario.authority is not None:
            stack.callback(scenario.authority.close)
        if scenario.stapling is not None:
            scenario.stapling.run()
        listener = stack.enter_context(TlsListener(("127.0.0.1", 0), scenario.server))
        listener.settimeout(_SECONDS)
        while fault is None and len(traces) < scenario.connections:
            trace, fault = _one_connection(listener, scenario)
            traces.append(trace)
    if scenario.stapling is not None:
        traces[0] = scenario.stapling.told(traces[0])
    return traces[0] if len(traces) == 1 else together(traces), fault


def _one_connection(listener: TlsListener, scenario: Scenario) -> tuple[Trace, TlsError | None]:
    from hellodone.trace.merge import merge

    outcome = _ServerOutcome()
    thread = threading.Thread(target=_serve, args=(listener, scenario, outcome), name="server")
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


def _serve(listener: TlsListener, scenario: Scenario, outcome: _ServerOutcome) -> None:
    from hellodone.https.server import answer

    try:
        tls = listener.accept()
    except OSError:  # no client came in time, or none will: it failed before it called
        return
    tls.settimeout(_SECONDS)
    try:
        tls.do_handshake(_SECONDS)
        if scenario.authenticates_later:  # whoever begins the next handshake, the client has to show a certificate
            tls.connection.config = replace(scenario.server, client_auth="required")
        answer(tls, _responder(tls, scenario))
        if scenario.take is not None:
            scenario.take("server", tls)
    except TlsError as error:
        outcome.fault = error
    except TimeoutError:
        pass  # the client left or is stuck: its own fault says more
    finally:
        tls.close(linger=0)
        outcome.trace = tls.trace


def _responder(tls: TlsSocket, scenario: Scenario) -> Responder:
    from hellodone.cli.renegotiation import RenegotiatingResponder
    from hellodone.https.responder import HttpResponder
    from hellodone.https.server import seen

    if scenario.renegotiate == "server":
        return RenegotiatingResponder(tls, None, lambda: HttpResponder(seen(tls)))
    return HttpResponder(seen(tls))


def _connect(address: tuple[str, int], scenario: Scenario) -> tuple[Trace | None, TlsError | None]:
    from hellodone.https.client import get
    from hellodone.transport.client import connect

    try:
        tls = connect(address, scenario.client, server_name="localhost", timeout=_SECONDS)
    except TlsError as error:
        return error.trace, error
    fault: TlsError | None = None
    try:
        if scenario.renegotiate == "client":
            tls.renegotiate()
        get(tls, "localhost", "/")
        if scenario.take is not None:
            scenario.take("client", tls)
    except TlsError as error:
        fault = error
    tls.close()
    return tls.trace, fault
