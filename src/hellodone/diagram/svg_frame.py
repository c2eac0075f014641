"""Where things stand in a picture: lanes, the channel between client and server, and the gutters for what parties say.

The client speaks to the left of its lane, the server to the right of its own, the authority further right; who listens
has its lane in the middle of the channel, where the messages pass. Lengths are pixels of a picture at its own size.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from hellodone.diagram.rows import Participant
from hellodone.trace.model import Party

MARGIN = 14.0
GUTTER = 278.0  # for notes
STEM = 24.0  # between a lane and its notes: there the stem of what is known grows
CHANNEL = 470.0
INSET = 9.0  # of a frame in another
FAR = 190.0  # gutter of the authority


@dataclass(frozen=True, slots=True)
class Frame:
    """The columns of one picture."""

    width: float
    lanes: Mapping[Party, float]

    @classmethod
    def of(cls, participants: tuple[Participant, ...], nesting: int = 0) -> Frame:
        """Columns for these participants, with room for so many frames in one another; two lanes are always there."""
        margin = MARGIN + INSET * nesting
        client = margin + GUTTER + STEM
        server = client + CHANNEL
        lanes = {Party.client: client, Party.server: server}
        width = server + STEM + GUTTER + margin
        parties = {participant.party for participant in participants}
        if Party.eavesdropper in parties:
            lanes[Party.eavesdropper] = client + CHANNEL / 2
        if Party.ca in parties:
            lanes[Party.ca] = server + STEM + GUTTER + STEM
            width = lanes[Party.ca] + STEM + FAR + margin
        return cls(width, lanes)

    @property
    def left(self) -> float:
        """The client's lane."""
        return self.lanes[Party.client]

    @property
    def right(self) -> float:
        """The server's lane."""
        return self.lanes[Party.server]

    @property
    def middle(self) -> float:
        """Of the channel."""
        return (self.left + self.right) / 2

    def room(self, party: Party) -> float:
        """How wide a note of that party may be."""
        if party is Party.eavesdropper:
            return CHANNEL - 90
        return FAR if party is Party.ca else GUTTER

    def note_left(self, party: Party, width: float) -> float:
        """Where a note of that width begins: towards the lane of its party."""
        lane = self.lanes[party]
        if party is Party.client:
            return lane - STEM - width
        return lane - width / 2 if party is Party.eavesdropper else lane + STEM

    def passes_notes(self, sender: Party, receiver: Party) -> bool:
        """Whether an arrow crosses a gutter, so that nothing else may stand beside it."""
        ends = sorted((self.lanes[sender], self.lanes[receiver]))
        return ends[1] > self.right
