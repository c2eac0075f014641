"""Handshake messages joined from the content of records (RFC 5246, 6.2.1 and 7.4)."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hellodone.errors import FatalAlert
from hellodone.record.joiner import Joiner
from hellodone.registry.codes import HandshakeType

KINDS = (HandshakeType.client_hello, HandshakeType.certificate, HandshakeType.finished)


def message(kind: int, body: bytes) -> bytes:
    return bytes((kind,)) + len(body).to_bytes(3, "big") + body


@given(
    bodies=st.lists(st.tuples(st.sampled_from(KINDS), st.binary(max_size=300)), max_size=6),
    cuts=st.lists(st.integers(1, 400), min_size=1, max_size=10),
)
def test_messages_come_whole_however_they_are_cut(bodies: list[tuple[int, bytes]], cuts: list[int]) -> None:
    messages = [message(kind, body) for kind, body in bodies]
    content = b"".join(messages)
    joiner = Joiner(2**20)
    joined: list[bytes] = []
    step = 0
    while content:
        size = cuts[step % len(cuts)]
        joined += joiner.join(content[:size])
        content = content[size:]
        step += 1
    assert joined == messages
    assert not joiner.partial


@pytest.mark.parametrize(
    ("kind", "length"), [(HandshakeType.finished, 2**16 + 1), (HandshakeType.certificate, 2**18), (99, 2**24 - 1)]
)
def test_what_announces_too_much_is_refused_before_it_is_held(kind: int, length: int) -> None:
    with pytest.raises(FatalAlert):
        list(Joiner(2**20).join(bytes((kind,)) + length.to_bytes(3, "big")))


def test_one_handshake_is_bounded_and_the_next_begins_anew() -> None:
    joiner = Joiner(1000)
    large = message(HandshakeType.certificate, bytes(600))
    assert list(joiner.join(large)) == [large]
    with pytest.raises(FatalAlert):
        list(joiner.join(large))
    joiner = Joiner(1000)
    assert list(joiner.join(large)) == [large]
    joiner.reset()
    assert list(joiner.join(large)) == [large]
