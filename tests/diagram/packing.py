"""What a page does with its data when it is opened, once more in Python."""

from __future__ import annotations

from typing import Any


def unpacked(data: Any) -> Any:
    """The data with its references followed."""
    written: list[Any] = []

    def visit(value: Any) -> Any:
        if isinstance(value, str):
            if value.startswith("~") and not value.startswith("~~"):
                return written[int(value[1:])]
            value = value[1:] if value.startswith("~") else value
        elif isinstance(value, dict):
            value = {key: visit(part) for key, part in value.items()}
        elif isinstance(value, list):
            value = [visit(part) for part in value]
        else:
            return value
        written.append(value)
        return value

    return visit(data)
