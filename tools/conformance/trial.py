"""One entry of the plan against its own server process, and what came out."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from tools.conformance.output import Conversation, Output, read_output
from tools.conformance.plan import Description, Entry, fill, fill_command
from tools.conformance.processes import Ports, run, server

_START = 20.0  # seconds that a server gets to listen
_SEED = "import os, random\nrandom.seed(int(os.environ['CONFORMANCE_SEED']))\n"


@dataclass(frozen=True, slots=True)
class Result:
    """``status`` is green, red, timeout, error, no server or not run; ``why`` says it in words where needed."""

    id: str
    topic: str
    configuration: str
    status: str
    why: str = ""
    seconds: float = 0.0
    passed: int = 0  # distinct probes
    failed: int = 0
    left_out: int = 0
    bad: tuple[Conversation, ...] = ()

    def as_json(self) -> Mapping[str, Any]:
        """For the file of results."""
        return asdict(self)

    def __str__(self) -> str:
        probes = f"{self.passed:4} passed {self.failed:3} failed {self.seconds:6.1f} s" if self.seconds else ""
        return f"{self.status:9} {self.id:50} {probes}{'  ' + self.why if self.why else ''}"


@dataclass(frozen=True, slots=True)
class Bench:
    """Where trials take place. ``python`` is the interpreter that has what tlsfuzzer needs."""

    tlsfuzzer: Path
    python: Path
    description: Description
    variables: Mapping[str, str]
    ports: Ports
    folder: Path
    seed: int
    limit: float

    def prepare(self) -> None:
        """Make the folder, and the module that gives the scripts the same samples in every run."""
        (self.folder / "seed").mkdir(parents=True, exist_ok=True)
        (self.folder / "seed" / "sitecustomize.py").write_text(_SEED, "utf-8")

    def try_out(self, entry: Entry) -> Result:
        """Start the server, run the script, read what it says."""
        entry = self.description.applied_to(entry)
        options = self.description.configurations.get(entry.configuration)
        if options is None:
            return _result(entry, "not run", why=f"the server has no configuration {entry.configuration}")
        port = self.ports.take()
        command = fill_command(f"{self.description.command} {options}", {**self.variables, "port": str(port)})
        began = time.monotonic()
        try:
            with server(command, port, self._file(entry, "server.log"), _START) as process:
                status = self._run(entry, port)
                died = process.poll()
        except OSError as fault:
            return _result(entry, "no server", why=str(fault))
        return self._judge(entry, status, died, time.monotonic() - began)

    def _run(self, entry: Entry, port: int) -> int | None:
        arguments = ["-h", "localhost", "-p", str(port), *fill(entry.arguments, self.variables)]
        return run(
            [str(self.python), "-u", f"scripts/{entry.script}", *arguments],
            self.tlsfuzzer,
            {"PYTHONHASHSEED": "0", "PYTHONPATH": str(self.folder / "seed"), "CONFORMANCE_SEED": str(self.seed)},
            self._file(entry, "out"),
            self.limit,
        )

    def _judge(self, entry: Entry, status: int | None, died: int | None, seconds: float) -> Result:
        output = read_output(self._file(entry, "out").read_text("utf-8", "replace"))
        verdict, why = _verdict(output, status, died, self.limit)
        passed, failed = output.probes()
        left_out = (output.counters or {}).get("SKIP", 0)
        return _result(
            entry,
            verdict,
            why=why,
            seconds=round(seconds, 1),
            passed=passed,
            failed=failed,
            left_out=left_out,
            bad=output.bad,
        )

    def _file(self, entry: Entry, name: str) -> Path:
        return self.folder / f"{entry.id}.{name}"


def _verdict(output: Output, status: int | None, died: int | None, limit: float) -> tuple[str, str]:
    if status is None:
        return "timeout", f"not done after {limit:g} seconds"
    if output.counters is None:
        return "error", "the script did not come to its end"
    if died is not None:
        return "red", f"the server ended by itself, with exit status {died}"
    return "red" if output.bad or status else "green", ""


def _result(entry: Entry, status: str, **more: Any) -> Result:
    return Result(entry.id, entry.topic, entry.configuration, status, **more)
