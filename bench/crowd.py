"""One handshake more while many connections are held: ``python -m bench.crowd CONTESTANT PAIRS``, a process that stays.

It tells the CPU seconds of a handshake for every line it reads. So crowds of different sizes and stacks live at the
same time and take short turns; what one is compared with is not of another minute.
"""

from __future__ import annotations

import gc
import subprocess
import sys
import weakref
from collections.abc import Mapping
from pathlib import Path
from time import process_time

from bench.parties.ours import Ours
from bench.parties.party import Party
from bench.parties.stdlib_ssl import StdlibSsl
from bench.scenario import Scenario

PARTIES: Mapping[str, type[Party]] = {"hellodone": Ours, "ssl": StdlibSsl}
ROOT = Path(__file__).parent.parent
TURN = 20  # handshakes


class Crowd:
    """The sampler: a process that holds so many pairs, told to end when this is forgotten."""

    def __init__(self, contestant: str, pairs: int) -> None:
        command = (sys.executable, "-m", "bench.crowd", contestant, str(pairs))
        self._process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, bufsize=1, cwd=ROOT
        )
        weakref.finalize(self, self._process.communicate)
        self()  # all are held when it answers

    def __call__(self) -> float:
        assert self._process.stdin
        assert self._process.stdout
        self._process.stdin.write("\n")
        return float(self._process.stdout.readline())


def _stay(contestant: str, pairs: int) -> None:
    """Hold them and take a turn for every line there is."""
    party = PARTIES[contestant](Scenario())
    held = [party.handshake() for _ in range(pairs)]
    gc.collect()
    for _ in sys.stdin:
        party.handshake()  # the processor's caches are this process's again
        start = process_time()
        for _ in range(TURN):
            party.handshake()
        print((process_time() - start) / TURN, flush=True)
    held.clear()


if __name__ == "__main__":
    _stay(sys.argv[1], int(sys.argv[2]))
