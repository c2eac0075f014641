"""Hypothesis strategies derived from declarations: from a Struct class, or any codec, to values that fit it."""

from __future__ import annotations

from functools import cache, singledispatch
from typing import Any

from hypothesis import strategies as st

from hellodone.messages.extensions import Extension, Extensions, extension_form
from hellodone.messages.extensions.block import ExtensionBlock
from hellodone.registry.codes import ExtensionType
from hellodone.wire.codec import Fixed, Opaque, Rest, Uint, Vector
from hellodone.wire.forms import Embedded, Maybe, Sized, Unassigned
from hellodone.wire.struct import Select, Struct

MORE = 24  # how many bytes or items beyond the floor are worth trying


def structs(kind: type[Struct]) -> st.SearchStrategy[Any]:
    """Instances of a Struct class."""
    hashable: Any = kind  # to mypy, the class of a Struct hashes like its instances
    return _structs(hashable)


@cache
def _structs(kind: type[Struct]) -> st.SearchStrategy[Any]:
    @st.composite
    def instance(draw: st.DrawFn) -> Struct:
        values: dict[str, Any] = {}
        for name, codec in kind._codecs:
            strategy = values_of(codec.choose(values)) if isinstance(codec, Select) else values_of(codec)
            values[name] = draw(_steered(kind, name, strategy))
        return kind(**values)

    return instance()


def values_of(codec: Any) -> st.SearchStrategy[Any]:
    """Values that a codec writes and reads."""
    return structs(codec) if isinstance(codec, type) else _values_of(codec)


def _steered(kind: type[Struct], name: str, strategy: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    """The values of a field that a variant depends on: half of them have a case, all when no other form is assigned."""
    for _, codec in kind._codecs:
        if isinstance(codec, Select) and codec.field == name:
            cases = st.sampled_from(sorted(codec.cases))
            return cases if isinstance(codec.default, Unassigned) else cases | strategy
    return strategy


@singledispatch
def _values_of(codec: Any) -> st.SearchStrategy[Any]:
    raise NotImplementedError(type(codec).__name__)


@_values_of.register
def _(codec: Uint) -> st.SearchStrategy[Any]:
    return st.integers(0, 256**codec.size - 1)


@_values_of.register
def _(codec: Fixed) -> st.SearchStrategy[Any]:
    return st.binary(min_size=codec.length, max_size=codec.length)


@_values_of.register
def _(codec: Rest) -> st.SearchStrategy[Any]:
    return st.binary(max_size=MORE)


@_values_of.register
def _(codec: Opaque) -> st.SearchStrategy[Any]:
    return st.binary(min_size=codec.floor, max_size=min(codec.ceiling, codec.floor + MORE))


@_values_of.register
def _(codec: Embedded) -> st.SearchStrategy[Any]:
    return values_of(codec.form).map(lambda value: value.encode()) | st.binary(min_size=codec.floor, max_size=MORE)


@_values_of.register
def _(codec: Vector) -> st.SearchStrategy[Any]:  # type: ignore[type-arg]
    return st.lists(values_of(codec.item), min_size=1 if codec.floor else 0, max_size=4).map(tuple)


@_values_of.register
def _(codec: Sized) -> st.SearchStrategy[Any]:
    return values_of(codec.form)


@_values_of.register
def _(codec: Maybe) -> st.SearchStrategy[Any]:
    return st.none() | values_of(codec.form)


@_values_of.register
def _(codec: ExtensionBlock) -> st.SearchStrategy[Any]:
    known = [kind for kind in ExtensionType if extension_form(kind, codec.message)]
    well_formed = st.sampled_from(known).flatmap(
        lambda kind: values_of(extension_form(kind, codec.message)).map(lambda body: Extension(kind, body.encode()))
    )
    anything = st.builds(Extension, st.integers(0, 0xFFFF), st.binary(max_size=MORE))
    blocks = st.lists(well_formed | anything, max_size=5).map(lambda entries: Extensions(entries, present=True))
    return st.just(Extensions()) | blocks
