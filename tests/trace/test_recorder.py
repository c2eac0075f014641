"""What a recorder makes of real connections in memory: steps, what each taught, records, failures, and the merge."""

from __future__ import annotations

import pytest

from hellodone.crypto.secret import Secret
from hellodone.trace.merge import merge
from hellodone.trace.model import Kind, Party, Trace
from tests.pairs import Pair, client_config, client_identity, compatible, connected, pair, server_config

FULL = [
    "ClientHello",
    "ServerHello",
    "Certificate",
    "ServerKeyExchange",
    "CertificateRequest",
    "ServerHelloDone",
    "Certificate",
    "ClientKeyExchange",
    "CertificateVerify",
    "ChangeCipherSpec",
    "Finished",
    "ChangeCipherSpec",
    "Finished",
    "ApplicationData",
    "ApplicationData",
    "Alert",
    "Alert",
]


def recorded() -> Pair:
    """A connection with client authentication and data both ways, recorded at both ends."""
    ends = connected(
        client_config(record=True, identity=client_identity("ec")),
        server_config(record=True, client_auth="required"),
    )
    ends.client.send_data(b"question")
    ends.pump()
    ends.server.send_data(b"answer")
    ends.pump()
    ends.client.close()
    return ends.pump()


def traces(ends: Pair) -> tuple[Trace, Trace, Trace]:
    client, server = ends.client.trace, ends.server.trace
    assert client is not None
    assert server is not None
    return client, server, merge(client, server)


def names(trace: Trace) -> list[str]:
    return [step.name for step in trace.steps if step.kind is not Kind.start]


def test_both_ends_and_the_merged_trace_have_the_same_steps() -> None:
    client, server, merged = traces(recorded())
    assert names(client) == names(server) == names(merged) == FULL
    assert [step.number for step in merged.steps] == list(range(1, len(merged.steps) + 1))
    assert merged.observed_by == (Party.client, Party.server)
    assert merged.connections[0].completed
    assert merged.connections[0].closed == "close_notify"


def test_each_side_learns_what_the_message_teaches() -> None:
    _, _, merged = traces(recorded())
    by_name = {step.name: step for step in merged.steps if step.sender is Party.server}
    learned = {fact.name for fact in by_name["ServerHello"].reaction(Party.client).learned}
    assert {"server_random", "cipher_suite", "extended_master_secret"} <= learned
    learned = {fact.name for fact in by_name["ServerKeyExchange"].reaction(Party.client).learned}
    assert {"group", "server_share", "server_signature_scheme"} <= learned
    key_exchange = next(step for step in merged.steps if step.name == "ClientKeyExchange")
    for party in (Party.client, Party.server):
        assert "master_secret" in {fact.name for fact in key_exchange.reaction(party).learned}


def test_every_fact_of_the_handshake_is_told_once() -> None:
    ends = recorded()
    client, _, _ = traces(ends)
    told = [fact.name for step in client.steps for reaction in step.reactions for fact in reaction.learned]
    assert len(told) == len(set(told))
    known = {name for name in vars(ends.client.handshake) if not name.startswith("_")} - {"key_block"}
    assert known <= set(told)


def test_secrets_are_secrets_and_equal_at_both_ends() -> None:
    _, _, merged = traces(recorded())
    facts = [(r.party, f) for step in merged.steps for r in step.reactions for f in r.learned]
    for name in ("premaster_secret", "master_secret", "client_write_key", "server_write_iv"):
        values = [fact.value for _, fact in facts if fact.name == name]
        assert len(values) == 2
        assert all(isinstance(value, Secret) for value in values)
        assert values[0] == values[1]
    for name in ("client_random", "server_share", "session_hash"):
        assert not any(isinstance(fact.value, Secret) for _, fact in facts if fact.name == name)


def test_protection_begins_behind_change_cipher_spec() -> None:
    _, _, merged = traces(recorded())
    for party in (Party.client, Party.server):
        protected = [(step.name, bool(step.protection)) for step in merged.steps if step.sender is party and step.raw]
        change = [name for name, _ in protected].index("ChangeCipherSpec")
        assert not any(flag for _, flag in protected[: change + 1])
        assert all(flag for _, flag in protected[change + 1 :])


def test_every_message_lies_in_its_records_and_every_byte_has_a_name() -> None:
    for trace in traces(recorded()):
        for step in trace.steps:
            if step.kind in (Kind.start, Kind.tcp):
                continue
            assert step.records
            assert all(trace.records[index].sender is step.sender for index in step.records)
            if step.fields is not None:
                covered = [offset for leaf in step.fields.leaves() for offset in range(leaf.start, leaf.end)]
                assert covered == list(range(len(step.raw)))


def test_a_failure_names_who_decided_and_why() -> None:
    ends = pair(client_config(record=True), server_config(record=True, client_auth="required")).pump()
    client, server, merged = traces(ends)
    for trace in (client, server, merged):
        failure = trace.failure
        assert failure is not None
        assert failure.decided_by is Party.server
        assert failure.alert == "handshake_failure(40)"
    assert "requires" in (merged.failure.reason if merged.failure else "")
    failed = [check for step in server.steps for r in step.reactions for check in r.checks if not check.passed]
    assert len(failed) == 1
    assert failed[0].alert == "handshake_failure(40)"


def test_without_a_trust_store_the_trace_warns() -> None:
    ends = connected(client_config(record=True, trust=None), server_config(record=True))
    client, _, _ = traces(ends)
    assert any("not verified" in warning for warning in client.warnings)


def test_a_renegotiation_is_a_second_set_of_steps() -> None:
    ends = connected(client_config(record=True), server_config(record=True, renegotiation="accept"))
    ends.client.renegotiate()
    ends.pump()
    client, server, _ = traces(ends)
    assert names(client).count("Finished") == names(server).count("Finished") == 4
    second = [step for step in client.steps if step.name == "ClientHello"][1]
    assert second.protection == "AES_128_GCM"
    masters = [f for s in client.steps for r in s.reactions for f in r.learned if f.name == "master_secret"]
    assert len(masters) == 2
    assert masters[0].value != masters[1].value


def test_nothing_is_recorded_unasked() -> None:
    assert connected().client.trace is None


@pytest.mark.parametrize("suite", ["TLS_RSA_WITH_AES_128_CBC_SHA", "TLS_DHE_RSA_WITH_AES_256_GCM_SHA384"])
def test_other_key_exchanges_are_dissected_as_what_they_are(suite: str) -> None:
    policy = compatible(suite)
    ends = connected(client_config(record=True, policy=policy), server_config("rsa", record=True, policy=policy))
    client, _, _ = traces(ends)
    exchange = next(step for step in client.steps if step.name == "ClientKeyExchange")
    assert exchange.fields is not None
    wanted = "encrypted_pre_master_secret" if "TLS_RSA" in suite else "dh_Yc"
    assert exchange.fields.find(wanted) is not None


def test_a_long_connection_keeps_its_beginning_and_its_end() -> None:
    ends = connected(client_config(record=True), server_config(record=True))
    for number in range(2000):
        ends.client.send_data(b"%06d" % number)
    ends.pump()
    ends.client.close()
    ends.pump()
    for trace in traces(ends)[:2]:
        data = [step for step in trace.steps if step.kind is Kind.application_data]
        assert [step.data for step in data] == [Secret(b"%06d" % n) for n in (*range(200), *range(1950, 2000))]
        sequences = [record.sequence for record in trace.records if record.content_type == 23]
        assert sequences == [*range(1, 201), *range(1951, 2001)]  # Finished was record 0
        assert [trace.records[index].sequence for index in data[-1].records] == [2000]
        assert any("1,750" in warning and "12,000 bytes" in warning for warning in trace.warnings)
        assert Trace.from_json(trace.to_json()).steps[-1].name == "Alert"


def test_of_much_data_in_long_reads_as_much_is_kept_as_of_single_records() -> None:
    ends = connected(client_config(record=True), server_config(record=True))
    written = [bytes([number]) * 100_000 for number in range(100)]  # seven records each
    for data in written:
        ends.client.send_data(data)
        wire = ends.client.data_to_send()
        for start in range(0, len(wire), 70_000):
            ends.server.receive_data(wire[start : start + 70_000])
    client, server, _ = traces(ends)
    sent = [step for step in client.steps if step.kind is Kind.application_data]
    kept = [
        data[: 4096 if number < 5 else 256] for number, data in enumerate(written)
    ]  # those of 32 records, and later
    assert [(step.length, step.data) for step in sent] == [(100_000, Secret(data)) for data in kept]
    pieces = [(min(16384, 100_000 - start), number) for number in range(100) for start in range(0, 100_000, 16384)]
    received = [step for step in server.steps if step.kind is Kind.application_data]
    of_pieces = [*pieces[:200], *pieces[-50:]]
    assert [step.length for step in received] == [length for length, _ in of_pieces]
    for index, (step, (length, number)) in enumerate(zip(received, of_pieces, strict=True)):
        assert isinstance(step.data, Secret)
        whole = bytes([number]) * min(length, 4096 if index < 32 else 256)
        assert step.data.reveal() in ((whole,) if index < 32 else (whole, b""))
    assert {len(step.data.reveal()) for step in (received[200], received[-1]) if isinstance(step.data, Secret)} == {256}
    for trace in (client, server):
        records = [record for record in trace.records if record.content_type == 23]
        assert [record.sequence for record in records] == [*range(1, 201), *range(651, 701)]
        assert [record.plaintext_length for record in records] == [n for n, _ in (*pieces[:200], *pieces[-50:])]
        assert {bool(record.wire) for record in records if record.plaintext_length == 1696} == {True}
        assert {record.wire for record in records if record.plaintext_length == 16384} == {b""}
    assert all(server.records[index].plaintext_length == step.length for step in received for index in step.records)
    assert any("450" in warning and "10,000,000 bytes" in warning for warning in server.warnings)


def test_refused_renegotiations_do_not_fill_the_memory() -> None:
    recorder = connected(client_config(record=True), server_config()).client._recorder
    assert recorder is not None
    for _ in range(200):
        recorder.message(False, 0, bytes(65536))
    assert sum(len(event.payload) for event in recorder.notes().events if event.kind == "message") < 12 * 2**20
    assert any("messages" in warning for warning in recorder.trace().warnings)


def test_records_count_from_zero_behind_change_cipher_spec() -> None:
    for trace in traces(recorded()):
        for party in (Party.client, Party.server):
            mine = [record for record in trace.records if record.sender is party]
            change = next(i for i, record in enumerate(mine) if record.content_type == 20)
            assert [record.sequence for record in mine] == [*range(change + 1), *range(len(mine) - change - 1)]
            assert [bool(record.protection) for record in mine] == [i > change for i in range(len(mine))]
