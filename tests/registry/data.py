"""Reads the CSV copies of the registries."""

from __future__ import annotations

import csv
from pathlib import Path

FOLDER = Path(__file__).parents[1] / "data" / "registry"


def rows(name: str) -> list[dict[str, str]]:
    with (FOLDER / f"{name}.csv").open(newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


def codes(name: str) -> dict[int, str]:
    """value -> name."""
    return {int(row["value"], 0): row["name"] for row in rows(name)}
