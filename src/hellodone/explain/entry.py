"""The form of an explanation, before anybody lays it out."""

from __future__ import annotations

from dataclasses import dataclass

from hellodone.wire.field import Field


@dataclass(frozen=True, slots=True)
class Part:
    """One line of the list below the sentence: what it is about, and what there is to say."""

    label: str
    text: str


@dataclass(frozen=True, slots=True)
class Entry:
    """One thing explained: ``kind`` says what it is, ``reference`` where the RFCs say so.

    ``field`` is the tree of bytes when the thing was bytes, ``data`` the bytes it speaks of.
    """

    kind: str
    title: str
    sentence: str
    reference: str = ""
    parts: tuple[Part, ...] = ()
    field: Field | None = None
    data: bytes = b""
