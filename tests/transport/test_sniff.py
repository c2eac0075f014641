"""What speaks at the other end when it is not TLS."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hellodone.transport.sniff import may_be_tls, quote, recognise_client, recognise_server

SERVERS = [
    (b"HTTP/1.1 400 Bad Request\r\nServer: nginx\r\n\r\n", "HTTP server", "HTTPS"),
    (b"SSH-2.0-OpenSSH_9.2p1 Debian-2\r\n", "SSH server", "SSH"),
    (b"220 mail.example ESMTP Postfix\r\n", "an SMTP server", "--starttls smtp"),
    (b"220 (vsFTPd 3.0.3)\r\n", "an FTP server", "--starttls ftp"),
    (b"220 ready\r\n", "an SMTP or FTP server", "--starttls smtp"),
    (b"* OK [CAPABILITY IMAP4rev1 STARTTLS] Dovecot ready.\r\n", "an IMAP server", "--starttls imap"),
    (b"+OK Dovecot ready.\r\n", "a POP3 server", "--starttls pop3"),
    (b"<?xml version='1.0'?><stream:stream xmlns='jabber:client'>", "an XMPP server", "--starttls xmpp"),
    (b"E\x00\x00\x00\x8cSFATAL\x00VFATAL\x00C0A000\x00", "a PostgreSQL server", "--starttls postgres"),
    (b"\x4a\x00\x00\x00\x0a5.7.42-log\x00", "a MySQL or MariaDB server", "message of its own"),
    (b"\x30\x24\x02\x01\x00\x78\x1f\x0a\x01\x02", "an LDAP server", "--starttls ldap"),
    (b"-ERR unknown command\r\n", "a Redis server", "port"),
    (b"<!DOCTYPE html><html>", "HTML", "HTTPS"),
    (b"hello, who is there?\n", "plain text", "--starttls"),
    (bytes(range(130, 160)), "no protocol", "check the host"),
]


@pytest.mark.parametrize(("data", "what", "remedy"), SERVERS, ids=[what for _, what, _ in SERVERS])
def test_servers_are_recognised_by_their_first_words(data: bytes, what: str, remedy: str) -> None:
    stranger = recognise_server(data)
    assert what in stranger.what
    assert remedy in stranger.remedy


CLIENTS = [
    (b"GET / HTTP/1.1\r\nHost: x\r\n\r\n", "HTTP client"),
    (b"CONNECT example.com:443 HTTP/1.1\r\n\r\n", "HTTP proxy"),
    (b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", "HTTP/2 client"),
    (b"SSH-2.0-OpenSSH_9.2p1\r\n", "SSH client"),
    (b"PROXY TCP4 192.0.2.1 192.0.2.2 1 2\r\n", "PROXY protocol"),
    (b"\x05\x01\x00", "SOCKS proxy"),
    (b"\x80\x2e\x01\x00\x02\x00\x15", "SSL 2.0"),
    (b"\x80\x2e\x01\x03\x03\x00\x15", "hello has the form of SSL 2.0"),
    (b"\x00\x00\x00\x08\x04\xd2\x16\x2f", "PostgreSQL client"),
]


@pytest.mark.parametrize(("data", "what"), CLIENTS, ids=[what for _, what in CLIENTS])
def test_clients_are_recognised_by_their_first_words(data: bytes, what: str) -> None:
    assert what in recognise_client(data).what


@pytest.mark.parametrize("data", [b"", b"\x16", b"\x16\x03", b"\x16\x03\x01\x00\x05", b"\x15\x03\x03\x00\x02\x02\x28"])
def test_what_begins_a_record_may_be_tls(data: bytes) -> None:
    assert may_be_tls(data)


@pytest.mark.parametrize("data", [data for data, *_ in SERVERS + CLIENTS])
def test_strangers_are_not_taken_for_tls(data: bytes) -> None:
    assert not may_be_tls(data)


def test_a_quotation_shows_no_control_characters() -> None:
    assert quote(b"220 \x1b[2Jhello, dear client\r\n") == "'220 \\x1b[2Jhello, dear client'"


def test_a_quotation_is_the_first_line_cut() -> None:
    assert quote(b"x" * 100 + b"\nsecond") == "'" + "x" * 60 + "'..."


def test_bytes_that_are_no_text_are_quoted_in_hexadecimal() -> None:
    assert quote(b"\x00\x01\xff") == "the bytes 00 01 ff"


@given(st.binary(max_size=400))
def test_anything_is_described_in_printable_ascii(data: bytes) -> None:
    for text in (quote(data), recognise_server(data).what, recognise_client(data).remedy):
        assert text.isascii()
        assert text.isprintable()
