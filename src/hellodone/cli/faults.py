"""What went wrong, as one sentence and an exit code."""

from __future__ import annotations

import os
import sys
import traceback
from enum import IntEnum
from pathlib import Path

from hellodone.errors import ConfigurationError, TlsError

DEBUG = "HELLODONE_DEBUG"


class Exit(IntEnum):
    """The exit codes of the program."""

    done = 0
    failed = 1  # a handshake or a check failed
    usage = 2
    not_reached = 3
    unreadable = 4  # input: a file, a key, a trace
    bug = 5  # ours
    interrupted = 130  # Ctrl-C, as shells count it


class InputUnreadable(ConfigurationError):
    """A file that cannot be read, or does not hold what it should."""


def exit_code(error: TlsError) -> Exit:
    """The exit code for a fault that the program foresees."""
    from hellodone.transport.errors import PeerNotReached

    if isinstance(error, InputUnreadable):
        return Exit.unreadable
    if isinstance(error, ConfigurationError):
        return Exit.usage
    return Exit.not_reached if isinstance(error, PeerNotReached) else Exit.failed


def say(sentence: str) -> None:
    """One line on standard error, for people."""
    print(f"hellodone: {sentence}", file=sys.stderr)


def report_bug(error: BaseException) -> None:
    """A fault that nobody foresaw: where it is, and whom to tell. The traceback only when asked for."""
    if os.environ.get(DEBUG):
        traceback.print_exception(error)
    last = traceback.extract_tb(error.__traceback__)[-1:]
    place = f" at {Path(last[0].filename).name}:{last[0].lineno}" if last else ""
    say(
        f"this is a fault of hellodone itself ({type(error).__name__}{place}), not of yours; please report it to the "
        f"project's issue tracker with this command line, and what {DEBUG}=1 prints"
    )
