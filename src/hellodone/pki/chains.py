"""Chains of certificates, read: from the messages of a handshake, from PEM or DER files."""

from __future__ import annotations

from functools import lru_cache
from typing import Final

from hellodone.errors import ConfigurationError
from hellodone.pki import pem
from hellodone.pki.certificates import Certificate, CertificateError

_CERTIFICATE_LABELS: Final = frozenset({"CERTIFICATE", "X509 CERTIFICATE", "X.509 CERTIFICATE"})
_KEPT_SIZE: Final = 4096  # bytes: larger certificates are rare, and not worth what a stranger could make us hold


def received_certificate(der: bytes) -> Certificate:
    """The certificate of these bytes; one that came a while ago comes back with what was read of it then."""
    return _kept(der) if len(der) <= _KEPT_SIZE else Certificate(der)


@lru_cache(maxsize=256)
def _kept(der: bytes) -> Certificate:
    return Certificate(der)


def parse_chain(data: bytes, source: str = "the certificate chain") -> tuple[Certificate, ...]:
    """The certificates of a PEM text, in its order, or the one certificate of a DER file.

    Raises :class:`ConfigurationError`, naming ``source``, when there is none or one of them is malformed.
    """
    if pem.is_pem(data):
        found = pem.blocks(data, source)
        chain = tuple(Certificate(b.der(source)) for b in found if b.label in _CERTIFICATE_LABELS)
        if not chain:
            seen = ", ".join(dict.fromkeys(block.label for block in found))
            raise ConfigurationError(f"{source}: expected certificates, found only {seen}")
    elif data[:1] == b"\x30":
        chain = (Certificate(data),)
    else:
        seen = "an empty file" if not data.strip() else "neither a PEM block nor DER"
        raise ConfigurationError(f"{source}: expected a certificate in PEM or DER, found {seen}")
    for number, certificate in enumerate(chain, 1):
        try:
            certificate.require_readable()
        except CertificateError as fault:
            raise ConfigurationError(f"{source}: certificate {number} of {len(chain)}: {fault.reason}") from None
    return chain
