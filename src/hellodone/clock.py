"""Where the time comes from: a function handed in, so that a run can be reproduced."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

Clock = Callable[[], datetime]


def utc_now() -> datetime:
    """The system's clock, in UTC."""
    return datetime.now(UTC)
