"""Run the plan and count: ``python -m tools.conformance --tlsfuzzer CHECKOUT --python PYTHON --certs FOLDER``."""

from __future__ import annotations

import argparse
import fnmatch
import json
import sys
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from pathlib import Path

from tools.conformance.plan import Entry, Plan, load_description, load_plan
from tools.conformance.processes import Ports
from tools.conformance.trial import Bench, Result

_HERE = Path(__file__).parent


def main() -> int:
    """Exit status 0 when every entry of the plan was run and is green."""
    options = _options()
    plan = load_plan(options.plan)
    entries = list(_chosen(plan.entries, options.only, options.core))
    if options.list:
        for entry in entries:
            print(f"{entry.configuration:15} {entry.id:50} {entry.topic}")
        return 0
    results = _run(_bench(options, plan), entries, options.jobs)
    (options.out / "results.json").write_text(json.dumps([r.as_json() for r in results], indent=1) + "\n", "utf-8")
    _report(results, options.out)
    return 0 if all(result.status == "green" for result in results) else 1


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tools.conformance", description=__doc__)
    parser.add_argument("--tlsfuzzer", type=Path, required=True, help="a checkout of tlsfuzzer")
    parser.add_argument("--python", type=Path, required=True, help="an interpreter with tlslite-ng")
    parser.add_argument("--certs", type=Path, required=True, help="what certificates.py made")
    parser.add_argument("--hellodone", type=Path, required=True, help="the program under test")
    parser.add_argument("--plan", type=Path, default=_HERE / "plan-tls12.json")
    parser.add_argument("--server", type=Path, default=_HERE / "hellodone.json", help="its description")
    parser.add_argument("--out", type=Path, default=Path("build/conformance"), help="folder for results and logs")
    parser.add_argument("--only", action="append", default=[], metavar="PATTERN", help="entries of that name")
    parser.add_argument("--core", action="store_true", help="the most telling entries only")
    parser.add_argument("--jobs", type=int, default=1, help="how many at once")
    parser.add_argument("--seed", type=int, default=1, help="of the scripts' samples")
    parser.add_argument("--limit", type=float, default=120.0, help="seconds for a script")
    parser.add_argument("--port-base", type=int, default=21000)
    parser.add_argument("--list", action="store_true", help="say what would be run")
    return parser.parse_args()


def _chosen(entries: Sequence[Entry], patterns: Sequence[str], core: bool) -> Iterator[Entry]:
    for entry in entries:
        named = not patterns or any(fnmatch.fnmatchcase(entry.id, pattern) for pattern in patterns)
        if named and (entry.core or not core):
            yield entry


def _bench(options: argparse.Namespace, plan: Plan) -> Bench:
    description = load_description(options.server)
    paths = {"certs": options.certs, "hellodone": options.hellodone}
    return Bench(
        tlsfuzzer=options.tlsfuzzer.absolute(),
        python=options.python.absolute(),  # not resolved: a virtual environment's is a link
        description=description,
        variables={
            **plan.variables,
            **description.variables,
            **{name: str(path.absolute()) for name, path in paths.items()},
        },
        ports=Ports(options.port_base),
        folder=options.out.absolute() / "logs",
        seed=options.seed,
        limit=options.limit,
    )


def _run(bench: Bench, entries: Sequence[Entry], jobs: int) -> list[Result]:
    """All results, in the plan's order; each is told as it comes."""
    bench.prepare()
    results: dict[str, Result] = {}
    with ThreadPoolExecutor(jobs) as pool:
        for done in as_completed([pool.submit(bench.try_out, entry) for entry in entries]):
            result = done.result()
            results[result.id] = result
            print(result, flush=True)
    return [results[entry.id] for entry in entries]


def _report(results: Sequence[Result], folder: Path) -> None:
    """What is not green, probe by probe; then the totals."""
    for result in results:
        if result.status not in ("green", "not run"):
            print(f"\n{result.id}: {result.status}{', ' + result.why if result.why else ''}")
            for conversation in result.bad:
                print(f"    {conversation.name}: {conversation.reason}")
    green = sum(result.status == "green" for result in results)
    failed = sum(result.failed for result in results)
    not_run = sum(result.status == "not run" for result in results)
    print(f"\n{sum(result.passed for result in results)} probes passed; results and logs are in {folder}")
    print(f"{green} of {len(results)} entries green, {failed} failed probes, {not_run} not run")


if __name__ == "__main__":
    sys.exit(main())
