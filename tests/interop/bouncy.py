"""programs/BouncyExtensions.java: the command lines, and what its output says about each connection."""

import re
from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path

from tests.interop import peers
from tests.interop.pki import Pki

END = re.compile(r"^client (?:read|FAIL) .*\n", re.MULTILINE)


def server(classes: Path, pki: Pki, port: int, staples: Sequence[Path]) -> list[str]:
    """A server that answers whatever is offered to it."""
    files = ",".join(str(file) for file in staples)
    return [*_java(classes), "s", str(port), f"pki={pki.folder}", f"staples={files}"]


def client(classes: Path, pki: Pki, port: int, url: str, connections: Sequence[str]) -> list[str]:
    """A client that makes one connection for each of these lists of words; its certificate is at that URL."""
    words = [f"do={connection}" for connection in connections]
    return [*_java(classes), "c", str(port), f"pki={pki.folder}", f"url={url}", *words]


def connections(output: str) -> list[str]:
    """What a client printed, by connection."""
    ends = [0, *(match.end() for match in END.finditer(output))]
    return [output[start:end] for start, end in pairwise(ends)]


def _java(classes: Path) -> list[str]:
    path = ":".join([*(peers.require(archive) for archive in peers.BOUNCY_CASTLE), str(classes)])
    return [peers.require("java"), "-Xshare:auto", "-XX:TieredStopAtLevel=1", "-cp", path, "BouncyExtensions"]
