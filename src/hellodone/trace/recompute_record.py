"""A program that opens one protected record, with the keys that the trace shows."""

from __future__ import annotations

from hellodone.errors import ConfigurationError
from hellodone.registry.suites import CipherSuite
from hellodone.trace import recompute_python as python
from hellodone.trace.courses import Course, courses
from hellodone.trace.given import told
from hellodone.trace.knowledge import knowledge
from hellodone.trace.model import Record, Step, Trace
from hellodone.trace.reading import opened
from hellodone.trace.recompute import Snippet
from hellodone.trace.recompute_case import Case

_IMPLICIT_NONCE = 12  # octets of IV when the nonce is not sent (RFC 7905, 2)


def recompute_record(trace: Trace, record: int) -> Snippet:
    """How to open the record with that index in ``trace.records``; what comes out is the messages in it.

    AEAD suites only; openssl has no command for them, so there is no shell form. Raises ConfigurationError when the
    record is not protected so, when the trace does not have its octets, or not the keys.
    """
    if not 0 <= record < len(trace.records):
        raise ConfigurationError(f"the trace has records 0 to {len(trace.records) - 1}, not {record}")
    sealed = trace.records[record]
    if not sealed.protection or not sealed.wire:
        raise ConfigurationError(f"record {record} is in the clear, or the trace does not have its octets")
    steps = [step for step in trace.steps if record in step.records]
    there = courses(trace)
    index = there.sealed.get(steps[0].number) if steps else None
    if index is None:
        raise ConfigurationError(f"the trace does not say what is in record {record}")
    case = Case(told(trace, there), there.all[index], f"{sealed.sender}_write_key", sealed.sender)
    if not case.suite.is_aead:
        raise ConfigurationError(f"{case.suite.cipher.name} is no AEAD")
    key, iv = (case.value(f"{sealed.sender}_write_{part}") for part in ("key", "iv"))
    return Snippet(_program(case.suite, sealed, key, iv), None, _inside(trace, record, case.course, steps).hex())


def _inside(trace: Trace, record: int, course: Course, steps: list[Step]) -> bytes:
    """What is in the record: whole messages, or what our own opener makes of it."""
    plaintext: bytes | None = b"".join(step.raw for step in steps)
    if len(plaintext or b"") != trace.records[record].plaintext_length:
        plaintext = opened(knowledge(trace), record, course)
    if plaintext is None:
        raise ConfigurationError(f"the keys that the trace shows do not open record {record}")
    return plaintext


def _program(suite: CipherSuite, record: Record, key: str, iv: str) -> str:
    module, construct = _aead(suite)
    implicit = suite.cipher.fixed_iv_length == _IMPLICIT_NONCE
    if implicit:
        nonce = ('nonce = (int.from_bytes(iv, "big") ^ sequence_number).to_bytes(12, "big")', "sealed = record[5:]")
    else:
        nonce = ("nonce = iv + record[5:13]", "sealed = record[13:]")
    lines = (
        python.octets("key", key),
        python.octets("iv", iv),
        python.octets("record", record.wire.hex()),
        f"sequence_number = {record.sequence}",
        *nonce,
        f"length = len(sealed) - {suite.cipher.tag_length}",
        'additional_data = sequence_number.to_bytes(8, "big") + record[:3] + length.to_bytes(2, "big")',
        f"print({construct}.decrypt(nonce, sealed, additional_data).hex())",
    )
    return python.program((f"from cryptography.hazmat.primitives.ciphers.aead import {module}",), *lines)


def _aead(suite: CipherSuite) -> tuple[str, str]:
    """What the library calls the cipher, and how it is made."""
    name = suite.cipher.name
    if name == "CHACHA20_POLY1305":
        return "ChaCha20Poly1305", "ChaCha20Poly1305(key)"
    if name.startswith("AES") and "CCM" in name:
        return "AESCCM", f"AESCCM(key, tag_length={suite.cipher.tag_length})"
    if name.startswith("AES"):
        return "AESGCM", "AESGCM(key)"
    raise ConfigurationError(f"the library has no object for {name}")
