"""The kinds of work: each makes the sampler of a contestant, who is given by name."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from functools import cache, partial
from itertools import count
from pathlib import Path
from time import perf_counter

from bench.crowd import ROOT, Crowd
from bench.measure import Sampler, Timed
from bench.parties import verifying
from bench.parties.ours import Ours, OursRecording, OursVerifying
from bench.parties.party import Party
from bench.parties.primitives import Primitives
from bench.parties.pyopenssl import PyOpenSsl
from bench.parties.resuming import By, OursResuming, SslResuming
from bench.parties.shortest import Shortest
from bench.parties.shortest_resuming import ShortestResuming
from bench.parties.stdlib_ssl import StdlibSsl
from bench.parties.tlslite import TlsliteNg, TlsliteResuming
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
    "hellodone verifying": OursVerifying,
    "ssl": StdlibSsl,
    "ssl again": StdlibSsl,
    "pyOpenSSL": PyOpenSsl,
    "primitives": Primitives,
    "tlslite-ng": TlsliteNg,
    "shortest": Shortest,
}
RESUMING: Mapping[str, Callable[[Scenario, By], Party]] = {
    "hellodone": OursResuming,
    "ssl": SslResuming,
    "tlslite-ng": TlsliteResuming,
    "shortest": ShortestResuming,
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
    return Timed(lambda: party.handshake)


def resumption(scenario: Scenario, by: By, contestant: str) -> Sampler:
    """Seconds for one abbreviated handshake, both sides."""
    party = RESUMING[contestant](scenario, by)
    return Timed(lambda: party.handshake)


def verification(scenario: Scenario, contestant: str) -> Sampler:
    """Seconds for one verification of the server's chain, from its bytes."""
    verify = (verifying.ours if contestant == "hellodone" else verifying.library)(scenario)
    return Timed(lambda: verify)


def bulk(scenario: Scenario, contestant: str) -> Sampler:
    """Seconds for one write of 256 KiB: sealed, carried over, opened, read. Each turn has a new pair."""
    party = PARTIES[contestant](scenario)
    return Timed(lambda: partial(party.handshake().transfer, BULK))


def messages(scenario: Scenario, size: int, contestant: str) -> Sampler:
    """Seconds for one message of ``size`` bytes and an answer as long. Each turn has a new pair."""
    party = PARTIES[contestant](scenario)

    def prepare() -> Callable[[], object]:
        pair, message = party.handshake(), BULK[:size]
        return lambda: pair.answer(message) + pair.transfer(message)

    return Timed(prepare)


def apart(kind: str, size: int, contestant: str) -> Sampler:
    """What :mod:`bench.apart` measures in a process of its own; its complaints are shown."""
    command = (sys.executable, "-m", "bench.apart", kind, contestant, str(size))

    def sample() -> float:
        return float(subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True, cwd=ROOT).stdout)

    return sample


def crowd(held: int, contestant: str) -> Sampler:
    """Seconds for one handshake more while so many pairs are held; "with 10" is hellodone with ten."""
    if contestant.startswith("with "):
        return Crowd("hellodone", _number(contestant))
    return Crowd(contestant, held)


def drawing(format: str, contestant: str) -> Sampler:
    """Seconds for a trace of 40 steps drawn; nobody else draws, so the other figure is 0."""
    if contestant != "hellodone":
        return lambda: 0.0
    trace = _forty_steps()
    return Timed(lambda: partial(draw, trace, format))


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


def store(contestant: str) -> Sampler:
    """Seconds for one session put into a store and got from it; the contestant "with 1,000" has so many in it."""
    filled = _number(contestant)
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

    return Timed(lambda: put_and_get)


def _number(contestant: str) -> int:
    return int(contestant.removeprefix("with ").replace(",", ""))


def program(contestant: str) -> Sampler:
    """Seconds from the start of a program to its end."""
    command = PROGRAMS[contestant]

    def sample() -> float:
        start = perf_counter()
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
        return perf_counter() - start

    sample()  # compiled files and the disk cache are there
    return sample
