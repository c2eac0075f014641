"""docs/protocol.md: the protocol itself, and what an eavesdropper learns; all of it printed by the program."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

HEAD = """\
# The protocol, and who knows what

Nobody has drawn what is on this page. `hellodone chart tls12` runs both ends through every branch of TLS 1.2, in
memory, and puts together what their traces have in common: what is always sent, what under which condition, which ways
there are. What narrows it: `--only`, `--client-auth`, `--resumption`, `--no-extensions`, `--no-renegotiation`,
`--no-failures`.

## In two columns, as the RFCs have it

"""
WITH_FRAMES = """
## With all alternatives

    hellodone chart tls12 -o tls12.svg -o tls12.puml -o tls12.mmd

As [PlantUML](charts/tls12.puml) and [Mermaid](charts/tls12.mmd) too.

![The general chart of TLS 1.2](charts/tls12.svg)

## Who listens

An eavesdropper sees every byte. `--eavesdropper-has` gives it a key that was stolen later; what it then reads is
concluded from the trace, and the records are really opened with what it knows.

"""
LISTENED = (
    (
        "eavesdropper_rsa",
        ("--key-exchange", "rsa", "--eavesdropper-has", "server_private_key"),
        "RSA key transport: with the server's key it opens the premaster secret, and ends with the request.",
    ),
    (
        "eavesdropper_ecdhe",
        ("--key-exchange", "ecdhe_rsa", "--eavesdropper-has", "server_private_key"),
        "ECDHE: the same key opens nothing; the ephemeral keys are gone.",
    ),
    (
        "eavesdropper_ticket",
        ("--resume", "ticket", "--eavesdropper-has", "ticket_key"),
        "ECDHE with a ticket: who has the key of the tickets reads both connections, the first one too.",
    ),
)


def write(page: Path, charts: Path) -> None:
    """The page, and the pictures that it shows."""
    text = HEAD + "".join(f"    {line}".rstrip() + "\n" for line in _printed("chart", "tls12").splitlines())
    _printed(
        "chart", "tls12", *(part for end in ("svg", "puml", "mmd") for part in ("-o", str(charts / f"tls12.{end}")))
    )
    text += WITH_FRAMES
    for name, options, sentence in LISTENED:
        _printed("demo", *options, "-o", str(charts / f"{name}.svg"))
        text += f"{sentence}\n\n    hellodone demo {' '.join(options)}\n\n![{sentence}](charts/{name}.svg)\n\n"
    page.write_text(text.rstrip() + "\n", encoding="utf-8")


def _printed(*words: str) -> str:
    command = (sys.executable, "-m", "hellodone", *words)
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout  # noqa: S603 - our own
