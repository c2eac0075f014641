"""Who showed a handshake: read from docs/interop.md, which a test run with real peers makes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path

Table = Mapping[str, Mapping[str, str]]  # row, column: what the field says


class Peers:
    """The tables of the page."""

    def __init__(self, page: Path) -> None:
        text = page.read_text(encoding="utf-8")
        sections = {part.partition("\n")[0]: part for part in text.split("\n## ")[1:]}
        self._branches = _table(sections["Key exchanges by branch"])
        self._rows = {**_table(sections["Features"]), **_table(sections["Cipher suites"])}

    def of_branch(self, exchange: str, branch: str) -> str:
        """The peers of a key exchange in a branch: ``C OpenSSL 3, GnuTLS; S OpenSSL 3``. Raises KeyError."""
        return self._branches[exchange][branch]

    def of_rows(self, names: Iterable[str]) -> str:
        """The same for features and suites, all of which a peer must have; "" for none. Raises KeyError."""
        rows = [self._rows[name] for name in names]
        if not rows:
            return ""
        found = []
        for letter in "CS":
            peers = [peer for peer in rows[0] if all(letter in row[peer].split() for row in rows)]
            if peers:
                found.append(f"{letter} {', '.join(peers)}")
        return "; ".join(found)


def _table(section: str) -> dict[str, dict[str, str]]:
    lines = [_fields(line) for line in section.splitlines() if line.startswith("|")]
    heads = lines[0][1:]
    return {line[0]: dict(zip(heads, line[1:], strict=True)) for line in lines[2:]}


def _fields(line: str) -> list[str]:
    return [field.strip() for field in line.strip("|").split("|")]
