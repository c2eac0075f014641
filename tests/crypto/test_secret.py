from __future__ import annotations

import copy
import pickle

import pytest

from hellodone.crypto.secret import Secret

SECRET = Secret(b"correct horse battery staple")


@pytest.mark.parametrize("shown", [repr(SECRET), str(SECRET), f"{SECRET}", f"{SECRET!r:>40}", str([SECRET])])
def test_printing_shows_the_length_only(shown: str) -> None:
    assert "28 bytes" in shown
    assert "horse" not in shown


def test_it_is_bytes_all_the_same() -> None:
    assert SECRET == b"correct horse battery staple"
    assert SECRET.reveal() == SECRET
    assert type(SECRET.reveal()) is bytes
    assert SECRET[0] == ord("c")
    assert {SECRET: 1}[Secret(SECRET)] == 1


def test_what_is_made_of_a_secret_is_secret() -> None:
    assert type(SECRET[3:7]) is Secret
    assert type(SECRET + b"!") is Secret
    assert type(b"!" + SECRET) is Secret
    assert b"!" + SECRET + b"?" == b"!correct horse battery staple?"
    assert copy.deepcopy({"key": SECRET})["key"] is SECRET
    assert copy.copy(SECRET) is SECRET


def test_adding_something_else_is_a_type_error() -> None:
    with pytest.raises(TypeError):
        SECRET + "text"


@pytest.mark.parametrize("protocol", range(pickle.HIGHEST_PROTOCOL + 1))
def test_pickling_is_refused(protocol: int) -> None:
    with pytest.raises(TypeError, match="not pickled"):
        pickle.dumps(SECRET, protocol)


def test_a_secret_can_be_appended_to_a_buffer() -> None:
    buffer = bytearray(b"ab")
    same = buffer
    buffer += Secret(b"cd")
    assert same == b"abcd"
