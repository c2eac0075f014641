"""When a server says that it used the name (RFC 6066, 3)."""

from __future__ import annotations

from typing import Any

import pytest

from hellodone.config import ServerConfig
from hellodone.messages.handshake import ServerHello
from hellodone.registry.codes import ExtensionType
from hellodone.session.store import MemorySessionStore
from tests.pairs import Pair, client_config, clock, connected, server_config, server_identity


def acknowledged(ends: Pair) -> bool:
    """Whether the ServerHello has a server_name."""
    length = int.from_bytes(ends.to_client[6:9], "big")
    hello = ServerHello.parse(bytes(ends.to_client[9 : 9 + length]))
    return ExtensionType.server_name in hello.extensions.types


@pytest.mark.parametrize(
    ("settings", "expected"),
    [
        ({}, False),
        ({"sni_fatal": True}, True),
        ({"identity": (server_identity("rsa"), server_identity("ec"))}, True),
    ],
    ids=["one certificate for every name", "other names are refused", "several certificates"],
)
def test_a_name_is_acknowledged_when_it_guided_a_choice(settings: dict[str, Any], expected: bool) -> None:
    ends = connected(server=server_config(**settings))
    assert acknowledged(ends) is expected
    assert ends.server.server_name == "localhost"


def test_a_name_is_not_acknowledged_when_a_session_is_resumed() -> None:
    client = client_config(session_store=MemorySessionStore(clock=clock))
    server: ServerConfig = server_config(sni_fatal=True, session_store=MemorySessionStore(clock=clock))
    assert acknowledged(connected(client, server))
    again = connected(client, server)
    assert again.server.resumed
    assert not acknowledged(again)
