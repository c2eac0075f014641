"""Where the time comes from: a function handed in, so that a run can be reproduced."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from functools import partial
from typing import Final

Clock = Callable[[], datetime]

utc_now: Final[Clock] = partial(datetime.now, UTC)
"""The system's clock, in UTC."""
