"""The folder of a CA that a command was given."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from hellodone.cli import settings

if TYPE_CHECKING:
    from hellodone.pki.lab_folder import LabFolder


def opened(path: Path) -> LabFolder:
    """The CA in it, now. Raises InputUnreadable."""
    from hellodone.clock import utc_now
    from hellodone.pki.lab_folder import LabFolder

    return settings.readable(lambda: LabFolder.open(path, utc_now().replace(microsecond=0)))
