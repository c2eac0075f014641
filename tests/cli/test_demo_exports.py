"""What both ends of a demonstration export, and the programs that compute it again from the trace."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from hellodone.trace.model import Trace
from tests.cli.running import hellodone
from tests.interop.peers import require


@pytest.mark.parametrize("context", [(), ("--keymatexport-context", "00ff"), ("--keymatexport-context", "")])
@pytest.mark.parametrize("shell", [False, True])
def test_what_both_ends_export_is_computed_again_from_the_trace(
    context: tuple[str, ...], shell: bool, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    asked = ("--keymatexport", "EXPORTER-mine", "--keymatexportlen", "40", *context)
    kept = tmp_path / "trace.json"
    done = hellodone(capsys, "demo", *asked, "--resume", "id", "-o", kept)
    said = [line for line in done.err.splitlines() if "keying material" in line]
    assert [line.split(", both ends: ")[0] for line in said] == ["connection 1", "connection 2"]
    for number, line in enumerate(said, 1):
        options = ("--handshake", number, *(("--shell",) if shell else ()))
        program = hellodone(capsys, "recompute", kept, *asked, *options).out
        command = ["sh"] if shell else [sys.executable]
        if shell:
            require("openssl")
        printed = subprocess.run(command, input=program, capture_output=True, text=True, check=True, timeout=30).stdout
        assert printed.strip() == line.split(": ")[-1] == program.splitlines()[-1].removeprefix("# ")


def test_channel_bindings_are_told_of_both_ends(capsys: pytest.CaptureFixture[str]) -> None:
    bindings = [word for kind in ("tls-unique", "tls-server-end-point") for word in ("--channel-binding", kind)]
    done = hellodone(capsys, "demo", *bindings, "-f", "json")
    trace = Trace.from_json(done.out)
    facts = {fact.name: fact.value for step in trace.steps for told in step.reactions for fact in told.learned}
    unique, end_point = [line for line in done.err.splitlines() if line.startswith("both ends: tls-")]
    assert unique == f"both ends: tls-unique: {facts['client_verify_data']}"
    assert len(end_point.split(": ")[-1]) == 64


def test_without_extended_master_secret_nothing_is_exported(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    kept = tmp_path / "trace.json"
    words = ("--no-ems", "--policy", "compatible", "--keymatexport", "EXPORTER-mine")
    done = hellodone(capsys, "demo", *words, "-o", kept)
    again = hellodone(capsys, "recompute", kept, "--keymatexport", "EXPORTER-mine")
    for outcome, code in ((done, 1), (again, 2)):
        assert (outcome.code, "without extended_master_secret" in outcome.last) == (code, True)


def test_a_label_that_a_shell_would_obey_has_no_shell_form(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    kept = tmp_path / "trace.json"
    asked = ("--keymatexport", "a'; exit 7; '")
    hellodone(capsys, "demo", *asked, "-o", kept)
    assert hellodone(capsys, "recompute", kept, *asked, "--shell").code == 2
    assert hellodone(capsys, "recompute", kept, *asked).code == 0
