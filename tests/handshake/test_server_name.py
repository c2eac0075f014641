"""When a server says that it used the name (RFC 6066, 3)."""

from __future__ import annotations

from typing import Any

import pytest

from hellodone.config import ServerConfig
from hellodone.messages.extensions.names import ServerName, ServerNameList
from hellodone.messages.handshake import ServerHello
from hellodone.registry.codes import ExtensionType, ServerNameType
from hellodone.session.store import MemorySessionStore
from tests.hellos import alert_of, changed, with_extension
from tests.pairs import Pair, client_config, clock, connected, pair, server_config, server_identity


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


def test_an_address_is_no_name_that_a_server_has() -> None:
    """Its certificate is for 127.0.0.1 too, but literal addresses are not permitted (RFC 6066, 3)."""
    address = ServerNameList((ServerName(ServerNameType.host_name, b"127.0.0.1"),)).encode()
    ends = changed(pair(server=server_config(sni_fatal=True)), with_extension(ExtensionType.server_name, address))
    assert alert_of(ends.server_error) == "unrecognized_name"
