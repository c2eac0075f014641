"""Where records lie in a stream, and in which pieces it was written and read."""

from __future__ import annotations

from dataclasses import replace
from itertools import accumulate

from hypothesis import given, settings
from hypothesis import strategies as st

from hellodone.trace import recorder
from hellodone.trace.model import Party, Record
from hellodone.trace.pieces import placed
from tests.pairs import client_config, connected, server_config
from tests.traces import in_pieces, trace


@settings(max_examples=15)
@given(size=st.integers(1, 1500))
def test_both_ends_tell_of_the_same_bytes_whatever_they_came_in(size: int) -> None:
    shown = in_pieces(size)
    told = {(pieces.sender, pieces.told_by): pieces.lengths for pieces in shown.connections[0].pieces}
    assert len(told) == 4
    for sender in (Party.client, Party.server):
        reader = Party.server if sender is Party.client else Party.client
        written, read = told[sender, sender], told[sender, reader]
        assert max(read) <= size
        assert sum(read) == sum(written)
        assert set(accumulate(written)) <= set(accumulate(read))  # nothing was joined on the way
        last = [record for record in shown.records if record.sender is sender][-1]
        assert last.offset is not None
        assert last.offset + 5 + last.length == sum(written)


def test_records_follow_one_another_in_their_directions() -> None:
    for party in (Party.client, Party.server):
        records = [record for record in trace("renegotiated").records if record.sender is party]
        assert [record.offset for record in records] == [0, *accumulate(5 + record.length for record in records)][:-1]


def test_behind_a_record_that_was_left_out_no_place_is_known() -> None:
    one = Record(Party.client, 23, 0x0303, 100, 76, 0)
    other = replace(one, sender=Party.server)
    records = [one, replace(one, sequence=1), other, replace(one, sequence=7), replace(one, sequence=8)]
    assert [record.offset for record in placed(records)] == [0, 105, 0, None, None]


def test_a_long_connection_keeps_its_first_pieces() -> None:
    ends = connected(client_config(record=True), server_config())
    for _ in range(recorder.MOST_PIECES + 10):
        ends.client.send_data(b"x")
        ends.client.data_to_send()
    shown = ends.client.trace
    assert shown is not None
    assert max(len(pieces.lengths) for pieces in shown.connections[0].pieces) == recorder.MOST_PIECES
    assert shown.records[-1].offset is None
