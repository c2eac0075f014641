"""What is wrong with the encoding of a certificate, where the library says only that something is."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding

from hellodone.pki.der import DerError, Elements, Tag, dotted

_FAULTS = (ValueError, TypeError, OverflowError, KeyError, x509.UnsupportedGeneralNameType)
_MOST_EXTENSIONS = 50
_EC_PUBLIC_KEY = "1.2.840.10045.2.1"
_NOBODY = x509.Name([])
_A_DAY = datetime(2000, 1, 1, tzinfo=UTC)


def culprit(tbs_certificate: bytes) -> str | None:
    """The dotted number of the first extension that cannot be read by itself; None when it is none of them."""
    try:
        return next((name for name, value in _extensions(tbs_certificate) if not _readable(name, value)), None)
    except DerError:
        return None


def repeated(tbs_certificate: bytes) -> bool:
    """Whether an extension is there twice (RFC 5280, 4.2)."""
    try:
        names = [name for name, _ in _extensions(tbs_certificate)]
    except DerError:
        return False
    return len(names) != len(set(names))


def one_algorithm(certificate: bytes) -> bool:
    """Whether the signature algorithm is the same inside and outside of what is signed (RFC 5280, 4.1.1.2)."""
    try:
        fields = Elements(certificate).inside()
        signed = fields.inside()
        if signed.next_tag == Tag.EXPLICIT_0:
            signed.skip()
        signed.take(Tag.INTEGER)
        return signed.skip() == fields.skip()
    except DerError:
        return False


def subject_public_key_info(tbs_certificate: bytes) -> bytes:
    """The DER of the key as it stands in the certificate (RFC 5280, 4.1.2.7). Raises DerError."""
    return _at_the_key(tbs_certificate).skip()


def _at_the_key(tbs_certificate: bytes) -> Elements:
    fields = Elements(tbs_certificate).inside()
    if fields.next_tag == Tag.EXPLICIT_0:
        fields.skip()
    for _ in ("serial number", "signature", "issuer", "validity", "subject"):
        fields.skip()
    return fields


def names_its_curve(tbs_certificate: bytes) -> bool:
    """Whether an elliptic key says its curve by name and does not spell it out (RFC 5480, 2.1.1); others do."""
    try:
        algorithm = _at_the_key(tbs_certificate).inside().inside()
        name = dotted(algorithm.take(Tag.OBJECT_IDENTIFIER))
    except DerError:
        return False
    return name != _EC_PUBLIC_KEY or algorithm.next_tag == Tag.OBJECT_IDENTIFIER


def _extensions(tbs_certificate: bytes) -> Iterator[tuple[str, bytes]]:
    """The number and the value of each extension (RFC 5280, 4.1); raises DerError."""
    fields = Elements(tbs_certificate).inside()
    while fields.next_tag not in (None, Tag.EXPLICIT_3):
        fields.skip()
    if fields.next_tag is None:
        return
    extensions = fields.inside(Tag.EXPLICIT_3).inside()
    for _ in range(_MOST_EXTENSIONS):
        if extensions.next_tag is None:
            return
        extension = extensions.inside()
        name = dotted(extension.take(Tag.OBJECT_IDENTIFIER))
        if extension.next_tag == Tag.BOOLEAN:
            extension.skip()
        yield name, extension.take(Tag.OCTET_STRING)


def _readable(name: str, value: bytes) -> bool:
    """Whether a certificate that holds nothing else can be read."""
    try:
        alone = (
            x509.CertificateBuilder()
            .subject_name(_NOBODY)
            .issuer_name(_NOBODY)
            .public_key(ec.derive_private_key(1, ec.SECP256R1()).public_key())
            .serial_number(1)
            .not_valid_before(_A_DAY)
            .not_valid_after(_A_DAY)
            .add_extension(x509.UnrecognizedExtension(x509.ObjectIdentifier(name), value), critical=False)
            .create_unsigned()
        )
        _ = x509.load_der_x509_certificate(alone.public_bytes(Encoding.DER)).extensions
    except _FAULTS:
        return False
    return True
