"""The results by topic, as the table in docs/conformance.md: ``python -m tools.conformance.table results.json``."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any


def rows(results: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    """The lines of the table, totals last."""
    yield "| topic | entries green / planned | probes passed | probes failed |"
    yield "|---|---|---|---|"
    for topic in dict.fromkeys(result["topic"] for result in results):
        yield _row(topic, [result for result in results if result["topic"] == topic])
    yield _row("**all**", results)


def _row(name: str, results: Sequence[Mapping[str, Any]]) -> str:
    green = sum(result["status"] == "green" for result in results)
    passed, failed = (sum(result[what] for result in results) for what in ("passed", "failed"))
    return f"| {name} | {green} / {len(results)} | {passed} | {failed} |"


if __name__ == "__main__":
    print("\n".join(rows(json.loads(Path(sys.argv[1]).read_text("utf-8")))))
