"""The CA takes part in demonstrations: who asks it, when, and what follows from the answer."""

from __future__ import annotations

import pytest

from hellodone.cli.demo import perform
from hellodone.cli.options import DemoChoice, TlsChoice
from hellodone.cli.scenario import plan
from hellodone.diagram.draw import draw
from hellodone.errors import FatalAlert
from hellodone.trace.knowledge import knowledge
from hellodone.trace.model import Kind, Party, Phase, Step, Trace
from tests.hellos import alert_of

PLAIN = TlsChoice("", None, None, None, None, None)


def ran(ask: DemoChoice) -> tuple[Trace, FatalAlert | None]:
    trace, fault = perform(plan(ask, PLAIN))
    assert fault is None or isinstance(fault, FatalAlert)
    return trace, fault


def lookups(trace: Trace) -> list[Step]:
    return [step for step in trace.steps if step.kind is Kind.lookup]


@pytest.mark.parametrize("revoked", [False, True])
def test_the_client_asks(revoked: bool) -> None:
    trace, fault = ran(DemoChoice(ocsp="query", revoked=revoked))
    question, answer = lookups(trace)
    assert (question.sender, question.receiver, answer.sender) == (Party.client, Party.ca, Party.ca)
    assert (question.name, answer.name) == ("OCSP request", "OCSP response")
    assert question.phase is Phase.authentication
    (verdict,) = (f for f in answer.reaction(Party.client).learned if f.name == "server_revocation")
    assert (" is revoked " if revoked else " is good ") in str(verdict.value)
    assert trace.connections[0].authority in question.summary
    assert (alert_of(fault) if fault else "") == ("certificate_revoked" if revoked else "")


@pytest.mark.parametrize("ocsp", ["staple", "must-staple"])
@pytest.mark.parametrize("revoked", [False, True])
def test_the_server_asks_ahead(ocsp: str, revoked: bool) -> None:
    trace, fault = ran(DemoChoice(ocsp=ocsp, revoked=revoked))
    question, answer = lookups(trace)
    assert (question.sender, answer.receiver) == (Party.server, Party.server)
    assert trace.steps[:2] == (question, answer)
    assert question.phase is answer.phase is Phase.preparation
    status = next(step for step in trace.steps if step.name == "CertificateStatus")
    assert status.raw.endswith(answer.raw)  # what is stapled is what the CA said
    assert (alert_of(fault) if fault else "") == ("bad_certificate_status_response" if revoked else "")
    assert [step.time for step in trace.steps] == sorted(step.time for step in trace.steps)
    if fault:
        assert trace.failure is not None
        assert trace.steps[trace.failure.step - 1].name == "CertificateStatus"


@pytest.mark.parametrize("revoked", [False, True])
def test_the_client_fetches_the_list(revoked: bool) -> None:
    trace, fault = ran(DemoChoice(crl=True, revoked=revoked))
    question, answer = lookups(trace)
    assert (question.name, answer.name) == ("CRL request", "CRL")
    assert question.summary.startswith("GET http://127.0.0.1:")
    assert (alert_of(fault) if fault else "") == ("certificate_revoked" if revoked else "")


def test_a_promised_staple_that_is_missing() -> None:
    trace, fault = ran(DemoChoice(ocsp="missing-staple"))
    assert fault is not None
    assert fault.sender == "us"
    assert fault.reason.startswith(
        "the certificate of CN=localhost demands a stapled OCSP response in its TLS feature extension, and the server "
        "sent none; expected: a certificate that must come with an OCSP response does"
    )
    assert lookups(trace) == []


def test_a_resumed_session_needs_no_answer() -> None:
    trace, fault = ran(DemoChoice(ocsp="query", resume="id"))
    assert fault is None
    assert [step.connection for step in lookups(trace)] == [0, 0]
    assert trace.connections[1].resumed


@pytest.mark.parametrize("notation", ["plantuml", "mermaid", "sequencediagram", "text"])
@pytest.mark.parametrize("ocsp", ["query", "staple"])
def test_every_notation_draws_the_lane(ocsp: str, notation: str) -> None:
    trace, _ = ran(DemoChoice(ocsp=ocsp))
    chart = draw(trace, notation)
    assert "OCSP request" in chart
    asker = "client" if ocsp == "query" else "server"
    if notation == "plantuml":
        assert f"{asker} -> ca : **OCSP request**" in chart
        assert f"ca -> {asker} : **OCSP response**" in chart
    elif notation == "mermaid":
        assert f"{asker}->>ca: OCSP request" in chart
    elif notation == "text":
        (arrow,) = (line.rstrip() for line in chart.splitlines() if "OCSP request" in line)
        assert arrow.endswith("▶│")
        assert ("┼" in arrow) == (asker == "client")  # over the server's lane, or from it
        lanes = [line for line in chart.splitlines()[4:] if set(line) == {" ", "│"}]
        assert {line.count("│") for line in lanes} == {3}
        assert len({len(line) for line in lanes}) == 1
    elif notation == "sequencediagram":
        assert f"{asker}->ca:**OCSP request**" in chart


def test_looking_up_gives_no_secret_away() -> None:
    trace, _ = ran(DemoChoice(ocsp="staple"))
    known = knowledge(trace)
    assert not [k for k in known.at(len(trace.steps), Party.eavesdropper) if k.secret]
    assert known.forward_secret
