"""``python -m bench.counts ROW``: what Python itself does for one operation of a row, whatever the machine's load.

Bytecodes executed and functions called, by part of the package and by function. Native code has no bytecodes; the calls
of it are counted apart, and the constructors of its types are not seen among them.
"""

from __future__ import annotations

import argparse
import gc
import platform
import sys
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from types import CodeType, FrameType
from typing import Any

from bench.measure import Operation, Timed
from bench.rows import ROWS

WARM = 5  # operations before the one that is counted: what is made once is made


@dataclass(frozen=True, slots=True)
class Counts:
    """Of one operation, by code object; a generator that goes on counts as called again."""

    bytecodes: Counter[CodeType] = field(default_factory=Counter)
    calls: Counter[CodeType] = field(default_factory=Counter)
    modules: dict[CodeType, str] = field(default_factory=dict)
    native: Counter[str] = field(default_factory=Counter)

    def grouped(self, name: Callable[[CodeType], str]) -> list[tuple[str, int, int]]:
        """Name, bytecodes and calls of each group of functions, the largest first."""
        bytecodes, calls = Counter[str](), Counter[str]()
        for code, times in self.calls.items():
            bytecodes[name(code)] += self.bytecodes[code]
            calls[name(code)] += times
        return [(group, number, calls[group]) for group, number in bytecodes.most_common()]


def count(operation: Operation) -> Counts:
    """Run it warm, then under a trace of each bytecode, then under one of the native calls."""
    counts = Counts()

    def entered(frame: FrameType, event: str, argument: object) -> Callable[..., Any]:
        frame.f_trace_opcodes, frame.f_trace_lines = True, False
        counts.calls[frame.f_code] += 1
        counts.modules[frame.f_code] = _module(frame)
        return stepped

    def stepped(frame: FrameType, event: str, argument: object) -> Callable[..., Any]:
        if event == "opcode":
            counts.bytecodes[frame.f_code] += 1
        return stepped

    def called(frame: FrameType, event: str, function: Any) -> None:
        if event == "c_call":
            counts.native[_native_owner(function)] += 1

    with _undisturbed():
        for _ in range(WARM):
            operation()
        before = sys.gettrace()
        sys.settrace(entered)
        operation()
        sys.settrace(before)
        sys.setprofile(called)
        operation()
        sys.setprofile(None)
    return counts


@contextmanager
def _undisturbed() -> Iterator[None]:
    """No collection in between, for it runs other people's callbacks."""
    gc.collect()
    gc.disable()
    try:
        yield
    finally:
        gc.enable()


def _module(frame: FrameType) -> str:
    return str(frame.f_globals.get("__name__") or frame.f_code.co_filename)


def _native_owner(function: Any) -> str:
    """The package of a native function, or of the type whose method it is."""
    return str(getattr(function, "__module__", None) or type(function.__self__).__module__).partition(".")[0]


def _report(counts: Counts, depth: int, top: int) -> Iterator[str]:
    """Where they went: parts of the package ``depth`` names below it, and the largest functions."""
    parts = counts.grouped(lambda code: _part(counts.modules[code], depth))
    functions = counts.grouped(lambda code: f"{counts.modules[code]}.{code.co_qualname}")
    yield f"Python {platform.python_version()}"
    yield from _table("part", parts, counts.bytecodes.total())
    yield from _table("function", functions[:top], counts.bytecodes.total())


def _table(what: str, groups: Sequence[tuple[str, int, int]], total: int) -> Iterator[str]:
    yield f"\n{'bytecodes':>10} {'share':>6} {'calls':>6}  {what}"
    for name, number, calls in groups:
        yield f"{number:10,} {number / total:6.1%} {calls:6,}  {name}"


def _part(module: str, depth: int) -> str:
    package, *below = module.split(".")
    if package == "hellodone":
        return ".".join((package, *below[:depth]))
    if module.startswith("<"):
        return "hellodone.wire, code made for structs"
    return "Python's library" if package in sys.stdlib_module_names or "namedtuple" in package else package


def _total(name: str, contestant: str, counts: Counts) -> str:
    bytecodes, calls, native = counts.bytecodes.total(), counts.calls.total(), counts.native.total()
    library = counts.native["cryptography"]
    return (
        f"{name}, {contestant}: {bytecodes:,} bytecodes in {calls:,} calls; "
        f"{native:,} native calls, {library:,} of them of the cryptography library"
    )


def main(arguments: Sequence[str] | None = None) -> int:
    """Count; the exit code is 2 when there is nothing to count in the row."""
    options = _parser().parse_args(arguments)
    rows = [row for row in ROWS if fnmatchcase(row.name, options.row) and row.rounds is None]
    found = False
    for row in rows:
        contestant = options.of or row.contestant
        sampler = row.sampler(contestant)
        if isinstance(sampler, Timed):
            found = True
            counts = count(sampler.prepare())
            print(_total(row.name, contestant, counts))
            if len(rows) == 1:
                print(*_report(counts, options.depth, options.top), sep="\n")
    if not found:
        print(f"counts: nothing to count in a row {options.row!r}", file=sys.stderr)
    return 0 if found else 2


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="bench.counts", description="Bytecodes and calls of one operation of a row.")
    parser.add_argument("row", help="as bench calls it, or a pattern for the totals of several: 'handshake.*'")
    parser.add_argument("--of", metavar="CONTESTANT", help="another one of the row: 'hellodone recording', 'ssl'")
    parser.add_argument("--depth", type=int, default=1, help="how many names below the package (1)")
    parser.add_argument("--top", type=int, default=20, help="how many functions (20)")
    return parser


if __name__ == "__main__":
    sys.exit(main())
