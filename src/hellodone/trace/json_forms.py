"""Forms of JSON values: what a value may be, how it is written, and how it is read with a place for every fault.

A form is declared once and gives both directions. Places are written as in JavaScript: ``steps[3].sender``.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import MISSING, fields
from enum import StrEnum
from typing import Any, NoReturn, Protocol, TypeVar

from hellodone.errors import ConfigurationError

T = TypeVar("T")
T_co = TypeVar("T_co", covariant=True)

MAXIMUM_DEPTH = 32  # of nested fields; TLS has no message half as deep
_LONGEST = 1e12  # seconds that a trace may take
_SHOWN = 60  # characters of an unexpected value that an error repeats


class Form(Protocol[T_co]):
    """One kind of value."""

    def write(self, value: Any) -> Any:
        """The value as JSON's types."""
        ...

    def read(self, value: Any, place: str) -> T_co:
        """The value that the JSON stands for. Raises ConfigurationError naming the place."""
        ...


class Truth:
    """True or false."""

    def write(self, value: bool) -> bool:
        """See Form."""
        return value

    def read(self, value: Any, place: str) -> bool:
        """See Form."""
        if type(value) is not bool:
            wrong(place, value, "true or false")
        return value


class Natural:
    """A whole number of at least 0."""

    def write(self, value: int) -> int:
        """See Form. Enumerations of numbers are numbers."""
        return int(value)

    def read(self, value: Any, place: str) -> int:
        """See Form."""
        if type(value) is not int or value < 0:
            wrong(place, value, "a whole number of at least 0")
        return value


class Text:
    """A text, which UTF-8 can carry: no halves of surrogate pairs."""

    def write(self, value: str) -> str:
        """See Form. What UTF-8 cannot carry becomes U+FFFD."""
        return value if value.isascii() else value.encode("utf-16", "surrogatepass").decode("utf-16", "replace")

    def read(self, value: Any, place: str) -> str:
        """See Form."""
        if not isinstance(value, str):
            wrong(place, value, "a text")
        if not value.isascii():
            try:
                value.encode()
            except UnicodeEncodeError:
                wrong(place, ascii(value), "a text without half surrogate pairs")
        return value


class Seconds:
    """A number, whole or not."""

    def write(self, value: float) -> float:
        """See Form."""
        return value

    def read(self, value: Any, place: str) -> float:
        """See Form."""
        if type(value) not in (int, float) or abs(value) > _LONGEST:
            wrong(place, value, "a number of seconds")
        return float(value)


class Hexadecimal:
    """Bytes as pairs of hexadecimal digits."""

    def write(self, value: bytes) -> str:
        """See Form."""
        return value.hex()

    def read(self, value: Any, place: str) -> bytes:
        """See Form."""
        if not isinstance(value, str) or (value and not value.isalnum()):
            wrong(place, value, "pairs of hexadecimal digits")
        try:
            return bytes.fromhex(value)
        except ValueError:
            wrong(place, value, "pairs of hexadecimal digits")


class OneOf:
    """A member of an enumeration, or one of some texts."""

    def __init__(self, choices: type[StrEnum] | Sequence[str]) -> None:
        self.choices: dict[str, str] = {str(choice): choice for choice in choices}

    def write(self, value: str) -> str:
        """See Form."""
        return str(value)

    def read(self, value: Any, place: str) -> Any:
        """See Form."""
        if not isinstance(value, str) or value not in self.choices:
            wrong(place, value, "one of " + ", ".join(map(repr, self.choices)))
        return self.choices[value]


class Nullable:
    """A value or null."""

    def __init__(self, form: Form[Any]) -> None:
        self.form = form

    def write(self, value: Any) -> Any:
        """See Form."""
        return None if value is None else self.form.write(value)

    def read(self, value: Any, place: str) -> Any:
        """See Form."""
        return None if value is None else self.form.read(value, place)


class Listed:
    """A list of values of one form, a tuple in Python."""

    def __init__(self, form: Form[Any]) -> None:
        self.form = form

    def write(self, value: Sequence[Any]) -> list[Any]:
        """See Form."""
        write = self.form.write
        return [write(item) for item in value]

    def read(self, value: Any, place: str) -> tuple[Any, ...]:
        """See Form."""
        if not isinstance(value, list):
            wrong(place, value, "a list")
        read = self.form.read
        return tuple([read(item, f"{place}[{index}]") for index, item in enumerate(value)])


class Object:
    """A dataclass, member by member; members at their default are left out."""

    def __init__(self, cls: type, **forms: Form[Any]) -> None:
        self.cls = cls
        self.forms: Mapping[str, Form[Any]] = forms
        declared = fields(cls)
        self.required = [field.name for field in declared if field.default is MISSING]
        if [field.name for field in declared] != list(forms):
            raise TypeError(f"the forms of {cls.__name__} are not its fields")
        self._members = [(field.name, forms[field.name].write, field.default) for field in declared]

    def write(self, value: Any) -> dict[str, Any]:
        """See Form."""
        written = {}
        for name, write, default in self._members:
            member = getattr(value, name)
            if member is not default and member != default:
                written[name] = write(member)
        return written

    def read(self, value: Any, place: str) -> Any:
        """See Form."""
        if not isinstance(value, dict):
            wrong(place, value, "an object")
        for name in self.required:
            if name not in value:
                raise ConfigurationError(f"{place or 'the trace'} lacks {name!r}")
        members = {}
        for name, member in value.items():
            form = self.forms.get(name)
            if form is None:
                raise ConfigurationError(f"{place or 'the trace'} has {_cut(name)}, which no trace has there")
            members[name] = form.read(member, f"{place}.{name}" if place else name)
        return self.cls(**members)


class Recursive:
    """A form that holds itself, to a limited depth."""

    def __init__(self) -> None:
        self.form: Form[Any] | None = None

    def write(self, value: Any) -> Any:
        """See Form."""
        assert self.form is not None, "set where the form is declared"
        return self.form.write(value)

    def read(self, value: Any, place: str) -> Any:
        """See Form."""
        assert self.form is not None, "set where the form is declared"
        if place.count(".children[") > MAXIMUM_DEPTH:
            raise ConfigurationError(f"{place} is nested more than {MAXIMUM_DEPTH} deep")
        return self.form.read(value, place)


text = Text()
number = Natural()
truth = Truth()
seconds = Seconds()
hexadecimal = Hexadecimal()


def wrong(place: str, found: object, expected: str) -> NoReturn:
    """Raise ConfigurationError: what stands at the place is not what is expected there."""
    raise ConfigurationError(f"{place or 'the trace'} is {_cut(found)}; expected {expected}")


def _cut(found: object) -> str:
    """A value, or the kind of a large one, as an error may repeat it."""
    if isinstance(found, dict):
        return "an object"
    if isinstance(found, list):
        return "a list"
    shown = "null" if found is None else ascii(found)
    return shown if len(shown) <= _SHOWN else f"{shown[:_SHOWN]}..."
