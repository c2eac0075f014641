"""The kinds of work: each makes the sampler of a contestant, who is given by name."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from pathlib import Path
from time import perf_counter

from bench.measure import Sampler, timed
from bench.parties.ours import Ours, OursRecording
from bench.parties.party import Party
from bench.parties.primitives import Primitives
from bench.parties.pyopenssl import PyOpenSsl
from bench.parties.resuming import By, OursResuming, SslResuming
from bench.parties.stdlib_ssl import StdlibSsl
from bench.scenario import Scenario

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
BULK = bytes(range(256)) * 1024  # 256 KiB


def handshake(scenario: Scenario, contestant: str) -> Sampler:
    """Seconds for one full handshake, both sides."""
    party = PARTIES[contestant](scenario)
    return timed(lambda: party.handshake)


def resumption(scenario: Scenario, by: By, contestant: str) -> Sampler:
    """Seconds for one abbreviated handshake, both sides."""
    party: Party = OursResuming(scenario, by) if contestant == "hellodone" else SslResuming(scenario, by)
    return timed(lambda: party.handshake)


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


def program(contestant: str) -> Sampler:
    """Seconds from the start of a program to its end."""
    command = PROGRAMS[contestant]

    def sample() -> float:
        start = perf_counter()
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
        return perf_counter() - start

    sample()  # compiled files and the disk cache are there
    return sample
