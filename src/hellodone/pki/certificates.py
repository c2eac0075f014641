"""One certificate of the protocol: its bytes, read only when asked, with every fault turned into one exception.

RFC 5246, 7.4.2 carries certificates as DER; RFC 5280, 4 says what is inside. Reading is lazy because most
certificates of a chain are needed for one or two of their fields, and because what nobody asked for cannot fail.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from functools import cached_property
from ipaddress import IPv4Address, IPv6Address
from typing import TYPE_CHECKING, TypeVar

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding

from hellodone.crypto.errors import CryptoError, UnusableKey
from hellodone.crypto.key_agreement import public_of
from hellodone.crypto.signatures import KeyType, key_type, schemes_for
from hellodone.errors import AlertDescription
from hellodone.pki import dh_keys, malformed
from hellodone.pki.der import DerError
from hellodone.pki.faults import CertificateError as CertificateError
from hellodone.pki.faults import reading
from hellodone.pki.rule import OF_EXTENSION, Rule
from hellodone.pki.text import printable
from hellodone.registry import oids
from hellodone.registry.groups import NamedGroup

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.types import CertificatePublicKeyTypes
    from cryptography.x509 import BasicConstraints, Extensions

    from hellodone.crypto.finite_field import DHParameters, StaticDHPublicKey

_KEY_USAGES = {
    "digital_signature": "digitalSignature",
    "content_commitment": "nonRepudiation",
    "key_encipherment": "keyEncipherment",
    "data_encipherment": "dataEncipherment",
    "key_agreement": "keyAgreement",
    "key_cert_sign": "keyCertSign",
    "crl_sign": "cRLSign",
}
Extension = TypeVar("Extension", bound=x509.ExtensionType)


@dataclass(frozen=True)
class Certificate:
    """A certificate by its DER bytes; every other attribute is read from them on first use and kept.

    Each attribute raises :class:`CertificateError`, and nothing else, when the bytes do not hold it. Two
    certificates are equal when their bytes are.
    """

    der: bytes

    def __repr__(self) -> str:
        return f"Certificate({len(self.der)} bytes, sha256 {self.fingerprint_sha256[:16]}...)"

    @classmethod
    def from_x509(cls, certificate: x509.Certificate) -> Certificate:
        """Wrap a certificate that the library has read or made."""
        return cls(certificate.public_bytes(Encoding.DER))

    @cached_property
    def x509(self) -> x509.Certificate:
        """The certificate as the library reads it (RFC 5280, 4.1)."""
        with reading("the certificate"):
            return x509.load_der_x509_certificate(self.der)

    def require_readable(self) -> None:
        """Read every field that matters now; :class:`CertificateError` when one of them is malformed."""
        _ = self.subject, self.issuer, self.extensions, self.subject_names
        with reading("the validity of the certificate"):
            _ = self.x509.not_valid_before_utc, self.x509.not_valid_after_utc

    # --- names

    @cached_property
    def subject(self) -> str:
        """The subject as RFC 4514 writes it, fit to print; ``(empty)`` when it names nothing."""
        with reading("the subject of the certificate"):
            return printable(self.x509.subject.rfc4514_string(), 400) or "(empty)"

    @cached_property
    def issuer(self) -> str:
        """The issuer as RFC 4514 writes it, fit to print."""
        with reading("the issuer of the certificate"):
            return printable(self.x509.issuer.rfc4514_string(), 400) or "(empty)"

    @cached_property
    def subject_bytes(self) -> bytes:
        """The DER of the subject: what another certificate's :attr:`issuer_bytes` must equal (RFC 5280, 6.1.3 a 4)."""
        with reading("the subject of the certificate"):
            return self.x509.subject.public_bytes()

    @cached_property
    def issuer_bytes(self) -> bytes:
        """The DER of the issuer's name."""
        with reading("the issuer of the certificate"):
            return self.x509.issuer.public_bytes()

    @cached_property
    def name(self) -> str:
        """The shortest text that tells which certificate it is: ``CN=...``, else its subject, else a name."""
        with reading("the subject of the certificate"):
            common = self.x509.subject.get_attributes_for_oid(x509.NameOID.COMMON_NAME)
        if common:
            return printable(f"CN={common[-1].value!s}")
        if self.subject != "(empty)":
            return printable(self.subject)
        return printable(self.subject_names[0]) if self.subject_names else f"serial number {self.serial_number}"

    @property
    def consistent(self) -> bool:
        """Whether the signature algorithm is the same inside and outside of what is signed (RFC 5280, 4.1.1.2)."""
        return malformed.one_algorithm(self.der)

    @property
    def self_issued(self) -> bool:
        """Whether issuer and subject are the same name (RFC 5280, 3.2); says nothing of the signature."""
        return self.subject_bytes == self.issuer_bytes

    @cached_property
    def dns_names(self) -> tuple[str, ...]:
        """The dNSName entries of subjectAltName as they stand (RFC 5280, 4.2.1.6)."""
        names = self.extension(x509.SubjectAlternativeName)
        return tuple(names.get_values_for_type(x509.DNSName)) if names else ()

    @cached_property
    def ip_addresses(self) -> tuple[IPv4Address | IPv6Address, ...]:
        """The iPAddress entries of subjectAltName."""
        names = self.extension(x509.SubjectAlternativeName)
        found = names.get_values_for_type(x509.IPAddress) if names else []
        return tuple(address for address in found if isinstance(address, IPv4Address | IPv6Address))

    @cached_property
    def subject_names(self) -> tuple[str, ...]:
        """The DNS names and IP addresses the certificate is for, as text fit to print."""
        return (*(printable(name) for name in self.dns_names), *(str(address) for address in self.ip_addresses))

    # --- key and signature

    @cached_property
    def public_key(self) -> CertificatePublicKeyTypes:
        """The public key of the subject, unless it is one of finite-field Diffie-Hellman: see :attr:`dh_key`.

        The library must not see those: it would test an unknown group for primality, for up to half a minute.
        """
        if self.holds_dh_key:
            raise self._unfit("one of Diffie-Hellman, which neither signs nor decrypts")
        with reading("the public key of the certificate"):
            return self.x509.public_key()

    @cached_property
    def public_key_algorithm(self) -> str:
        """The object identifier of the key's algorithm, dotted: it alone tells an RSASSA-PSS key from an RSA one."""
        with reading("the public key of the certificate"):
            return self.x509.public_key_algorithm_oid.dotted_string

    @property
    def holds_dh_key(self) -> bool:
        """Whether the key is one of finite-field Diffie-Hellman, in either form (RFC 3279, 2.3.3; PKCS #3)."""
        return self.public_key_algorithm in oids.DH_KEYS

    @cached_property
    def dh_key(self) -> StaticDHPublicKey:
        """The public key of finite-field Diffie-Hellman; its group may be any that has at most 8192 bits."""
        if not self.holds_dh_key:
            raise self._unfit("not one of finite-field Diffie-Hellman")
        try:
            return dh_keys.public_key_of_certificate(self.x509.tbs_certificate_bytes)
        except (DerError, CryptoError) as fault:
            reason = f"the Diffie-Hellman key of the certificate is unusable: {fault}"
            raise CertificateError(AlertDescription.bad_certificate, reason) from None

    @cached_property
    def agreement_public(self) -> tuple[int | DHParameters, bytes]:
        """What static Diffie-Hellman with this key needs: its group and its public value as it travels.

        That is a NamedGroup's number and a point or coordinate, or p and g and a number (RFC 4492, 2; RFC 5246, 8.1.2).
        """
        if self.holds_dh_key:
            return self.dh_key.parameters, self.dh_key.public
        try:
            return public_of(self.public_key)
        except UnusableKey:
            raise self._unfit("not one of Diffie-Hellman in a group that TLS knows") from None

    @property
    def agreement_group(self) -> int | DHParameters | None:
        """The group of :attr:`agreement_public`; None when the key cannot be agreed with. Never raises."""
        try:
            return self.agreement_public[0]
        except CertificateError:
            return None

    def _unfit(self, held: str) -> CertificateError:
        return CertificateError(AlertDescription.unsupported_certificate, f"the key of {self.name} is {held}")

    @cached_property
    def key_type(self) -> KeyType:
        """Algorithm, size and curve of the public key; ``rsa_pss`` for keys bound to PSS (RFC 4055, 1.2)."""
        algorithm = self.public_key_algorithm
        return key_type(self.dh_key if algorithm in oids.DH_KEYS else self.public_key, algorithm)

    @cached_property
    def named_curve(self) -> int | None:
        """The NamedGroup of an ECDSA key's curve; None for other keys, and for curves that TLS does not name."""
        kind = self.key_type
        return NamedGroup.__members__.get(kind.curve or "") if kind.algorithm == "ec" else None

    @cached_property
    def schemes(self) -> tuple[int, ...]:
        """The SignatureSchemes of TLS 1.2 that the key can make, best first; none for keys that do not sign."""
        return schemes_for(self.key_type)

    @cached_property
    def signature_algorithm(self) -> str:
        """The algorithm of the issuer's signature by its RFC name, with the hash for RSASSA-PSS."""
        name, own_hash = self._signature_algorithm
        return name if own_hash or not self.signature_hash else f"{name} with {self.signature_hash}"

    @cached_property
    def signature_hash(self) -> str:
        """The hash under the issuer's signature: ``sha256``; empty for Ed25519, Ed448 and algorithms unknown here."""
        if self._signature_algorithm[0] != "RSASSA-PSS":
            return self._signature_algorithm[1]
        with reading("the signature algorithm of the certificate"):
            chosen = self.x509.signature_hash_algorithm
            return chosen.name if chosen else ""

    @property
    def signature_family(self) -> oids.SignatureFamily:
        """The kind of key that issued the certificate: what tells DH_RSA from DH_DSS and ECDH_RSA from ECDH_ECDSA.

        RFC 4346, 7.4.2 and RFC 4492, 2 bind the key exchange to it; RFC 5246, 7.4.2 no longer does.
        """
        return oids.signature_family(self._signature_oid)

    @property
    def _signature_oid(self) -> str:
        with reading("the signature algorithm of the certificate"):
            return self.x509.signature_algorithm_oid.dotted_string

    @property
    def _signature_algorithm(self) -> tuple[str, str]:
        return oids.SIGNATURE_ALGORITHMS.get(self._signature_oid, (self._signature_oid, ""))

    # --- extensions

    @cached_property
    def extensions(self) -> Extensions:
        """All extensions; malformed and duplicate ones are faults here (RFC 5280, 4.2)."""
        try:
            with reading("an extension of the certificate"):
                return self.x509.extensions
        except CertificateError as fault:
            raise self._named(fault) from None

    def _named(self, fault: CertificateError) -> CertificateError:
        """The same fault, saying which extension it is where that can be found out."""
        encoded = self.x509.tbs_certificate_bytes
        if malformed.repeated(encoded):
            return CertificateError(fault.alert, fault.reason, rule=Rule.DUPLICATE_EXTENSIONS)
        number = malformed.culprit(encoded)
        if number is None:
            return fault
        name = oids.extension_name(number)
        reason = fault.reason.replace("an extension of the certificate", f"the {name} of the certificate", 1)
        return CertificateError(fault.alert, reason, rule=OF_EXTENSION.get(name, Rule.ENCODING))

    def extension(self, kind: type[Extension]) -> Extension | None:
        """The value of one extension, or None when the certificate does not have it."""
        try:
            found: Extension = self.extensions.get_extension_for_class(kind).value
        except x509.ExtensionNotFound:
            return None
        return found

    @cached_property
    def key_usage(self) -> frozenset[str] | None:
        """The bits of keyUsage by their names (RFC 5280, 4.2.1.3); None when the extension is absent: no limit."""
        usage = self.extension(x509.KeyUsage)
        if usage is None:
            return None
        return frozenset(name for attribute, name in _KEY_USAGES.items() if getattr(usage, attribute))

    @cached_property
    def extended_key_usage(self) -> tuple[str, ...] | None:
        """The purposes of extKeyUsage by name or number (RFC 5280, 4.2.1.12); None when absent: any purpose."""
        usage = self.extension(x509.ExtendedKeyUsage)
        if usage is None:
            return None
        return tuple(oids.EXTENDED_KEY_USAGES.get(p.dotted_string, p.dotted_string) for p in usage)

    @cached_property
    def tls_features(self) -> frozenset[int]:
        """The hello extensions that a server with this certificate answers, "must staple" among them (RFC 7633, 4)."""
        features = self.extension(x509.TLSFeature)
        return frozenset() if features is None else frozenset(feature.value for feature in features)

    @cached_property
    def basic_constraints(self) -> BasicConstraints | None:
        """The CA flag and the path length (RFC 5280, 4.2.1.9)."""
        return self.extension(x509.BasicConstraints)

    # --- which one it is

    @cached_property
    def key_sha256(self) -> bytes:
        """SHA-256 over the SubjectPublicKeyInfo: what a pin names (RFC 7469, 2.4)."""
        try:
            return hashlib.sha256(malformed.subject_public_key_info(self.x509.tbs_certificate_bytes)).digest()
        except DerError as fault:
            reason = f"the public key of the certificate is malformed: {fault}"
            raise CertificateError(AlertDescription.bad_certificate, reason, rule=Rule.KEY) from None

    @cached_property
    def fit_for(self) -> set[tuple[str, str, str | None]]:
        """What its extensions were found fit for: a place in a path, a role and a usage (see ``library``)."""
        return set()

    @cached_property
    def serial_number(self) -> str:
        """The serial number in hexadecimal, with its sign."""
        with reading("the serial number of the certificate"):
            return f"{self.x509.serial_number:x}"

    @cached_property
    def fingerprint_sha256(self) -> str:
        """SHA-256 over the whole certificate, in hexadecimal."""
        return hashlib.sha256(self.der).hexdigest()
