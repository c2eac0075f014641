"""A missing peer skips a test and says why; where every peer is required, it fails the test."""

import re
from pathlib import Path

import pytest

from tests.interop import peers


def test_a_missing_peer_skips(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("HELLODONE_PEERS", raising=False)
    with pytest.raises(pytest.skip.Exception, match=r"no-such-program is not installed .*install_peers"):
        peers.require("no-such-program")


def test_a_missing_peer_fails_where_all_are_required(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HELLODONE_PEERS", "required")
    with pytest.raises(pytest.fail.Exception, match="no-such-program is not installed"):
        peers.require("no-such-program")


def test_nobody_else_decides_what_becomes_of_a_test_without_its_peer() -> None:
    """A skip of one's own would go unnoticed where every peer is required."""
    tests = Path(__file__).parent.parent
    own = re.compile(r"shutil\.which|importorskip")
    found = {str(file.relative_to(tests)) for file in tests.rglob("*.py") if own.search(file.read_text("utf-8"))}
    here = str(Path(__file__).relative_to(tests))
    assert found == {"interop/peers.py", "interop/capturing.py", here}, "peers.require skips, or fails"


def test_mermaid_is_looked_for_in_the_cache(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    folder = tmp_path / "cache"
    monkeypatch.setenv("HELLODONE_PEER_CACHE", str(folder))
    assert peers.find("mermaid") is None
    script = folder / "mermaid-1.2.3" / "mermaid.min.js"
    script.parent.mkdir(parents=True)
    script.touch()
    assert peers.require("mermaid") == str(script)
