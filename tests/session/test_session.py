from __future__ import annotations

from contextlib import suppress
from dataclasses import fields
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from hellodone.crypto.secret import Secret
from hellodone.errors import ConfigurationError, DecodeError, EncodeError
from hellodone.session.session import LARGEST_SESSION, Session
from hellodone.session.state import SessionState
from hellodone.wire.struct import dissect
from tests.session.making import MASTER_SECRET, START, make_session, sessions


@given(sessions)
def test_every_session_comes_back_as_it_was(session: Session) -> None:
    decoded = Session.decode(session.encode())
    assert decoded == session
    assert isinstance(decoded.master_secret, Secret)


@given(sessions, st.data())
def test_changed_octets_are_another_session_or_a_decode_error(session: Session, data: st.DataObject) -> None:
    encoded = bytearray(session.encode())
    place = data.draw(st.integers(0, len(encoded) - 1))
    encoded[place] ^= data.draw(st.integers(1, 255))
    with suppress(DecodeError):
        assert Session.decode(bytes(encoded)) != session


@given(st.binary(max_size=400))
@example(b"")
@example(b"\x03")
def test_other_octets_are_refused(data: bytes) -> None:
    with pytest.raises(DecodeError):
        Session.decode(data)


@given(sessions, st.integers(1, 100))
def test_a_cut_or_longer_session_is_refused(session: Session, count: int) -> None:
    encoded = session.encode()
    for data in (encoded[:-count], encoded + bytes(count)):
        with pytest.raises(DecodeError):
            Session.decode(data)


def test_another_format_is_refused() -> None:
    with pytest.raises(DecodeError, match="format"):
        Session.decode(b"\x01" + make_session().encode()[1:])


def test_the_form_has_the_fields_of_a_session() -> None:
    assert set(SessionState._names) == {field.name for field in fields(Session)}


def test_every_octet_of_the_form_has_a_name() -> None:
    data = make_session(peer_certificates=(b"leaf", b"issuer"), psk_identity=b"me").encode()[1:]
    field = dissect(SessionState, data)
    assert [part.name for part in field.children] == list(SessionState._names)
    assert field.children[-1].end == len(data)


@pytest.mark.parametrize(
    "changes",
    [
        {"ticket": bytes(2**16)},
        {"session_id": bytes(33)},
        {"server_name": "x" * 2**16},
        {"server_name": "\ud800"},
        {"psk_identity": bytes(2**16)},
        {"lifetime": 2**32},
        {"lifetime": -1},
        {"peer_certificates": (b"",)},
        {"peer_certificates": (bytes(LARGEST_SESSION),)},
        {"master_secret": Secret(bytes(47))},
        {"created": datetime(1969, 12, 31, tzinfo=UTC)},
    ],
    ids=lambda changes: next(iter(changes)),
)
def test_what_does_not_fit_is_not_encoded(changes: dict[str, Any]) -> None:
    with pytest.raises(EncodeError):
        make_session(**changes).encode()


def test_what_is_too_large_is_not_decoded() -> None:
    with pytest.raises(DecodeError, match=str(LARGEST_SESSION)):
        Session.decode(make_session().encode() + bytes(LARGEST_SESSION))


@pytest.mark.parametrize(
    ("field", "place", "octets", "wrong"),
    [
        ("extended_master_secret", -9, 1, "255 is not 1 for true or 0 for false"),
        ("created", -8, 8, f"{2**64 - 1} is not a time before the year 10000"),
        ("verified_until", 4 + 2 + 3, 8, f"{2**64 - 1} is not a time before the year 10000, or 0"),
    ],
)
def test_values_without_meaning_are_refused(field: str, place: int, octets: int, wrong: str) -> None:
    encoded = make_session(lifetime=0xA1B2C3D4).encode()
    start = encoded.index(bytes.fromhex("A1B2C3D4")) + place  # counted from lifetime
    with pytest.raises(DecodeError, match=f"{field}: {wrong}$"):
        Session.decode(encoded[:start] + b"\xff" * octets + encoded[start + octets :])


def test_a_server_name_that_is_no_text_is_refused() -> None:
    encoded = make_session(server_name="example.com").encode()
    with pytest.raises(DecodeError, match="server_name: these bytes are not text in UTF-8"):
        Session.decode(encoded.replace(b"example.com", b"\xffxample.com"))


def test_repr_shows_no_secret() -> None:
    shown = repr(make_session(ticket=b"a ticket", peer_certificates=(b"a certificate",)))
    assert "example.com" in shown
    assert repr(MASTER_SECRET)[2:20] not in shown
    assert MASTER_SECRET.hex()[:16] not in shown
    assert "a ticket" not in shown


def test_errors_show_no_secret() -> None:
    with pytest.raises(EncodeError) as caught:
        make_session(master_secret=Secret(b"master" * 7)).encode()
    assert "master" * 2 not in str(caught.value)


def test_lifetime() -> None:
    session = make_session(lifetime=100)
    assert not session.expired(START)
    assert not session.expired(START + timedelta(seconds=99.9))
    assert session.expired(START + timedelta(seconds=100))
    assert make_session(lifetime=0).expired(START)


def test_what_was_verified_may_end_a_session_before_its_lifetime() -> None:
    session = make_session(lifetime=100, verified_until=START + timedelta(seconds=40))
    assert session.left(START) == timedelta(seconds=40)
    assert not session.expired(START + timedelta(seconds=39))
    assert session.expired(START + timedelta(seconds=40))
    assert make_session(lifetime=100, verified_until=START + timedelta(days=9)).left(START) == timedelta(seconds=100)


def test_a_session_of_a_clock_that_was_wrong_does_not_live_forever() -> None:
    session = make_session(lifetime=100, created=START + timedelta(days=3650))
    assert session.expired(START)
    assert not make_session(lifetime=100, created=START + timedelta(seconds=5)).expired(START)


def test_half_of_a_life() -> None:
    session = make_session(lifetime=100)
    assert not session.half_over(START + timedelta(seconds=50))
    assert session.half_over(START + timedelta(seconds=51))


def test_the_longest_lifetime_at_the_end_of_time() -> None:
    session = make_session(lifetime=2**32 - 1, created=datetime(9999, 12, 31, tzinfo=UTC))
    assert not session.expired(datetime(9999, 12, 31, 23, tzinfo=UTC))
    assert Session.decode(session.encode()) == session


def test_any_time_zone_will_do_but_one_is_needed() -> None:
    east = START.astimezone(timezone(timedelta(hours=8)))
    assert Session.decode(make_session(created=east).encode()).created == START
    with pytest.raises(ConfigurationError, match="time zone"):
        make_session(created=START.replace(tzinfo=None))


def test_sessions_do_not_change() -> None:
    with pytest.raises(AttributeError):
        make_session().lifetime = 5  # type: ignore[misc]
