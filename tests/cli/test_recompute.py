"""Programs that compute a trace's values again, from the command line."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from hellodone.pki.laboratory import private_key_pem
from tests.cli.running import hellodone
from tests.interop.peers import require
from tests.trace.branches import BY_NAME, identity, traces


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An RSA handshake and its resumption, secrets shown."""
    path = tmp_path_factory.mktemp("kept") / "trace.json"
    path.write_text(traces(BY_NAME["TLS_RSA_WITH_AES_128_GCM_SHA256, id"])[2].to_json(show_secrets=True))
    return path


def printed(program: str, *command: str) -> str:
    done = subprocess.run([*command], input=program, capture_output=True, text=True, check=True, timeout=30)
    return done.stdout.strip()


def test_everything_is_listed(capsys: pytest.CaptureFixture[str], kept: Path) -> None:
    lines = hellodone(capsys, "recompute", kept).out.splitlines()
    assert {line.split()[2] for line in lines} >= {"session_hash", "master_secret", "key_block", "server_verify_data"}
    assert {(line.split()[0], line.split()[1]) for line in lines} == {
        (n, p) for n in "12" for p in ("client", "server")
    }
    assert any(line.endswith("[python, shell]") for line in lines)


@pytest.mark.parametrize("options", [(), ("--party", "server"), ("--handshake", "2")])
@pytest.mark.parametrize("fact", ["key_block", "client_verify_data"])
def test_a_program_prints_the_value_that_it_promises(
    capsys: pytest.CaptureFixture[str], kept: Path, fact: str, options: tuple[str, ...]
) -> None:
    program = hellodone(capsys, "recompute", kept, fact, *options).out
    assert program.splitlines()[-1] == f"# {printed(program, sys.executable)}"


def test_a_shell_does_too(capsys: pytest.CaptureFixture[str], kept: Path) -> None:
    require("openssl")
    program = hellodone(capsys, "recompute", kept, "session_hash", "--shell").out
    assert program.splitlines()[-1] == f"# {printed(program, 'sh')}"


def test_a_record_is_opened(capsys: pytest.CaptureFixture[str], kept: Path) -> None:
    from hellodone.trace.model import Trace

    trace = Trace.from_json(kept.read_text())
    request = next(index for index, record in enumerate(trace.records) if record.content_type == 23)
    program = hellodone(capsys, "recompute", kept, "--record", request).out
    assert bytes.fromhex(printed(program, sys.executable)) == b"GET / HTTP/1.1\r\n\r\n"


def test_the_premaster_secret_needs_the_servers_key(
    capsys: pytest.CaptureFixture[str], kept: Path, tmp_path: Path
) -> None:
    assert "the client chooses" in hellodone(capsys, "recompute", kept, "premaster_secret").last
    key = tmp_path / "key.pem"
    key.write_bytes(private_key_pem(identity("rsa", "rsa", "server")))
    program = hellodone(capsys, "recompute", kept, "premaster_secret", "--server-key", key).out
    assert program.splitlines()[-1] == f"# {printed(program, sys.executable)}"


def test_what_cannot_be_done_is_said(capsys: pytest.CaptureFixture[str], kept: Path, tmp_path: Path) -> None:
    hidden = tmp_path / "hidden.json"
    hidden.write_text(traces(BY_NAME["TLS_RSA_WITH_AES_128_GCM_SHA256, id"])[2].to_json())
    for arguments, code, words in (
        ((kept, "master_secre"), 2, "master_secret"),
        ((kept, "client_random"), 2, "'client_random' is not computed"),
        ((kept, "nothing"), 2, "no value is called 'nothing' (without a name"),
        ((kept, "key_block", "--handshake", "7"), 2, "no handshake 7"),
        ((kept, "premaster_secret", "--server-key", tmp_path / "none"), 4, "cannot be read: no such file"),
        ((hidden, "master_secret"), 2, "withheld"),
        ((tmp_path / "none", "master_secret"), 4, "cannot be read"),
    ):
        done = hellodone(capsys, "recompute", *arguments)
        assert (done.code, words in done.last) == (code, True), done.err
