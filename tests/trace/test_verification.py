"""How certificates were verified, in a trace and on a chart: every path, every check, why others were dropped."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from datetime import timedelta

import jsonschema
import pytest

from hellodone.diagram.draw import draw
from hellodone.pki.identity import Identity
from hellodone.pki.laboratory import LabAuthority
from hellodone.pki.trust import TrustStore
from hellodone.trace.json import schema
from hellodone.trace.model import Party, Trace, Verification
from tests.pairs import NOW, client_config, pair, server_config


def met(server: Identity, trust: TrustStore) -> tuple[Trace, Verification]:
    ends = pair(client_config(trust=trust, record=True), server_config(identity=server)).pump()
    trace = ends.client.trace
    assert trace is not None
    step = next(step for step in trace.steps if step.name == "Certificate")
    verification = step.reaction(Party.client).verification
    assert verification is not None
    return trace, verification


def plain(chart: str) -> str:
    """The words of a chart, without lanes, tags and line breaks."""
    return " ".join(re.sub(r"[┃│\u00a0\u2002]|<[^>]*>|\\n", " ", chart).split())


def cross_signed() -> tuple[Identity, TrustStore, TrustStore]:
    """A server below an issuing CA that two roots signed; the stores of the first, and of both."""
    one, two = LabAuthority.create(at=NOW, name="Root one"), LabAuthority.create(at=NOW, name="Root two")
    issuing = one.intermediate(name="Issuing CA")
    # the same CA below the other root
    again = two.issue(
        replace(two.server_profile(key="ec"), subject="Issuing CA", ca=True, names=(), extended_key_usage=None,
                key_usage=("keyCertSign", "cRLSign")),
        issuing.private_key.public_key(),
    )  # fmt: skip
    server = issuing.issue_server(key="ec")
    both = TrustStore((one.root, two.root), "a test")
    return replace(server, chain=(*server.chain, again)), one.trust, both


def test_the_accepted_path_is_told_certificate_by_certificate() -> None:
    ca = LabAuthority.create(at=NOW, intermediate=True)
    _, told = met(ca.issue_server(key="ec"), ca.trust)
    assert told.presented == ("CN=localhost", "CN=hellodone laboratory issuing CA")
    assert told.name_asked == "localhost"
    assert "127.0.0.1" in told.names_presented
    assert told.anchor.startswith("CN=hellodone laboratory root, of 1 anchor from")
    (path,) = told.paths
    assert path.accepted
    assert [certificate.place for certificate in path.certificates] == ["leaf", "intermediate", "trust anchor"]
    leaf, intermediate, anchor = ({check.subject for check in c.checks} for c in path.certificates)
    common = {"dates", "critical extensions"}
    assert leaf >= common | {"signature", "server name", "key usage", "extended key usage", "key"}
    assert intermediate >= common | {"signature", "basic constraints", "path length", "key usage"}
    assert anchor >= {"dates", "basic constraints"}
    dates = next(check for check in path.certificates[0].checks if check.subject == "dates")
    assert [value.split(":")[0] for value in dates.values] == ["not before", "not after", "now"]


def test_other_paths_are_there_with_the_reason() -> None:
    server, one, both = cross_signed()
    _, told = met(server, one)
    taken, other = told.paths
    assert taken.accepted
    assert not other.accepted
    assert other.fate == ("dropped: no certificate of CN=Root two, the issuer of CN=Issuing CA, was sent or is trusted")
    _, told = met(server, both)
    assert [path.accepted for path in told.paths] == [True, False]
    assert told.paths[1].fate == "dropped: not needed: another path was accepted"


def test_a_refusal_is_told_too() -> None:
    ca = LabAuthority.create(at=NOW, intermediate=True)
    expired = replace(
        ca.server_profile(key="ec"), not_before=NOW - timedelta(days=30), not_after=NOW - timedelta(days=3)
    )
    trace, told = met(ca.issue_identity(expired, "ec"), ca.trust)
    (path,) = told.paths
    assert not path.accepted
    assert "expired 3 days ago" in path.fate
    failed = [check for certificate in path.certificates for check in certificate.checks if not check.passed]
    assert [(check.subject, check.alert) for check in failed] == [("dates", "certificate_expired(45)")]
    assert "✗ dates: the certificate of CN=localhost expired 3 days ago" in plain(draw(trace, "text", detail="full"))


@pytest.mark.parametrize("detail", ["normal", "full"])
@pytest.mark.parametrize("notation", ["text", "plantuml", "mermaid", "sequencediagram", "svg"])
def test_charts_say_which_anchor_ended_the_path(notation: str, detail: str) -> None:
    server, one, _ = cross_signed()
    trace, _ = met(server, one)
    chart = plain(draw(trace, notation, detail=detail))
    assert "trust anchor" in chart
    assert "Root two" in chart  # the path that was dropped


def test_the_tree_stands_in_full_detail_and_a_summary_else() -> None:
    server, one, _ = cross_signed()
    trace, _ = met(server, one)
    normal, full = (draw(trace, "text", detail=detail, width=220) for detail in ("normal", "full"))
    assert "not after:" in full
    assert "not after:" not in normal
    assert "checks of 3 certificates of the path hold" in plain(normal)


def test_json_keeps_it() -> None:
    server, one, _ = cross_signed()
    trace, told = met(server, one)
    text = trace.to_json()
    jsonschema.Draft202012Validator(schema()).validate(json.loads(text))
    step = next(step for step in Trace.from_json(text).steps if step.name == "Certificate")
    assert step.reaction(Party.client).verification == told
