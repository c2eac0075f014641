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
FEW = settings(max_examples=5)


@EACH
@FEW
@given(data=st.data())
def test_values(kind: type[Struct], data: st.DataObject) -> None:
    """A value survives the wire; each of its bytes has a name; cut short or made longer it is refused or another."""
    value = data.draw(structs(kind))
    raw = value.encode()
    again = kind.parse(raw)
    assert again == value
    assert hash(again) == hash(value)
    assert again.encode() == raw
    leaves = check_leaves(dissect(kind, raw), len(raw))
    extensions = any(name == "extensions" for name, _ in kind._codecs)  # may hold any bytes under a known type
    assert extensions or not {"malformed", "trailing"} & {leaf.name for leaf in leaves}
    for other in [*(raw[:end] for end in range(len(raw))), raw + b"\x00"]:
        check_leaves(dissect(kind, other), len(other))
        check_refused_or_canonical(kind, other)


@EACH
@FEW
@given(raw=st.binary(max_size=80))
def test_noise(kind: type[Struct], raw: bytes) -> None:
    """Bytes that nobody wrote are refused, or are a value; either way each has a name."""
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
