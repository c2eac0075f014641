"""Demonstrations: every key exchange runs, and choices that contradict each other are named."""

import time

import pytest

from hellodone.cli.demo import perform
from hellodone.cli.options import TlsChoice
from hellodone.cli.scenario import plan
from hellodone.errors import ConfigurationError, FatalAlert
from hellodone.trace.model import Kind, Party

PLAIN = TlsChoice("", None, None, None, None, None)
EXCHANGES = ("rsa", "dhe_rsa", "ecdhe_rsa", "ecdhe_ecdsa")


@pytest.mark.parametrize("client_auth", [False, True], ids=["", "client-auth"])
@pytest.mark.parametrize("exchange", EXCHANGES)
def test_every_key_exchange_runs_with_and_without_client_authentication(exchange: str, client_auth: bool) -> None:
    trace, fault = perform(plan(exchange, None, None, client_auth, PLAIN))
    assert fault is None
    (connection,) = trace.connections
    assert connection.completed
    assert connection.closed == "close_notify"
    assert f"_{exchange.upper()}_WITH_" in connection.cipher_suite
    assert set(trace.observed_by) == {Party.client, Party.server}
    data = [step.sender for step in trace.steps if step.kind is Kind.application_data]
    assert data == [Party.client, Party.server]
    names = [step.name for step in trace.steps]
    assert ("CertificateVerify" in names) is client_auth
    assert names[:3] == ["SYN", "SYN+ACK", "ACK"]


@pytest.mark.parametrize("group", ["x25519", "P-256", "x448", "P-384", "P-521"])
@pytest.mark.parametrize("exchange", ["ecdhe_rsa", "ecdhe_ecdsa"])
def test_the_group_is_the_one_that_was_asked_for(exchange: str, group: str) -> None:
    trace, fault = perform(plan(exchange, group, None, False, PLAIN))
    assert fault is None
    assert trace.connections[0].group in (
        group,
        {"P-256": "secp256r1", "P-384": "secp384r1", "P-521": "secp521r1"}.get(group),
    )


def test_a_finite_field_group_can_be_asked_for() -> None:
    trace, fault = perform(plan("dhe_rsa", "ffdhe3072", None, False, PLAIN))
    assert fault is None
    assert trace.connections[0].group == "ffdhe3072"


@pytest.mark.parametrize(
    ("exchange", "cipher", "suite"),
    [
        (None, "ECDHE-RSA-AES256-GCM-SHA384", "TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384"),
        ("rsa", "AES_128_CBC_SHA", "TLS_RSA_WITH_AES_128_CBC_SHA"),
        (None, "chacha20-poly1305-sha256", "TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256"),
        ("dhe_rsa", "TLS_DHE_RSA_WITH_AES_128_CCM_8", "TLS_DHE_RSA_WITH_AES_128_CCM_8"),
    ],
)
def test_a_cipher_may_be_a_suite_or_the_cipher_of_one(exchange: str | None, cipher: str, suite: str) -> None:
    trace, fault = perform(plan(exchange, None, cipher, False, PLAIN))
    assert fault is None
    assert trace.connections[0].cipher_suite == suite


@pytest.mark.parametrize(
    ("exchange", "group", "cipher", "words"),
    [
        ("rsa", "x25519", None, "uses no group"),
        ("dhe_rsa", "x25519", None, "finite-field group"),
        ("ecdhe_rsa", "ffdhe2048", None, "curve"),
        ("rsa", None, "ECDHE-RSA-AES256-GCM-SHA384", "rsa"),
        (None, "x25518", None, "x25519"),
        (None, None, "AES_129_GCM", "AES_129_GCM"),
    ],
)
def test_choices_that_contradict_each_other_are_named(
    exchange: str | None, group: str | None, cipher: str | None, words: str
) -> None:
    with pytest.raises(ConfigurationError, match=words):
        plan(exchange, group, cipher, False, PLAIN)


def test_a_demonstration_takes_less_than_two_seconds() -> None:
    started = time.monotonic()
    perform(plan(None, None, None, True, PLAIN))
    assert time.monotonic() - started < 2


def test_a_refusal_is_the_fault_of_the_end_that_decided() -> None:
    """A server that speaks no suite of the client's: the chart ends in its alert."""
    from dataclasses import replace

    scenario = plan("ecdhe_ecdsa", None, "ECDHE-ECDSA-AES128-GCM-SHA256", False, PLAIN)
    other = plan("ecdhe_ecdsa", None, "ECDHE-ECDSA-AES256-GCM-SHA384", False, PLAIN)
    trace, fault = perform(replace(scenario, server=other.server))
    assert isinstance(fault, FatalAlert)
    assert fault.sender == "us"
    assert trace.failure is not None
    assert trace.failure.decided_by is Party.server
