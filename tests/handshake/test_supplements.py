"""SupplementalData (RFC 4680), user mapping (RFC 4681), authorisation data (RFC 5878) and private kinds."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from hellodone.config import Supplement
from hellodone.errors import ConfigurationError
from hellodone.handshake.supplements import authorization, user_mapping, user_mapping_accepted
from hellodone.messages.extensions.trust import AuthzDataFormat
from hellodone.messages.handshake import SupplementalData
from hellodone.messages.supplemental import SupplementalDataEntry
from hellodone.registry.codes import ExtensionType, HandshakeType
from hellodone.session.store import MemorySessionStore
from hellodone.session.tickets import TicketKeys
from hellodone.trace.model import Kind
from tests.hellos import alert_of, changed, with_extension
from tests.messages_on_the_way import inserted_after, inserted_before, replaced
from tests.pairs import Pair, client_config, client_identity, clock, connected, pair, server_config

USER = ExtensionType.user_mapping
SAML = AuthzDataFormat.saml_assertion
HELLO_DONE, SERVER_HELLO, KEY_EXCHANGE, SUPPLEMENTAL = 14, 2, 16, 23
ME = "me@example.org"
PRIVATE = Supplement(extension=0xFF42, data_type=0xFF43, hello=b"version 1", data=b"to the other side", accept=True)


def both(client: Supplement | None, server: Supplement | None, **more: Any) -> Pair:
    """A client and a server with these kinds."""
    return pair(
        client_config(supplements=[client] if client else []),
        server_config(supplements=[server] if server else [], **more),
    )


def types(entries: tuple[SupplementalDataEntry, ...]) -> list[int]:
    return [entry.supp_data_type for entry in entries]


def messages(ends: Pair) -> list[str]:
    """Every message of the client's trace, in order, its sender's initial before it."""
    trace = ends.client.trace
    assert trace is not None
    return [f"{step.sender.name[0]} {step.name}" for step in trace.steps if step.kind is Kind.message]


def test_the_client_says_who_its_user_is() -> None:
    ends = both(user_mapping(ME, "example.org"), user_mapping_accepted()).pump()
    assert ends.completed
    (entry,) = ends.server.supplemental_data
    assert entry[0] == 0
    assert b"me@example.org" in entry[1]
    assert ends.client.supplemental_data == ()


@pytest.mark.parametrize("user", ["", "me", "@example.org", "me@", "me@-example.org", "m@e@example.org"])
def test_a_user_is_named_with_the_domain(user: str) -> None:
    with pytest.raises(ConfigurationError, match="user@domain"):
        user_mapping(user)


def test_both_directions_and_where_the_messages_stand() -> None:
    from_server = authorization(ExtensionType.server_authz, SAML, b"<Assertion/>")
    to_client = authorization(ExtensionType.server_authz, SAML, None)
    client = client_config(supplements=[user_mapping(ME), to_client], identity=client_identity("ec"), record=True)
    server = server_config(supplements=[user_mapping_accepted(), from_server], client_auth="required")
    ends = connected(client, server)
    assert messages(ends)[1:3] == ["s ServerHello", "s SupplementalData"]
    done = messages(ends).index("s ServerHelloDone")
    assert messages(ends)[done + 1 : done + 3] == ["c SupplementalData", "c Certificate"]
    assert [kind for kind, _ in ends.client.supplemental_data] == [16386]


def test_a_private_kind_goes_both_ways() -> None:
    ends = both(PRIVATE, PRIVATE).pump()
    assert ends.completed
    assert ends.server.supplemental_data == ends.client.supplemental_data == ((0xFF43, b"to the other side"),)


@pytest.mark.parametrize("kind", [user_mapping(ME), PRIVATE])
def test_nothing_is_sent_to_those_who_do_not_know_it(kind: Supplement) -> None:
    for ends in (both(kind, None).pump(), both(None, kind).pump()):
        assert ends.completed
        assert ends.server.supplemental_data == ends.client.supplemental_data == ()


def test_it_may_be_left_out_although_agreed() -> None:
    silent = replace(user_mapping(ME), data=None)
    assert both(silent, user_mapping_accepted()).pump().completed  # RFC 4681, 4


def test_no_common_format_no_answer() -> None:
    other = authorization(ExtensionType.server_authz, AuthzDataFormat.x509_attr_cert, b"\x30\x00")
    ends = both(authorization(ExtensionType.server_authz, SAML, None), other).pump()
    assert ends.completed
    assert ends.client.supplemental_data == ()


def test_the_server_answers_what_is_shared() -> None:
    many = replace(user_mapping_accepted(), hello=bytes((7, 64)))
    ends = both(replace(user_mapping(ME), hello=bytes((64, 9))), many).pump()
    assert ends.server.handshake._supplements_offered == {USER: b"\x40"}


def test_more_than_was_offered_is_an_illegal_parameter() -> None:
    ends = changed(both(user_mapping(ME), user_mapping_accepted()), server=with_extension(USER, b"\2\x40\x41"))
    assert alert_of(ends.client_error) == "illegal_parameter"


def test_unsolicited_and_malformed_extensions() -> None:
    assert alert_of(changed(pair(), server=with_extension(USER, b"\1\x40")).client_error) == "unsupported_extension"
    for data in (b"", b"\0", b"\2\x40"):
        ends = changed(both(None, user_mapping_accepted()), client=with_extension(USER, data))
        assert alert_of(ends.server_error) == "decode_error"


ENTRY = SupplementalDataEntry(0xFF43, b"data")


@pytest.mark.parametrize("agreed", [False, True])
def test_unexpected_data_of_the_server(agreed: bool) -> None:
    """Without agreement, or in the direction that was not agreed on."""
    ends = both(user_mapping(ME), user_mapping_accepted()) if agreed else pair()
    ends.pump(to_client=inserted_after(SERVER_HELLO, SupplementalData((ENTRY,))))
    assert alert_of(ends.client_error) == "unexpected_message"


def test_unexpected_data_of_the_client() -> None:
    ends = pair().pump(to_server=inserted_before(KEY_EXCHANGE, SupplementalData((ENTRY,))))
    assert alert_of(ends.server_error) == "unexpected_message"


def test_a_type_that_was_not_agreed_on_is_unexpected() -> None:
    message = SupplementalData((SupplementalDataEntry(0xFF44, b"other"),))
    assert alert_of(both(PRIVATE, PRIVATE).pump(to_server=replaced(SUPPLEMENTAL, message)).server_error) == (
        "unexpected_message"
    )
    assert alert_of(both(PRIVATE, PRIVATE).pump(to_client=replaced(SUPPLEMENTAL, message)).client_error) == (
        "unexpected_message"
    )


def test_a_second_message_is_unexpected() -> None:
    twice = inserted_after(SUPPLEMENTAL, SupplementalData((ENTRY,)))
    assert alert_of(both(PRIVATE, PRIVATE).pump(to_server=twice).server_error) == "unexpected_message"
    assert alert_of(both(PRIVATE, PRIVATE).pump(to_client=twice).client_error) == "unexpected_message"


def test_the_wrong_place_is_unexpected() -> None:
    late = inserted_after(HELLO_DONE, SupplementalData((ENTRY,)))
    assert alert_of(both(PRIVATE, replace(PRIVATE, data=None)).pump(to_client=late).client_error) == (
        "unexpected_message"
    )


@pytest.mark.parametrize("body", [b"\0\0\0", b"\0\0\1\0", b"\0\0\5\xff\x43\0\2x"])
def test_malformed_messages_are_decode_errors(body: bytes) -> None:
    class Raw(SupplementalData, msg_type=HandshakeType.supplemental_data):
        def frame(self) -> bytes:
            return bytes((SUPPLEMENTAL, 0, 0, len(body))) + body

    ends = both(PRIVATE, PRIVATE).pump(to_server=replaced(SUPPLEMENTAL, Raw((ENTRY,))))
    assert alert_of(ends.server_error) == "decode_error"


# --- the double handshake (RFC 4680, 4)


@pytest.mark.parametrize("beginner", ["client", "server"])
def test_the_double_handshake_protects_the_data(beginner: str) -> None:
    hidden = replace(PRIVATE, only_protected=True)
    client = client_config(supplements=[hidden], identity=client_identity("ec"), renegotiation="accept")
    server = server_config(supplements=[hidden], client_auth="required", renegotiation="accept")
    ends = connected(client, server)
    assert ends.server.supplemental_data == ()
    (ends.client if beginner == "client" else ends.server).renegotiate()
    ends.pump()
    assert ends.completed
    assert ends.server.supplemental_data == ends.client.supplemental_data == ((0xFF43, b"to the other side"),)
    for stream in (ends.to_server, ends.to_client):
        assert b"to the other side" not in stream
        assert (0xFF42).to_bytes(2, "big") + b"\0\x09version 1" not in stream


def test_a_session_that_is_continued_has_none() -> None:
    client = client_config(supplements=[PRIVATE], session_store=MemorySessionStore(clock=clock))
    server = server_config(supplements=[PRIVATE], tickets=TicketKeys.generate(clock=clock))
    connected(client, server)
    again = connected(client, server)
    assert again.client.resumed
    assert again.server.supplemental_data == ()


def test_the_trace_knows_it() -> None:
    ends = connected(
        client_config(supplements=[user_mapping(ME, "example.org")], record=True),
        server_config(supplements=[user_mapping_accepted()], record=True),
    )
    trace = ends.server.trace
    assert trace is not None
    facts = {fact.name: fact.value for step in trace.steps for r in step.reactions for fact in r.learned}
    assert facts["client_supplemental_data"] == "user_mapping_data(0): me@example.org, example.org"
