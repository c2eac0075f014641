"""A program that computes the keying material which an application exports from a handshake (RFC 5705, 4)."""

from __future__ import annotations

import re
from collections.abc import Sequence

from hellodone.crypto.errors import CryptoError
from hellodone.crypto.prf import export_keying_material
from hellodone.errors import ConfigurationError
from hellodone.trace import recompute_python as python
from hellodone.trace import recompute_shell as shell
from hellodone.trace.courses import courses
from hellodone.trace.given import told
from hellodone.trace.model import Party, Trace
from hellodone.trace.recompute import HMAC, Snippet
from hellodone.trace.recompute_case import Case
from hellodone.trace.traits import Trait

_HARMLESS = re.compile(rb"[A-Za-z0-9_][A-Za-z0-9_. -]*")


def recompute_exporter(
    trace: Trace, label: bytes, length: int, context: bytes | None = None, handshake: int | None = None
) -> Snippet:
    """How both ends compute it after that handshake of the trace, the first unless one is given.

    No trace tells what was exported: the digits to compare with are our own. The shell form is for labels without
    signs that mean something to a shell. Raises ConfigurationError without the master secret, without
    extended_master_secret (RFC 7627, 5.4), and for what cannot be exported.
    """
    there = courses(trace)
    course = next((course for course in there.all if handshake in (None, course.index)), None)
    if course is None:
        raise ConfigurationError("the trace has no such handshake")
    case = Case(told(trace, there), course, "master_secret", Party.client)
    if not case.has(Trait.extended):
        raise ConfigurationError("nothing is exported without extended_master_secret (RFC 7627, 5.4)")
    secrets = [case.value(name) for name in ("master_secret", "client_random", "server_random")]
    try:
        master_secret, client_random, server_random = map(bytes.fromhex, secrets)
        expected = export_keying_material(
            master_secret, client_random, server_random, label, length, case.prf_hash, context
        )
    except CryptoError as fault:
        raise ConfigurationError(str(fault)) from None
    program = _program(case.prf_hash, secrets, label, length, context)
    return Snippet(program, _command(case.prf_hash, secrets, label, length, context), expected.reveal().hex())


def _program(prf_hash: str, secrets: Sequence[str], label: bytes, length: int, context: bytes | None) -> str:
    """In Python; ``secrets`` are master secret, client_random and server_random, as digits."""
    about = () if context is None else (python.octets("context", context.hex()),)
    lines = (
        python.prf_of(prf_hash),
        *map(python.octets, ("master_secret", "client_random", "server_random"), secrets),
        *about,
        "seed = client_random + server_random" + (' + len(context).to_bytes(2, "big") + context' if about else ""),
        f"print(prf(master_secret, {label!r}, seed, {length}).hex())",
    )
    return python.program((HMAC,), *lines)


def _command(prf_hash: str, secrets: Sequence[str], label: bytes, length: int, context: bytes | None) -> str | None:
    """For a shell, None for labels that mean something to one."""
    if not _HARMLESS.fullmatch(label):
        return None
    secret, client, server = secrets
    seed = client + server + ("" if context is None else f"{len(context):04x}{context.hex()}")
    return shell.prf(prf_hash, secret, label.decode("ascii"), seed, length, (0, length))
