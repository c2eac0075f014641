"""Real peers for every test: the programs, their certificates, and the count of interop cells at the end."""

import fcntl
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.interop import peers
from tests.interop.cells import HOLES, PLANNED
from tests.interop.golang import build_go_peer
from tests.interop.pki import Pki, make_pki
from tests.interop.rare_cells import RARE_HOLES, RARE_PLANNED

CELL = "interop cell"  # the property that a test of a cell sets, with the cell as its value
FEATURE = "interop feature"  # the property that a test of anything else with a peer sets
Proves = Callable[[str, str, str], None]


@pytest.fixture(scope="session")
def peer() -> Callable[[str], str]:
    """A look-up of installed programs: gives the path, or skips the test (fails it where peers are required)."""
    return peers.require


@pytest.fixture
def proves(record_property: Callable[[str, object], None]) -> Proves:
    """For docs/interop.md: what a test shows when it passes, as hellodone's role, the peer and the feature."""
    return lambda role, peer, feature: record_property(FEATURE, f"{role}/{peer}/{feature}")


@pytest.fixture(scope="session")
def pki(tmp_path_factory: pytest.TempPathFactory) -> Pki:
    """Certificates made by OpenSSL, once for all workers of a run."""
    return Pki(once(tmp_path_factory, "pki", make_pki))


@pytest.fixture(scope="session")
def go_peer(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The built Go peer, once for all workers of a run."""
    peers.require("go")
    return once(tmp_path_factory, "go", build_go_peer) / "gopeer"


def once(factory: pytest.TempPathFactory, name: str, make: Callable[[Path], None]) -> Path:
    """A folder that is filled by the first worker that asks for it; the others wait for that."""
    shared = factory.getbasetemp()
    if "popen-gw" in shared.name:  # a worker of pytest-xdist has a folder of its own below the common one
        shared = shared.parent
    folder, done = shared / name, shared / f"{name}.done"
    with (shared / f"{name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not done.exists():
            folder.mkdir(exist_ok=True)
            make(folder)
            done.touch()
    return folder


@pytest.hookimpl(wrapper=True)
def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> Iterator[None]:
    """Say how many interop cells were planned, run and passed, whenever any was asked for."""
    reports = [report for kind in terminalreporter.stats.values() for report in kind]
    cells = {id(report): report for report in reports if dict(getattr(report, "user_properties", ())).get(CELL)}
    called = [report for report in cells.values() if report.when == "call" and not report.skipped]
    if cells:
        passed = sum(report.passed for report in called)
        terminalreporter.write_line(
            f"interop: {len(PLANNED) + len(RARE_PLANNED)} cells planned, {len(called)} run, {passed} passed"
            f" ({len(HOLES) + len(RARE_HOLES)} holes, each with its reason: python -m tests.interop.matrix)"
        )
    yield
