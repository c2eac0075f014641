"""Figure 2 instead of figure 1: the same pairs, continuing a session by ID or by ticket every time."""

from __future__ import annotations

import ssl
from dataclasses import replace
from typing import Literal

from bench.parties.ours import OurPair, Ours
from bench.parties.stdlib_ssl import SslEnd, SslPair, StdlibSsl
from bench.scenario import Scenario
from hellodone.session.store import MemorySessionStore
from hellodone.session.tickets import TicketKeys

By = Literal["id", "ticket"]


class OursResuming(Ours):
    """hellodone with stores in memory; the first handshake, not counted, is a full one."""

    def __init__(self, scenario: Scenario, by: By) -> None:
        super().__init__(scenario)
        self.client_config = replace(self.client_config, session_store=MemorySessionStore())
        self._has_cache = by == "id"
        if self._has_cache:
            self.server_config = replace(self.server_config, session_store=MemorySessionStore())
        else:
            self.server_config = replace(self.server_config, tickets=TicketKeys.generate())
        self._last = super().handshake()

    def handshake(self) -> OurPair:
        if self._has_cache:
            self._last.server.close()  # for the other has to
        self._last = super().handshake()
        assert self._last.client.resumed
        return self._last


class SslResuming(StdlibSsl):
    """The ssl module, handing the first handshake's session to each client.

    OpenSSL drops a session from the server's cache when a connection of it is freed without a shutdown. So a server
    that has one says goodbye before its last connection goes, which is a hundredth of the time.
    """

    def __init__(self, scenario: Scenario, by: By) -> None:
        super().__init__(scenario)
        self._has_cache = by == "id"
        if by == "ticket":
            for context in (self.client_context, self.server_context):
                context.options &= ~ssl.OP_NO_TICKET
        self._last = super().handshake()
        self._session = self._last.client.tls.session

    def handshake(self) -> SslPair:
        if self._has_cache:
            self._last.server.say_goodbye()
        client = SslEnd(self.client_context, server_side=False, session=self._session)
        server = SslEnd(self.server_context, server_side=True)
        finished = False
        while not finished:
            client_done = client.advance(server)
            finished = server.advance(client) and client_done
        assert client.tls.session_reused
        self._last = SslPair(client, server)
        return self._last
