"""What is weak in a connection, named: from the trace alone, so that a chart drawn from a file says it too.

Each entry is one sentence and where the RFCs say so; RFC 9325 collects what is recommended today.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from hellodone.trace.model import Connection, Step, Trace
from hellodone.wire.field import Field

SMALLEST_DH = 2048  # bits of a modulus (RFC 9325, 4.5)

_EPHEMERAL = ("DHE_", "ECDHE_", "DH_anon", "ECDH_anon", "SRP_", "PSK_DHE")
_SIGNERS = ("ServerKeyExchange", "CertificateVerify")
_OLD_VERSIONS = ("SSL 3.0", "TLS 1.0", "TLS 1.1")


@dataclass(frozen=True, slots=True)
class Weakness:
    """``name`` in a few words, ``sentence`` what follows from it, ``reference`` the RFC and section."""

    name: str
    sentence: str
    reference: str


def weaknesses(trace: Trace, connection: int = 0) -> tuple[Weakness, ...]:
    """What is weak in that connection of the trace, the worst first; empty when it negotiated nothing."""
    outcome = trace.connections[connection]
    steps = [step for step in trace.steps if step.connection == connection]
    if not outcome.cipher_suite:
        return ()
    exchange, _, cipher = outcome.cipher_suite.removeprefix("TLS_").partition("_WITH_")
    found = (
        *_of_cipher(cipher),
        *_of_exchange(exchange),
        *_of_version(outcome),
        *_of_parameters(exchange, outcome, steps),
        *_of_signatures(steps),
        *_of_extensions(cipher, steps),
    )
    return tuple(dict.fromkeys(found))


def _of_cipher(cipher: str) -> Iterator[Weakness]:
    if cipher.startswith("NULL"):
        yield Weakness("no encryption (NULL)", "everybody on the way reads what is sent", "RFC 9325, 4.1")
    if "RC4" in cipher:
        yield Weakness("RC4", "its key stream is biased: repeated plaintext can be read", "RFC 7465")
    if cipher.startswith(("3DES", "DES_", "DES40", "IDEA", "RC2")):
        yield Weakness(
            f"{cipher.partition('_CBC')[0]}, a cipher with blocks of 64 bits",
            "blocks collide after some gigabytes, and plaintext is found out",
            "RFC 9325, 4.1; RFC 5469",
        )
    if "_CCM_8" in cipher:
        yield Weakness("authentication tags of 64 bits (CCM_8)", "forged records have better odds", "RFC 6655, 4")
    if cipher.endswith("MD5"):
        yield Weakness("MD5 in the MAC", "a hash that is broken, though not in this use yet", "RFC 6151, 2.3")


def _of_exchange(exchange: str) -> Iterator[Weakness]:
    if exchange.endswith("EXPORT"):
        yield Weakness("export suite", "its keys were made short enough to be searched", "RFC 9325, 4.1")
    if "_anon" in exchange:
        yield Weakness(
            "anonymous", "nobody knows who is at the other end: anyone in between reads along", "RFC 5246, F.1.1.1"
        )
    if exchange in ("RSA", "RSA_PSK"):
        left = "what the client encrypted to it: only the pre-shared key is left"
        lost = "the premaster secret away" if exchange == "RSA" else f"away {left}"
        yield Weakness(
            "RSA key transport",
            f"a server that shows in any way how it decrypts gives {lost}",
            "RFC 9325, 4.1; RFC 5246, 7.4.7.1",
        )
    if not exchange.startswith(_EPHEMERAL):
        yield Weakness(
            "no forward secrecy",
            "who gets a long-term key later opens what was recorded today",
            "RFC 9325, 4.1 and 7.3",
        )


def _of_version(outcome: Connection) -> Iterator[Weakness]:
    if outcome.version in _OLD_VERSIONS:
        yield Weakness(outcome.version, "a version that is to be used no more", "RFC 8996")


def _of_parameters(exchange: str, outcome: Connection, steps: list[Step]) -> Iterator[Weakness]:
    """Of finite-field Diffie-Hellman: the size of the prime, and whether it is a known one."""
    if not exchange.startswith("DH"):
        return
    prime = _find(steps, "ServerKeyExchange", "dh_p")
    number = next((part for part in prime.children if part.name == "dh_p"), prime) if prime else None
    bits = _bits(number.meaning) if number else 0
    if 0 < bits < SMALLEST_DH:
        yield Weakness(
            f"a Diffie-Hellman modulus of {bits} bits",
            f"discrete logarithms of less than {SMALLEST_DH} bits are within reach of the powerful",
            "RFC 9325, 4.5",
        )
    if "own" in outcome.group:
        yield Weakness(
            "a Diffie-Hellman group that is not a published one",
            "the client cannot tell whether its prime is one, and its order large enough",
            "RFC 7919, 1; RFC 9325, 4.2",
        )


def _of_signatures(steps: list[Step]) -> Iterator[Weakness]:
    for step in steps:
        scheme = step.fields.find("algorithm") if step.name in _SIGNERS and step.fields else None
        for weak in ("sha1", "md5"):
            if scheme is not None and scheme.meaning.lower().split("(")[0].endswith(weak):
                yield Weakness(
                    f"{weak.upper().replace('SHA1', 'SHA-1')} under the {step.sender}'s signature",
                    "two texts with the same hash can be made, and then share a signature",
                    "RFC 9155, 2 to 4",
                )


def _of_extensions(cipher: str, steps: list[Step]) -> Iterator[Weakness]:
    """What the server did not answer; nothing is said where its hello was not seen."""
    hello = next((step.fields for step in steps if step.name == "ServerHello" and step.fields is not None), None)
    if hello is None:
        return
    if hello.find("extended_master_secret") is None:
        yield Weakness(
            "no extended master secret",
            "somebody in between can make two connections with the same master secret",
            "RFC 7627, 1",
        )
    if hello.find("renegotiation_info") is None:
        yield Weakness("no secure renegotiation", "a handshake can be spliced into another's", "RFC 5746, 1")
    if "_CBC_" in cipher and hello.find("encrypt_then_mac") is None:
        yield Weakness(
            "CBC without encrypt-then-MAC",
            "how long a receiver takes over a record must never depend on its padding",
            "RFC 7366, 1; RFC 9325, 4.2.1",
        )
    if hello.find("truncated_hmac") is not None:
        yield Weakness("MACs of 80 bits (truncated_hmac)", "forged records have better odds", "RFC 9325, 4.6")


def _find(steps: list[Step], message: str, name: str) -> Field | None:
    fields = next((step.fields for step in steps if step.name == message and step.fields is not None), None)
    return fields.find(name) if fields is not None else None


def _bits(digits: str) -> int:
    """Of a number in hexadecimal digits; 0 when it is not written so."""
    try:
        return int(digits, 16).bit_length()
    except ValueError:
        return 0
