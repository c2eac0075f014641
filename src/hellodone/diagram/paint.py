"""Colours on a terminal: what a stretch of a chart is, and the escape sequence that goes with it (ECMA-48, 8.3.117)."""

from __future__ import annotations

from collections.abc import Callable
from enum import Enum, auto


class Role(Enum):
    """What a stretch of text is in the chart."""

    plain = auto()
    lane = auto()
    heading = auto()
    clear = auto()  # an arrow that anybody can read
    sealed = auto()  # an arrow that only the two can read
    kernel = auto()
    alert = auto()
    fatal = auto()
    passed = auto()
    failed = auto()
    key = auto()
    value = auto()
    success = auto()


_FAINT, _BOLD, _RED, _GREEN, _YELLOW, _MAGENTA, _CYAN = "2", "1", "31", "32", "33", "35", "36"
_SGR = {
    Role.plain: "",
    Role.lane: _FAINT,
    Role.heading: _BOLD,
    Role.clear: _CYAN,
    Role.sealed: _GREEN,
    Role.kernel: _FAINT,
    Role.alert: _YELLOW,
    Role.fatal: f"{_BOLD};{_RED}",
    Role.passed: _GREEN,
    Role.failed: f"{_BOLD};{_RED}",
    Role.key: _MAGENTA,
    Role.value: _FAINT,
    Role.success: f"{_BOLD};{_GREEN}",
}

Paint = Callable[[Role, str], str]


def painter(colour: bool) -> Paint:
    """A function that paints, or one that leaves text as it is."""
    return _painted if colour else _unpainted


def _painted(role: Role, text: str) -> str:
    code = _SGR[role]
    return f"\x1b[{code}m{text}\x1b[0m" if code and text.strip() else text


def _unpainted(role: Role, text: str) -> str:
    return text
