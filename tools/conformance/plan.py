"""The plan: which script of tlsfuzzer runs against which configuration of the server, with which arguments.

``plan-tls12.json`` holds groups of entries, and variables with their defaults. ``$name`` in an argument is filled from
the variables; an argument that is exactly ``$name*`` becomes several (by the shell's rules), none when it is empty.
A server's description may change an entry, and says why.
"""

from __future__ import annotations

import json
import re
import shlex
import string
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any


@dataclass(frozen=True, slots=True)
class Entry:
    """One run of one script. ``core`` marks the most telling ones."""

    id: str
    script: str
    configuration: str
    arguments: tuple[str, ...]
    topic: str
    core: bool = False


@dataclass(frozen=True, slots=True)
class Plan:
    """All entries, and the variables' defaults."""

    entries: tuple[Entry, ...]
    variables: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Description:
    """A server: its command, what each configuration adds to it, its variables, and entries it changes."""

    command: str
    configurations: Mapping[str, str]
    variables: Mapping[str, str]
    changes: Mapping[str, Mapping[str, Any]]

    def applied_to(self, entry: Entry) -> Entry:
        """The entry as it is run against this server."""
        change = self.changes.get(entry.id, {})
        return replace(
            entry,
            arguments=(*entry.arguments, *change.get("add", ())),
            configuration=change.get("configuration", entry.configuration),
        )


def load_plan(path: Path) -> Plan:
    """Read a plan. Raises ValueError when two entries have the same id."""
    content = json.loads(path.read_text("utf-8"))
    entries = tuple(
        _entry(script, script.get("config", group["config"]))
        for group in content["groups"]
        for script in group["scripts"]
    )
    ids = [entry.id for entry in entries]
    twice = {name for name in ids if ids.count(name) > 1}
    if twice:
        raise ValueError(f"{path}: used twice as id: {', '.join(sorted(twice))}")
    return Plan(entries, content["vars"])


def _entry(script: Mapping[str, Any], configuration: str) -> Entry:
    name = re.sub(r"^test-|\.py$", "", script["script"])
    return Entry(
        id=script.get("id", name),
        script=script["script"],
        configuration=configuration,
        arguments=tuple(script.get("args", ())),
        topic=script["topic"],
        core=bool(script.get("core")),
    )


def load_description(path: Path) -> Description:
    """Read a server's description."""
    content = json.loads(path.read_text("utf-8"))
    return Description(content["command"], content["configurations"], content["variables"], content["entries"])


def fill(arguments: tuple[str, ...], variables: Mapping[str, str]) -> list[str]:
    """Arguments with their variables filled in."""
    filled: list[str] = []
    for argument in arguments:
        several = re.fullmatch(r"\$(\w+)\*", argument)
        if several:
            filled += shlex.split(variables.get(several[1], ""))
        else:
            filled.append(string.Template(argument).safe_substitute(variables))
    return filled


def fill_command(template: str, variables: Mapping[str, str]) -> list[str]:
    """A command whose ``{name}`` are variables; a variable's value stays one word."""
    return [re.sub(r"\{(\w+)\}", lambda name: variables[name[1]], word) for word in shlex.split(template)]
