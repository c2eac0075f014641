"""What somebody who listens really reads: the records of a trace are opened with what the closure says it knows."""

from __future__ import annotations

from dataclasses import replace

import pytest

from hellodone.trace.knowledge import LONG_TERM_KEYS, knowledge
from hellodone.trace.model import Kind, Party, Trace
from hellodone.trace.reading import Read, readings
from hellodone.trace.secrets import reveal, withhold
from tests.trace.branches import ANSWER, BY_NAME, EXCHANGES, REQUEST, Branch, traces

RSA, ECDHE = "TLS_RSA_WITH_AES_128_GCM_SHA256", "TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256"


def merged(name: str) -> Trace:
    return traces(BY_NAME[name])[2]


def data(trace: Trace, *has: str) -> list[bytes | None]:
    """What the eavesdropper reads of the application data."""
    kinds = {step.number: step.kind for step in trace.steps}
    return [
        read.content.reveal() if read.content is not None else None
        for read in readings(knowledge(trace, has))
        if kinds[read.step] is Kind.application_data
    ]


@pytest.mark.parametrize("branch", EXCHANGES, ids=lambda branch: branch.name)
def test_with_a_key_log_every_record_of_every_suite_is_opened(branch: Branch) -> None:
    trace = traces(branch)[2]
    found = readings(knowledge(trace, ["keylog"]))
    assert [read.step for read in found] == [step.number for step in trace.steps if step.protection]
    for read in found:
        step = trace.steps[read.step - 1]
        assert read.content is not None, step.name
        if step.kind is Kind.message:
            assert read.content.reveal() == step.raw
    assert data(trace, "keylog") == [REQUEST, ANSWER]


@pytest.mark.parametrize("branch", EXCHANGES, ids=lambda branch: branch.name)
def test_nothing_comes_out_of_what_the_closure_says_is_sealed(branch: Branch) -> None:
    known = knowledge(traces(branch)[2])
    for read in readings(known):
        assert read.readable == known.readable(read.step, Party.eavesdropper) == ("NULL" in branch.suite)
        assert (read.content is not None) == read.readable


def test_the_servers_rsa_key_gives_the_request_away() -> None:
    assert data(merged(RSA), "server_private_key") == [REQUEST, ANSWER]
    assert data(merged(RSA)) == [None, None]


def test_it_does_not_with_ephemeral_keys() -> None:
    assert data(merged(ECDHE), *LONG_TERM_KEYS) == [None, None]
    assert {read.key for read in readings(knowledge(merged(ECDHE)))} == {"client_write_key", "server_write_key"}


@pytest.mark.parametrize("name", ["TLS_DH_DSS_WITH_AES_128_GCM_SHA256", "TLS_ECDH_RSA_WITH_AES_128_CBC_SHA"])
def test_static_diffie_hellman_is_as_open_as_rsa(name: str) -> None:
    assert data(merged(name), "server_private_key") == [REQUEST, ANSWER]


def test_a_pre_shared_key_opens_plain_psk_and_no_ephemeral_exchange() -> None:
    assert data(merged("TLS_PSK_WITH_AES_128_GCM_SHA256"), "psk") == [REQUEST, ANSWER]
    assert data(merged("TLS_DHE_PSK_WITH_AES_256_GCM_SHA384"), "psk") == [None, None]
    assert data(merged("TLS_RSA_PSK_WITH_AES_128_GCM_SHA256"), "psk") == [None, None]
    assert data(merged("TLS_RSA_PSK_WITH_AES_128_GCM_SHA256"), "psk", "server_private_key") == [REQUEST, ANSWER]


def test_a_ticket_opens_what_went_by_before_it() -> None:
    trace = merged(f"{ECDHE}, ticket")
    assert data(trace, "ticket_key") == [REQUEST, ANSWER] * 2
    first = readings(knowledge(trace, ["ticket_key"]))[0]
    assert trace.steps[first.step - 1].name == "Finished"
    assert first.at > first.step  # the ticket came behind it
    assert trace.steps[first.at - 1].name == "NewSessionTicket"


def test_where_nothing_is_encrypted_nobody_needs_a_key() -> None:
    trace = merged("TLS_RSA_WITH_NULL_SHA256")
    assert data(trace) == [REQUEST, ANSWER]
    assert {read.key for read in readings(knowledge(trace))} == {""}


def test_a_trace_from_json_is_as_good_when_it_shows_its_secrets() -> None:
    trace = merged(RSA)
    shown = Trace.from_json(trace.to_json(show_secrets=True))
    assert data(shown, "server_private_key") == data(reveal(trace), "server_private_key") == [REQUEST, ANSWER]


@pytest.mark.parametrize("name", [RSA, "TLS_RSA_WITH_NULL_SHA256"])
def test_a_trace_that_withholds_them_is_concluded_about_and_not_opened(name: str) -> None:
    for hidden in (withhold(merged(name)), Trace.from_json(merged(name).to_json())):
        found = readings(knowledge(hidden, ["server_private_key"]))
        assert all(read.readable for read in found)
        assert data(hidden, "server_private_key") == [None, None]


def test_a_changed_record_gives_nothing() -> None:
    trace = merged(RSA)
    records = [replace(r, wire=r.wire[:-1] + bytes([r.wire[-1] ^ 1])) if r.wire else r for r in trace.records]
    broken = replace(trace, records=tuple(records))
    assert data(broken, "server_private_key") == [None, None]


def test_what_was_read_does_not_print_itself() -> None:
    found = readings(knowledge(merged(RSA), ["server_private_key"]))
    assert "GET" not in repr(found)
    assert any(read.text == REQUEST.decode() for read in found)
    assert Read(1, 1, False).text == ""
