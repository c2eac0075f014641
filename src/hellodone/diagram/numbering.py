"""Notations count arrows by themselves: what they have to be told so that an arrow gets the number of its step."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass


@dataclass
class Numbering:
    """``start`` has a place for the number. ``upcoming`` is what the next arrow would get, 0 while none is counted."""

    start: str
    stop: str
    upcoming: int = 1

    def before(self, number: int) -> Iterator[str]:
        """The lines before an arrow with that number; 0 is an arrow without any."""
        if number != self.upcoming:
            yield self.start.format(number) if number else self.stop
        self.upcoming = number + 1 if number else 0
