"""Faulty certificates shown to OpenSSL and GnuTLS as docs/trust.md shows them: the verdicts are what the page says."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from tools.verdicts import Row, judge_client, judge_server, require_explained, stage

PAGE = Path(__file__).parent.parent.parent / "docs" / "trust.md"


@pytest.fixture(autouse=True)
def _peers(peer: Callable[[str], str]) -> None:
    for program in ("openssl", "gnutls-cli", "certtool"):
        peer(program)


def page_says(name: str, heading: str) -> list[bool]:
    """Which of the three accept, by the page."""
    part = PAGE.read_text(encoding="utf-8").split(heading)[1]
    line = next(line for line in part.splitlines() if line.startswith(f"| **{name}**"))
    return [cell.strip() == "**accepted**" for cell in re.split(r"(?<!\\)\|", line)[2:5]]


def accepting(row: Row) -> list[bool]:
    return [row.hellodone.accepted, row.openssl.accepted, row.gnutls.accepted]


@pytest.mark.parametrize("name", ["expired-intermediate", "name-in-subject", "must-staple", "revoked", "small-key"])
def test_a_servers_certificate(name: str, tmp_path: Path) -> None:
    row = judge_server(stage(name, "server", tmp_path))
    assert accepting(row) == page_says(name, "### A server's certificate")
    assert not row.hellodone.accepted
    require_explained([row])


@pytest.mark.parametrize("name", ["self-signed", "unknown-root", "missing-intermediate", "wrong-usage"])
def test_a_clients_certificate(name: str, tmp_path: Path) -> None:
    row = judge_client(stage(name, "client", tmp_path))
    assert accepting(row) == page_says(name, "### A client's certificate")
    assert not row.hellodone.accepted
    require_explained([row])
