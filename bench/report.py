"""The results as a table for people and as JSON."""

from __future__ import annotations

import os
import platform
import ssl
from collections.abc import Sequence
from dataclasses import asdict
from importlib.metadata import version
from typing import Any

import cryptography
from OpenSSL import SSL

from bench.contest import Result, over_runs
from bench.parties import tlslite
from bench.rows import SIZES

VERSION = 2
QUARTILES, LEAST_MOST = "quartiles", "least .. most"
_COLUMNS = (
    ("what", -47),
    ("against", -14),
    ("ours", 8),
    ("theirs", 8),
    ("ratio", 7),
    (QUARTILES, 17),
    ("target", 10),
)
EXPLANATION = """\
Both sides in one thread, in memory, CPU time; medians over interleaved rounds. Ratios are of times (less is better)
for handshakes and recording, of rates (more is better) for bulk and messages, of sizes for memory; ms for drawing, ms
more for start-up. "met" and "missed" are said of figures that have a target. tlslite-ng verifies no chains: the
cryptography library does it for it, in its callback, at each full handshake."""
_VERDICTS = {None: "", True: "met", False: "missed"}


def heading(spread: str = QUARTILES) -> str:
    """The first line of the table; ``spread`` is what stands beside a figure."""
    return _line([spread if name == QUARTILES else name for name, _ in _COLUMNS])


def table(results: Sequence[Result]) -> str:
    """The lines of one row; what is measured is said once."""
    lines = [_line(_cells(result, first=number == 0)) for number, result in enumerate(results)]
    if note := results[0].row.note():
        lines.append(f"  {note}")
    return "\n".join(lines)


def verdict(results: Sequence[Result]) -> str:
    """How many targets were met."""
    judged = [result.met for result in results if result.met is not None]
    return f"{sum(judged)} of {len(judged)} targets met"


def to_json(runs: Sequence[Sequence[Result]]) -> dict[str, Any]:
    """Everything measured, in seconds, with the machine it was measured on; ``results`` are medians over the runs."""
    results, spread = (over_runs(runs), LEAST_MOST) if len(runs) > 1 else (runs[0], QUARTILES)
    return {
        "version": VERSION,
        "machine": machine(),
        "spread": spread,
        "results": _as_json(results),
        "runs": [_as_json(run) for run in runs] if len(runs) > 1 else [],
    }


def machine() -> dict[str, Any]:
    """What the figures depend on."""
    return {
        "python": platform.python_version(),
        "platform": platform.platform(),
        "processors": os.cpu_count(),
        "load": os.getloadavg()[0],
        "ssl": ssl.OPENSSL_VERSION,
        "cryptography": cryptography.__version__,
        "pyOpenSSL": SSL.SSLeay_version(SSL.SSLEAY_VERSION).decode(),
        "tlslite-ng": f"{version('tlslite-ng')}, accelerated by {tlslite.accelerated_by()}",
    }


def _cells(result: Result, *, first: bool) -> list[str]:
    figure, comparison, target = result.figure, result.row.comparison, result.against.target
    return [
        result.row.what if first else "",
        result.against.opponent,
        _amount(result, result.ours.median),
        _amount(result, result.theirs.median),
        comparison.show(figure.median),
        f"{comparison.show(figure.low)} .. {comparison.show(figure.high)}",
        "" if target is None else f"{'<=' if comparison.at_most else '>='} {comparison.show(target)}",
        _VERDICTS[result.met],
    ]


def _line(cells: Sequence[str]) -> str:
    """Texts to the left, figures to the right; what has no column stands at the end."""
    placed = [
        cell.ljust(-width) if width < 0 else cell.rjust(width)
        for cell, (_, width) in zip(cells, _COLUMNS, strict=False)
    ]
    return " ".join([*placed, *cells[len(_COLUMNS) :]]).rstrip()


def _amount(result: Result, value: float) -> str:
    return f"{value / 1024:.1f} KiB" if result.row.comparison is SIZES else _duration(value)


def _duration(seconds: float) -> str:
    if seconds == 0:
        return "-"
    return f"{seconds * 1e3:.1f} ms" if seconds >= 0.01 else f"{seconds * 1e6:.1f} us"


def _as_json(results: Sequence[Result]) -> list[dict[str, Any]]:
    return [_entry(result) for result in results]


def _entry(result: Result) -> dict[str, Any]:
    return {
        "name": result.row.name,
        "what": result.row.what,
        "contestant": result.row.contestant,
        "against": result.against.opponent,
        "ours": asdict(result.ours),
        "theirs": asdict(result.theirs),
        "comparison": result.row.comparison.name,
        "figure": asdict(result.figure),
        "at_most": result.row.comparison.at_most,
        "target": result.against.target,
        "met": result.met,
        "rounds": result.rounds,
        "seconds": result.seconds,
        "note": result.row.note(),
    }
