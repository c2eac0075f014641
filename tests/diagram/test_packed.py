"""Data in which everything is said once come back as they were, and are shorter where they repeat themselves."""

from __future__ import annotations

import json
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from hellodone.diagram.html_packed import packed
from hellodone.trace.known import How
from tests.diagram.packing import unpacked

KEYS = st.sampled_from(["name", "~1", "fields", "__proto"])
TEXTS = st.sampled_from(["", "~", "~~", "~0", "~1x", "a text of some length", "\U0001d11e clef"]) | st.text(max_size=8)
DATA = st.recursive(
    st.none() | st.booleans() | st.integers(-3, 3) | TEXTS,
    lambda inner: st.lists(inner, max_size=5) | st.dictionaries(KEYS, inner, max_size=4),
    max_leaves=30,
)


def same(one: Any, other: Any) -> bool:
    """Equal, and True is not 1."""
    return json.dumps(one) == json.dumps(other)


@settings(max_examples=300)
@given(data=DATA)
def test_data_come_back(data: Any) -> None:
    for twice in (data, [data, data], {"first": data, "second": [data]}):
        assert same(unpacked(json.loads(json.dumps(packed(twice)))), twice)


def test_what_comes_again_is_a_reference() -> None:
    once = {"claim": "the server speaks TLS 1.2", "passed": True, "fields": [{"name": "random", "start": 2}]}
    assert len(json.dumps(packed([once] * 100))) < len(json.dumps(once)) + 100 * len('"~99", ')
    assert packed(["random", "random"])[1] == "~0"
    assert packed(["ab", "ab"]) == ["ab", "ab"]  # shorter than a reference
    assert packed(["~0"]) == ["~~0"]


def test_members_of_enumerations_are_texts() -> None:
    data = [How.computed, "of some length", How.computed, "of some length"]
    assert same(unpacked(json.loads(json.dumps(packed(data)))), data)
