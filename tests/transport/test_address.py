"""Hosts and ports as people write them."""

import pytest

from hellodone.errors import ConfigurationError
from hellodone.transport.address import HostPort, display, join, parse_host_port


@pytest.mark.parametrize(
    ("text", "host", "port"),
    [
        ("example.com", "example.com", 443),
        ("example.com:8443", "example.com", 8443),
        ("127.0.0.1:0", "127.0.0.1", 0),
        ("[::1]:4433", "::1", 4433),
        ("[::1]", "::1", 443),
        ("::1", "::1", 443),
        ("2001:db8::443", "2001:db8::443", 443),
        ("bücher.example:1", "bücher.example", 1),
    ],
)
def test_host_and_port_are_told_apart(text: str, host: str, port: int) -> None:
    assert parse_host_port(text, 443) == HostPort(host, port)


@pytest.mark.parametrize("text", ["", ":443", "host:", "host:x", "host:65536", "host:-1", "host:٣", "[::1", "[::1]x"])
def test_what_is_no_host_and_port_is_refused(text: str) -> None:
    with pytest.raises(ConfigurationError):
        parse_host_port(text, 443)


def test_a_port_is_required_where_there_is_no_default() -> None:
    with pytest.raises(ConfigurationError, match="no port"):
        parse_host_port("example.com")


def test_ipv6_addresses_are_written_in_brackets() -> None:
    assert join("::1", 443) == "[::1]:443"
    assert display(("::1", 443, 0, 0)) == "[::1]:443"
    assert str(HostPort("127.0.0.1", 1)) == "127.0.0.1:1"
