"""The tree of the protocol: every run is a way through it, and nothing in it is without a reason."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hellodone.general.conditions import QUESTIONS
from hellodone.general.runs import AGAIN, Event, Key, Run
from hellodone.general.tree import UNKNOWN, Choice, End, Message, Node, Option, merged
from hellodone.trace.model import Kind, Party, Phase, Step
from tests.general.every import chosen, conditions, every_run, walked

CLIENT, SERVER = Party.client, Party.server


def made(features: dict[str, str], names: Sequence[str], failure: str = "", failed_at: str = "") -> Run:
    """A run of invented messages."""
    events = [
        Event(Key(CLIENT, name), Step(n, Kind.message, name, CLIENT, SERVER, 0.0, Phase.negotiation))
        for n, name in enumerate(names, 1)
    ]
    return Run(features, tuple(events), failure, Key(CLIENT, failed_at) if failed_at else None)


def names(nodes: Sequence[Node]) -> Iterator[object]:
    """The tree as nested lists."""
    for node in nodes:
        match node:
            case Message(key):
                yield key.name
            case Option(way):
                yield ["opt", *names(way.nodes)]
            case End(way):
                yield ["break", *names(way.nodes)]
            case Choice(ways):
                yield ["alt", *(list(names(way.nodes)) for way in ways)]


def test_what_all_have_is_mandatory_and_the_rest_has_its_condition() -> None:
    tree = merged([made({}, "abd"), made({"tickets": "yes"}, "abcd")])
    assert list(names(tree)) == ["a", "b", ["opt", "c"], "d"]
    assert list(conditions(tree)) == ["the server issues tickets"]


def test_contrary_orders_are_alternatives() -> None:
    tree = merged([made({"handshake": "full"}, "axyz"), made({"handshake": "id"}, "ayxz")])
    assert list(names(tree)) == ["a", ["alt", ["x", "y"], ["y", "x"]], "z"]


def test_what_excludes_each_other_is_a_choice() -> None:
    tree = merged(
        [made({}, "az"), made({"client_auth": "signs"}, "abz"), made({"client_auth": "url"}, "acz")],
    )
    assert list(names(tree)) == ["a", ["opt", ["alt", ["b"], ["c"]]], "z"]


def test_what_happens_only_within_something_stands_in_it() -> None:
    tree = merged(
        [made({}, "az"), made({"tickets": "yes"}, "abz"), made({"tickets": "yes", "status": "yes"}, "abcz")],
    )
    assert list(names(tree)) == ["a", ["opt", "b", ["opt", "c"]], "z"]


def test_a_failure_stands_where_it_happens() -> None:
    tree = merged([made({}, "abc"), made({}, "abX", "no luck", "a")])
    assert list(names(tree)) == ["a", ["break", "X"], "b", "c"]
    with pytest.raises(ValueError, match="cannot be placed"):
        merged([made({}, "abc"), made({}, "abX", "no luck", "q")])


@settings(max_examples=40)
@given(st.data())
def test_any_protocol_of_optional_messages_is_found_again(data: st.DataObject) -> None:
    """Messages that depend on one decision each, in one order: every run is a way through the tree."""
    letters = "abcdefgh"
    when = {letter: data.draw(st.sampled_from((None, *QUESTIONS[4:]))) for letter in letters}
    answers = data.draw(st.lists(st.frozensets(st.sampled_from(QUESTIONS[4:])), min_size=1, max_size=6, unique=True))
    runs = [
        made(
            {q: "yes" if q != "supplemental" else "both" for q in said},
            [x for x in letters if when[x] in (None, *said)],
        )
        for said in answers
    ]
    tree = merged(runs)
    for run in runs:
        assert list(walked(tree, run)) == list(run.keys)
    everywhere = [x for x in letters if all(Key(CLIENT, x) in run.keys for run in runs)]
    assert [node.key.name for node in tree if isinstance(node, Message)] == everywhere


def test_every_run_of_the_engine_is_a_way_through_the_tree() -> None:
    tree = merged(every_run())
    whole = chosen(lambda run: True)
    assert len(whole) > 50
    for run in whole:
        assert list(walked(tree, run)) == list(run.keys)


def test_every_frame_has_a_reason() -> None:
    found = list(conditions(merged(every_run())))
    assert UNKNOWN not in found
    assert not [words for words in found if words.startswith("not ")]
    assert len(found) > 30


def test_it_does_not_depend_on_the_order_of_the_runs() -> None:
    runs = every_run()
    assert set(conditions(merged(runs))) >= {"full handshake", "a session is resumed", "renegotiation"}
    backwards = merged(runs[::-1])
    for run in chosen(lambda run: True):
        assert list(walked(backwards, run)) == list(run.keys)


def test_a_second_handshake_is_one_event_when_it_was_completed() -> None:
    again = {run.features["renegotiation"] for run in every_run() if Key(None, AGAIN) in run.keys}
    assert again == {"client", "server"}
    refused = [run for run in every_run() if "refused" in run.features.get("renegotiation", "")]
    assert all(any("no_renegotiation" in key.name for key in run.keys) for run in refused)
    assert {run.failure for run in every_run()} >= {"the client does not trust the certificate"}


def test_a_run_knows_its_events_by_key() -> None:
    run = made({}, "ab")
    assert run.event(Key(CLIENT, "b")) is run.events[1]
    with pytest.raises(KeyError):
        replace(run, events=()).event(Key(CLIENT, "b"))
