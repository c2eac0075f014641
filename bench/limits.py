"""How many connections a process can hold: each is an open file."""

from __future__ import annotations

import resource
from contextlib import suppress

RESERVED = 64  # standard streams, an event loop's own, what is imported or read meanwhile


def room(connections: int) -> int:
    """How many of so many connections one process can hold, after the limit was raised as far as it may be."""
    needed = connections + RESERVED
    _raise(needed)
    soft, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    return connections if soft == resource.RLIM_INFINITY else min(connections, soft - RESERVED)


def shortage(connections: int) -> str:
    """What there is to say when not all can be held; nothing when they can."""
    held = room(connections)
    if held == connections:
        return ""
    return f"asked {connections:,}, held {held:,}: a process may have {held + RESERVED:,} open files here (ulimit -n)"


def _raise(needed: int) -> None:
    """As far as anybody may; the hard limit too where this process is allowed to."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft == resource.RLIM_INFINITY or soft >= needed:
        return
    enough = hard == resource.RLIM_INFINITY or hard >= needed
    for wanted in ((needed, hard if enough else needed), (hard, hard)):
        with suppress(ValueError, OSError):
            resource.setrlimit(resource.RLIMIT_NOFILE, wanted)
            return
