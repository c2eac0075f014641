"""Writes the two tables of cipher suites from CSV files of the IANA registry.

Usage: python tools/make_registry.py FOLDER src/hellodone/registry

FOLDER holds cipher_suites.csv and cipher_suites_nonstandard.csv (tests/data/registry is such a folder).
"""

from __future__ import annotations

import csv
import sys
from pathlib import Path

Row = dict[str, str]

REGISTERED = '''\
"""The registered cipher suites: code -> IANA name, OpenSSL name, specification.

Written by tools/make_registry.py from the IANA registry; edit that, not this.
"""

from __future__ import annotations

from typing import Final

# fmt: off
REGISTERED: Final[dict[int, tuple[str, str, str]]] = {
'''

PRIVATE = '''\
"""Suites that were never registered (private, draft, withdrawn, national): code -> name, only to name them.

Written by tools/make_registry.py; edit that, not this. "_OLD": a draft whose name a registered suite has now.
"""

from __future__ import annotations

from typing import Final

# fmt: off
PRIVATE: Final[dict[int, str]] = {
'''


def main(folder: Path, package: Path) -> None:
    """Read the CSV files of ``folder`` and write the two modules into ``package``."""
    registered = read(folder / "cipher_suites.csv")
    private = read(folder / "cipher_suites_nonstandard.csv")
    taken = {row["iana_name"] for row in registered}
    for row in private:
        row["iana_name"] += "_OLD" if row["iana_name"] in taken else ""
    (package / "suite_table.py").write_text(REGISTERED + registered_lines(registered) + "}\n")
    (package / "suite_table_private.py").write_text(PRIVATE + private_lines(private) + "}\n")


def read(path: Path) -> list[Row]:
    """The rows of a CSV file, in the order of their code points."""
    with path.open(newline="", encoding="utf-8") as file:
        return sorted(csv.DictReader(file), key=lambda row: int(row["value"], 16))


def registered_lines(rows: list[Row]) -> str:
    """One aligned line a suite with its three names."""
    return "".join(
        f"    {code(row)}: ({quoted(row, 'iana_name', rows)} {quoted(row, 'openssl_name', rows)} {reference(row)}),\n"
        for row in rows
    )


def private_lines(rows: list[Row]) -> str:
    """One line a suite with its name."""
    return "".join(f'    {code(row)}: "{row["iana_name"]}",\n' for row in rows)


def code(row: Row) -> str:
    """``0xC02F``."""
    return f"0x{int(row['value'], 16):04X}"


def quoted(row: Row, column: str, rows: list[Row]) -> str:
    """The column as a string literal with its comma, as wide as the widest of the table."""
    width = max(len(other[column]) for other in rows) + 3
    return f'"{row[column]}",'.ljust(width)


def reference(row: Row) -> str:
    """``"RFC 5246"``."""
    return f'"{row["reference"].replace("RFC", "RFC ")}"'


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
