from __future__ import annotations

from hashlib import sha256

import pytest

from hellodone.handshake.transcript import Transcript


def transcript(*messages: bytes) -> Transcript:
    made = Transcript()
    for message in messages:
        made.add(message)
    return made


def test_the_hash_is_that_of_all_messages_before_and_after_it_is_known() -> None:
    made = transcript(b"ClientHello")
    made.start("sha256")
    made.add(b"ServerHello")
    assert made.digest() == sha256(b"ClientHelloServerHello").digest()
    made.add(b"Certificate")
    assert made.digest() == made.digest() == sha256(b"ClientHelloServerHelloCertificate").digest()
    assert made.messages() == b"ClientHelloServerHelloCertificate"


@pytest.mark.parametrize("hashed", [False, True])
def test_messages_are_forgotten_and_their_hash_goes_on(hashed: bool) -> None:
    made = transcript(b"one", b"two")
    made.start("sha256")
    if hashed:
        made.digest()
    made.add(b"three")
    made.forget()
    assert made.messages() == b""
    assert made.digest() == sha256(b"onetwothree").digest()
    made.add(b"four")
    made.add(b"five")
    assert made.messages() == b""
    assert made.digest() == made.digest() == sha256(b"onetwothreefourfive").digest()
    assert made.conclusion() == made.digest()


def test_there_is_no_hash_before_the_suite() -> None:
    with pytest.raises(ValueError, match="cipher suite"):
        transcript(b"ClientHello").digest()
