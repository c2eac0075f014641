"""The textual encoding of keys and certificates (RFC 7468), split into blocks without judging their contents."""

from __future__ import annotations

import base64
from dataclasses import dataclass, field

from hellodone.errors import ConfigurationError
from hellodone.pki.text import printable

_BEGIN, _END, _DASHES = b"-----BEGIN ", b"-----END ", b"-----"
_MAX_BLOCKS = 100_000
_MAX_LABEL = 64


@dataclass(frozen=True, slots=True)
class PemBlock:
    """One ``-----BEGIN label-----`` block: its label, its lines as they stood, whether old headers encrypt it."""

    label: str
    text: bytes = field(repr=False)
    body: bytes = field(repr=False)
    encrypted: bool = False

    def der(self, source: str) -> bytes:
        """The decoded contents; :class:`ConfigurationError` naming ``source`` when they are not base64."""
        try:
            return base64.b64decode(b"".join(self.body.split()), validate=True)
        except ValueError:
            raise ConfigurationError(f"{source}: the PEM block {self.label} is not valid base64") from None


def armored(label: str, der: bytes) -> bytes:
    """One block of PEM text: lines of 64 characters (RFC 7468, 2)."""
    text = base64.b64encode(der)
    lines = b"\n".join(text[start : start + 64] for start in range(0, len(text), 64))
    return b"\n".join((_BEGIN + label.encode() + _DASHES, lines, _END + label.encode() + _DASHES, b""))


def is_pem(data: bytes) -> bool:
    """Whether there is a PEM block in ``data``."""
    return _BEGIN in data


def blocks(data: bytes, source: str) -> list[PemBlock]:
    """Every PEM block of ``data`` in order; text around the blocks is skipped (RFC 7468, 5.2).

    Raises :class:`ConfigurationError`, naming ``source``, for a block that has no end or a label that is none.
    """
    found: list[PemBlock] = []
    position = data.find(_BEGIN)
    while position >= 0 and len(found) < _MAX_BLOCKS:
        block, end = _block(data, position, source)
        found.append(block)
        position = data.find(_BEGIN, end)
    return found


def _block(data: bytes, start: int, source: str) -> tuple[PemBlock, int]:
    label_start = start + len(_BEGIN)
    label_end = data.find(_DASHES, label_start, label_start + _MAX_LABEL + len(_DASHES))
    if label_end < 0:
        raise ConfigurationError(f"{source}: a PEM block begins with a line that does not end in -----")
    label = data[label_start:label_end]
    shown = printable(label.decode("latin-1"))
    closing = _END + label + _DASHES
    body_end = data.find(closing, label_end)
    if body_end < 0:
        raise ConfigurationError(f"{source}: the PEM block {shown} has no END line; the file is cut short")
    body = data[label_end + len(_DASHES) : body_end]
    end = body_end + len(closing)
    body, encrypted = _without_headers(body)
    return PemBlock(shown, data[start:end] + b"\n", body, encrypted), end


def _without_headers(body: bytes) -> tuple[bytes, bool]:
    """The base64 part of a block, and whether headers of RFC 1421 before it say ENCRYPTED."""
    if b":" not in body:
        return body, False
    lines = body.splitlines()
    last_header = max(i for i, line in enumerate(lines) if b":" in line)
    return b"\n".join(lines[last_header + 1 :]), any(b"ENCRYPTED" in line for line in lines[: last_header + 1])
