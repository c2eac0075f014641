"""What a laboratory's certificate is to say, and the making of it (RFC 5280, 4)."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from ipaddress import ip_address, ip_network
from typing import TYPE_CHECKING, Final

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, ed448, ed25519
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import NameOID, ObjectIdentifier

from hellodone.crypto.finite_field import StaticDHPublicKey
from hellodone.pki import graft
from hellodone.pki.certificates import Certificate
from hellodone.pki.dh_keys import public_key_contents, write_public_key
from hellodone.pki.made_keys import Random
from hellodone.registry.oids import EXTENDED_KEY_USAGES

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.types import (
        CertificateIssuerPrivateKeyTypes,
        CertificatePublicKeyTypes,
    )

    PublicKey = CertificatePublicKeyTypes | StaticDHPublicKey

_USAGE_ATTRIBUTES: Final = {
    "digitalSignature": "digital_signature",
    "nonRepudiation": "content_commitment",
    "keyEncipherment": "key_encipherment",
    "dataEncipherment": "data_encipherment",
    "keyAgreement": "key_agreement",
    "keyCertSign": "key_cert_sign",
    "cRLSign": "crl_sign",
}
_PURPOSES: Final = {name: ObjectIdentifier(dotted) for dotted, name in EXTENDED_KEY_USAGES.items()}
_HASHES: Final[dict[str, hashes.SHA256 | hashes.SHA384 | hashes.SHA512]] = {
    "sha256": hashes.SHA256(),
    "sha384": hashes.SHA384(),
    "sha512": hashes.SHA512(),
}
_WEAK: Final = frozenset({"sha1", "md5"})
# the library's builder takes no Diffie-Hellman key: another stands in its place until the certificate is signed anew
_PLACEHOLDER: Final = ec.derive_private_key(1, ec.SECP256R1()).public_key()


@dataclass(frozen=True, slots=True)
class Profile:
    """What a certificate is to say. The defaults are proper; every fault of a certificate is a change of one field.

    ``names`` are DNS names and IP addresses; ``ca`` None leaves basicConstraints out, ``key_usage`` and
    ``extended_key_usage`` None leave theirs out; ``permitted`` and ``excluded`` are name constraints (DNS names and
    networks); ``signature_hash`` may be sha1 or md5.
    """

    subject: str
    not_before: datetime
    not_after: datetime
    names: tuple[str, ...] = ()
    ca: bool | None = False
    path_length: int | None = None
    key_usage: tuple[str, ...] | None = ("digitalSignature",)
    extended_key_usage: tuple[str, ...] | None = None
    permitted: tuple[str, ...] = ()
    excluded: tuple[str, ...] = ()
    signature_hash: str = "sha256"
    extensions: tuple[tuple[x509.ExtensionType, bool], ...] = ()


def make_certificate(
    profile: Profile,
    public_key: PublicKey,
    own_name: str,
    issuer_key: CertificateIssuerPrivateKeyTypes,
    issuer: Certificate | None,
    random: Random,
) -> Certificate:
    """A certificate by ``profile``; without ``issuer`` it is self-signed under ``own_name``."""
    issuer_name = _name(own_name) if issuer is None else issuer.x509.subject
    builder = (
        x509.CertificateBuilder()
        .subject_name(_name(profile.subject))
        .issuer_name(issuer_name)
        .public_key(_PLACEHOLDER if isinstance(public_key, StaticDHPublicKey) else public_key)
        .serial_number(int.from_bytes(random(16)) >> 1 | 1)
        .not_valid_before(profile.not_before)
        .not_valid_after(profile.not_after)
    )
    for extension, critical in _extensions(profile, public_key, issuer_key):
        builder = builder.add_extension(extension, critical)
    weak = profile.signature_hash in _WEAK
    hash_name = "sha256" if weak else profile.signature_hash
    made = _sign(builder, issuer_key, hash_name).public_bytes(Encoding.DER)
    if isinstance(public_key, StaticDHPublicKey):
        made = graft.with_public_key(made, write_public_key(public_key), issuer_key, hash_name)
    return Certificate(graft.sign_weakly(made, issuer_key, profile.signature_hash) if weak else made)


def _sign(builder: x509.CertificateBuilder, key: CertificateIssuerPrivateKeyTypes, hash_name: str) -> x509.Certificate:
    if isinstance(key, ed25519.Ed25519PrivateKey | ed448.Ed448PrivateKey):
        return builder.sign(key, None)
    deterministic = True if isinstance(key, ec.EllipticCurvePrivateKey) else None
    return builder.sign(key, _HASHES[hash_name], ecdsa_deterministic=deterministic)


def _name(common_name: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, common_name[:64])] if common_name else [])


def _extensions(
    profile: Profile, public_key: PublicKey, issuer_key: CertificateIssuerPrivateKeyTypes
) -> list[tuple[x509.ExtensionType, bool]]:
    made: list[tuple[x509.ExtensionType, bool]] = [
        (x509.SubjectKeyIdentifier(_identifier(public_key)), False),
        (x509.AuthorityKeyIdentifier(_identifier(issuer_key.public_key()), None, None), False),
    ]
    if profile.ca is not None:
        made.append((x509.BasicConstraints(profile.ca, profile.path_length if profile.ca else None), True))
    if profile.key_usage is not None:
        made.append((_key_usage(profile.key_usage), True))
    if profile.extended_key_usage is not None:
        made.append((x509.ExtendedKeyUsage([_PURPOSES[name] for name in profile.extended_key_usage]), False))
    if profile.names:
        made.append((x509.SubjectAlternativeName([_general_name(n) for n in profile.names]), not profile.subject))
    if profile.permitted or profile.excluded:
        permitted, excluded = ([_subtree(n) for n in names] or None for names in (profile.permitted, profile.excluded))
        made.append((x509.NameConstraints(permitted, excluded), True))
    return [*made, *profile.extensions]


def _identifier(public_key: PublicKey) -> bytes:
    """SHA-1 over the key (RFC 5280, 4.2.1.2, method 1): a name for it, not a proof."""
    if isinstance(public_key, StaticDHPublicKey):
        return hashlib.sha1(public_key_contents(public_key), usedforsecurity=False).digest()
    return x509.SubjectKeyIdentifier.from_public_key(public_key).digest


def _key_usage(names: Sequence[str]) -> x509.KeyUsage:
    bits = {attribute: name in names for name, attribute in _USAGE_ATTRIBUTES.items()}
    return x509.KeyUsage(**bits, encipher_only=False, decipher_only=False)


def _general_name(name: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ip_address(name))
    except ValueError:
        return x509.DNSName(name)


def _subtree(name: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ip_network(name))
    except ValueError:
        return x509.DNSName(name)
