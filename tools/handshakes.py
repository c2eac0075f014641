"""The table of handshakes in docs/handshakes.md: every branch that ``hellodone demo`` draws, run while it is made."""

from __future__ import annotations

import re
import shlex
import shutil
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from hellodone.cli.demo import perform
from hellodone.cli.demo_options import KEY_EXCHANGES
from hellodone.cli.options import DemoChoice, TlsChoice
from hellodone.cli.scenario import plan
from hellodone.cli.scenarios import SCENARIOS, Named
from hellodone.diagram.brief import history
from hellodone.errors import ConfigurationError
from hellodone.trace.model import Trace

PLAIN = TlsChoice("", None, None, None, None, None)
BRANCHES = {
    "": DemoChoice(),
    "`--client-auth`": DemoChoice(client_auth="sign"),
    "`--client-auth fixed`": DemoChoice(client_auth="fixed"),
    "`--resume id`": DemoChoice(resume="id"),
    "`--resume ticket`": DemoChoice(resume="ticket"),
    "`--renegotiate client`": DemoChoice(renegotiate="client"),
    "`--renegotiate server`": DemoChoice(renegotiate="server"),
    "`--supplemental`": DemoChoice(supplemental="both"),
}
HEAD = """# Handshakes

Every branch of TLS 1.2 that `hellodone demo` draws, made by `make docs`, which runs each of them. `hellodone demo
--list` names the scenarios; what was run against other stacks, and how it ended, is in [interop.md](interop.md).

## Scenarios

The messages are letters, capitals for the client's and small ones for the server's: H HelloRequest, C ClientHello,
S ServerHello, A SupplementalData, X Certificate, U CertificateStatus, K ServerKeyExchange, R CertificateRequest,
N ServerHelloDone, W CertificateURL, G ClientKeyExchange, Y CertificateVerify, I ChangeCipherSpec, F Finished,
T NewSessionTicket, D application data. A question, its answer and both close_notify end every connection, or the alert
that is named. What is asked of the CA has no letter; the pictures have it.

| command | what it shows | messages | picture |
|---|---|---|---|
"""
MATRIX = """
## Every key exchange in every branch

`hellodone demo --key-exchange NAME` and the option at the head of the column. ✓: the handshakes were completed, every
check passed on both sides and data went both ways. A number is why the protocol has no such handshake.

"""


def slug(scenario: Named) -> str:
    """The name of a scenario's picture."""
    words = [word.removeprefix("--") for word in scenario.options.split()]
    return "-".join(word for word in words if word not in ("key-exchange", "cipher", "policy")).lower() or "plain"


def draw_pictures(folder: Path) -> None:
    """An SVG of each scenario, where PlantUML is there to render it."""
    plantuml = shutil.which("plantuml")
    if plantuml is None:
        print("plantuml is not installed: the pictures stay as they are", file=sys.stderr)
        return
    sources = [folder / f"{slug(scenario)}.puml" for scenario in SCENARIOS]
    for scenario, source in zip(SCENARIOS, sources, strict=True):
        command = (sys.executable, "-m", "hellodone", "demo", *shlex.split(scenario.options), "-o", str(source))
        _run(command, scenario)
    subprocess.run((plantuml, "-tsvg", *map(str, sources)), check=True)  # noqa: S603 - found on the path
    for source in sources:
        source.unlink()


def write(path: Path, pictures: str) -> None:
    """The page; ``pictures`` is where they are, as seen from it."""
    rows = [_row(scenario, pictures) for scenario in SCENARIOS]
    path.write_text(HEAD + "".join(rows) + MATRIX + _matrix(), encoding="utf-8")


def _run(command: Sequence[str], scenario: Named) -> bytes:
    """What the program prints; it fails where the scenario has it so, and only there."""
    done = subprocess.run(command, check=False, capture_output=True)  # noqa: S603 - our own
    if done.returncode != bool(scenario.alert):
        raise RuntimeError(f"{scenario.command} ended with {done.returncode}: {done.stderr.decode()}")
    return done.stdout


def _row(scenario: Named, pictures: str) -> str:
    command = (sys.executable, "-m", "hellodone", "demo", *shlex.split(scenario.options), "-f", "json")
    output = _run(command, scenario)
    messages = " then ".join(f"`{line}`" for line in histories(Trace.from_json(output)))
    if scenario.alert:
        messages += f", {scenario.alert}"
    return f"| `{scenario.command}` | {scenario.sentence} | {messages} | [picture]({pictures}/{slug(scenario)}.svg) |\n"


def histories(trace: Trace) -> list[str]:
    """The messages of each connection up to the last Finished."""
    numbers = range(len(trace.connections))
    return [history(s for s in trace.steps if s.connection == number).rstrip("DdLl") for number in numbers]


def _matrix() -> str:
    reasons: list[str] = []
    lines = [
        f"| key exchange | {' | '.join(head or 'alone' for head in BRANCHES)} |\n",
        "|---" * (len(BRANCHES) + 1) + "|\n",
    ]
    for exchange in KEY_EXCHANGES:
        cells = [_cell(exchange, branch, reasons) for branch in BRANCHES.values()]
        lines.append(f"| {exchange} | {' | '.join(cells)} |\n")
    return "".join(lines) + "\n" + "".join(f"{number}. {reason}\n" for number, reason in enumerate(reasons, 1))


def _cell(exchange: str, branch: DemoChoice, reasons: list[str]) -> str:
    """✓ when it ran, or the number of the reason why there is no such handshake."""
    try:
        scenario = plan(replace(branch, key_exchange=exchange), PLAIN)
    except ConfigurationError as fault:
        reason = re.sub(rf"\b{exchange}\b(?= has| is| the)", "this key exchange", fault.reason)
        if reason not in reasons:
            reasons.append(reason)
        return str(reasons.index(reason) + 1)
    trace, error = perform(scenario)
    if error is not None:
        raise error
    assert all(connection.completed for connection in trace.connections), exchange
    assert [c.resumed for c in trace.connections] == [False, True][: len(trace.connections)], exchange
    assert all(check.passed for step in trace.steps for reaction in step.reactions for check in reaction.checks), (
        exchange
    )
    return "✓"
