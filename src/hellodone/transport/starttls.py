"""The words that change a connection of another protocol to TLS, one dialogue a protocol.

Each ends when the peer has agreed; the ClientHello comes next. A refusal is one sentence with the peer's own words.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Generator, Mapping
from types import MappingProxyType

from hellodone.errors import ConfigurationError
from hellodone.transport import ldap
from hellodone.transport.dialogue import Conversation, Dialogue, Wait, exactly, line
from hellodone.transport.errors import NotTls, StartTlsRefused
from hellodone.transport.sniff import quote, recognise_server

_MOST_LINES = 100  # of one reply


def conversation(protocol: str, host: str, peer: str) -> Conversation:
    """The dialogue of that protocol with ``host``. Raises ConfigurationError for a protocol not in PROTOCOLS."""
    if protocol not in PROTOCOLS:
        raise ConfigurationError(f"no STARTTLS is known for {protocol!r}; there are {', '.join(PROTOCOLS)}")
    return Conversation(PROTOCOLS[protocol](host, peer), peer)


def smtp(host: str, peer: str) -> Dialogue:
    """RFC 3207: greeting, EHLO, STARTTLS."""
    greeting = yield from _reply("an SMTP greeting (220)")
    _require(greeting.startswith("220"), greeting, peer, "an SMTP greeting (220)", foreign="SMTP")
    yield b"EHLO localhost\r\n"
    features = yield from _reply("the answer to EHLO")
    offered = [feature[4:].strip().upper() for feature in features.splitlines()]
    _require("STARTTLS" in offered, features, peer, "STARTTLS among what it offers")
    yield b"STARTTLS\r\n"
    answer = yield from _reply("the answer to STARTTLS")
    _require(answer.startswith("220"), answer, peer, "its consent to STARTTLS (220)")


def ftp(host: str, peer: str) -> Dialogue:
    """RFC 4217: greeting, AUTH TLS."""
    greeting = yield from _reply("an FTP greeting (220)")
    _require(greeting.startswith("220"), greeting, peer, "an FTP greeting (220)", foreign="FTP")
    yield b"AUTH TLS\r\n"
    answer = yield from _reply("the answer to AUTH TLS")
    _require(answer.startswith("234"), answer, peer, "its consent to AUTH TLS (234)")


def imap(host: str, peer: str) -> Dialogue:
    """RFC 9051, 6.2.1: greeting, STARTTLS; untagged responses in between are allowed."""
    greeting = yield from _line("an IMAP greeting (* OK)")
    _require(greeting.upper().startswith("* OK"), greeting, peer, "an IMAP greeting (* OK)", foreign="IMAP")
    yield b"a1 STARTTLS\r\n"
    for _ in range(_MOST_LINES):
        answer = yield from _line("the answer to STARTTLS")
        if not answer.startswith("* "):
            break
    _require(answer.upper().startswith("A1 OK"), answer, peer, "its consent to STARTTLS (a1 OK)")


def pop3(host: str, peer: str) -> Dialogue:
    """RFC 2595, 4: greeting, STLS."""
    greeting = yield from _line("a POP3 greeting (+OK)")
    _require(greeting.startswith("+OK"), greeting, peer, "a POP3 greeting (+OK)", foreign="POP3")
    yield b"STLS\r\n"
    answer = yield from _line("the answer to STLS")
    _require(answer.startswith("+OK"), answer, peer, "its consent to STLS (+OK)")


def ldap_(host: str, peer: str) -> Dialogue:
    """RFC 4511, 4.14: the extended operation StartTLS."""
    yield ldap.STARTTLS_REQUEST
    response = yield Wait(ldap.message_length, "the answer to the LDAP StartTLS request")
    code, diagnostic = ldap.extended_response(response)
    if code != 0:
        said = f", {quote(diagnostic)}" if diagnostic else ""
        raise StartTlsRefused(f"{peer} refuses StartTLS: {ldap.result_name(code)}{said}")


def postgres(host: str, peer: str) -> Dialogue:
    """PostgreSQL's SSLRequest: eight bytes, answered by S or N alone, by E and a message from old servers."""
    yield b"\x00\x00\x00\x08\x04\xd2\x16\x2f"
    answer = yield Wait(exactly(1), "the answer to PostgreSQL's SSLRequest (S)")
    if answer == b"N":
        raise StartTlsRefused(f"{peer} is a PostgreSQL server without TLS: it answered SSLRequest with N (ssl = off?)")
    if answer != b"S":
        raise NotTls(f"{peer} answered PostgreSQL's SSLRequest with {quote(answer)}; expected S (yes) or N (no)")


def xmpp(host: str, peer: str) -> Dialogue:
    """RFC 6120, 5: open a stream to the domain, find the feature, ask for it."""
    domain = re.sub(r"[^\w.:-]", "", host)  # nothing that ends an XML attribute
    yield (
        "<?xml version='1.0'?><stream:stream xmlns='jabber:client' "
        f"xmlns:stream='http://etherx.jabber.org/streams' to='{domain}' version='1.0'>"
    ).encode()
    features = yield Wait(_until(rb"</stream:features>|<stream:features/>|</stream:stream>"), "XMPP stream features")
    _require(b"<starttls" in features, _xml_end(features), peer, "starttls among its stream features")
    yield b"<starttls xmlns='urn:ietf:params:xml:ns:xmpp-tls'/>"
    answer = yield Wait(_until(rb"<(proceed|failure)[^>]*(/>|>[\s\S]*?</\1>)|</stream:stream>"), "<proceed/>")
    _require(b"<proceed" in answer, _xml_end(answer), peer, "its consent to starttls (<proceed/>)")


PROTOCOLS: Mapping[str, Callable[[str, str], Dialogue]] = MappingProxyType(
    {"smtp": smtp, "imap": imap, "pop3": pop3, "ftp": ftp, "ldap": ldap_, "postgres": postgres, "xmpp": xmpp}
)
DEFAULT_PORTS: Mapping[str, int] = MappingProxyType(
    {"smtp": 25, "imap": 143, "pop3": 110, "ftp": 21, "ldap": 389, "postgres": 5432, "xmpp": 5222}
)


def _line(expected: str) -> Generator[Wait, bytes, str]:
    raw = yield Wait(line, expected)
    return raw.decode("utf-8", "replace").rstrip("\r\n")


def _reply(expected: str) -> Generator[Wait, bytes, str]:
    """A reply of SMTP or FTP: ``250-more`` lines, then ``250 last``. FTP's middle lines may begin with anything."""
    first = yield from _line(expected)
    lines = [first]
    if re.match(r"\d{3}-", first):
        while not re.match(f"{first[:3]}( |$)", lines[-1]):
            if len(lines) == _MOST_LINES:
                raise StartTlsRefused(f"the peer's reply has more than {_MOST_LINES} lines; expected {expected}")
            lines.append((yield from _line(expected)))
    return "\n".join(lines)


def _until(pattern: bytes) -> Callable[[bytes], int]:
    compiled = re.compile(pattern)

    def complete(data: bytes) -> int:
        found = compiled.search(data)
        return found.end() if found else 0

    return complete


def _xml_end(stanza: bytes) -> str:
    """What a stanza ends with, which says why."""
    return stanza[-50:].decode("utf-8", "replace")


def _require(condition: bool, seen: str, peer: str, expected: str, *, foreign: str = "") -> None:
    """Raise with what was seen in place of what was expected.

    ``foreign`` names the protocol asked for where the answer may show that another one is spoken.
    """
    if condition:
        return
    last = quote(seen.splitlines()[-1].encode() if seen else b"")
    if foreign:
        stranger = recognise_server(seen.encode())
        guess = f": it looks like {stranger.what}" if foreign not in stranger.what else ""
        raise NotTls(f"{peer} says {last}{guess}; expected {expected}")
    raise StartTlsRefused(f"{peer} refuses to change to TLS: {last}; expected {expected}")
