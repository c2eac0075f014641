"""What holds for every struct, because all come from one engine: round trips, truncation, noise, dissection."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hellodone.errors import DecodeError
from hellodone.messages.handshake import HANDSHAKE_MESSAGES, HandshakeMessage, parse_handshake
from hellodone.wire.struct import Struct, dissect
from tests.messages.every import STRUCTS, check_leaves
from tests.strategies import structs

EACH = pytest.mark.parametrize("kind", STRUCTS, ids=lambda kind: kind.__name__)
FEW = settings(max_examples=6, deadline=None)


@EACH
@FEW
@given(data=st.data())
def test_a_value_survives_the_wire(kind: type[Struct], data: st.DataObject) -> None:
    value = data.draw(structs(kind))
    raw = value.encode()
    again = kind.parse(raw)
    assert again == value
    assert hash(again) == hash(value)
    assert again.encode() == raw


@EACH
@FEW
@given(data=st.data())
def test_every_byte_of_a_value_has_a_name(kind: type[Struct], data: st.DataObject) -> None:
    raw = data.draw(structs(kind)).encode()
    leaves = check_leaves(dissect(kind, raw), len(raw))
    extensions = any(name == "extensions" for name, _ in kind._codecs)  # may hold any bytes under a known type
    assert extensions or not {"malformed", "trailing"} & {leaf.name for leaf in leaves}


@EACH
@FEW
@given(data=st.data())
def test_a_value_cut_short_is_refused_or_is_another_value(kind: type[Struct], data: st.DataObject) -> None:
    raw = data.draw(structs(kind)).encode()
    for end in range(len(raw)):
        cut = raw[:end]
        check_leaves(dissect(kind, cut), end)
        check_refused_or_canonical(kind, cut)


@EACH
@FEW
@given(raw=st.binary(max_size=80))
def test_noise_is_refused_or_is_a_value(kind: type[Struct], raw: bytes) -> None:
    check_leaves(dissect(kind, raw), len(raw))
    check_refused_or_canonical(kind, raw)


@EACH
@FEW
@given(data=st.data())
def test_a_byte_too_many_is_refused_or_is_another_value(kind: type[Struct], data: st.DataObject) -> None:
    raw = data.draw(structs(kind)).encode() + b"\x00"
    check_leaves(dissect(kind, raw), len(raw))
    check_refused_or_canonical(kind, raw)


def check_refused_or_canonical(kind: type[Struct], raw: bytes) -> None:
    """Hold that bytes are no value, with a fault that names the struct, or a value with only this encoding."""
    try:
        value = kind.parse(raw)
    except DecodeError as fault:
        reason = fault.reason
    else:
        assert value.encode() == raw
        reason = kind.__name__
    assert reason.startswith(kind.__name__)


@pytest.mark.parametrize("kind", HANDSHAKE_MESSAGES.values(), ids=lambda kind: kind.__name__)
@FEW
@given(data=st.data())
def test_a_framed_message_cut_anywhere_is_refused(kind: type[HandshakeMessage], data: st.DataObject) -> None:
    message = data.draw(structs(kind))
    raw = message.frame()
    assert parse_handshake(raw) == message
    for end in range(len(raw)):
        with pytest.raises(DecodeError):
            parse_handshake(raw[:end])
    with pytest.raises(DecodeError):
        parse_handshake(raw + b"\x00")
