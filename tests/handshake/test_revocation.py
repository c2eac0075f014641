"""Revocation in a handshake: staples, lists at hand and queries under each policy, with the right alert."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Any

import pytest
from cryptography.x509 import TLSFeature, TLSFeatureType

from hellodone.errors import ConfigurationError
from hellodone.pki.answers import RevocationAnswer
from hellodone.pki.certificates import Certificate
from hellodone.pki.identity import Identity
from hellodone.pki.lab_ocsp import make_unsuccessful
from hellodone.pki.laboratory import LabAuthority
from hellodone.pki.lookups import CrlFetch, Fetched, Lookup, OcspQuery
from hellodone.pki.revocation import Revocation
from hellodone.trace.model import Party
from tests.hellos import alert_of
from tests.pairs import NOW, Pair, client_config, pair, server_config

DAY = timedelta(days=1)
OCSP_URL, CRL_URL = "http://ca.test/ocsp", "http://ca.test/ca.crl"
Answer = Callable[[Lookup], Fetched]


@dataclass
class World:
    """An authority, a server of it, and what its responder answers when it is asked."""

    ca: LabAuthority
    server: Identity
    asked: list[Lookup] = field(default_factory=list)

    @property
    def leaf(self) -> Certificate:
        return self.server.leaf

    def answer(self, lookup: Lookup) -> Fetched:
        """The network, where only this authority lives."""
        self.asked.append(lookup)
        if isinstance(lookup, OcspQuery):
            return Fetched(self.ca.ocsp_response(lookup.body))
        return Fetched(self.ca.crl().der)

    def meet(
        self,
        revocation: Revocation | None = None,
        staple: object = None,
        answer: Answer | None = None,
        **client: Any,
    ) -> Pair:
        """A handshake with that staple, under that policy, when the network answers so."""
        config = client_config(trust=self.ca.trust, revocation=revocation, record=True, **client)
        ends = pair(config, server_config(identity=self.server, ocsp_response=staple, record=True))
        ends.client.fetch = answer or self.answer
        return ends.pump()


def world(*, intermediate: bool = False, ocsp: str = OCSP_URL, crl: str = "", must_staple: bool = False) -> World:
    ca = replace(LabAuthority.create(at=NOW), ocsp_url=ocsp, crl_url=crl)
    if intermediate:
        ca = replace(ca.intermediate(), ocsp_url=ocsp, crl_url=crl)
    profile = ca.server_profile(key="ec")
    if must_staple:
        profile = replace(profile, extensions=((TLSFeature([TLSFeatureType.status_request]), False),))
    return World(ca, ca.issue_identity(profile, "ec"))


def learnt(ends: Pair) -> list[tuple[str, str]]:
    """Kind and status of each answer that the client had."""
    return [(a.kind, a.status) for a in answers(ends)]


def answers(ends: Pair) -> tuple[RevocationAnswer, ...]:
    found: tuple[RevocationAnswer, ...] = vars(ends.client.handshake).get("server_revocation", ())
    return found


def silence(lookup: Lookup) -> Fetched:
    return Fetched(failure="no answer within 5 s")


def refused(ends: Pair, alert: str, *words: str) -> None:
    assert alert_of(ends.client_error) == alert
    for word in words:
        assert word in str(ends.client_error)


POLICIES = [None, Revocation.soft(), Revocation.hard()]


# --- staples


@pytest.mark.parametrize("policy", POLICIES)
def test_a_good_staple_is_enough(policy: Revocation | None) -> None:
    here = world()
    ends = here.meet(policy, here.ca.ocsp_response(here.leaf))
    assert ends.completed
    assert learnt(ends) == [("staple", "good")]
    assert here.asked == []


@pytest.mark.parametrize("policy", POLICIES)
def test_a_revoked_staple(policy: Revocation | None) -> None:
    here = world()
    here.ca.revoke(here.leaf)
    ends = here.meet(policy, here.ca.ocsp_response(here.leaf))
    refused(ends, "bad_certificate_status_response", "CN=localhost is revoked since 2026-05-31", "keyCompromise")
    assert here.asked == []


@pytest.mark.parametrize("policy", POLICIES)
def test_a_staple_that_cannot_be_believed(policy: Revocation | None) -> None:
    here = world()
    stranger = LabAuthority.create(at=NOW, name="Stranger")
    for staple, words in (
        (here.ca.ocsp_response(here.leaf, NOW - 9 * DAY), "out of date"),
        (here.ca.ocsp_response(here.leaf, NOW + DAY), "from the future"),
        (stranger.ocsp_response(here.leaf), "not the issuer"),
        (here.ca.ocsp_response(stranger.certificate), "about another certificate"),
        (here.ca.ocsp_response(here.leaf, delegated=here.server), "may not sign OCSP responses"),
    ):
        refused(here.meet(policy, staple), "bad_certificate_status_response", words)
    assert here.asked == []


def test_an_inconclusive_staple_may_be_made_up_for() -> None:
    here = world()
    for staple in (make_unsuccessful(), here.ca.ocsp_response(here.leaf, status="unknown")):
        assert here.meet(Revocation.hard(), staple).completed
        refused(here.meet(None, staple), "bad_certificate_status_response", "the staple for CN=localhost is refused")
        refused(here.meet(Revocation.hard(ask=False), staple), "bad_certificate_status_response")
        assert here.meet(Revocation.soft(ask=False), staple).completed


def test_without_a_staple_nobody_is_asked_unless_wanted() -> None:
    here = world()
    ends = here.meet()
    assert ends.completed
    assert answers(ends) == ()
    assert here.asked == []


def test_off_looks_at_nothing() -> None:
    here = world(must_staple=True)
    assert here.meet(Revocation.off()).completed
    here.ca.revoke(here.leaf)
    ends = here.meet(Revocation.off(), here.ca.ocsp_response(here.leaf))
    assert ends.completed
    assert answers(ends) == ()


def test_who_verifies_nothing_believes_nothing() -> None:
    here = world()
    here.ca.revoke(here.leaf)
    ends = pair(
        client_config(trust=None), server_config(identity=here.server, ocsp_response=here.ca.ocsp_response(here.leaf))
    )
    assert ends.pump().completed


def test_must_staple() -> None:
    here = world(must_staple=True)
    refused(here.meet(), "bad_certificate", "RFC 7633")
    assert here.meet(staple=here.ca.ocsp_response(here.leaf)).completed
    stale = here.ca.ocsp_response(here.leaf, NOW - 9 * DAY)
    refused(here.meet(staple=stale), "bad_certificate_status_response")


def test_staples_for_the_whole_chain() -> None:
    here = world(intermediate=True)
    root = here.ca.parents[0]
    assert root == here.ca.root

    def good(certificate: Certificate) -> bytes | None:
        return here.ca.ocsp_response(certificate) if certificate == here.leaf else None

    ends = here.meet(None, good, ocsp_multi=True)
    assert ends.completed
    assert learnt(ends) == [("staple", "good")]

    def misplaced(certificate: Certificate) -> bytes | None:
        return here.ca.ocsp_response(here.leaf)

    refused(here.meet(None, misplaced, ocsp_multi=True), "bad_certificate_status_response", "issuing CA")


# --- lists at hand


def test_a_list_at_hand() -> None:
    here = world(ocsp="")
    policy = Revocation.hard(crls=[here.ca.crl()])
    ends = here.meet(policy)
    assert learnt(ends) == [("crl", "good")]
    here.ca.revoke(here.leaf, "superseded")
    for policy in (Revocation.hard(crls=[here.ca.crl()]), Revocation.soft(crls=[here.ca.crl()])):
        refused(here.meet(policy), "certificate_revoked", "superseded", "CRL of CN=hellodone laboratory root")
    assert here.asked == []


def test_a_good_staple_does_not_outweigh_a_list() -> None:
    here = world()
    staple = here.ca.ocsp_response(here.leaf)
    here.ca.revoke(here.leaf)
    refused(here.meet(Revocation.soft(crls=[here.ca.crl()]), staple), "certificate_revoked")


def test_a_stale_list() -> None:
    here = world(ocsp="")
    stale = here.ca.crl(NOW - 9 * DAY)
    refused(here.meet(Revocation.hard(crls=[stale])), "certificate_unknown", "cannot be learnt", "out of date")
    ends = here.meet(Revocation.soft(crls=[stale]))
    assert ends.completed
    assert learnt(ends) == [("crl", "unusable")]


# --- queries


def test_the_responder_is_asked() -> None:
    here = world()
    ends = here.meet(Revocation.hard())
    assert ends.completed
    (asked,) = here.asked
    assert isinstance(asked, OcspQuery)
    assert asked.url == OCSP_URL
    assert asked.nonce is not None
    (answer,) = answers(ends)
    assert (answer.kind, answer.status, answer.source) == ("ocsp", "good", OCSP_URL)
    assert "its nonce is ours" in answer.checks[-1].claim


def test_without_a_nonce() -> None:
    here = world()
    assert here.meet(Revocation.hard(nonce=False)).completed
    (asked,) = here.asked
    assert isinstance(asked, OcspQuery)
    assert asked.method == "GET"


@pytest.mark.parametrize("policy", POLICIES[1:])
def test_a_query_answered_with_revoked(policy: Revocation) -> None:
    here = world()
    here.ca.revoke(here.leaf)
    ends = here.meet(policy)
    refused(ends, "certificate_revoked", "CN=localhost is revoked", "keyCompromise")
    assert learnt(ends) == [("ocsp", "revoked")]


def test_when_nobody_answers() -> None:
    here = world()
    refused(here.meet(Revocation.hard(), answer=silence), "certificate_unknown", "no answer within 5 s", OCSP_URL)
    ends = here.meet(Revocation.soft(), answer=silence)
    assert ends.completed
    assert learnt(ends) == [("ocsp", "unanswered")]


def test_without_anybody_to_ask() -> None:
    here = world(ocsp="")
    refused(here.meet(Revocation.hard()), "certificate_unknown", "nobody could be asked")
    assert here.meet(Revocation.soft()).completed


def test_without_a_network() -> None:
    here = world()
    config = client_config(trust=here.ca.trust, revocation=Revocation.hard())
    ends = pair(config, server_config(identity=here.server)).pump()
    refused(ends, "certificate_unknown", "nobody who fetches")


def test_a_list_is_fetched_when_the_responder_fails() -> None:
    here = world(crl=CRL_URL)

    def only_lists(lookup: Lookup) -> Fetched:
        return here.answer(lookup) if isinstance(lookup, CrlFetch) else silence(lookup)

    ends = here.meet(Revocation.hard(), answer=only_lists)
    assert learnt(ends) == [("ocsp", "unanswered"), ("crl", "good")]
    here.ca.revoke(here.leaf)
    refused(here.meet(Revocation.soft(), answer=only_lists), "certificate_revoked")


@pytest.mark.parametrize("octets", [b"", b"\x30\x00", b"<html>captive portal</html>"])
def test_garbage_from_the_network(octets: bytes) -> None:
    here = world(crl=CRL_URL)
    ends = here.meet(Revocation.hard(), answer=lambda lookup: Fetched(octets))
    refused(ends, "certificate_unknown", "malformed")
    assert here.meet(Revocation.soft(), answer=lambda lookup: Fetched(octets)).completed


def test_an_answer_to_somebody_elses_nonce() -> None:
    here = world()

    def replay(lookup: Lookup) -> Fetched:
        return Fetched(here.ca.ocsp_response(here.leaf, nonce=bytes(32)))

    refused(here.meet(Revocation.hard(), answer=replay), "certificate_unknown", "another nonce")


def test_the_whole_path_or_the_leaf_alone() -> None:
    here = world(intermediate=True, crl=CRL_URL)
    ends = here.meet(Revocation.hard())
    refused(ends, "certificate_unknown", "issuing CA is revoked")  # below a root that names no source
    assert here.meet(Revocation.hard(leaf_only=True)).completed
    assert here.meet(Revocation.soft()).completed


# --- the rest


def test_the_trace_tells() -> None:
    here = world()
    ends = here.meet(Revocation.hard())
    assert ends.client.trace is not None
    steps = ends.client.trace.steps
    reactions = [step.reaction(Party.client) for step in steps]
    (fact,) = [fact for reaction in reactions for fact in reaction.learned if fact.name == "server_revocation"]
    assert "CN=localhost is good by the OCSP response" in str(fact.value)
    claims = [check.claim for reaction in reactions for check in reaction.checks]
    assert "nobody who is believed says that the certificate is revoked" in claims


def test_the_trace_tells_why_not() -> None:
    here = world()
    here.ca.revoke(here.leaf)
    ends = here.meet(Revocation.hard())
    assert ends.client.trace is not None
    checks = [check for step in ends.client.trace.steps for check in step.reaction(Party.client).checks]
    (failed,) = [check for check in checks if not check.passed]
    assert failed.claim == "nobody who is believed says that the certificate is revoked"
    assert failed.alert.startswith("certificate_revoked")


def test_policies_that_are_none() -> None:
    with pytest.raises(ConfigurationError, match="off, soft or hard"):
        Revocation("firm")  # type: ignore[arg-type]
    with pytest.raises(ConfigurationError, match="md5"):
        Revocation("soft", hash_name="md5")
