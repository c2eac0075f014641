"""The small signs of a picture, drawn once and used wherever they stand."""

from __future__ import annotations

from enum import Enum

from hellodone.diagram.svg_text import tag


class Sign(Enum):
    """What a sign is called, and its outline in a square of about 11 by 11."""

    key = (
        "M3.2 0a3.2 3.2 0 1 0 3 4.3h1.6v1.5h1.7V4.3h.9V2.6H6.2A3.2 3.2 0 0 0 3.2 0Z"
        "m0 2a1.2 1.2 0 1 1 0 2.4 1.2 1.2 0 0 1 0-2.4Z"
    )
    lock = (
        "M2 5V3.5a3 3 0 0 1 6 0V5h.6c.5 0 .9.4.9.9v4.2c0 .5-.4.9-.9.9H1.4a.9.9 0 0 1-.9-.9V5.9c0-.5.4-.9.9-.9H2Z"
        "m1.4 0h3.2V3.5a1.6 1.6 0 0 0-3.2 0V5Z"
    )
    open_lock = (
        "M2 5V2.5a3 3 0 0 1 6 0V3H6.6V2.5a1.6 1.6 0 0 0-3.2 0V5h5.2c.5 0 .9.4.9.9v4.2c0 .5-.4.9-.9.9H1.4"
        "a.9.9 0 0 1-.9-.9V5.9c0-.5.4-.9.9-.9Z"
    )


def sign(one: Sign, kind: str, x: float, y: float) -> str:
    """The sign with its upper left corner there; ``kind`` is its class."""
    return tag("use", class_=kind, href=f"#{_id(one)}", x=x, y=y)


def definitions() -> str:
    """What a document must have once for its signs to be seen."""
    return tag("defs", "".join([tag("path", id=_id(one), d=one.value) for one in Sign]))


def _id(one: Sign) -> str:
    return f"sign-{one.name.replace('_', '-')}"
