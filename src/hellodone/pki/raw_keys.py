"""Public keys that come without a certificate: the key says nothing of its owner, so it must be known (RFC 7250)."""

from __future__ import annotations

import hashlib
from functools import cached_property
from typing import TYPE_CHECKING

from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat, load_der_public_key

from hellodone.crypto.finite_field import StaticDHPrivateKey
from hellodone.errors import AlertDescription, ConfigurationError
from hellodone.pki import keys, pem
from hellodone.pki.certificates import Certificate, CertificateError
from hellodone.pki.chains import parse_chain
from hellodone.pki.der import DerError, Elements, Tag
from hellodone.pki.dh_keys import write_public_key
from hellodone.pki.identity import Identity, LocalSigner
from hellodone.registry import oids

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.types import CertificatePublicKeyTypes
    from cryptography.x509 import Extensions


class RawPublicKey(Certificate):
    """A SubjectPublicKeyInfo in a certificate's place; ``der`` is all of it. It has no names and no extensions."""

    def __repr__(self) -> str:
        return f"RawPublicKey({self.name})"

    @cached_property
    def x509(self) -> x509.Certificate:
        """There is none. Raises CertificateError."""
        raise CertificateError(AlertDescription.unsupported_certificate, "a raw public key is no certificate")

    def require_readable(self) -> None:
        """Raise CertificateError when the key cannot be read."""
        _ = self.key_type

    @cached_property
    def subject(self) -> str:
        """What stands in for a subject: that it is a raw key, and which one."""
        return f"a raw public key, sha256 {self.fingerprint_sha256[:16]}"

    @cached_property
    def subject_bytes(self) -> bytes:
        """No name."""
        return b""

    @cached_property
    def issuer_bytes(self) -> bytes:
        """No issuer."""
        return b""

    @cached_property
    def name(self) -> str:
        """The same as ``subject``."""
        return self.subject

    @cached_property
    def public_key(self) -> CertificatePublicKeyTypes:
        """The key. Raises CertificateError; keys of finite-field Diffie-Hellman are not taken without certificate."""
        if self.holds_dh_key:
            raise self._unfit("one of Diffie-Hellman, which neither signs nor decrypts")
        try:
            return load_der_public_key(self.der)  # type: ignore[return-value]  # DH was excluded
        except (ValueError, TypeError):
            raise _malformed() from None
        except UnsupportedAlgorithm:
            raise self._unfit("of a kind not supported") from None

    @cached_property
    def public_key_algorithm(self) -> str:
        """The object identifier of the key's algorithm, dotted."""
        try:
            return _dotted(Elements(self.der).inside().inside().take(Tag.OBJECT_IDENTIFIER))
        except DerError:
            raise _malformed() from None

    @property
    def signature_family(self) -> oids.SignatureFamily:
        """Nobody signed it."""
        return "unknown"

    @cached_property
    def extensions(self) -> Extensions:
        """None."""
        return x509.Extensions([])


def raw_identity(private_key: bytes, password: str | bytes | None = None, source: str = "the private key") -> Identity:
    """Who this side is by its key alone: PEM or DER. Raises ConfigurationError, naming ``source``."""
    key = keys.load_private_key(private_key, password, source)
    if isinstance(key, StaticDHPrivateKey):
        return Identity((RawPublicKey(write_public_key(key.public_key())),), LocalSigner(key))
    spki = key.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    return Identity((RawPublicKey(spki),), LocalSigner(key))


def public_key_info(data: bytes, source: str = "the public key") -> bytes:
    """The SubjectPublicKeyInfo, in DER, of a public key or a certificate, each PEM or DER; what ``trusted_keys`` holds.

    Raises ConfigurationError, naming ``source``.
    """
    if pem.is_pem(data):
        found = pem.blocks(data, source)
        named = [block.der(source) for block in found if block.label == "PUBLIC KEY"]
        if len(named) == 1:
            return _readable(named[0], source)
        if len(named) > 1:
            raise ConfigurationError(f"{source}: expected one public key, found {len(named)}")
    elif data[:1] == b"\x30":
        try:
            return _readable(data, source)
        except ConfigurationError:
            pass  # a certificate, perhaps
    certificate = parse_chain(data, source)[0]
    try:
        return certificate.public_key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    except CertificateError as fault:
        raise ConfigurationError(f"{source}: {fault.reason}") from None


def _readable(spki: bytes, source: str) -> bytes:
    try:
        RawPublicKey(spki).require_readable()
    except CertificateError as fault:
        raise ConfigurationError(f"{source}: {fault.reason}") from None
    return spki


def is_raw(identity: Identity) -> bool:
    """Whether it is a key without certificate."""
    return isinstance(identity.leaf, RawPublicKey)


def authority_key_hash(certificate: Certificate) -> bytes:
    """The key_sha1_hash of trusted_ca_keys: over the modulus of an RSA key, over subjectPublicKey of others.

    RFC 6066, 6. Raises CertificateError when the key cannot be read.
    """
    if certificate.key_type.algorithm in ("rsa", "rsa_pss"):
        n = certificate.public_key.public_numbers().n  # type: ignore[union-attr]  # of an RSA key
        return hashlib.sha1(n.to_bytes((n.bit_length() + 7) // 8, "big"), usedforsecurity=False).digest()
    return x509.SubjectKeyIdentifier.from_public_key(certificate.public_key).digest


def _malformed() -> CertificateError:
    return CertificateError(AlertDescription.bad_certificate, "the raw public key is malformed")


def _dotted(contents: bytes) -> str:
    """An object identifier in its dotted form."""
    numbers, number = [], 0
    for octet in contents:
        number = number << 7 | octet & 0x7F
        if octet < 0x80:
            numbers.append(number)
            number = 0
    if not numbers or len(contents) > 32:
        raise DerError("an OBJECT IDENTIFIER is empty or too long")
    first = min(numbers[0] // 40, 2)
    return ".".join(map(str, (first, numbers[0] - 40 * first, *numbers[1:])))
