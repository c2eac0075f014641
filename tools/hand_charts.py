"""docs/charts.md: five charts of TLS that people drew by hand, each beside ours from a real run.

What is said of a chart drawn by hand is a table here: its arrows and notes in our words, and the step of ours that is
the same. The steps' numbers, the pictures and the sources come from the runs; a line that names no step of the run is
an error, so the page cannot go stale.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parent.parent
INTRODUCTION = """# Charts drawn by hand, and ours

hellodone began with five charts that people drew by hand to understand TLS or to explain it. Here is each of them
beside what the program draws of a real run, in the same notation: which of its lines is which of our steps, what ours
shows that it lacks, and where it is wrong. Made by `make docs`.
"""


@dataclass(frozen=True)
class HandChart:
    """A chart that somebody drew. ``lines`` pairs what it shows with the name of a step of ours and its sender."""

    title: str
    about: str
    command: str
    notation: str
    fence: str
    lines: tuple[tuple[str, str, str], ...]
    lacks: tuple[str, ...]
    wrong: tuple[str, ...]


HANDSHAKE_RSA = (
    ("the client's hello, with its random", "ClientHello", "client"),
    ("the server's hello, with its random and the suite", "ServerHello", "server"),
    ("the server's certificate", "Certificate", "server"),
)
CHARTS = (
    HandChart(
        "The flow of HTTPS",
        "A general chart in PlantUML: TCP, TLS 1.2 with alternatives for key exchange and client authentication, "
        "HTTP, the end. The general chart that the program derives is [below](#the-general-chart).",
        "demo --key-exchange ecdhe_rsa --client-auth",
        "plantuml",
        "plantuml",
        (
            ("a TCP connection is made", "SYN", "client"),
            ("Client Hello (1)", "ClientHello", "client"),
            ("Server Hello (2)", "ServerHello", "server"),
            ("Certificate (11), verified up to a trusted CA", "Certificate", "server"),
            ("Server Key Exchange (12), signed; the client verifies the signature", "ServerKeyExchange", "server"),
            ("Certificate Request (13)", "CertificateRequest", "server"),
            ("Server Hello Done (14)", "ServerHelloDone", "server"),
            ("the client's Certificate (11)", "Certificate", "client"),
            ("Client Key Exchange (16): a public value", "ClientKeyExchange", "client"),
            ("Certificate Verify (15)", "CertificateVerify", "client"),
            ("Change Cipher Spec (20)", "ChangeCipherSpec", "client"),
            ("an encrypted handshake message", "Finished", "client"),
            ("the same from the server", "Finished", "server"),
            ("HTTP, encrypted", "ApplicationData", "client"),
            ("an encrypted alert", "Alert", "server"),
        ),
        (
            "every field with its value, every check that was made and what each side computed, by formula",
            "resumption, renegotiation, SupplementalData, PSK, stapled status: each has a scenario of its own",
            "the numbers of both ChangeCipherSpec and Finished, which are different messages",
        ),
        (
            "(20) beside Change Cipher Spec is its record's content type; by chance it is Finished's message type too",
            'the "encrypted handshake message" is Finished: its body is verify_data, an output of the PRF; '
            "the MAC or tag belongs to the record around it",
            "a static Diffie-Hellman certificate carries no signed key exchange data beyond the CA's signature on it",
            "one `end` is missing: PlantUML drops the first outer alternative without a word",
        ),
    ),
    HandChart(
        "A handshake with the certificate authority",
        "Mermaid, with a third participant: the client asks it about the certificate while the handshake waits.",
        "demo --key-exchange rsa --ocsp query",
        "mermaid",
        "mermaid",
        (
            *HANDSHAKE_RSA,
            ("Server Hello Done", "ServerHelloDone", "server"),
            ("the client asks the authority", "OCSP request", "client"),
            ("the authority answers", "OCSP response", "ca"),
            ("Client Key Exchange: the premaster secret, encrypted", "ClientKeyExchange", "client"),
            ("Change Cipher Spec", "ChangeCipherSpec", "client"),
            ("Finished", "Finished", "client"),
            ("Change Cipher Spec of the server", "ChangeCipherSpec", "server"),
            ("Finished of the server", "Finished", "server"),
            ("application data to and fro", "ApplicationData", "client"),
            ("Close Notify both ways", "Alert", "client"),
        ),
        (
            "the answer's dates, its signer and its checks; the path that was verified and the name that was asked for",
            "the TCP connection, the records' protection, what the master secret is computed from",
        ),
        (
            "the client verifies the path itself; it asks the authority only whether the certificate was revoked",
            "with extended_master_secret the master secret comes from the premaster secret and the handshake's hash, "
            "not from the two randoms",
        ),
    ),
    HandChart(
        "How TLS works: what each side knows",
        "The notation of sequencediagram.org: after each step the values that client and server know, and what they "
        "compute as calls to themselves.",
        "demo --key-exchange rsa --knowledge",
        "sequencediagram",
        "text",
        (
            *HANDSHAKE_RSA,
            ("the client sends the encrypted premaster secret", "ClientKeyExchange", "client"),
            ("finish, encrypted with the session key", "Finished", "client"),
            ("the same back", "Finished", "server"),
        ),
        (
            "why a side knows a value: seen in which message, chosen by itself, computed from what",
            "what somebody who listens knows (`--eavesdropper`), and with the server's key in his hands "
            "(`--eavesdropper-has server_private_key`)",
            "ServerHelloDone and ChangeCipherSpec; Certificate as the message of its own that it is",
        ),
        (
            "the premaster secret is chosen at random, not made with the server's public key; that key encrypts it",
            '"the session key" is several keys and IVs, two directions apart',
            '"RSA256" is no cipher suite',
            "mutual TLS needs no premaster secret of the server's: CertificateRequest, Certificate and "
            "CertificateVerify are all of it",
        ),
    ),
    HandChart(
        "Extracts of the RFCs",
        "Text in Chinese and English: the layers, mutual authentication, resumption, the RFCs of the extensions.",
        "demo --resume id --lang zh",
        "markdown",
        "markdown",
        (
            ("ClientHello, with the session to resume", "ClientHello", "client"),
            ("ServerHello, with the same session ID", "ServerHello", "server"),
            ("ChangeCipherSpec and Finished, the server first this time", "Finished", "server"),
            ("ChangeCipherSpec and Finished of the client", "Finished", "client"),
        ),
        (
            "both connections, the one that made the session and the one that resumes it, as they really were",
            "a command and a picture for what it lists: [handshakes.md](handshakes.md), [extensions.md](extensions.md)",
        ),
        (
            "a session_id is 0 to 32 bytes, not 32",
            "mutual authentication is not two-factor authentication",
        ),
    ),
    HandChart(
        "TLS in Danish",
        "PlantUML with numbered arrows, then each number explained in the reader's language.",
        "demo --key-exchange rsa --lang da",
        "markdown",
        "markdown",
        (
            ("TCP SYN", "SYN", "client"),
            ("TCP SYN + ACK", "SYN+ACK", "server"),
            ("TCP ACK", "ACK", "client"),
            *HANDSHAKE_RSA,
            ("Server Hello Done", "ServerHelloDone", "server"),
            ("Client Key Exchange", "ClientKeyExchange", "client"),
            ("Change Cipher Spec", "ChangeCipherSpec", "client"),
            ("Finished, in its prose alone", "Finished", "client"),
            ("Change Cipher Spec of the server", "ChangeCipherSpec", "server"),
            ("Finished of the server", "Finished", "server"),
            ("encrypted data", "ApplicationData", "client"),
        ),
        (
            "what each side computes and checks because of each step, in Danish too; Chinese and English by `--lang`",
            "the end: close_notify and FIN",
        ),
        (
            "its chart lacks the client's Finished, which its prose has",
            "its headings point the server's messages the wrong way",
            "a SYN acknowledges nothing",
            "the premaster secret, not the session key, travels encrypted",
        ),
    ),
)


def hellodone(*words: str) -> None:
    """Run the program; a failure ends the build of the page."""
    command = (sys.executable, "-m", "hellodone", *words)
    subprocess.run(command, cwd=ROOT, capture_output=True, check=True)  # noqa: S603 - our own


def write(page: Path, charts: Path) -> None:
    """The page, and a picture for each chart in the folder ``charts``."""
    charts = charts.resolve()
    sections = [_section(number, chart, charts) for number, chart in enumerate(CHARTS, 1)]
    page.write_text("\n".join([INTRODUCTION, *sections, _general(charts)]), encoding="utf-8")


def _run(chart: HandChart, picture: Path) -> tuple[str, list[dict[str, Any]]]:
    """Run the chart's command: its source in the notation, the steps of its trace, and the picture drawn."""
    with tempfile.TemporaryDirectory() as folder:
        made, trace = Path(folder) / "chart", Path(folder) / "trace.json"
        hellodone(*chart.command.split(), "-o", str(trace), "-o", str(picture))
        language = chart.command.partition("--lang ")[2] or "en"
        knowledge = ("--knowledge",) if "--knowledge" in chart.command else ()
        words = ("-f", chart.notation, "--detail", "brief", "--lang", language, *knowledge)
        hellodone("draw", str(trace), *words, "-o", str(made))
        return made.read_text(encoding="utf-8"), json.loads(trace.read_text(encoding="utf-8"))["steps"]


def _section(number: int, chart: HandChart, charts: Path) -> str:
    picture = f"by-hand-{number}.svg"
    source, steps = _run(chart, charts / picture)
    fence = "````" if "```" in source else "```"
    return "\n".join(
        [
            f"## {number}. {chart.title}",
            "",
            chart.about,
            "",
            f"Ours: `hellodone {chart.command}`, [as a picture](charts/{picture}); its source is below.",
            "",
            "| by hand | ours |",
            "|---|---|",
            *(f"| {said} | {_step(steps, name, sender)} |" for said, name, sender in chart.lines),
            "",
            "What ours has besides:",
            "",
            *(f"- {line}" for line in chart.lacks),
            "",
            "Where the one drawn by hand is wrong or loose:",
            "",
            *(f"- {line}" for line in chart.wrong),
            "",
            f"<details><summary>Our chart in {chart.notation}</summary>",
            "",
            f"{fence}{chart.fence if fence == '```' else ''}",
            source.rstrip(),
            fence,
            "",
            "</details>",
            "",
        ]
    )


def _step(steps: list[dict[str, Any]], name: str, sender: str) -> str:
    """The last such step of the run: of two connections, the second is the one that shows the point."""
    numbers = [step["number"] for step in steps if step["name"] == name and step["sender"] == sender]
    if not numbers:
        raise SystemExit(f"docs/charts.md: the run has no {name} of the {sender}")
    return f"step {numbers[-1] if name not in ('ApplicationData', 'Alert') else numbers[0]}: {name}"


def _general(charts: Path) -> str:
    """The chart of the protocol itself, which no single run is."""
    hellodone("chart", "tls12", "-o", str(charts / "tls12.puml"), "-o", str(charts / "tls12.svg"))
    return """## The general chart

`hellodone chart tls12` draws the protocol itself with its alternatives and options, derived by running the engine
through all its branches: [as a picture](charts/tls12.svg), [in PlantUML](charts/tls12.puml).
"""
