"""Where the program starts: ``hellodone`` and ``python -m hellodone``."""

from __future__ import annotations

import sys


def main(arguments: list[str] | None = None) -> int:
    """Run the command line; the exit code. ``--version`` must be quick, so nothing is imported for it."""
    given = sys.argv[1:] if arguments is None else arguments
    if given[:1] in (["--version"], ["-V"]):
        from hellodone import __version__

        print(f"hellodone {__version__}")
        return 0
    from hellodone.cli.app import run

    return run(given)


if __name__ == "__main__":
    sys.exit(main())
