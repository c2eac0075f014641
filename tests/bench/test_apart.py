"""What has a process of its own does its work; how fast is not asked."""

from __future__ import annotations

import subprocess
import sys

import pytest
from bench.crowd import PARTIES

from bench import jobs


@pytest.mark.parametrize("contestant", PARTIES)
@pytest.mark.parametrize(("kind", "size"), [("transfer", 1), ("held", 3)])
def test_sockets(kind: str, size: int, contestant: str) -> None:
    assert jobs.apart(kind, size, contestant)() > 0


def test_a_handshake_while_others_are_held() -> None:
    crowd = jobs.crowd(1000, "with 10")
    assert crowd() > 0
    assert crowd() > 0


def test_connections_occupy_memory() -> None:
    assert jobs.apart("memory", 500, "hellodone")() > 0


def test_a_store_has_as_many_sessions_as_its_name_says() -> None:
    assert jobs.store("with 1,000")() > 0


FEW_FILES = """
import resource
resource.setrlimit(resource.RLIMIT_NOFILE, (200, 300))
from bench import limits
print(limits.room(100), limits.room(1000), resource.getrlimit(resource.RLIMIT_NOFILE)[0], limits.shortage(1000))
"""


def test_open_files_are_raised_as_far_as_allowed_and_a_shortage_is_told() -> None:
    told = subprocess.run([sys.executable, "-c", FEW_FILES], check=True, capture_output=True, text=True).stdout.split()
    small, large, limit, *shortage = told
    assert small == "100"
    assert int(limit) >= 300
    assert int(large) == min(1000, int(limit) - 64)
    if int(large) < 1000:  # else this process may raise the hard limit as well
        assert " ".join(shortage).startswith(f"asked 1,000, held {large}: a process may have {limit} open files")
