"""Data in which everything is said once: what comes again is a reference to where it stood first.

Connections repeat one another: certificates, checks, sentences, drawings. ``page/data.js`` undoes it, and both number
texts, lists and objects in the same order: each that is written out, when it is complete.
"""

from __future__ import annotations

from collections.abc import Hashable
from typing import Any

MARK = "~"  # a text that begins with it is a reference, or with two of them a text that begins with one
_TRUTH = {True: f"{MARK}true", False: f"{MARK}false"}  # names, for True equals 1


def packed(data: Any) -> Any:
    """The same data, JSON's types still, with references such as "~17". No key may be a whole number."""
    return _Packing().pack(data)[1]


class _Packing:
    """Numbers what it writes out. A value's name is shared by its equals alone: a whole's is the reference to it."""

    def __init__(self) -> None:
        self._written = 0
        self._first: dict[Hashable, int] = {}  # by what it consists of, where a value was written out first

    def pack(self, value: Any) -> tuple[Hashable, Any]:
        """The value's name, and how it is written here."""
        if isinstance(value, str):  # members of enumerations too
            return self._text(MARK + value if value.startswith(MARK) else value)
        kind = type(value)
        if kind is dict:
            return self._dict(value)
        if kind is list or kind is tuple:
            return self._list(value)
        return _TRUTH[value] if kind is bool else value, value

    def _text(self, text: str) -> tuple[str, str]:
        first = self._first.setdefault(text, self._written)
        if first != self._written and len(text) > len(reference := f"{MARK}{first}"):
            return text, reference
        self._written += 1
        return text, text

    def _dict(self, value: dict[str, Any]) -> tuple[str, Any]:
        before, names, written = self._written, list[Hashable](value), {}
        for key, part in value.items():
            name, written[key] = self.pack(part)
            names.append(name)
        return self._whole(tuple(names), before, written)

    def _list(self, value: list[Any] | tuple[Any, ...]) -> tuple[str, Any]:
        before, names, written = self._written, list[Hashable]((list,)), []
        for part in value:
            name, shown = self.pack(part)
            names.append(name)
            written.append(shown)
        return self._whole(tuple(names), before, written)

    def _whole(self, consists_of: Hashable, before: int, written: Any) -> tuple[str, Any]:
        first = self._first.setdefault(consists_of, self._written)
        reference = f"{MARK}{first}"
        if first != self._written:
            self._written = before  # its parts are not written either
            return reference, reference
        self._written += 1
        return reference, written
