"""Traces as JSON, for files and other programs. The schema is ``schema/trace-1.schema.json`` beside this module.

Bytes are hexadecimal digits; members that have their default are left out; secrets are withheld unless asked for.
"""

from __future__ import annotations

import json
from importlib import resources
from typing import Any

from hellodone.errors import ConfigurationError
from hellodone.trace import json_forms as form
from hellodone.trace.model import (
    FORMAT_VERSION,
    CandidatePath,
    Check,
    Connection,
    Fact,
    Failure,
    JudgedCertificate,
    Kind,
    Origin,
    Party,
    Phase,
    Pieces,
    Reaction,
    Record,
    Step,
    Trace,
    Verification,
)
from hellodone.trace.secrets import reveal, withhold
from hellodone.wire.field import Field

SCHEMA_ID = f"urn:hellodone:trace:{FORMAT_VERSION}"
MAXIMUM_SIZE = 64 * 2**20  # characters, or bytes, of a trace file

_party = form.OneOf(Party)

_field = form.Recursive()
_field.form = form.Object(
    Field,
    name=form.text,
    start=form.number,
    end=form.number,
    meaning=form.text,
    children=form.Listed(_field),
)
_fact = form.Object(
    Fact,
    name=form.text,
    value=form.text,
    origin=form.OneOf(Origin),
    meaning=form.text,
    reference=form.text,
    inputs=form.Listed(form.text),
    formula=form.text,
    confidential=form.truth,
)
_check = form.Object(
    Check,
    claim=form.text,
    passed=form.truth,
    alert=form.text,
    subject=form.text,
    values=form.Listed(form.text),
)
_certificate = form.Object(JudgedCertificate, name=form.text, place=form.text, checks=form.Listed(_check))
_path = form.Object(CandidatePath, certificates=form.Listed(_certificate), fate=form.text, accepted=form.truth)
_verification = form.Object(
    Verification,
    presented=form.Listed(form.text),
    name_asked=form.text,
    names_presented=form.Listed(form.text),
    anchor=form.text,
    paths=form.Listed(_path),
)
_reaction = form.Object(
    Reaction,
    party=_party,
    learned=form.Listed(_fact),
    checks=form.Listed(_check),
    verification=form.Nullable(_verification),
)
_record = form.Object(
    Record,
    sender=_party,
    content_type=form.number,
    version=form.number,
    length=form.number,
    plaintext_length=form.number,
    sequence=form.number,
    protection=form.text,
    wire=form.hexadecimal,
    connection=form.number,
    offset=form.Nullable(form.number),
)
_pieces = form.Object(Pieces, sender=_party, told_by=_party, lengths=form.Listed(form.number))
_step = form.Object(
    Step,
    number=form.number,
    kind=form.OneOf(Kind),
    name=form.text,
    sender=_party,
    receiver=_party,
    time=form.seconds,
    phase=form.OneOf(Phase),
    length=form.number,
    type_number=form.Nullable(form.number),
    summary=form.text,
    raw=form.hexadecimal,
    fields=form.Nullable(_field),
    protection=form.text,
    activates=form.text,
    data=form.Nullable(form.text),
    records=form.Listed(form.number),
    reactions=form.Listed(_reaction),
    connection=form.number,
)
_failure = form.Object(Failure, decided_by=_party, alert=form.text, reason=form.text, step=form.number)
_connection = form.Object(
    Connection,
    client=form.text,
    server=form.text,
    authority=form.text,
    server_name=form.text,
    version=form.text,
    cipher_suite=form.text,
    group=form.text,
    alpn=form.text,
    resumed=form.truth,
    completed=form.truth,
    closed=form.OneOf(("", "close_notify", "truncated", "reset", "alert")),
    failure=form.Nullable(_failure),
    pieces=form.Listed(_pieces),
)
_trace = form.Object(
    Trace,
    steps=form.Listed(_step),
    connections=form.Listed(_connection),
    records=form.Listed(_record),
    observed_by=form.Listed(_party),
    title=form.text,
    created=form.text,
    generator=form.text,
    warnings=form.Listed(form.text),
)


def dumps(trace: Trace, show_secrets: bool = False, indent: int | None = 2) -> str:
    """The trace as JSON. Secrets and application data are withheld, or shown when that is asked for.

    ``loads`` gives back exactly ``withhold(trace)`` or ``reveal(trace)``.
    """
    shown = reveal(trace) if show_secrets else withhold(trace)
    return json.dumps(members(shown), ensure_ascii=False, allow_nan=False, indent=indent)


def members(trace: Trace) -> dict[str, Any]:
    """What is in the JSON of a trace that has been withheld or revealed already."""
    return {"$schema": SCHEMA_ID, "version": FORMAT_VERSION, **_trace.write(trace)}


def loads(text: str | bytes) -> Trace:
    """The trace that ``dumps`` wrote. Raises ConfigurationError that says where it is not one, and what was found."""
    if len(text) > MAXIMUM_SIZE:
        raise ConfigurationError(f"a trace of {len(text)} bytes; at most {MAXIMUM_SIZE} are read")
    members = _parse(text)
    version = members.pop("version", None)
    if type(version) is not int:
        raise ConfigurationError("this is JSON but no trace: it has no version number")
    if version != FORMAT_VERSION:
        raise ConfigurationError(
            f"a trace of format {version}; this hellodone reads format {FORMAT_VERSION}: "
            + ("a newer one is needed" if version > FORMAT_VERSION else "an older one wrote it")
        )
    schema = members.pop("$schema", SCHEMA_ID)
    if schema != SCHEMA_ID:
        form.wrong("$schema", schema, repr(SCHEMA_ID))
    trace: Trace = _trace.read(members, "")
    _check_references(trace)
    return trace


def schema() -> dict[str, Any]:
    """The JSON Schema (draft 2020-12) that every trace conforms to."""
    path = resources.files("hellodone.trace") / "schema" / f"trace-{FORMAT_VERSION}.schema.json"
    loaded: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return loaded


def _parse(text: str | bytes) -> dict[str, Any]:
    try:
        found = json.loads(text, parse_constant=_no_number)
    except json.JSONDecodeError as fault:
        raise ConfigurationError(
            f"not a trace, for it is not JSON: {fault.msg} (line {fault.lineno}, column {fault.colno})"
        ) from None
    except UnicodeDecodeError:
        raise ConfigurationError("not a trace, for it is not a text in UTF-8") from None
    except RecursionError:
        raise ConfigurationError("not a trace: its JSON is nested too deep") from None
    except ValueError as fault:  # an integer of thousands of digits
        raise ConfigurationError(f"not a trace: {fault}") from None
    if not isinstance(found, dict):
        form.wrong("", found, "an object")
    return found


def _no_number(name: str) -> None:
    raise ConfigurationError(f"not a trace: {name} is no number of JSON's")


def _check_references(trace: Trace) -> None:
    """What points to something else in the trace points to something that is there."""
    connections, records = len(trace.connections), len(trace.records)
    for index, step in enumerate(trace.steps):
        place = f"steps[{index}]"
        if step.number != index + 1:
            form.wrong(f"{place}.number", step.number, f"{index + 1}: steps are numbered from 1 on")
        if step.connection >= connections:
            form.wrong(f"{place}.connection", step.connection, f"less than {connections}, the number of connections")
        for record in step.records:
            if record >= records:
                form.wrong(f"{place}.records", record, f"less than {records}, the number of records")
        if step.fields is not None:
            _check_extent(step.fields, 0, len(step.raw), f"{place}.fields")
    for index, carried in enumerate(trace.records):
        if carried.connection >= connections:
            form.wrong(f"records[{index}].connection", carried.connection, f"less than {connections}")
    for index, connection in enumerate(trace.connections):
        if connection.failure is not None and connection.failure.step > len(trace.steps):
            form.wrong(f"connections[{index}].failure.step", connection.failure.step, "the number of a step")


def _check_extent(field: Field, start: int, end: int, place: str) -> None:
    """Fields lie within what holds them."""
    if not start <= field.start <= field.end <= end:
        form.wrong(place, f"bytes {field.start} to {field.end}", f"a stretch between {start} and {end}")
    for index, child in enumerate(field.children):
        _check_extent(child, field.start, field.end, f"{place}.children[{index}]")
