"""Real peers for every test: the programs, their certificates, and the count of interop cells at the end."""

import fcntl
import gc
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from hypothesis import settings

from tests.interop import peers
from tests.interop.cells import HOLES, PLANNED
from tests.interop.golang import build_go_peer
from tests.interop.pki import Pki, make_pki
from tests.interop.rare_cells import RARE_HOLES, RARE_PLANNED
from tests.interop.report import Outcome, render, worse

settings.register_profile("untimed", deadline=None)  # how long an example takes says something about the machine
settings.load_profile("untimed")

CELL = "interop cell"  # the property that a test of a cell sets, with the cell as its value
FEATURE = "interop feature"  # the property that a test of anything else with a peer sets
Proves = Callable[[str, str, str], None]


def pytest_collection_finish() -> None:
    """Thousands of tests are not looked through at every collection of garbage."""
    gc.collect()
    gc.freeze()


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


def pytest_addoption(parser: pytest.Parser) -> None:
    """An option that writes what was run against whom, as docs/interop.md."""
    parser.addoption("--interop-report", metavar="FILE", type=Path, help="write the interop matrix as Markdown")


@pytest.hookimpl(wrapper=True)
def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> Iterator[None]:
    """Say how many interop cells were planned, run and passed, whenever any was asked for."""
    cells, proofs = outcomes(terminalreporter, CELL), outcomes(terminalreporter, FEATURE)
    if cells:
        called = [outcome for outcome in cells.values() if outcome != "skipped"]
        terminalreporter.write_line(
            f"interop: {len(PLANNED) + len(RARE_PLANNED)} cells planned, {len(called)} run,"
            f" {called.count('passed')} passed"
            f" ({len(HOLES) + len(RARE_HOLES)} holes, each with its reason: python -m tests.interop.matrix)"
        )
    if file := config.getoption("--interop-report"):
        file.write_text(render(cells, proofs), encoding="utf-8")
        terminalreporter.write_line(f"interop: {file} written")
    yield


def outcomes(reporter: pytest.TerminalReporter, name: str) -> dict[str, Outcome]:
    """The worst outcome of the tests that set this property, by its value; a test may set it several times."""
    found: dict[str, Outcome] = {}
    for one in (test for kind in reporter.stats.values() for test in kind):
        if not hasattr(one, "when") or (one.when != "call" and not one.failed):
            continue
        outcome: Outcome = "failed" if one.failed else "skipped" if one.skipped else "passed"
        for value in (value for key, value in getattr(one, "user_properties", ()) if key == name):
            found[value] = worse(found.get(value, outcome), outcome)
    return found
