"""What ``connect`` is pointed at."""

import pytest

from hellodone.cli.target import Target, parse_resolve, parse_target
from hellodone.errors import ConfigurationError


@pytest.mark.parametrize(
    ("text", "target"),
    [
        ("example.com", Target("example.com", 443)),
        ("example.com:8443", Target("example.com", 8443)),
        ("[::1]:4433", Target("::1", 4433)),
        ("https://example.com", Target("example.com", 443, "/")),
        ("HTTPS://example.com:8443/a/b?c=d#e", Target("example.com", 8443, "/a/b?c=d")),
        ("https://[::1]:4433/", Target("::1", 4433, "/")),
        ("https://example.com?q=1", Target("example.com", 443, "/?q=1")),
        ("https://bücher.example/å b", Target("bücher.example", 443, "/%C3%A5%20b")),
    ],
)
def test_hosts_and_addresses_are_read(text: str, target: Target) -> None:
    assert parse_target(text) == target


@pytest.mark.parametrize(
    "text",
    ["", "http://example.com/", "ftp://example.com", "https://", "https://u:p@example.com/", "https://[::1", "h:x"],
)
def test_anything_else_is_refused(text: str) -> None:
    with pytest.raises(ConfigurationError):
        parse_target(text)


@pytest.mark.parametrize(
    ("text", "host"),
    [
        ("https://example.com/", "example.com"),
        ("https://example.com:444/", "example.com:444"),
        ("https://bücher.example/", "xn--bcher-kva.example"),
        ("https://[::1]/", "[::1]"),
        ("https://[::1]:444/", "[::1]:444"),
    ],
)
def test_the_host_field_of_the_request(text: str, host: str) -> None:
    assert parse_target(text).authority == host


def test_resolve_says_what_to_dial_for_what() -> None:
    entries = ("Example.com:443:127.0.0.1", "v6.example:443:[::1]", "[::2]:443:::3")
    assert parse_resolve(entries) == {
        ("example.com", 443): "127.0.0.1",
        ("v6.example", 443): "::1",
        ("::2", 443): "::3",
    }


@pytest.mark.parametrize("entry", ["example.com", "example.com:443", "example.com:x:127.0.0.1", ":443:127.0.0.1"])
def test_an_incomplete_resolve_is_refused(entry: str) -> None:
    with pytest.raises(ConfigurationError):
        parse_resolve((entry,))
