"""One call that ``connect`` makes, so that it can be made again under another policy."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from hellodone.cli.target import Target
    from hellodone.config import ClientConfig
    from hellodone.policy import Policy
    from hellodone.transport.blocking import TlsSocket


@dataclass(frozen=True, slots=True)
class Call:
    """Whom to call and how. ``resolve`` maps a host and port to the address to dial for them."""

    target: Target
    config: ClientConfig
    server_name: str | None
    starttls: str | None
    resolve: Mapping[tuple[str, int], str]
    timeout: float

    def open(self) -> TlsSocket:
        """The connection, its handshake complete. Raises what ``transport.client.connect`` raises."""
        from hellodone.transport.client import connect

        host, port = self.target.host, self.target.port
        address = self.resolve.get((host.lower(), port), host)
        expected = self.server_name or host
        return connect((address, port), self.config, server_name=expected, timeout=self.timeout, starttls=self.starttls)

    def under(self, policy: Policy) -> Call:
        """The same call under another policy, leaving no trace and no key log."""
        return replace(self, config=replace(self.config, policy=policy, record=False, key_log=None))
