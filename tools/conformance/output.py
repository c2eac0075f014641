"""What a script of tlsfuzzer prints, read: ``NAME ...``, ``OK``, and the closing lines with their numbers."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass, replace

_COUNTERS = ("TOTAL", "SKIP", "PASS", "XFAIL", "FAIL", "XPASS")
_REASON = 300  # characters of a failure's reason that are kept


@dataclass(frozen=True, slots=True)
class Conversation:
    """One probe, run once. ``result`` is pass, fail, xfail, xpass or unfinished."""

    name: str
    result: str
    reason: str = ""

    @property
    def good(self) -> bool:
        """Passed, or failed as expected."""
        return self.result in ("pass", "xfail")

    @property
    def probe(self) -> str:
        """The probe's name, without the number of its repetition."""
        return re.sub(r'^"(.*)" repeat \d+$', r"\1", self.name)

    def as_json(self) -> Mapping[str, str]:
        """For the file of results."""
        return asdict(self)


@dataclass(frozen=True, slots=True)
class Output:
    """All conversations; ``counters`` is None when the script did not come to its end."""

    conversations: tuple[Conversation, ...]
    counters: Mapping[str, int] | None

    def probes(self) -> tuple[int, int]:
        """How many distinct probes passed and failed: a probe fails when one of its runs did."""
        good: dict[str, bool] = {}
        for conversation in self.conversations:
            good[conversation.probe] = good.get(conversation.probe, True) and conversation.good
        passed = sum(good.values())
        return passed, len(good) - passed

    @property
    def bad(self) -> tuple[Conversation, ...]:
        """Those that are neither passed nor expected to fail."""
        return tuple(conversation for conversation in self.conversations if not conversation.good)


def read_output(text: str) -> Output:
    """Read what a script printed."""
    body, ended, tail = text.rpartition("\nTest end\n")
    if not ended:
        body, tail = text, ""
    counters = dict(_counted(tail))
    conversations = list(_conversations(body.splitlines(), "fail" if ended else "unfinished"))
    if not counters:
        return Output(tuple(conversations), None)
    # the closing list decides, for a script may word an expected failure its own way
    failed = _failed(tail)
    decided = (replace(c, result="xfail") if c.result == "fail" and c.probe not in failed else c for c in conversations)
    return Output(tuple(decided), counters)


def _counted(tail: str) -> Iterator[tuple[str, int]]:
    for line in tail.splitlines():
        match = re.match(r"([A-Z]+): (\d+)\s*$", line)
        if match and match[1] in _COUNTERS:
            yield match[1], int(match[2])


def _conversations(lines: Iterable[str], unclosed: str) -> Iterator[Conversation]:
    """A name opens a conversation; a verdict or the next name closes it."""
    name, block = "", list[str]()
    for line in lines:
        opening = re.match(r"(\S.*?) ?\.\.\.$", line)
        verdict = _verdict(line)
        if name and (opening or verdict):
            yield Conversation(name, verdict or "fail", "" if verdict == "pass" else _reason(block))
        if opening:
            name, block = opening[1], []
        elif verdict:
            name = ""
        else:
            block.append(line)
    if name:
        yield Conversation(name, unclosed, _reason(block))


def _verdict(line: str) -> str:
    if line == "OK":
        return "pass"
    if line.startswith("OK-expected failure"):
        return "xfail"
    return "xpass" if line.startswith("XPASS-") else ""


def _reason(block: list[str]) -> str:
    """The line that names an exception, the last one if there are several; else the last line."""
    lines = [line.strip() for line in block if line.strip()]
    errors = [line for line in lines if re.match(r"[\w.]*(Error|Exception|Alert|Timeout|Interrupt)\b", line)]
    return (errors or lines or [""])[-1][:_REASON]


def _failed(tail: str) -> set[str]:
    """The probes that the script lists as failed."""
    listed = re.search(r"^FAILED:\n((?:\t.*\n?)+)", tail, re.MULTILINE)
    return set() if listed is None else {_unquoted(line.strip()) for line in listed[1].splitlines()}


def _unquoted(line: str) -> str:
    try:
        return str(ast.literal_eval(line))
    except (ValueError, SyntaxError):
        return line
