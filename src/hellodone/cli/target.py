"""What ``connect`` is pointed at: a host and port, or a URL; and which address stands in for which host."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import quote, urlsplit

from hellodone.errors import ConfigurationError
from hellodone.transport.address import join, parse_host_port, parse_port

HTTPS_PORT = 443


@dataclass(frozen=True, slots=True)
class Target:
    """``request`` is the target of a GET, None when nothing is to be asked for."""

    host: str
    port: int
    request: str | None = None

    @property
    def authority(self) -> str:
        """The Host field of the request."""
        from hellodone.pki.names import normalize_server_name

        host = normalize_server_name(self.host).text
        return join(host, self.port) if self.port != HTTPS_PORT else f"[{host}]" if ":" in host else host


def parse_target(text: str, default_port: int = HTTPS_PORT) -> Target:
    """``HOST``, ``HOST:PORT`` or ``https://HOST[:PORT]/PATH``. Raises ConfigurationError for anything else."""
    scheme, separator, rest = text.partition("://")
    if not separator:
        where = parse_host_port(text.rstrip("/"), default_port)
        return Target(where.host, where.port)
    if scheme.lower() != "https":
        raise ConfigurationError(f"{text!r} is no https:// address; for other protocols give HOST:PORT")
    authority = re.split("[/?#]", rest, maxsplit=1)[0]
    if "@" in authority:
        raise ConfigurationError(f"{text!r} carries a user name, which is not supported")
    where = parse_host_port(authority, HTTPS_PORT)
    try:
        parts = urlsplit(text)
    except ValueError:
        raise ConfigurationError(f"{text!r} is no URL that can be read") from None
    request = quote(parts.path or "/", safe="/%:@!$&'()*+,;=-._~")
    if parts.query:
        request += "?" + quote(parts.query, safe="/%:@!$&'()*+,;=-._~?")
    return Target(where.host, where.port, request)


def parse_resolve(entries: Sequence[str]) -> dict[tuple[str, int], str]:
    """curl's ``HOST:PORT:ADDRESS`` as what to dial in place of what. Raises ConfigurationError."""
    found: dict[tuple[str, int], str] = {}
    for entry in entries:
        host, port, address = _resolve_parts(entry)
        found[host.lower(), parse_port(port, entry)] = address.strip("[]")
    return found


def _resolve_parts(entry: str) -> tuple[str, str, str]:
    if entry.startswith("["):
        host, _, rest = entry[1:].partition("]:")
    else:
        host, _, rest = entry.partition(":")
    port, _, address = rest.partition(":")
    if not (host and port and address):
        raise ConfigurationError(f"--resolve {entry}: write HOST:PORT:ADDRESS")
    return host, port, address
