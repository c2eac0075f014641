"""The suite tables in the package are what the generator writes from the registry."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import hellodone.registry
from tests.registry import data

GENERATOR = Path(__file__).parents[2] / "tools" / "make_registry.py"


def test_the_tables_are_up_to_date(tmp_path: Path) -> None:
    subprocess.run([sys.executable, GENERATOR, data.FOLDER, tmp_path], check=True)

    package = Path(hellodone.registry.__path__[0])
    for name in ("suite_table.py", "suite_table_private.py"):
        assert (package / name).read_text() == (tmp_path / name).read_text()
