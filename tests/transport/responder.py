"""An OCSP responder and CRL server of a laboratory CA, over HTTP on the loopback interface."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator

from hellodone.pki.laboratory import LabAuthority
from hellodone.transport.authority import AuthorityServer


@contextlib.contextmanager
def responding(authority: LabAuthority) -> Iterator[LabAuthority]:
    """The same authority, whose certificates from now on name this server; it answers GET and POST."""
    with AuthorityServer(authority) as server:
        yield server.authority
