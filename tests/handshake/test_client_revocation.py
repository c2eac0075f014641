"""Revoked certificates of clients: the server asks, or has a list."""

from __future__ import annotations

from dataclasses import replace

import pytest

from hellodone.pki.laboratory import LabAuthority
from hellodone.pki.lookups import Fetched, Lookup, OcspQuery
from hellodone.pki.revocation import Revocation
from hellodone.trace.model import Kind, Party
from tests.hellos import alert_of
from tests.pairs import NOW, Pair, client_config, pair, server_config


def met(revocation: Revocation | None, *, revoked: bool, listed: bool = False) -> Pair:
    ca = replace(LabAuthority.create(at=NOW), ocsp_url="http://ca.test/ocsp")
    client = ca.issue_client(key="ec")
    if revoked:
        ca.revoke(client.leaf)
    if listed and revocation is not None:
        revocation = replace(revocation, crls=(ca.crl(),), ask=False)

    def answer(lookup: Lookup) -> Fetched:
        assert isinstance(lookup, OcspQuery)
        return Fetched(ca.ocsp_response(lookup.body))

    ends = pair(
        client_config(identity=client),
        server_config(client_trust=ca.trust, client_auth="required", revocation=revocation, record=True),
    )
    ends.server.fetch = answer
    return ends.pump()


@pytest.mark.parametrize("listed", [False, True])
@pytest.mark.parametrize("policy", [Revocation.soft(), Revocation.hard()])
def test_a_revoked_client_is_refused_and_a_good_one_is_not(policy: Revocation, listed: bool) -> None:
    assert met(policy, revoked=False, listed=listed).completed
    assert alert_of(met(policy, revoked=True, listed=listed).server_error) == "certificate_revoked"


@pytest.mark.parametrize("policy", [None, Revocation.off()])
def test_nothing_is_looked_at_unasked(policy: Revocation | None) -> None:
    assert met(policy, revoked=True).completed


def test_the_server_asks_on_the_chart() -> None:
    trace = met(Revocation.hard(), revoked=False).server.trace
    assert trace is not None
    question, answer = (step for step in trace.steps if step.kind is Kind.lookup)
    assert (question.sender, question.receiver) == (Party.server, Party.ca)
    facts = {fact.name: str(fact.value) for fact in answer.reaction(Party.server).learned}
    assert facts["client_revocation"].startswith("CN=laboratory client is good by the OCSP response")
