"""The thread that keeps a server's staples fresh: fetching is its affair, never a handshake's."""

from __future__ import annotations

import threading
from datetime import datetime
from types import TracebackType
from typing import TYPE_CHECKING, Final

from hellodone.transport.fetch import fetch

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from hellodone.config import ServerConfig
    from hellodone.pki.certificates import Certificate
    from hellodone.pki.stapler import Stapler

_LONGEST_SLEEP: Final = 60.0  # seconds: the clock may be set meanwhile


def stapler_for(
    config: ServerConfig,
    *,
    issuers: Sequence[Certificate] = (),
    report: Callable[[str], None] = lambda sentence: None,
) -> Stapler:
    """A stapler for every certificate of the configuration's identities, fetching over HTTP.

    ``issuers`` are the roots that the chains leave out; ``report`` is told of failures. Give it to a new configuration
    with ``dataclasses.replace(config, ocsp_response=stapler)`` and keep it fresh with :class:`StaplingThread`.
    """
    from hellodone.pki.stapler import Stapler

    return Stapler([identity.chain for identity in config.identities], fetch, config.clock, report, issuers)


class StaplingThread:
    """Refreshes a stapler when it is due, until it is closed. ``with`` does both."""

    def __init__(self, stapler: Stapler, clock: Callable[[], datetime]) -> None:
        self._stapler = stapler
        self._clock = clock
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._run, name="stapling", daemon=True)
        self._thread.start()

    def close(self) -> None:
        """Refresh no more. A fetch that is under way is not waited for."""
        self._over.set()

    def _run(self) -> None:
        while (due := self._stapler.due) is not None:
            left = (due - self._clock()).total_seconds()
            if left > 0:
                if self._over.wait(min(left, _LONGEST_SLEEP)):
                    return
                continue
            if self._over.is_set():
                return
            self._stapler.refresh()

    def __enter__(self) -> StaplingThread:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, tb: TracebackType | None) -> None:
        self.close()
