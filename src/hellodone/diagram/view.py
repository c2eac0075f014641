"""What of the parties' knowledge a chart shows."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class View:
    """``knowledge`` of whoever has a lane; a lane for the ``eavesdropper``, who has what ``eavesdropper_has`` names.

    The names are those of ``hellodone.trace.knowledge.HOLDINGS``; giving the eavesdropper something shows its lane.
    """

    knowledge: bool = False
    eavesdropper: bool = False
    eavesdropper_has: tuple[str, ...] = ()

    @property
    def listens(self) -> bool:
        """Whether the eavesdropper has a lane."""
        return self.eavesdropper or bool(self.eavesdropper_has)


PLAIN = View()
