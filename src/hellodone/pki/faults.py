"""The one exception over certificates, and how whatever the library raises becomes it."""

from __future__ import annotations

import warnings
from typing import TYPE_CHECKING

from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.utils import CryptographyDeprecationWarning

from hellodone.errors import AlertDescription, TlsError
from hellodone.pki.rule import Rule
from hellodone.pki.text import printable

if TYPE_CHECKING:
    from hellodone.pki.account import Account
    from hellodone.pki.checks import CertificateCheck

# One root of the common stores has serial number 0, and any peer may send such a number, in an extension too. On stderr
# this tells nobody anything. Set once and narrow: changing the filters around each call is not safe between threads.
warnings.filterwarnings("ignore", "Parsed a serial number which wasn't positive", CryptographyDeprecationWarning)

_PARSE_FAULTS = (
    ValueError,
    TypeError,
    OverflowError,
    x509.InvalidVersion,
    x509.DuplicateExtension,
    x509.UnsupportedGeneralNameType,
    CryptographyDeprecationWarning,  # an exception where the application made warnings errors
)


class CertificateError(TlsError):
    """A certificate or a chain that is refused: the alert that says so and one sentence with the reason.

    ``checks`` holds what was looked at on the way, the refused claim among it. The handshake maps this to its alert.
    ``rule`` is what the reason is about, ``rules`` everything that the checks found wrong.
    """

    alert: AlertDescription

    def __init__(
        self,
        alert: AlertDescription,
        reason: str,
        checks: tuple[CertificateCheck, ...] = (),
        rule: Rule = Rule.ENCODING,
    ) -> None:
        super().__init__(reason)
        self.alert = alert
        self.checks = checks
        self.rule = rule
        self.account: Account | None = None  # of a chain that was refused: how it was put to the test

    @property
    def rules(self) -> tuple[Rule, ...]:
        """What is wrong, the decisive rule first."""
        failed = (check.rule for check in self.checks if not check.passed)
        return tuple(dict.fromkeys((self.rule, *failed)))


class reading:  # noqa: N801 - reads as a statement; a class, being on the way of every field, for its speed
    """Turn whatever the library raises over a malformed certificate into a :class:`CertificateError`."""

    __slots__ = ("_what",)

    def __init__(self, what: str) -> None:
        self._what = what

    def __enter__(self) -> None:
        return

    def __exit__(self, kind: type[BaseException] | None, fault: BaseException | None, trace: object) -> None:
        if isinstance(fault, (UnsupportedAlgorithm, KeyError)):  # the library looks TLS features up in a table of two
            alert, words = AlertDescription.unsupported_certificate, "is of a kind not supported"
        elif isinstance(fault, _PARSE_FAULTS):
            alert, words = AlertDescription.bad_certificate, "is malformed"
        else:
            return
        raise CertificateError(alert, f"{self._what} {words}: {printable(str(fault))}") from None
