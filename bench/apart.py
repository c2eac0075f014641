"""What needs a process of its own: ``python -m bench.apart KIND CONTESTANT SIZE`` prints one figure.

Memory is what the process occupies (RSS), for what Python counts leaves out what libraries hold.
"""

from __future__ import annotations

import gc
import sys
from collections.abc import Callable, Mapping
from pathlib import Path

from bench.crowd import PARTIES
from bench.loopback import held, transfer
from bench.scenario import Scenario


def memory(contestant: str, pairs: int) -> float:
    """Bytes that a pair of idle, established connections takes; configurations are shared."""
    party = PARTIES[contestant](Scenario())
    for _ in range(50):
        party.handshake()
    gc.collect()
    before = _occupied()
    held = [party.handshake() for _ in range(pairs)]
    gc.collect()
    return (_occupied() - before) / len(held)


def _occupied() -> int:
    line = next(line for line in Path("/proc/self/status").read_text().splitlines() if line.startswith("VmRSS:"))
    return int(line.split()[1]) * 1024


KINDS: Mapping[str, Callable[[str, int], float]] = {
    "memory": memory,
    "transfer": transfer,
    "held": held,
}

if __name__ == "__main__":
    kind, name, count = sys.argv[1:]
    print(KINDS[kind](name, int(count)))
