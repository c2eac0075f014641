"""Leaving alone what does not answer, and saying so once."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Final

FIRST_PAUSE: Final = 1.0
LONGEST_PAUSE: Final = 30.0


class Circuit:
    """Whether to ask something that may be down, and one warning for each kind of trouble with it. Thread-safe.

    After a failure nobody asks for a pause, which doubles from a second to half a minute while failures go on; when it
    is over, one caller tries and the others go on waiting. ``monotonic`` gives seconds.
    """

    def __init__(self, warn: Callable[[str], None], monotonic: Callable[[], float]) -> None:
        self._warn = warn
        self._monotonic = monotonic
        self._pause = 0.0
        self._closed_until: float | None = None
        self._troubles: set[str] = set()
        self._lock = threading.Lock()

    def closed(self) -> bool:
        """Whether to do without it this time. When False after a pause, the caller is the one who tries."""
        with self._lock:
            if self._closed_until is None:
                return False
            now = self._monotonic()
            if now < self._closed_until:
                return True
            self._closed_until = now + self._pause
            return False

    def failed(self, sentence: str) -> None:
        """It did not answer: leave it alone for a while."""
        with self._lock:
            self._pause = min(self._pause * 2 or FIRST_PAUSE, LONGEST_PAUSE)
            self._closed_until = self._monotonic() + self._pause
        self.trouble("answer", sentence)

    def answered(self) -> None:
        """It did: everybody may ask again."""
        if self._closed_until is not None:
            with self._lock:
                self._pause = 0.0
                self._closed_until = None
        self.over("answer")

    def trouble(self, kind: str, sentence: str) -> None:
        """Warn, unless this kind of trouble was warned of and is not over."""
        with self._lock:
            known = kind in self._troubles
            self._troubles.add(kind)
        if not known:
            self._warn(sentence)

    def over(self, kind: str) -> None:
        """This kind of trouble is over: the next one is worth a warning again."""
        if kind in self._troubles:
            with self._lock:
                self._troubles.discard(kind)
