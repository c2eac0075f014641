"""What a laboratory CA issued, as a line of text each: the ``index.txt`` of OpenSSL, which ``openssl ca`` reads too.

Six fields between tabs: V or R, the end of the validity, for revoked ones the date and the reason, the serial number,
a file name that nobody uses, the subject.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

from hellodone.errors import ConfigurationError
from hellodone.pki.certificates import Certificate
from hellodone.pki.lab_revocation import Revoked

_FIELDS: Final = 6
_UTC_TIME: Final = "%y%m%d%H%M%SZ"
_GENERALIZED_TIME: Final = "%Y%m%d%H%M%SZ"
_UTC_TIME_ENDS: Final = 2050  # RFC 5280, 4.1.2.5


@dataclass(frozen=True, slots=True)
class Entry:
    """One certificate; ``revoked`` when it is."""

    serial_number: int
    not_after: datetime
    subject: str
    revoked: Revoked | None = None

    @classmethod
    def of(cls, certificate: Certificate, revoked: Revoked | None = None) -> Entry:
        """The entry of a certificate. Raises CertificateError when it is malformed."""
        x509 = certificate.x509
        return cls(x509.serial_number, x509.not_valid_after_utc, f"/{_plain(certificate.name)}", revoked)


def write_index(entries: Iterable[Entry]) -> str:
    """The text of the file."""
    return "".join(f"{_line(entry)}\n" for entry in entries)


def read_index(text: str, source: str) -> tuple[Entry, ...]:
    """The entries of the file. Raises ConfigurationError, naming ``source`` and the line."""
    return tuple(_entry(line, f"{source}, line {n}") for n, line in enumerate(text.splitlines(), 1) if line.strip())


def _line(entry: Entry) -> str:
    digits = f"{entry.serial_number:X}"
    revoked = entry.revoked
    when = "" if revoked is None else _time(revoked.at)
    reason = "" if revoked is None or revoked.reason == "unspecified" else f",{revoked.reason}"
    fields = (
        "V" if revoked is None else "R",
        _time(entry.not_after),
        when + reason,
        digits if len(digits) % 2 == 0 else f"0{digits}",
        "unknown",
        entry.subject,
    )
    return "\t".join(fields)


def _entry(line: str, source: str) -> Entry:
    fields = line.split("\t")
    if len(fields) != _FIELDS or fields[0] not in ("V", "R", "E"):
        raise ConfigurationError(f"{source}: expected V, R or E and five more fields between tabs")
    _, end, revocation, serial, _, subject = fields
    try:
        number = int(serial, 16)
        when, _, reason = revocation.partition(",")
        revoked = Revoked(number, _read_time(when), reason or "unspecified") if fields[0] == "R" else None
        return Entry(number, _read_time(end), subject, revoked)
    except ValueError:
        raise ConfigurationError(f"{source}: a time or a serial number cannot be read") from None


def _time(at: datetime) -> str:
    at = at.astimezone(UTC)
    return at.strftime(_UTC_TIME if at.year < _UTC_TIME_ENDS else _GENERALIZED_TIME)


def _read_time(text: str) -> datetime:
    form = _UTC_TIME if len(text) == len("YYMMDDHHMMSSZ") else _GENERALIZED_TIME
    return datetime.strptime(text, form).replace(tzinfo=UTC)


def _plain(text: str) -> str:
    return "".join(character if character.isprintable() else "?" for character in text)
