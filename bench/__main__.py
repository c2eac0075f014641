"""``python -m bench``: run the table of rows and print what came out."""

from __future__ import annotations

import argparse
import gc
import json
import sys
from collections.abc import Sequence
from fnmatch import fnmatchcase
from itertools import groupby
from operator import attrgetter
from pathlib import Path
from time import perf_counter

from bench import contest, report
from bench.contest import Result
from bench.rows import ROWS, Row

SECONDS, QUICK_SECONDS = 150.0, 12.0


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure; the exit code is 0 whatever the figures are, 2 when no row has such a name."""
    options = _parser().parse_args(arguments)
    rows = [row for row in ROWS if fnmatchcase(row.name, options.only)]
    if options.quick and options.only == "*":
        rows = [row for row in rows if row.rounds is None]
    if not rows:
        names = ", ".join(row.name for row in ROWS)
        print(f"bench: no row is called {options.only!r}; there are {names}", file=sys.stderr)
        return 2
    gc.freeze()  # what was imported is not looked through at every collection
    # glibc keeps freed blocks up to the largest yet freed; without this, what ran before decides who waits for pages
    bytes(2**24)
    print(report.EXPLANATION)
    runs = [_run(rows, QUICK_SECONDS if options.quick else SECONDS) for _ in range(options.runs)]
    if options.runs > 1:
        _print_medians(runs)
    if options.json:
        options.json.parent.mkdir(parents=True, exist_ok=True)
        options.json.write_text(json.dumps(report.to_json(runs), indent=1) + "\n")
    return 0


def _run(rows: Sequence[Row], seconds: float) -> list[Result]:
    """Each row's lines as soon as they are known; ``seconds`` are for the whole table."""
    everything: list[Result] = []
    start = perf_counter()
    machine = "  ".join(f"{name} {value}" for name, value in report.machine().items())
    print(f"\n{machine}\n\n{report.heading()}")
    for row in rows:
        results = contest.run(row, seconds * row.weight / sum(row.weight for row in ROWS if row.rounds is None))
        print(report.table(results), flush=True)
        everything += results
    print(f"\n{report.verdict(everything)}; {perf_counter() - start:.0f} s\n")
    return everything


def _print_medians(runs: Sequence[Sequence[Result]]) -> None:
    """The table of medians over the runs; its last row, the noise, tells what a difference is worth."""
    medians = contest.over_runs(runs)
    print(f"Medians of {len(runs)} runs, with the least and the most of them:\n\n{report.heading(report.LEAST_MOST)}")
    for _, results in groupby(medians, key=attrgetter("row.name")):
        print(report.table(list(results)))
    print(f"\n{report.verdict(medians)}")


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="bench", description="Measure hellodone beside its peers, as ratios.")
    parser.add_argument("--quick", action="store_true", help="half a minute instead of six")
    parser.add_argument("--only", metavar="GLOB", default="*", help="the rows with such names: 'handshake.*', 'bulk.*'")
    parser.add_argument("--runs", metavar="N", type=_positive, default=1, help="the table so often, then the medians")
    parser.add_argument("--json", metavar="FILE", type=Path, help="write everything measured to FILE")
    return parser


def _positive(text: str) -> int:
    number = int(text)
    if number < 1:
        raise ValueError(text)
    return number


if __name__ == "__main__":
    sys.exit(main())
