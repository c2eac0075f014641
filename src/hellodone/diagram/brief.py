"""A connection in one line, in the manner of Zeek's ssl_history, with the verdict.

``CsxknGIFifDdLl TLSv1.2 ECDHE_ECDSA AES_128_GCM x25519 example.com ok``: the messages, one letter each, capitals for
the client's and small letters for the server's; version; key exchange; cipher; group; server_name; how it went. What
is not known is "-". The letters are Zeek's::

    H HelloRequest        C ClientHello          S ServerHello       V HelloVerifyRequest
    T NewSessionTicket    X Certificate          K ServerKeyExchange R CertificateRequest
    N ServerHelloDone     Y CertificateVerify    G ClientKeyExchange F Finished
    W CertificateURL      U CertificateStatus    A SupplementalData  I ChangeCipherSpec
    L Alert               D application data     B heartbeat         Z another handshake message
    Q what is not TLS

Application data in the same direction is one letter until something else happens, and rounds of question and answer
are told once.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from hellodone.diagram.values import cut, plain
from hellodone.trace.model import Connection, Kind, Party, Step, Trace

_LETTERS = {
    0: "H", 1: "C", 2: "S", 3: "V", 4: "T", 11: "X", 12: "K", 13: "R", 14: "N", 15: "Y", 16: "G", 20: "F", 21: "W",
    22: "U", 23: "A",
}  # fmt: skip
_KINDS = {Kind.change_cipher_spec: "I", Kind.alert: "L", Kind.application_data: "D"}
_ROUNDS = re.compile(r"((?:Dd|dD))\1+")
_PRF_HASH = re.compile(r"(_GCM|_CCM|_CCM_8|_POLY1305)_SHA\d+$")
_REASON = 160  # characters


def brief(trace: Trace) -> str:
    """One line a connection."""
    return "\n".join(
        _line([step for step in trace.steps if step.connection == index], connection)
        for index, connection in enumerate(trace.connections)
    )


def history(steps: Iterable[Step]) -> str:
    """The messages as letters."""
    letters = ""
    for step in steps:
        letter = _letter(step)
        if letter and not (letter in "Dd" and letters.endswith(letter)):
            letters += letter
    return _ROUNDS.sub(r"\1", letters)


def _line(steps: list[Step], connection: Connection) -> str:
    exchange, _, cipher = connection.cipher_suite.removeprefix("TLS_").partition("_WITH_")
    columns = (
        history(steps),
        connection.version.replace("TLS ", "TLSv").replace("SSL ", "SSLv"),
        exchange,
        _PRF_HASH.sub(r"\1", cipher),
        connection.group,
        connection.server_name,
    )
    return " ".join(plain(column).replace(" ", "_") or "-" for column in columns) + " " + verdict(connection)


def verdict(connection: Connection) -> str:
    """``ok``, or what went wrong."""
    failure = connection.failure
    if failure is not None:
        alert = f" {plain(failure.alert)}" if failure.alert else ""
        return f"failed at the {failure.decided_by}:{alert} {cut(plain(failure.reason), _REASON)}"
    if not connection.completed:
        return "incomplete"
    resumed = ", resumed" if connection.resumed else ""
    ended = f", {connection.closed}" if connection.closed in ("truncated", "reset") else ""
    return f"ok{resumed}{ended}"


def _letter(step: Step) -> str:
    if step.kind in (Kind.tcp, Kind.start, Kind.lookup):
        return ""
    if step.kind is Kind.message:
        letter = _LETTERS.get(-1 if step.type_number is None else step.type_number, "Z")
    elif step.kind is Kind.other:
        letter = "B" if step.name.lower().startswith("heartbeat") else "Q"
    else:
        letter = _KINDS[step.kind]
    return letter if step.sender is Party.client else letter.lower()
