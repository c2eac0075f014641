"""Traces as JSON: they come back as they were, the schema fits all of them, and bad input is told where it is bad."""

from __future__ import annotations

import json
from contextlib import suppress
from dataclasses import replace
from typing import Any

import jsonschema
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hellodone.errors import ConfigurationError
from hellodone.trace import json as trace_json
from hellodone.trace.json import dumps, loads, schema
from hellodone.trace.model import Trace
from hellodone.trace.secrets import reveal, withhold
from tests.traces import SCENARIOS, trace

VALIDATOR = jsonschema.Draft202012Validator(schema())


@pytest.mark.parametrize("name", SCENARIOS)
def test_traces_come_back(name: str) -> None:
    original = trace(name)
    assert loads(dumps(original)) == withhold(original)
    assert loads(dumps(original, show_secrets=True)) == reveal(original)
    assert loads(dumps(original, indent=None).encode()) == withhold(original)
    assert Trace.from_json(original.to_json()) == withhold(original)


@pytest.mark.parametrize("name", SCENARIOS)
@pytest.mark.parametrize("secrets", [False, True])
def test_the_schema_fits(name: str, secrets: bool) -> None:
    VALIDATOR.validate(json.loads(dumps(trace(name), show_secrets=secrets)))


def test_the_schema_is_a_schema() -> None:
    jsonschema.Draft202012Validator.check_schema(schema())
    assert schema()["$id"] == trace_json.SCHEMA_ID


def test_the_schema_refuses_what_no_trace_has() -> None:
    for change in ({"colour": "red"}, {"version": 2}, {"steps": None}, {"warnings": [1]}):
        with pytest.raises(jsonschema.ValidationError):
            VALIDATOR.validate({**document(), **change})


def test_a_trace_that_was_written_before_pieces_were_noted_is_read() -> None:
    older = document()
    assert older["connections"][0].pop("pieces")
    for record in older["records"]:
        del record["offset"]
    found = loads(json.dumps(older))
    assert found.connections[0].pieces == ()
    assert {record.offset for record in found.records} == {None}
    VALIDATOR.validate(older)


def test_texts_that_utf_8_cannot_carry_are_mended() -> None:
    odd = replace(trace("rsa"), title="half \ud800 a pair")
    assert loads(dumps(odd)).title == "half \ufffd a pair"


def document() -> dict[str, Any]:
    loaded: dict[str, Any] = json.loads(dumps(trace("rsa")))
    return loaded


def changed(*path: str | int, to: object) -> str:
    """The document with one value replaced, or taken away when ``to`` is ``...``."""
    whole = document()
    inner: Any = whole
    for key in path[:-1]:
        inner = inner[key]
    if to is ...:
        del inner[path[-1]]
    else:
        inner[path[-1]] = to
    return json.dumps(whole)


@pytest.mark.parametrize(
    ("path", "to", "complaint"),
    [
        (("version",), 7, "a trace of format 7; this hellodone reads format 1: a newer one is needed"),
        (("version",), 0, "an older one wrote it"),
        (("version",), "1", "it has no version number"),
        (("version",), ..., "it has no version number"),
        (("$schema",), "urn:other", r"\$schema is 'urn:other'; expected"),
        (("colour",), "red", "the trace has 'colour', which no trace has there"),
        (("steps",), ..., "the trace lacks 'steps'"),
        (("steps",), {}, "steps is an object; expected a list"),
        (("steps", 3), [], r"steps\[3\] is a list; expected an object"),
        (("steps", 3, "sender"), "mallory", r"steps\[3\].sender is 'mallory'; expected one of 'client', 'server'"),
        (("steps", 3, "kind"), None, r"steps\[3\].kind is null; expected one of"),
        (("steps", 3, "number"), 9, r"steps\[3\].number is 9; expected 4: steps are numbered"),
        (("steps", 3, "number"), True, r"steps\[3\].number is True; expected a whole number"),
        (("steps", 3, "number"), 1.0, r"steps\[3\].number is 1.0; expected a whole number"),
        (("steps", 3, "length"), -1, r"steps\[3\].length is -1; expected a whole number of at least 0"),
        (("steps", 3, "time"), "now", r"steps\[3\].time is 'now'; expected a number"),
        (("steps", 3, "raw"), "0g", r"steps\[3\].raw is '0g'; expected pairs of hexadecimal digits"),
        (("steps", 3, "raw"), "00 11", "expected pairs of hexadecimal digits"),
        (("steps", 3, "name"), 5, r"steps\[3\].name is 5; expected a text"),
        (("steps", 3, "name"), "\ud800", "expected a text without half surrogate pairs"),
        (("steps", 3, "connection"), 4, r"steps\[3\].connection is 4; expected less than 1"),
        (("steps", 4, "records"), [999], r"steps\[4\].records is 999; expected less than"),
        (("steps", 4, "fields", "end"), 10**6, r"steps\[4\].fields is 'bytes 0 to 1000000'"),
        (("steps", 4, "fields", "children", 0, "start"), 3, r"steps\[4\].fields.children\[0\] is"),
        (
            ("steps", 4, "reactions", 0, "learned", 0, "origin"),
            "heard",
            r"reactions\[0\].learned\[0\].origin is 'heard'",
        ),
        (("connections", 0, "completed"), "yes", r"connections\[0\].completed is 'yes'; expected true or false"),
        (
            ("connections", 0, "failure"),
            {"decided_by": "client", "alert": "", "reason": "", "step": 999},
            r"connections\[0\].failure.step is 999; expected the number of a step",
        ),
        (("records", 0, "connection"), 1, r"records\[0\].connection is 1; expected less than 1"),
    ],
)
def test_bad_values_are_named_with_their_place(path: tuple[str | int, ...], to: object, complaint: str) -> None:
    with pytest.raises(ConfigurationError, match=complaint):
        loads(changed(*path, to=to))


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("", "it is not JSON"),
        ("{", "it is not JSON: .* \\(line 1, column 2\\)"),
        (b"\xff\xfe\xfa", "UTF-8|not JSON"),
        (b"\x80", "not a text in UTF-8"),
        ("[]", "the trace is a list; expected an object"),
        ("null", "the trace is null; expected an object"),
        ("{}", "it has no version number"),
        ("[" * 100_000, "nested too deep|not JSON"),
        ('{"version": 1, "steps": ' + "9" * 5000 + "}", "not a trace"),
        ('{"version": NaN}', "NaN is no number"),
        ('{"version": 1, "steps": [], "connections": [], "title": Infinity}', "Infinity is no number"),
    ],
)
def test_what_is_no_trace_is_said_to_be_none(text: str | bytes, complaint: str) -> None:
    with pytest.raises(ConfigurationError, match=complaint):
        loads(text)


def test_fields_are_nested_to_a_limit() -> None:
    field: dict[str, Any] = {"name": "x", "start": 0, "end": 0}
    for _ in range(60):
        field = {"name": "x", "start": 0, "end": 0, "children": [field]}
    with pytest.raises(ConfigurationError, match="is nested more than 32 deep"):
        loads(changed("steps", 4, "fields", to=field))


def test_a_file_has_a_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(trace_json, "MAXIMUM_SIZE", 1000)
    with pytest.raises(ConfigurationError, match="at most 1000 are read"):
        loads(dumps(trace("rsa")))


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=10), inner, max_size=4),
    max_leaves=10,
)


@settings(max_examples=100)
@given(data=st.data())
def test_a_change_anywhere_gives_a_trace_or_a_configuration_error(data: st.DataObject) -> None:
    """Any value of a document may be anything; nothing but ConfigurationError comes out."""
    whole: Any = document()
    inner = whole
    while True:
        keys = list(inner) if isinstance(inner, dict) else list(range(len(inner)))
        key = data.draw(st.sampled_from(keys))
        if not isinstance(inner[key], dict | list) or not inner[key] or data.draw(st.integers(0, 3)) == 0:
            break
        inner = inner[key]
    inner[key] = data.draw(JSON)
    with suppress(ConfigurationError):
        found = loads(json.dumps(whole))
        assert loads(dumps(found)) == withhold(found)
