"""Files written whole or not at all: who reads one meanwhile gets the old contents or the new."""

from __future__ import annotations

import contextlib
import os
import tempfile
from pathlib import Path
from typing import Final

from hellodone.errors import ConfigurationError, system_reason

PUBLIC: Final = 0o644
PRIVATE: Final = 0o600


def write_whole(path: Path, data: bytes, mode: int = PUBLIC) -> None:
    """Write a file that never has more permissions than ``mode``. Raises ConfigurationError."""
    partial = ""
    try:
        descriptor, partial = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)  # made with mode 0600
        with open(descriptor, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(descriptor)
            os.fchmod(descriptor, mode)
        os.replace(partial, path)
    except OSError as fault:
        with contextlib.suppress(OSError):
            os.unlink(partial)
        raise ConfigurationError(f"{path}: cannot be written: {system_reason(fault)}") from None
