"""The server's certificate against the key exchange: what is refused, and what a policy lets pass and reports."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import pytest

from hellodone.crypto.signatures import KeyType
from hellodone.diagram.draw import draw
from hellodone.errors import AlertDescription
from hellodone.pki.identity import Identity
from hellodone.policy import Policy
from hellodone.trace.model import Check, Trace
from tests.pairs import client_config, lab, pair, server_config

REPORT = replace(Policy.modern(), certificate_fit="report")


@dataclass(frozen=True)
class Careless(Identity):
    """A server that shows its certificate whatever the certificate says of its own use."""

    @property
    def key_usage(self) -> None:
        return None

    @property
    def key_type(self) -> KeyType:
        return replace(super().key_type, curve=None)


def with_usage(*usage: str) -> Identity:
    made = lab().issue_identity(replace(lab().server_profile(key="ec"), key_usage=usage), "ec")
    return Careless(made.chain, made.signer)


def not_passed(trace: Trace | None) -> list[Check]:
    assert trace is not None
    return [c for step in trace.steps for reaction in step.reactions for c in reaction.checks if not c.passed]


def run(identity: Identity, **client: Any) -> Any:
    return pair(client_config(record=True, **client), server_config(identity=identity)).pump()


@pytest.mark.parametrize("usage", [("keyAgreement",), ("keyEncipherment", "nonRepudiation")])
def test_a_key_usage_that_does_not_fit_is_refused_or_reported(usage: tuple[str, ...]) -> None:
    refused = run(with_usage(*usage))
    assert refused.client_error.alert is AlertDescription.unsupported_certificate
    assert "this key exchange needs digitalSignature" in refused.client_error.reason
    reported = run(with_usage(*usage), policy=REPORT)
    assert reported.completed
    (check,) = not_passed(reported.client.trace)
    assert "digitalSignature" in check.claim
    assert ", ".join(sorted(usage)) in check.claim
    assert check.alert == ""
    assert not check.refused


def test_what_was_let_pass_is_on_the_chart_and_in_the_trace_file() -> None:
    trace = run(with_usage("keyAgreement"), policy=REPORT).client.trace
    assert not_passed(Trace.from_json(trace.to_json())) == not_passed(trace)
    text = " ".join(draw(trace, "text").split())
    assert "not so, and let pass: the key usage of" in text
    assert "Handshake complete" in text


def test_a_proper_certificate_is_reported_of_in_no_way() -> None:
    ends = run(lab().issue_server(key="ec"), policy=REPORT)
    assert ends.completed
    assert not_passed(ends.client.trace) == []


def test_the_rest_of_the_path_is_as_strict() -> None:
    made = lab().issue_identity(replace(lab().server_profile(key="ec"), extended_key_usage=("clientAuth",)), "ec")
    ends = run(made, policy=REPORT)
    assert ends.client_error.alert is AlertDescription.unsupported_certificate


def test_a_later_refusal_is_told_at_its_own_step() -> None:
    identity = with_usage("keyAgreement")
    ends = pair(client_config(record=True, policy=REPORT), server_config(identity=identity))

    def spoil(data: bytes) -> bytes:
        return data[:-1] + bytes([data[-1] ^ 1]) if len(data) < 300 else data

    ends.pump(to_client=spoil)
    trace = ends.client.trace
    assert trace is not None
    assert trace.failure is not None
    reporting = next(step.number for step in trace.steps for r in step.reactions for c in r.checks if not c.passed)
    assert trace.failure.step > reporting


def test_a_curve_that_was_not_named_is_reported_and_never_refused() -> None:
    made = lab().issue_server(key="ec")
    ends = run(Careless(made.chain, made.signer), policy=Policy.modern().with_groups(["x25519"]))
    assert ends.completed
    (check,) = not_passed(ends.client.trace)
    assert "secp256r1" in check.claim
    assert not check.refused
