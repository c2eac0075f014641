"""The words before TLS, with small servers that speak them over loopback."""

import socket

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hellodone.errors import ConfigurationError
from hellodone.transport import ldap
from hellodone.transport.client import _change_to_tls
from hellodone.transport.dial import Deadline
from hellodone.transport.dialogue import MAXIMUM_UNIT
from hellodone.transport.errors import ConnectionLost, NotTls, StartTlsRefused
from hellodone.transport.starttls import DEFAULT_PORTS, PROTOCOLS, conversation
from tests.transport.loopback import Handler, scripted, serving

LDAP_OID = "1.3.6.1.4.1.1466.20037"
LDAP_YES = bytes.fromhex("300c02010178070a010004000400")
LDAP_NO = bytes.fromhex("300f020101780a0a013404000403") + b"off"
STREAM = b"<?xml version='1.0'?><stream:stream xmlns='jabber:client' id='1' version='1.0'>"
FEATURE = b"<starttls xmlns='urn:ietf:params:xml:ns:xmpp-tls'><required/></starttls>"


def talk(protocol: str, handler: Handler, seconds: float = 5.0) -> None:
    with serving(handler) as address, socket.create_connection(address) as sock:
        _change_to_tls(sock, protocol, "mail.example", "peer", Deadline(seconds))


PROCEED = b"<proceed xmlns='urn:ietf:params:xml:ns:xmpp-tls'/>"
AGREE = {
    "smtp": [b"220-hi\r\n220 mail ESMTP\r\n", "EHLO", b"250-x\r\n250 STARTTLS\r\n", "STARTTLS", b"220 go\r\n"],
    "ftp": [b"220-welcome\r\n any line\r\n220 ready\r\n", "AUTH TLS\r\n", b"234 go\r\n"],
    "imap": [b"* OK ready\r\n", "a1 STARTTLS\r\n", b"* CAPABILITY IMAP4rev1\r\na1 OK begin\r\n"],
    "pop3": [b"+OK ready\r\n", "STLS\r\n", b"+OK begin\r\n"],
    "ldap": [LDAP_OID, LDAP_YES],
    "postgres": ["\x04", b"S"],
    "xmpp": ["to='mail.example'", STREAM, b"<stream:features>" + FEATURE + b"</stream:features>", "<starttls", PROCEED],
}  # fmt: skip


def test_every_protocol_has_a_dialogue_and_a_port() -> None:
    assert set(AGREE) == set(PROTOCOLS) == set(DEFAULT_PORTS)


@pytest.mark.parametrize("protocol", AGREE)
def test_a_server_that_agrees_ends_the_dialogue(protocol: str) -> None:
    talk(protocol, scripted(*AGREE[protocol]))  # type: ignore[arg-type]


@pytest.mark.parametrize("protocol", AGREE)
def test_it_does_not_matter_how_the_bytes_are_split(protocol: str) -> None:
    def one_by_one(connection: socket.socket) -> None:
        for step in AGREE[protocol]:
            for piece in [step[i : i + 1] for i in range(len(step))] if isinstance(step, bytes) else [step]:
                scripted(piece)(connection)  # type: ignore[arg-type]

    talk(protocol, one_by_one)


REFUSE = {
    "smtp": ([b"220 mail ESMTP\r\n", "EHLO", b"250-mail\r\n250 SIZE 1\r\n"], "250 SIZE 1.*STARTTLS among"),
    "smtp-454": ([*AGREE["smtp"][:4], b"454 TLS not available\r\n"], "454 TLS not available"),
    "ftp": ([b"220 ready\r\n", "AUTH", b"530 please login\r\n"], "530 please login"),
    "imap": ([b"* OK ready\r\n", "STARTTLS", b"a1 BAD unknown\r\n"], "a1 BAD unknown"),
    "pop3": ([b"+OK ready\r\n", "STLS", b"-ERR no\r\n"], "-ERR no"),
    "ldap": ([LDAP_OID, LDAP_NO], r"unavailable\(52\), 'off'"),
    "postgres": (["\x04", b"N"], "ssl = off"),
    "xmpp": (["to=", STREAM, b"<stream:features/>"], "starttls among"),
    "xmpp-failure": ([*AGREE["xmpp"][:4], b"<failure xmlns='x'/></stream:stream>"], "<failure"),
}


@pytest.mark.parametrize("case", REFUSE)
def test_a_refusal_is_quoted(case: str) -> None:
    steps, sentence = REFUSE[case]
    with pytest.raises(StartTlsRefused, match=sentence):
        talk(case.partition("-")[0], scripted(*steps))  # type: ignore[arg-type]


@pytest.mark.parametrize("protocol", ["smtp", "ftp", "imap", "pop3"])
def test_another_protocol_is_named(protocol: str) -> None:
    with pytest.raises(NotTls, match=r"SSH-2\.0-x.*SSH server"):
        talk(protocol, scripted(b"SSH-2.0-x\r\n"))


def test_http_where_ldap_was_expected_is_named() -> None:
    with pytest.raises(NotTls, match="HTTP server"):
        talk("ldap", scripted(LDAP_OID, b"HTTP/1.1 400 Bad Request\r\n"))


@pytest.mark.parametrize("protocol", AGREE)
def test_a_server_that_leaves_is_a_refusal_that_says_what_was_expected(protocol: str) -> None:
    with pytest.raises(StartTlsRefused, match="ended the connection; expected"):
        talk(protocol, lambda connection: connection.shutdown(socket.SHUT_WR))


def test_silence_ends_with_the_time_out() -> None:
    def silent(connection: socket.socket) -> None:
        connection.recv(1)

    with pytest.raises(ConnectionLost, match=r"within 0\.2 s; expected an SMTP greeting"):
        talk("smtp", silent, 0.2)


def test_words_in_the_clear_after_the_agreement_are_refused() -> None:
    with pytest.raises(StartTlsRefused, match="in between"):
        talk("pop3", scripted(b"+OK ready\r\n", "STLS", b"+OK begin\r\n+OK injected\r\n"))


def test_an_endless_line_is_refused() -> None:
    words = conversation("imap", "host", "peer")
    with pytest.raises(StartTlsRefused, match="too much"):
        words.receive_data(b"x" * (MAXIMUM_UNIT + 1))


def test_an_endless_reply_is_refused() -> None:
    words = conversation("smtp", "host", "peer")
    words.receive_data(b"220-more\r\n" * 99)
    with pytest.raises(StartTlsRefused):
        words.receive_data(b"220-more\r\n" * 9)


def test_an_unknown_protocol_is_a_fault_of_the_caller() -> None:
    with pytest.raises(ConfigurationError, match="smtp"):
        conversation("gopher", "host", "peer")


def test_a_host_cannot_break_out_of_the_stream_header() -> None:
    said = conversation("xmpp", "a' evil='b", "peer").data_to_send()
    assert b"to='aevilb'" in said


@given(st.sampled_from(sorted(PROTOCOLS)), st.lists(st.binary(min_size=1, max_size=40), max_size=20))
def test_no_server_can_raise_anything_but_a_sentence(protocol: str, pieces: list[bytes]) -> None:
    words = conversation(protocol, "host", "peer")
    try:
        for piece in pieces:
            words.receive_data(piece)
    except NotTls as fault:
        said = fault.reason
    else:
        said = ""
    assert said.isprintable()


@given(st.binary(max_size=60))
def test_ldap_answers_are_parsed_within_bounds(data: bytes) -> None:
    try:
        length = ldap.message_length(b"\x30" + data)
        assert length <= len(data) + 1
        ldap.extended_response(b"\x30" + data)
    except NotTls:
        pass
