"""The program as a whole: help, version, completion, exit codes for what nobody foresaw."""

import subprocess
import sys
from pathlib import Path

import pytest

import hellodone
from hellodone.cli.app import COMMANDS
from tests.cli.running import hellodone as run
from tests.cli.running import process


def test_the_version_is_printed_without_loading_anything_heavy() -> None:
    script = (
        "import sys; before = set(sys.modules)\n"
        "from hellodone.cli.__main__ import main\n"
        "assert main(['--version']) == 0\n"
        "heavy = {'click', 'cryptography', 'rich', 'h11', 'asyncio', 'ssl', 'json'} & (set(sys.modules) - before)\n"
        "assert not heavy, heavy"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert done.stdout == f"hellodone {hellodone.__version__}\n"


def test_help_begins_with_three_examples(capsys: pytest.CaptureFixture[str]) -> None:
    outcome = run(capsys, "--help")
    assert outcome.code == 0
    lines = outcome.out.splitlines()
    assert lines[0] == "Examples:"
    assert all(line.startswith("  hellodone ") for line in lines[1:4])
    assert lines[4] == ""
    assert "_HELLODONE_COMPLETE=bash_source" in outcome.out
    assert "Exit codes:" in outcome.out
    for command in COMMANDS:
        assert f"\n  {command} " in outcome.out


@pytest.mark.parametrize("command", COMMANDS)
def test_the_help_of_a_command_begins_with_examples(command: str, capsys: pytest.CaptureFixture[str]) -> None:
    outcome = run(capsys, command, "-h")
    assert outcome.code == 0
    assert outcome.out.startswith(f"Examples:\n  hellodone {command}")


@pytest.mark.parametrize(
    "arguments", [["no-such-command"], ["--no-such-option"], ["draw"], ["connect", "--timeout", "0"]]
)
def test_wrong_usage_is_said_with_exit_code_2(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    outcome = run(capsys, *arguments)
    assert outcome.code == 2
    assert outcome.last.startswith("Error: ")


def test_completion_knows_the_commands() -> None:
    env = {"_HELLODONE_COMPLETE": "bash_complete", "COMP_WORDS": "hellodone d", "COMP_CWORD": "1"}
    script = "import sys; from hellodone.cli.__main__ import main; sys.exit(main([]))"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=False, env=env)
    assert {"plain,demo", "plain,draw"} <= set(done.stdout.split())


def fault(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(path: str) -> bytes:
        raise KeyError(path)

    monkeypatch.setattr("hellodone.cli.kept._read", broken)


def test_a_fault_of_ours_is_one_sentence(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    fault(monkeypatch)
    outcome = run(capsys, "draw", "x.json")
    assert outcome.code == 5
    assert len(outcome.err.splitlines()) == 1
    assert "KeyError" in outcome.err
    assert "report" in outcome.err


def test_the_traceback_is_there_for_those_who_ask(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    from hellodone.cli.app import run as plain_run

    fault(monkeypatch)
    monkeypatch.setenv("HELLODONE_DEBUG", "1")
    assert plain_run(["draw", "x.json"]) == 5
    assert "Traceback" in capsys.readouterr().err


def test_a_reader_that_has_seen_enough_is_no_fault() -> None:
    command = [sys.executable, "-m", "hellodone", "demo", "--detail", "full"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as running:
        assert running.stdout is not None
        assert running.stderr is not None
        running.stdout.close()
        err = running.stderr.read()
        assert running.wait(30) == 0
    assert err == b""


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="there is no full disk here")
def test_a_full_disk_is_one_sentence() -> None:
    with open("/dev/full", "wb") as full:
        command = [sys.executable, "-m", "hellodone", "demo"]
        done = subprocess.run(command, stdout=full, stderr=subprocess.PIPE, text=True, check=False)
    assert done.returncode == 1
    assert done.stderr == "hellodone: the output cannot be written: no space left on device\n"


def test_a_terminal_without_these_letters_still_gets_the_chart() -> None:
    outcome = process("demo", "--detail", "brief", env={"PYTHONIOENCODING": "ascii"})
    assert outcome.code == 0
    assert "ServerHelloDone" in outcome.out


def test_public_names_are_the_ones_that_can_be_had() -> None:
    assert hellodone.__all__ == sorted(hellodone._HOMES)
    for name in hellodone.__all__:
        assert getattr(hellodone, name) is not None
    assert set(hellodone.__all__) <= set(dir(hellodone))
    with pytest.raises(AttributeError):
        hellodone.no_such_name  # noqa: B018


def test_python_m_is_the_same() -> None:
    assert process("--version").out == f"hellodone {hellodone.__version__}\n"


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (None, "cannot be read"),
        (b"not json", "x.json"),
        (b"{}", "x.json"),
        (b"[1, 2]", "x.json"),
        (b"\xff\xfe", "x.json"),
    ],
)
def test_a_wrong_file_to_draw(
    content: bytes | None, words: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "x.json"
    if content is not None:
        path.write_bytes(content)
    outcome = run(capsys, "draw", path)
    assert outcome.code == 4
    assert len(outcome.err.splitlines()) == 1
    assert words in outcome.err


@pytest.mark.parametrize(
    "arguments",
    [
        ("draw", "NONE"),
        ("recompute", "NONE"),
        ("connect", "localhost", "--cacert", "NONE"),
        ("connect", "localhost", "--cert", "NONE"),
        ("serve", "--cert", "NONE"),
        ("serve", "--client-ca", "NONE"),
        ("serve", "--psk", "a:00", "--sct", "NONE"),
    ],
)
def test_a_file_that_is_not_there_is_told_in_the_same_words_everywhere(
    arguments: tuple[str, ...], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    none = str(tmp_path / "none")
    outcome = run(capsys, *(word.replace("NONE", none) for word in arguments))
    assert outcome.code == 4
    assert outcome.last == f"hellodone: {none}: cannot be read: no such file or directory"


@pytest.mark.parametrize("option", [("-o", "x.pdf"), ("-f", "pdf")])
def test_an_unknown_format_is_wrong_usage(option: tuple[str, str], capsys: pytest.CaptureFixture[str]) -> None:
    outcome = run(capsys, "demo", *option)
    assert outcome.code == 2
    assert "plantuml" in outcome.err
