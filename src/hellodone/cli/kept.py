"""Traces that were kept as JSON."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

from hellodone.cli.faults import InputUnreadable
from hellodone.errors import ConfigurationError, system_reason

if TYPE_CHECKING:
    from hellodone.trace.model import Trace

_MAXIMUM = 256 * 1024 * 1024  # bytes of a trace


def load(path: str) -> Trace:
    """The trace in that file; - is standard input. Raises InputUnreadable."""
    from hellodone.trace.model import Trace

    data = _read(path)
    try:
        return Trace.from_json(data)
    except ConfigurationError as fault:
        raise InputUnreadable(f"{path}: {fault.reason}") from None


def _read(path: str) -> bytes:
    try:
        if path == "-":
            data = sys.stdin.buffer.read(_MAXIMUM + 1)
        else:
            with Path(path).open("rb") as file:
                data = file.read(_MAXIMUM + 1)
    except OSError as fault:
        raise InputUnreadable(f"{path}: cannot be read: {system_reason(fault)}") from None
    if len(data) > _MAXIMUM:
        raise InputUnreadable(f"{path}: larger than {_MAXIMUM >> 20} MiB, which no trace is")
    return data
