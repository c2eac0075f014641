"""The kinds of work: each makes the sampler of a contestant, who is given by name."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from functools import cache, partial
from itertools import count
from pathlib import Path
from time import perf_counter

from bench.measure import Sampler, timed
from bench.parties import verifying
from bench.parties.ours import Ours, OursRecording
from bench.parties.party import Party
from bench.parties.primitives import Primitives
from bench.parties.pyopenssl import PyOpenSsl
from bench.parties.resuming import By, OursResuming, SslResuming
from bench.parties.stdlib_ssl import StdlibSsl
from bench.scenario import Scenario
from hellodone.clock import utc_now
from hellodone.crypto.secret import Secret
from hellodone.diagram.draw import draw
from hellodone.session.session import Session
from hellodone.session.store import MemorySessionStore
from hellodone.trace.model import Trace

PARTIES: Mapping[str, type[Party]] = {
    "hellodone": Ours,
    "hellodone recording": OursRecording,
    "ssl": StdlibSsl,
    "ssl again": StdlibSsl,
    "pyOpenSSL": PyOpenSsl,
    "primitives": Primitives,
}
PROGRAMS: Mapping[str, Sequence[str]] = {
    "hellodone --version": (str(Path(sys.executable).with_name("hellodone")), "--version"),
    "python -c pass": (sys.executable, "-c", "pass"),
}
STEPS = 40
BULK = bytes(range(256)) * 1024  # 256 KiB


def handshake(scenario: Scenario, contestant: str) -> Sampler:
    """Seconds for one full handshake, both sides."""
    party = PARTIES[contestant](scenario)
    return timed(lambda: party.handshake)


def resumption(scenario: Scenario, by: By, contestant: str) -> Sampler:
    """Seconds for one abbreviated handshake, both sides."""
    party: Party = OursResuming(scenario, by) if contestant == "hellodone" else SslResuming(scenario, by)
    return timed(lambda: party.handshake)


def verification(scenario: Scenario, contestant: str) -> Sampler:
    """Seconds for one verification of the server's chain, from its bytes."""
    verify = (verifying.ours if contestant == "hellodone" else verifying.library)(scenario)
    return timed(lambda: verify)


def bulk(scenario: Scenario, contestant: str) -> Sampler:
    """Seconds for one write of 256 KiB: sealed, carried over, opened, read. Each turn has a new pair."""
    party = PARTIES[contestant](scenario)
    return timed(lambda: partial(party.handshake().transfer, BULK))


def messages(scenario: Scenario, size: int, contestant: str) -> Sampler:
    """Seconds for one message of ``size`` bytes and an answer as long. Each turn has a new pair."""
    party = PARTIES[contestant](scenario)

    def prepare() -> Callable[[], object]:
        pair, message = party.handshake(), BULK[:size]
        return lambda: pair.answer(message) + pair.transfer(message)

    return timed(prepare)


def apart(kind: str, size: int, contestant: str) -> Sampler:
    """What :mod:`bench.apart` measures in a process of its own."""
    command = (sys.executable, "-m", "bench.apart", kind, contestant, str(size))

    def sample() -> float:
        return float(subprocess.run(command, check=True, capture_output=True, text=True).stdout)

    return sample


def drawing(format: str, contestant: str) -> Sampler:
    """Seconds for a trace of 40 steps drawn; nobody else draws, so the other figure is 0."""
    if contestant != "hellodone":
        return lambda: 0.0
    trace = _forty_steps()
    return timed(lambda: partial(draw, trace, format))


@cache
def _forty_steps() -> Trace:
    """Client authentication, and messages until there are forty steps."""
    pair = OursRecording(Scenario(client_auth=True)).handshake()
    while True:
        trace = pair.client.trace
        assert trace is not None, "recorded"
        if len(trace.steps) >= STEPS:
            return trace
        pair.transfer(b"ping")


def crowded(sessions: int, contestant: str) -> Sampler:
    """Seconds for one session put into a store of so many and got from it; the contestant "nearly empty" has ten."""
    filled = 10 if contestant == "nearly empty" else sessions
    store, keys = MemorySessionStore(capacity=filled + 2), count()
    session = Session(
        version=0x0303,
        cipher_suite=0xC02B,
        master_secret=Secret(bytes(48)),
        extended_master_secret=True,
        server_name="localhost",
        peer_certificates=(bytes(400),),
        created=utc_now(),
        lifetime=7200,
    )
    for _ in range(filled):
        store.put(next(keys).to_bytes(32, "big"), session)

    def put_and_get() -> None:
        key = next(keys).to_bytes(32, "big")
        store.put(key, session)
        assert store.get(key) is not None

    return timed(lambda: put_and_get)


def program(contestant: str) -> Sampler:
    """Seconds from the start of a program to its end."""
    command = PROGRAMS[contestant]

    def sample() -> float:
        start = perf_counter()
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
        return perf_counter() - start

    sample()  # compiled files and the disk cache are there
    return sample
