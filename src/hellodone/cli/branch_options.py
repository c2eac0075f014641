"""The options of ``connect`` and ``serve`` for the rarer branches of the protocol, gathered into one value each."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar

import click

from hellodone.cli.options import gathered

F = TypeVar("F", bound=Callable[..., Any])


@dataclass(frozen=True, slots=True)
class CallBranches:
    """What ``connect`` does beside a full handshake; see ``connect``."""

    psk: str | None
    resume: bool
    renegotiate: str  # refuse, accept, initiate
    max_fragment_length: str | None
    record_size_limit: int | None


@dataclass(frozen=True, slots=True)
class ServeBranches:
    """What ``serve`` has beside certificates; see ``serve``."""

    psk: tuple[str, ...]
    psk_hint: str
    dh_group: str
    sessions_url: str | None
    record_size_limit: int | None


def call_branches(function: F) -> F:
    """--psk, --resume, --renegotiate, --max-fragment-length, --record-size-limit, as the argument ``branches``."""
    return gathered(
        CallBranches,
        "branches",
        [
            click.option("--psk", metavar="IDENTITY:HEX", help="Offer the suites of this pre-shared key too."),
            click.option(
                "--resume", is_flag=True, help="Connect twice: the second connection resumes the first's session."
            ),
            click.option(
                "--renegotiate",
                type=click.Choice(["refuse", "accept", "initiate"]),
                default="refuse",
                show_default=True,
                help="What a server that wants another handshake is told; or begin one.",
            ),
            click.option(
                "--max-fragment-length",
                type=click.Choice(["512", "1024", "2048", "4096"]),
                help="Ask for records of at most so many bytes, both ways (RFC 6066).",
            ),
            _record_size_limit(),
        ],
    )(function)


def serve_branches(function: F) -> F:
    """--psk, --psk-hint, --dh-group, --sessions, --record-size-limit, as the argument ``branches``."""
    return gathered(
        ServeBranches,
        "branches",
        [
            click.option(
                "--psk",
                multiple=True,
                metavar="IDENTITY:HEX",
                help="A pre-shared key; several times for several. Without --cert no certificate is made then.",
            ),
            click.option("--psk-hint", default="", metavar="TEXT", help="Which identity clients are told to use."),
            click.option(
                "--dh-group",
                default="ffdhe2048",
                show_default=True,
                metavar="NAME",
                help="Finite-field group for clients that name none.",
            ),
            click.option(
                "--sessions",
                "sessions_url",
                metavar="URL",
                help="Keep sessions in this Redis (redis://HOST:PORT), shared with other servers; then no tickets.",
            ),
            _record_size_limit(),
        ],
    )(function)


def _record_size_limit() -> Callable[[Any], Any]:
    return click.option(
        "--record-size-limit",
        type=click.IntRange(64, 2**14),
        metavar="BYTES",
        help="Take records of at most so many bytes (RFC 8449).",
    )
