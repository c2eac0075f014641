"""A server's staples: fetched ahead, verified, shown while they hold, refreshed before they end."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

import pytest

from hellodone.pki.certificates import Certificate
from hellodone.pki.identity import Identity
from hellodone.pki.laboratory import LabAuthority
from hellodone.pki.lookups import Fetched, Lookup, OcspQuery
from hellodone.pki.stapler import LONGEST_RETRY, Stapler
from tests.pairs import NOW, client_config, pair, server_config

DAY, HOUR, MINUTE = timedelta(days=1), timedelta(hours=1), timedelta(minutes=1)


@dataclass
class World:
    """A CA whose responder can be broken, a server, a clock that can be moved, and what the stapler reports."""

    ca: LabAuthority
    server: Identity
    now: datetime = NOW
    asked: list[Lookup] = field(default_factory=list)
    said: list[str] = field(default_factory=list)
    broken: Callable[[], Fetched] | None = None

    def fetch(self, lookup: Lookup) -> Fetched:
        self.asked.append(lookup)
        assert isinstance(lookup, OcspQuery)
        return self.broken() if self.broken else Fetched(self.ca.ocsp_response(lookup.body, self.now))

    def stapler(self) -> Stapler:
        chain, root = self.server.chain, self.ca.root
        return Stapler([chain], self.fetch, lambda: self.now, self.said.append, (root,))

    def later(self, by: timedelta) -> None:
        self.now += by


@pytest.fixture
def world() -> World:
    ca = replace(LabAuthority.create(at=NOW), ocsp_url="http://ca.test/ocsp")
    return World(ca, ca.issue_server(key="ec"))


def test_nothing_is_stapled_before_something_was_fetched(world: World) -> None:
    stapler = world.stapler()
    assert stapler.due == NOW
    assert stapler(world.server.leaf) is None
    assert world.asked == []
    stapler.refresh()
    assert stapler(world.server.leaf) == world.ca.ocsp_response(world.server.leaf, NOW)
    (asked,) = world.asked
    assert isinstance(asked, OcspQuery)
    assert (asked.method, asked.nonce) == ("GET", None)


def test_it_is_refreshed_half_way(world: World) -> None:
    stapler = world.stapler()
    stapler.refresh()
    assert stapler.due == NOW + 7 * DAY / 2
    world.later(DAY)
    stapler.refresh()
    assert len(world.asked) == 1
    world.later(3 * DAY)
    stapler.refresh()
    assert len(world.asked) == 2
    assert stapler(world.server.leaf) == world.ca.ocsp_response(world.server.leaf, world.now)


def test_a_responder_that_is_away_is_asked_again_ever_more_seldom(world: World) -> None:
    stapler = world.stapler()
    stapler.refresh()
    first = stapler(world.server.leaf)
    world.broken = lambda: Fetched(failure="nobody is there")
    world.later(4 * DAY)
    pauses = []
    for _ in range(9):
        stapler.refresh()
        assert stapler.due is not None
        pauses.append(stapler.due - world.now)
        assert stapler(world.server.leaf) == first  # still good
        world.later(pauses[-1])
    assert pauses == [MINUTE * 2**n for n in range(6)] + [LONGEST_RETRY] * 3
    assert world.said == ["no OCSP response for CN=localhost could be fetched: http://ca.test/ocsp: nobody is there"]
    assert "nobody is there" in stapler.failure(world.server.leaf)
    world.later(3 * DAY)
    assert stapler(world.server.leaf) is None  # it ran out
    world.broken = None
    stapler.refresh()
    assert stapler(world.server.leaf) is not None
    assert stapler.failure(world.server.leaf) == ""


def test_what_no_client_would_believe_is_not_stapled(world: World) -> None:
    stranger = LabAuthority.create(at=NOW)
    leaf = world.server.leaf
    for bad in (
        b"",
        b"garbage",
        stranger.ocsp_response(leaf, NOW),
        world.ca.ocsp_response(leaf, NOW - 9 * DAY),
        world.ca.ocsp_response(leaf, NOW, "unknown"),
        world.ca.ocsp_response(leaf, NOW - HOUR, until=NOW),
        world.ca.ocsp_response(stranger.certificate, NOW),
    ):
        world.broken = lambda bad=bad: Fetched(bad)
        stapler = world.stapler()
        stapler.refresh()
        assert stapler(leaf) is None
        assert stapler.staple(leaf) is None
        assert stapler.failure(leaf) != ""


def test_a_bad_answer_does_not_push_out_a_good_one(world: World) -> None:
    stapler = world.stapler()
    stapler.refresh()
    first = stapler(world.server.leaf)
    world.broken = lambda: Fetched(b"garbage")
    world.later(4 * DAY)
    stapler.refresh()
    assert stapler(world.server.leaf) == first


def test_a_response_without_end_is_shown_for_a_day(world: World) -> None:
    endless = world.ca.ocsp_response(world.server.leaf, NOW, open_end=True)
    world.broken = lambda: Fetched(endless)
    stapler = world.stapler()
    stapler.refresh()
    assert stapler.due == NOW + DAY / 2
    world.later(DAY)
    assert stapler(world.server.leaf) is None


def test_a_revoked_certificate_is_reported_and_stapled(world: World) -> None:
    world.ca.revoke(world.server.leaf)
    stapler = world.stapler()
    stapler.refresh()
    assert stapler(world.server.leaf) is not None
    (said,) = world.said
    assert "refused by its clients" in said
    assert "keyCompromise" in said


def test_certificates_that_nobody_can_be_asked_about(world: World) -> None:
    silent = LabAuthority.create(at=NOW).issue_server(key="ec")
    without_issuer = Stapler([world.server.chain], world.fetch, lambda: NOW)
    without_url = Stapler([silent.chain], world.fetch, lambda: NOW)
    for stapler in (without_issuer, without_url):
        assert stapler.due is None
        stapler.refresh()
        assert stapler(world.server.leaf) is stapler(silent.leaf) is None
        assert stapler.staple(silent.leaf) is None
        assert stapler.failure(silent.leaf) == ""
    assert world.asked == []


def test_the_certificates_of_a_chain(world: World) -> None:
    below = replace(world.ca.intermediate(), ocsp_url="http://ca.test/ocsp")
    server = below.issue_server(key="ec")
    authorities = {below.certificate: world.ca, server.leaf: below}

    def fetch(lookup: Lookup) -> Fetched:
        assert isinstance(lookup, OcspQuery)
        answers = [ca.ocsp_response(lookup.body, NOW) for ca in authorities.values()]
        return Fetched(max(answers, key=len))  # the other one says unauthorized

    stapler = Stapler([server.chain], fetch, lambda: NOW, issuers=(world.ca.root,))
    stapler.refresh()

    def shown(certificate: Certificate) -> bytes | None:
        return stapler(certificate)

    ends = pair(
        client_config(trust=world.ca.trust, ocsp_multi=True), server_config(identity=server, ocsp_response=shown)
    ).pump()
    assert ends.completed
    assert [a.status for a in ends.client.handshake.server_revocation] == ["good", "good"]


def test_a_handshake_never_waits(world: World) -> None:
    def never(lookup: Lookup) -> Fetched:
        raise AssertionError("a handshake fetched")

    stapler = Stapler([world.server.chain], never, lambda: NOW, issuers=(world.ca.root,))
    ends = pair(client_config(trust=world.ca.trust), server_config(identity=world.server, ocsp_response=stapler)).pump()
    assert ends.completed
    assert "server_certificate_status" not in vars(ends.client.handshake)
