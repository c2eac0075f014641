"""The steps of two ends in one order, whatever their clocks say."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import given, settings
from hypothesis import strategies as st

from hellodone.trace.interleave import interleave
from hellodone.trace.merge import merge, together
from hellodone.trace.model import Kind, Party, Trace
from tests.traces import recorded, trace


def sides() -> tuple[Trace, Trace]:
    ends = recorded()
    ends.pump()
    ends.client.send_data(bytes(40_000))  # three records at the server, one step at the client
    ends.pump()
    ends.client.close()
    ends.pump()
    assert ends.client.trace is not None
    assert ends.server.trace is not None
    return ends.client.trace, ends.server.trace


CLIENT, SERVER = sides()


@settings(max_examples=50)
@given(st.floats(-10, 10))
def test_the_order_does_not_hang_on_the_clocks(shift: float) -> None:
    steps = interleave(CLIENT.steps, [replace(step, time=step.time + shift) for step in SERVER.steps])
    assert [s.name for s in steps] == [s.name for s in merge(CLIENT, SERVER).steps]
    assert [s.time for s in steps] == sorted(s.time for s in steps)


def test_data_that_came_in_pieces_is_one_step_with_all_its_records() -> None:
    merged = merge(CLIENT, SERVER)
    (step,) = [step for step in merged.steps if step.kind is Kind.application_data]
    assert step.length == 40_000
    records = [merged.records[index] for index in step.records]
    assert [(record.sequence, record.plaintext_length) for record in records] == [(1, 16384), (2, 16384), (3, 7232)]
    seen = [record for record in SERVER.records if record.content_type == 23]
    assert [(r.sequence, r.length, r.plaintext_length) for r in records] == [
        (r.sequence, r.length, r.plaintext_length) for r in seen
    ]


def test_what_one_end_never_saw_is_told_by_the_other() -> None:
    """The server's last flight is lost: its steps are there, without the client's reactions."""
    seen = [step for step in CLIENT.steps if step.sender is Party.client][:3]
    steps = interleave(seen, SERVER.steps)
    finished = [step for step in steps if step.name == "Finished" and step.sender is Party.server]
    assert len(finished) == 1
    assert finished[0].reaction(Party.client).checks == ()


def test_several_connections_keep_their_records_and_failures() -> None:
    first, second = trace("rsa"), trace("failing")
    both = together([first, second])
    assert [step.number for step in both.steps] == list(range(1, len(both.steps) + 1))
    assert Trace.from_json(both.to_json()).connections == both.connections
    assert both.failure is not None
    assert second.failure is not None
    assert both.steps[both.failure.step - 1].name == second.steps[second.failure.step - 1].name
    for step in both.steps:
        assert all(both.records[index].connection == step.connection for index in step.records)
