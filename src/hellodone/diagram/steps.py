"""One step of a trace in words: the title of its arrow and the lines below it."""

from __future__ import annotations

from hellodone.diagram.fields import field_lines
from hellodone.diagram.rows import Detail
from hellodone.diagram.values import counted, cut, plain, short
from hellodone.trace.model import WITHHELD, Kind, Step

SHOWN_DATA = 60  # characters of application data in a chart of normal detail
SHOWN_LINES = {Detail.brief: 1, Detail.normal: 6, Detail.full: 40}  # of what is read of it

_CHANGE_CIPHER_SPEC_TYPE = 20  # ContentType.change_cipher_spec (RFC 5246, 6.2.1)


def title_of(step: Step) -> str:
    """The first line."""
    match step.kind:
        case Kind.message:
            return step.name if step.type_number is None else f"{step.name} ({step.type_number})"
        case Kind.change_cipher_spec:
            return f"{step.name} (content type {_CHANGE_CIPHER_SPEC_TYPE})"
        case Kind.alert:
            return f"{step.name}: {step.summary}" if step.summary else step.name
        case Kind.application_data:
            return f"Application data, {counted(step.length, 'byte')}"
        case Kind.tcp:
            return f"TCP {step.name}"
        case _:
            return step.name


def lines_of(step: Step, detail: Detail) -> list[str]:
    """The lines below it."""
    match step.kind:
        case Kind.message:
            return field_lines(step, detail)
        case Kind.change_cipher_spec | Kind.alert:
            return []
        case Kind.application_data:
            return _data_lines(step, detail)
        case Kind.lookup:
            return list(dict.fromkeys(filter(None, (step.summary, *field_lines(step, detail)))))
        case Kind.tcp:
            return [step.summary] if step.summary and detail is not Detail.brief else []
        case _:
            return [step.summary] if step.summary else []


def content_lines(step: Step, content: str, detail: Detail) -> list[str]:
    """What somebody has read of a protected step. ``content`` is what came out, "" when only the trace tells."""
    if step.kind is not Kind.application_data:
        return [plain(line) for line in lines_of(step, detail)]
    shown = isinstance(step.data, str) and not step.data.startswith(WITHHELD)
    data = content if shown and content else "" if step.data is None else str(step.data)
    lines = [plain(line) for line in data.splitlines() if line.strip()]
    most = SHOWN_LINES[detail]
    more = [f"and {counted(len(lines) - most, 'line')} more"] if len(lines) > most else []
    return [line if detail is Detail.full else cut(short(line), SHOWN_DATA) for line in lines[:most]] + more


def _data_lines(step: Step, detail: Detail) -> list[str]:
    data = "" if step.data is None else plain(str(step.data))
    if not data or detail is Detail.brief or (data.startswith(WITHHELD) and detail is Detail.normal):
        return []
    return [data if detail is Detail.full else cut(short(data), SHOWN_DATA)]
