"""The table of handshakes in docs/handshakes.md: every branch that ``hellodone demo`` draws, run while it is made."""

from __future__ import annotations

import re
import shlex
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from peers import Peers

from hellodone.cli.demo import perform
from hellodone.cli.demo_options import KEY_EXCHANGES
from hellodone.cli.options import DemoChoice, TlsChoice
from hellodone.cli.scenario import plan
from hellodone.cli.scenarios import SCENARIOS, Named
from hellodone.diagram.brief import history
from hellodone.diagram.draw import draw
from hellodone.errors import ConfigurationError
from hellodone.trace.model import Trace

PLAIN = TlsChoice("", None, None, None, None, None)
BRANCHES = {
    "": DemoChoice(),
    "--client-auth": DemoChoice(client_auth="sign"),
    "--client-auth fixed": DemoChoice(client_auth="fixed"),
    "--resume id": DemoChoice(resume="id"),
    "--resume ticket": DemoChoice(resume="ticket"),
    "--renegotiate client": DemoChoice(renegotiate="client"),
    "--renegotiate server": DemoChoice(renegotiate="server"),
    "--supplemental": DemoChoice(supplemental="both"),
}
# What these are called in interop.md. Of several options the first here is what a demonstration is about.
FEATURES = {
    "--supplemental --renegotiate": ["SupplementalData in a double handshake"],
    "--renegotiate server --client-auth": ["client authentication by renegotiation"],
    "--no-etm": ["CBC without encrypt-then-MAC"],
    "--truncated-hmac": ["truncated_hmac"],
    "--no-ems": ["no extended_master_secret"],
    "--max-fragment-length": ["max_fragment_length"],
    "--record-size-limit": ["record_size_limit"],
    "--padding": ["padding"],
    "--fallback-scsv": ["FALLBACK_SCSV"],
    "--raw-public-key": ["raw public keys"],
    "--trusted-ca-keys": ["trusted_ca_keys"],
    "--client-certificate-url": ["client_certificate_url"],
    "--ocsp missing-staple": [],  # the other side of these is the CA
    "--ocsp query": [],
    "--crl": [],
    "--ocsp": ["OCSP stapling"],
}
BRANCH_ROWS = {
    "--resume id": "resumption by session ID",
    "--resume ticket": "resumption by ticket",
    "--renegotiate client": "renegotiation begun by the client",
    "--renegotiate server": "renegotiation begun by the server",
    "--supplemental": "SupplementalData",
    "--client-auth fixed": "fixed client key",
    "--client-auth": "client authentication",
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

The last column names the peers that were run against, read from [interop.md](interop.md): C those that hellodone
connected to, S those that connected to it. It is empty where the scenario is about a CA and no peer.

| command | what it shows | messages | picture | peers |
|---|---|---|---|---|
"""
MATRIX = """
## Every key exchange in every branch

`hellodone demo --key-exchange NAME` and the option at the head of the column. ✓: the handshakes were completed, every
check passed on both sides and data went both ways; it leads to the picture, drawn with `--detail brief`. C and S are
peers as above. A number is why the protocol has no such handshake.

"""


def slug(words: Sequence[str]) -> str:
    """The name of the picture of a demonstration with these options."""
    said = [word.removeprefix("--") for word in words]
    return "-".join(word for word in said if word not in ("key-exchange", "cipher", "policy")).lower() or "plain"


def write(path: Path, pictures: Path, peers: Peers) -> None:
    """The page, and the pictures that it shows, in a folder beside it."""
    for old in pictures.glob("*.svg"):
        old.unlink()
    rows = [_row(scenario, pictures, peers) for scenario in SCENARIOS]
    path.write_text(HEAD + "".join(rows) + MATRIX + _matrix(pictures, peers), encoding="utf-8")


def _row(scenario: Named, pictures: Path, peers: Peers) -> str:
    words = shlex.split(scenario.options)
    picture = pictures / f"{slug(words)}.svg"
    trace = Trace.from_json(_run(words, scenario, picture))
    messages = " then ".join(f"`{line}`" for line in histories(trace))
    if scenario.alert:
        messages += f", {scenario.alert}"
    link = f"[picture]({pictures.name}/{picture.name})"
    return f"| `{scenario.command}` | {scenario.sentence} | {messages} | {link} | {_peers(words, trace, peers)} |\n"


def _run(words: Sequence[str], scenario: Named, picture: Path) -> bytes:
    """The trace in JSON; the picture is drawn. A demonstration fails where the scenario has it so, and only there."""
    with tempfile.TemporaryDirectory() as folder:
        trace = Path(folder) / "trace.json"
        command = (sys.executable, "-m", "hellodone", "demo", *words, "-o", str(picture), "-o", str(trace))
        done = subprocess.run(command, check=False, capture_output=True)  # noqa: S603 - our own
        if done.returncode != bool(scenario.alert):
            raise RuntimeError(f"{scenario.command} ended with {done.returncode}: {done.stderr.decode()}")
        return trace.read_bytes()


def _peers(words: Sequence[str], trace: Trace, peers: Peers) -> str:
    """Who showed what the options ask for: a feature, a suite, or a branch of the key exchange."""
    asked = " ".join(words)
    for option, rows in FEATURES.items():
        if option in asked:
            return peers.of_rows(rows)
    suite = trace.connections[0].cipher_suite.removeprefix("TLS_")
    if "--cipher" in words:
        return peers.of_rows([suite])
    branch = next((name for option, name in BRANCH_ROWS.items() if option in asked), "alone")
    return peers.of_branch(suite.partition("_WITH_")[0], branch)


def histories(trace: Trace) -> list[str]:
    """The messages of each connection up to the last Finished."""
    numbers = range(len(trace.connections))
    return [history(s for s in trace.steps if s.connection == number).rstrip("DdLl") for number in numbers]


def _matrix(pictures: Path, peers: Peers) -> str:
    reasons: list[str] = []
    heads = (f"`{branch}`" if branch else "alone" for branch in BRANCHES)
    lines = [f"| key exchange | {' | '.join(heads)} |\n", "|---" * (len(BRANCHES) + 1) + "|\n"]
    for exchange in KEY_EXCHANGES:
        cells = [_cell(exchange, branch, reasons, pictures, peers) for branch in BRANCHES]
        lines.append(f"| {exchange} | {' | '.join(cells)} |\n")
    return "".join(lines) + "\n" + "".join(f"{number}. {reason}\n" for number, reason in enumerate(reasons, 1))


def _cell(exchange: str, branch: str, reasons: list[str], pictures: Path, peers: Peers) -> str:
    """The picture when it ran, and the peers; or the number of the reason why there is no such handshake."""
    try:
        scenario = plan(replace(BRANCHES[branch], key_exchange=exchange), PLAIN)
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
    checks = [check for step in trace.steps for reaction in step.reactions for check in reaction.checks]
    assert all(check.passed for check in checks), exchange
    picture = pictures / f"brief-{slug([exchange, *branch.split()])}.svg"
    picture.write_text(draw(trace, "svg", "brief"), encoding="utf-8")
    name = BRANCH_ROWS.get(branch, "alone")
    exchange_name = exchange.upper().replace("ANON", "anon")
    return f"[✓]({pictures.name}/{picture.name}) {peers.of_branch(exchange_name, name)}".rstrip()
