"""Look-ups with the authority in a trace: who asked whom what, what came, and the verdict where it came."""

from __future__ import annotations

import json

import jsonschema
import pytest

from hellodone.pki.lookups import Fetched, Lookup
from hellodone.pki.revocation import Revocation
from hellodone.trace.json import schema
from hellodone.trace.merge import merge
from hellodone.trace.model import Kind, Party, Step, Trace
from tests.handshake.test_revocation import World, world
from tests.pairs import Pair


def traces(ends: Pair) -> tuple[Trace, Trace]:
    """The client's and the merged one."""
    client, server = ends.client.trace, ends.server.trace
    assert client is not None
    assert server is not None
    return client, merge(client, server)


def lookups(trace: Trace) -> list[Step]:
    return [step for step in trace.steps if step.kind is Kind.lookup]


def around(trace: Trace, name: str) -> tuple[str, str]:
    """What stands before and after the step of that name."""
    names = [step.name for step in trace.steps]
    index = names.index(name)
    return names[index - 1], names[index + 1]


def verdicts(step: Step) -> list[str]:
    return [str(f.value) for f in step.reaction(Party.client).learned if f.name == "server_revocation"]


def asked() -> tuple[World, Pair]:
    here = world()
    return here, here.meet(Revocation.hard())


def test_question_and_answer_are_steps_with_the_authority() -> None:
    for trace in traces(asked()[1]):
        question, answer = lookups(trace)
        assert (question.name, question.sender, question.receiver) == ("OCSP request", Party.client, Party.ca)
        assert (answer.name, answer.sender, answer.receiver) == ("OCSP response", Party.ca, Party.client)
        assert question.summary == "POST http://ca.test/ocsp"
        assert answer.length == len(answer.raw) > 200
        assert question.protection == answer.protection == ""
        assert question.time <= answer.time
        assert trace.connections[0].authority == "ca.test"


def test_the_answer_has_the_verdict_and_its_checks_and_nothing_else() -> None:
    client, _ = traces(asked()[1])
    question, answer = lookups(client)
    assert verdicts(answer) == [
        "CN=localhost is good by the OCSP response of CN=hellodone laboratory root as of 2026-06-01 11:00:00Z, "
        "until 2026-06-08 11:00:00Z"
    ]
    claims = [check.claim for check in answer.reaction(Party.client).checks]
    assert "the OCSP response is up to date" in claims
    assert not any("key share" in claim for claim in claims)
    assert question.reactions == ()
    # the look-up comes before the message that follows the certificate is dealt with
    assert around(client, "OCSP request")[0] == "Certificate"
    assert around(client, "OCSP response")[1] == "ServerKeyExchange"


def test_the_server_has_sent_all_it_had_by_then() -> None:
    _, merged = traces(asked()[1])
    assert around(merged, "OCSP request")[0] == "ServerHelloDone"
    assert around(merged, "OCSP response")[1] == "ClientKeyExchange"


def test_silence_is_a_step_that_says_why() -> None:
    def silent(lookup: Lookup) -> Fetched:
        return Fetched(failure="no answer within 5 s")

    ends = world().meet(Revocation.soft(), answer=silent)
    assert ends.completed
    _, answer = lookups(traces(ends)[1])
    assert (answer.name, answer.summary, answer.raw) == ("No answer", "no answer within 5 s", b"")
    assert all(check.passed for check in answer.reaction(Party.client).checks)
    assert "no answer within 5 s" in verdicts(answer)[0]


def test_a_crl_is_asked_for_and_comes() -> None:
    ends = world(ocsp="", crl="http://ca.test/ca.crl").meet(Revocation.hard())
    question, answer = lookups(traces(ends)[1])
    assert (question.name, question.summary) == ("CRL request", "GET http://ca.test/ca.crl")
    assert answer.name == "CRL"
    assert "by the CRL" in verdicts(answer)[0]


def test_every_certificate_has_its_own_question_and_verdict() -> None:
    ends = world(intermediate=True).meet(Revocation.soft())
    steps = lookups(traces(ends)[1])
    assert [step.name for step in steps] == ["OCSP request", "OCSP response"] * 2
    leaf, authority = (verdicts(step) for step in steps[1::2])
    assert leaf[0].startswith("CN=localhost is good")
    assert "the status of CN=hellodone laboratory issuing CA is not known" in authority[0]  # the world has no such OCSP


def test_a_revoked_certificate_fails_at_the_answer() -> None:
    here = world()
    here.ca.revoke(here.leaf)
    client, merged = traces(here.meet(Revocation.soft()))
    for trace in (client, merged):
        failure = trace.failure
        assert failure is not None
        assert trace.steps[failure.step - 1].name == "OCSP response"
        assert failure.alert == "certificate_revoked(44)"


def test_a_staple_has_its_verdict_where_it_comes() -> None:
    here = world()
    client, _ = traces(here.meet(None, here.ca.ocsp_response(here.leaf)))
    status = next(step for step in client.steps if step.name == "CertificateStatus")
    assert "by the stapled OCSP response" in verdicts(status)[0]
    assert lookups(client) == []


@pytest.mark.parametrize("which", [0, 1])
def test_json_keeps_look_ups(which: int) -> None:
    trace = traces(asked()[1])[which]
    text = trace.to_json(show_secrets=True)
    back = Trace.from_json(text)
    assert lookups(back) == lookups(trace)
    assert back.connections == trace.connections
    jsonschema.Draft202012Validator(schema()).validate(json.loads(text))
