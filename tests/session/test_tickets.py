from __future__ import annotations

import subprocess
import sys
import threading
from datetime import UTC, datetime, timedelta, timezone
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hellodone.errors import ConfigurationError
from hellodone.session.session import Session
from hellodone.session.tickets import KEY_NAME_LENGTH, LARGEST_TICKET, OpenedTicket, TicketKeys
from tests.session.making import MASTER_SECRET, START, FakeClock, make_session, sessions

SECRET = bytes(range(32))
HOUR = timedelta(hours=1)


def both(clock: FakeClock, keep: int = 2) -> tuple[TicketKeys, TicketKeys]:
    """Keys of either kind, rotated every hour. START is some minutes after an hour."""
    return (
        TicketKeys.generate(clock=clock, rotate_after=HOUR, keep=keep),
        TicketKeys.from_secret(SECRET, clock=clock, rotate_after=HOUR, keep=keep),
    )


def salt_and_nonce(ticket: bytes) -> tuple[bytes, bytes]:
    """The octets behind the name of the key."""
    return ticket[KEY_NAME_LENGTH : KEY_NAME_LENGTH + 12], ticket[KEY_NAME_LENGTH + 12 : KEY_NAME_LENGTH + 24]


@given(sessions)
def test_every_session_comes_back_as_it_was(session: Session) -> None:
    for keys in (TicketKeys.generate(), TicketKeys.from_secret(SECRET)):
        opened = keys.open(keys.seal(session, session.created), session.created)
        assert (opened and opened.session) == (None if session.expired(session.created) else session)


def test_a_ticket_shows_nothing_and_no_two_are_alike() -> None:
    for keys in both(FakeClock()):
        session = make_session(peer_certificates=(b"the client's certificate",))
        first, second = keys.seal(session), keys.seal(session)
        assert MASTER_SECRET[:8] not in first
        assert b"certificate" not in first
        assert b"example.com" not in first
        assert first[:KEY_NAME_LENGTH] == second[:KEY_NAME_LENGTH]
        assert first[KEY_NAME_LENGTH:][:24] != second[KEY_NAME_LENGTH:][:24]


@given(st.data())
def test_a_forged_ticket_is_no_ticket(data: st.DataObject) -> None:
    keys = TicketKeys.from_secret(SECRET, clock=FakeClock())
    ticket = bytearray(keys.seal(make_session()))
    ticket[data.draw(st.integers(0, len(ticket) - 1))] ^= data.draw(st.integers(1, 255))
    assert keys.open(bytes(ticket)) is None


@given(st.binary(max_size=200))
def test_other_octets_are_no_ticket(data: bytes) -> None:
    keys = TicketKeys.from_secret(SECRET, clock=FakeClock())
    name = keys.seal(make_session())[:KEY_NAME_LENGTH]
    assert keys.open(data) is None
    assert keys.open(name + data) is None


def test_a_cut_longer_or_foreign_ticket_is_no_ticket() -> None:
    for keys, others in zip(both(FakeClock()), reversed(both(FakeClock())), strict=True):
        ticket = keys.seal(make_session())
        assert all(keys.open(ticket[:length]) is None for length in range(len(ticket)))
        assert keys.open(ticket + b"\0") is None
        assert keys.open(ticket + bytes(2**16)) is None
        assert others.open(ticket) is None


def test_expired_sessions_do_not_open() -> None:
    clock = FakeClock()
    for keys in both(clock):
        ticket = keys.seal(make_session(lifetime=60))
        assert keys.open(ticket, START + timedelta(seconds=59)) is not None
        assert keys.open(ticket, START + timedelta(seconds=60)) is None


def test_renewed_when_half_of_its_life_is_over() -> None:
    keys = TicketKeys.from_secret(SECRET, clock=FakeClock())
    session = make_session(lifetime=1000)
    ticket = keys.seal(session)
    assert keys.open(ticket, START + timedelta(seconds=500)) == OpenedTicket(session, renew=False)
    assert keys.open(ticket, START + timedelta(seconds=501)) == OpenedTicket(session, renew=True)


def test_renewed_when_its_key_is_an_older_one() -> None:
    clock = FakeClock()
    for keys in both(clock):
        session = make_session(created=clock.now, lifetime=10**6)
        ticket = keys.seal(session)
        clock.advance(hours=1)
        assert keys.open(ticket) == OpenedTicket(session, renew=True)
        assert keys.open(keys.seal(session)) == OpenedTicket(session, renew=False)


@pytest.mark.parametrize("keep", [0, 1, 2, 5])
def test_keys_are_kept_for_so_many_periods(keep: int) -> None:
    clock = FakeClock()
    for keys in both(clock, keep):
        clock.now = START
        ticket = keys.seal(make_session(lifetime=10**6))
        clock.advance(hours=keep)
        assert keys.open(ticket) is not None
        clock.advance(hours=1)
        assert keys.open(ticket) is None


def test_generated_keys_are_gone_for_good() -> None:
    """Nobody can open old tickets with what is in memory now, not even with the clock put back."""
    clock = FakeClock()
    generated, derived = both(clock)
    tickets = generated.seal(make_session(lifetime=10**6)), derived.seal(make_session(lifetime=10**6))
    clock.advance(hours=10)
    generated.open(tickets[0])
    clock.advance(hours=-10)
    assert generated.open(tickets[0]) is None
    assert derived.open(tickets[1]) is not None  # as its documentation says


def test_each_period_has_a_key_of_its_own() -> None:
    clock = FakeClock()
    for keys in both(clock):
        names = []
        for _ in range(4):
            names.append(keys.seal(make_session())[:KEY_NAME_LENGTH])
            clock.advance(hours=1)
        assert len(set(names)) == 4


def test_a_period_begins_with_its_first_moment_and_ends_before_the_next() -> None:
    border, moment = FakeClock().now.replace(minute=0, second=0, microsecond=0), timedelta(microseconds=1)
    for keys in both(FakeClock()):
        times = (border - moment, border, border - moment, border + HOUR - moment, border + HOUR)
        before, at, again, last, after = (keys.seal(make_session(), time)[:KEY_NAME_LENGTH] for time in times)
        assert before == again != at == last != after


def test_tickets_share_a_salt_but_no_nonce() -> None:
    keys = TicketKeys.from_secret(SECRET, clock=FakeClock())
    salts, nonces = zip(*(salt_and_nonce(keys.seal(make_session())) for _ in range(20)), strict=True)
    assert len(set(salts)) == 1
    assert len(set(nonces)) == 20


def test_a_server_whose_clock_is_ahead_is_understood() -> None:
    early, late = FakeClock(), FakeClock(START + HOUR)
    here, there = (TicketKeys.from_secret(SECRET, clock=clock, rotate_after=HOUR) for clock in (early, late))
    session = make_session(created=late.now, lifetime=10**6)
    assert here.open(there.seal(session)) == OpenedTicket(session, renew=False)


def test_same_secret_same_keys_other_secret_or_period_other_keys() -> None:
    clock = FakeClock()
    ticket = TicketKeys.from_secret(SECRET, clock=clock).seal(make_session())
    assert TicketKeys.from_secret(SECRET, clock=clock).open(ticket) is not None
    assert TicketKeys.from_secret(bytes(32), clock=clock).open(ticket) is None
    assert TicketKeys.from_secret(SECRET, clock=clock, rotate_after=HOUR).open(ticket) is None


def test_a_shorter_period_does_not_lengthen_the_life_of_a_key() -> None:
    """Periods of the same number but another length have keys of their own."""
    epoch = datetime(1970, 1, 1, tzinfo=UTC)
    names = [
        TicketKeys.from_secret(SECRET, rotate_after=length).seal(make_session(), epoch + 5 * length)[:KEY_NAME_LENGTH]
        for length in (HOUR, 12 * HOUR)
    ]
    assert names[0] != names[1]


def test_a_thread_that_read_the_clock_long_ago_takes_no_key_away() -> None:
    keys = TicketKeys.generate(rotate_after=HOUR)
    ticket = keys.seal(make_session(lifetime=10**6), START + 5 * HOUR)
    keys.seal(make_session(), START)
    assert keys.open(ticket, START + 5 * HOUR) is not None


def test_another_process_with_the_secret_opens_it() -> None:
    session = make_session(peer_certificates=(b"a certificate",))
    ticket = TicketKeys.from_secret(SECRET).seal(session, START)
    program = (
        "import sys; from datetime import datetime; from hellodone.session.tickets import TicketKeys\n"
        "secret, ticket, at = sys.argv[1:]\n"
        "keys = TicketKeys.from_secret(bytes.fromhex(secret))\n"
        "opened = keys.open(bytes.fromhex(ticket), datetime.fromisoformat(at))\n"
        "print(opened.session.encode().hex())"
    )
    arguments = [sys.executable, "-c", program, SECRET.hex(), ticket.hex(), START.isoformat()]
    answer = subprocess.run(arguments, capture_output=True, text=True, timeout=60, check=True)
    assert Session.decode(bytes.fromhex(answer.stdout)) == session


def test_times_of_any_zone() -> None:
    keys = TicketKeys.from_secret(SECRET)
    ticket = keys.seal(make_session(), START.astimezone(timezone(timedelta(hours=-7))))
    assert keys.open(ticket, START) is not None


def test_no_ticket_is_larger_than_a_hello_can_carry() -> None:
    keys = TicketKeys.from_secret(SECRET, clock=FakeClock())
    room = LARGEST_TICKET - len(keys.seal(make_session(peer_certificates=(b"x",)))) + 1
    fits, too_large = (make_session(peer_certificates=(bytes(room + more),)) for more in (0, 1))
    assert len(keys.seal(fits)) == LARGEST_TICKET < 2**16
    assert keys.open(keys.seal(fits)) == OpenedTicket(fits, renew=False)
    assert keys.seal(too_large) == b""
    assert keys.seal(make_session(peer_certificates=(bytes(2**20),))) == b""


def test_injected_randomness_makes_the_same_tickets() -> None:
    made = [TicketKeys.generate(Random(7).randbytes, FakeClock()).seal(make_session()) for _ in range(2)]
    assert made[0] == made[1]


def test_what_cannot_work_is_refused() -> None:
    with pytest.raises(ConfigurationError, match="32 random bytes"):
        TicketKeys.from_secret(bytes(31))
    with pytest.raises(ConfigurationError, match="second"):
        TicketKeys.generate(rotate_after=timedelta(0))
    with pytest.raises(ConfigurationError, match="keep"):
        TicketKeys.generate(keep=-1)


def test_repr_shows_no_key() -> None:
    keys = TicketKeys.from_secret(SECRET, clock=FakeClock())
    keys.seal(make_session())
    assert all("SealingKey object" in repr(key) for key in keys._keys.values())
    assert SECRET.hex()[:16] not in repr(keys)


def test_threads_agree_on_the_keys_while_they_rotate() -> None:
    clock = FakeClock()
    keys = TicketKeys.generate(clock=clock, rotate_after=timedelta(seconds=1), keep=50)
    tickets: list[bytes] = []

    def work() -> None:
        for _ in range(100):
            tickets.append(keys.seal(make_session()))
            clock.advance(milliseconds=50)

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(tickets) == 400
    assert all(keys.open(ticket) for ticket in tickets)
