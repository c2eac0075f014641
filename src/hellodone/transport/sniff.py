"""What speaks at the other end when it is not TLS, told by its first bytes.

Everything here is a guess from at most :data:`ENOUGH` bytes and says so by quoting them. The bytes are a stranger's:
they are shown escaped and cut.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

ENOUGH = 256  # bytes that every guess can live with
_QUOTED = 60  # characters of the peer's text that a sentence carries
_CONTENT_TYPES = range(20, 25)  # change_cipher_spec .. heartbeat


@dataclass(frozen=True, slots=True)
class Stranger:
    """``what`` completes "the peer looks like ..."; ``remedy`` is what the user can do."""

    what: str
    remedy: str


_STARTTLS = "use --starttls {} (the TLS handshake comes after a word in the clear)"
_OTHER_PORT = "nothing can be done on this port; look for the port on which the service speaks TLS"

# What servers say, by how it begins. The order matters where one pattern includes another.
_SERVERS: tuple[tuple[re.Pattern[bytes], Stranger], ...] = tuple(
    (re.compile(pattern, re.IGNORECASE | re.DOTALL), Stranger(what, remedy))
    for pattern, what, remedy in (
        (rb"HTTP/\d", "an HTTP server without TLS", "use the port that speaks HTTPS, often 443 or 8443"),
        (rb"SSH-\d", "an SSH server", "SSH brings its own encryption and does not speak TLS"),
        (rb"[245]\d\d[ -][^\r\n]*\bE?SMTP\b", "an SMTP server", _STARTTLS.format("smtp")),
        (rb"[245]\d\d[ -][^\r\n]*\b(S?FTP|FileZilla|vsFTPd|ProFTPD)", "an FTP server", _STARTTLS.format("ftp")),
        (rb"(220|421|554)[ -]", "an SMTP or FTP server", "use --starttls smtp or --starttls ftp"),
        (rb"20[01][ -]", "a news server (NNTP)", "its TLS port is often 563"),
        (rb"\* (OK|PREAUTH|BYE)", "an IMAP server", _STARTTLS.format("imap")),
        (rb"\+OK|-ERR [^\r\n]*(POP|AUTH)", "a POP3 server", _STARTTLS.format("pop3")),
        (rb"(<\?xml[^>]*>\s*)?<(stream:|/stream:)", "an XMPP server", _STARTTLS.format("xmpp")),
        (rb"\xff[\xfb-\xfe]", "a Telnet server", _OTHER_PORT),
        (rb"RFB \d", "a VNC server", _OTHER_PORT),
        (rb"AMQP", "an AMQP broker without TLS", "its TLS port is often 5671"),
        (rb"-(ERR|DENIED|NOAUTH)", "a Redis server without TLS", _OTHER_PORT),
        (rb"[\s\S]{3}\x00\x0a[\x20-\x7e]", "a MySQL or MariaDB server", "it changes to TLS by a message of its own"),
        (rb"[\s\S]{3}\x00\xff", "a MySQL or MariaDB server", "it changes to TLS by a message of its own"),
        (rb"E[\s\S]{4}S", "a PostgreSQL server", _STARTTLS.format("postgres")),
        (rb"[SN]\Z", "a PostgreSQL server", _STARTTLS.format("postgres")),
        (rb"\x30[\x00-\x84][\s\S]{0,4}\x02\x01", "an LDAP server", _STARTTLS.format("ldap")),
        (rb"\s*<(!doctype|html|head|body)", "a server that sends HTML without TLS", "use the port that speaks HTTPS"),
    )
)

# What clients say, for the server's side.
_CLIENTS: tuple[tuple[re.Pattern[bytes], Stranger], ...] = tuple(
    (re.compile(pattern, re.DOTALL), Stranger(what, remedy))
    for pattern, what, remedy in (
        (rb"PRI \* HTTP/2", "an HTTP/2 client without TLS", "use https://"),
        (rb"CONNECT ", "a client that takes this for an HTTP proxy", "name the proxy with http://, or use no proxy"),
        (rb"(GET|HEAD|POST|PUT|DELETE|OPTIONS|PATCH|TRACE) ", "an HTTP client without TLS", "use https://"),
        (
            rb"PROXY (TCP|UNKNOWN)|\r\n\r\n\x00\r\nQUIT\n",
            "a proxy that sends the PROXY protocol",
            "switch it off there",
        ),
        (rb"SSH-\d", "an SSH client", "SSH brings its own encryption and does not speak TLS"),
        (rb"(?i:EHLO|HELO) ", "an SMTP client", "it waits for STARTTLS; hellodone serves TLS from the first byte"),
        (rb"\x05[\x01-\x09]|\x04\x01", "a client that takes this for a SOCKS proxy", "connect without the proxy"),
        (rb"[\x80-\xff][\s\S]\x01\x00\x02", "an SSL 2.0 client", "SSL 2.0 must not be spoken (RFC 6176)"),
        (
            rb"[\x80-\xff][\s\S]\x01\x03",
            "a TLS client whose hello has the form of SSL 2.0",
            "switch that form off there; a server need not take it (RFC 5246, E.2)",
        ),
        (rb"\x00\x00\x00\x08\x04\xd2\x16\x2f", "a PostgreSQL client", "hellodone serves TLS from the first byte"),
    )
)


def may_be_tls(data: bytes) -> bool:
    """Whether the bytes can begin a TLS record: a content type, then major version 3 (RFC 5246, 6.2.1)."""
    return not data or (data[0] in _CONTENT_TYPES and data[1:2] in (b"", b"\x03"))


def recognise_server(data: bytes) -> Stranger:
    """What a server is that began with these bytes in place of a TLS record."""
    return _recognise(_SERVERS, data)


def recognise_client(data: bytes) -> Stranger:
    """What a client is that began with these bytes in place of a TLS record."""
    return _recognise(_CLIENTS, data)


def quote(data: bytes) -> str:
    """The first line of text in quotes with everything unprintable escaped, or the first bytes in hexadecimal."""
    line = re.split(rb"[\r\n]", data.lstrip(b"\r\n")[:ENOUGH], maxsplit=1)[0]
    if line and _is_text(line):
        text = line.decode("utf-8", "replace")
        shown = ascii(text[:_QUOTED])
        return f"{shown}..." if len(text) > _QUOTED else shown
    return f"the bytes {data[:16].hex(' ')}{' ...' if len(data) > 16 else ''}"


def _recognise(known: tuple[tuple[re.Pattern[bytes], Stranger], ...], data: bytes) -> Stranger:
    for pattern, stranger in known:
        if pattern.match(data[:ENOUGH]):
            return stranger
    if _is_text(data[:ENOUGH]):
        return Stranger("a service that speaks plain text", "if it can change to TLS, use --starttls with its protocol")
    return Stranger("no protocol that hellodone knows", "check the host and the port")


def _is_text(data: bytes) -> bool:
    """Whether nearly all bytes are printable ASCII, white space or the higher bytes of UTF-8."""
    strange = sum((byte < 0x20 and byte not in b"\t\r\n") or byte == 0x7F for byte in data)
    try:
        data[:-3].decode("utf-8")  # the end may cut a character
    except UnicodeDecodeError:
        return False
    return bool(data) and strange * 20 <= len(data)
