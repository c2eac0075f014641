"""Who this side is: a certificate chain and the key that proves it (RFC 5246, 7.4.2, 7.4.8)."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from hellodone.crypto import rsa_transport, signatures
from hellodone.errors import ConfigurationError
from hellodone.pki import keys, pem
from hellodone.pki.certificates import Certificate, CertificateError, parse_chain
from hellodone.pki.text import key_text

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.types import PrivateKeyTypes, PublicKeyTypes

    from hellodone.crypto.secret import Secret
    from hellodone.crypto.signatures import KeyType


class Signer(Protocol):
    """What the handshake asks of a private key, wherever the key is: in memory, on a token, in a service."""

    def sign(self, scheme: int, data: bytes) -> bytes:
        """The signature over ``data`` under a SignatureScheme (RFC 5246, 4.7)."""
        ...

    def decrypt_premaster(self, encrypted: bytes, client_version: int, random46: bytes) -> Secret:
        """The premaster secret of RSA key transport, never failing visibly (RFC 5246, 7.4.7.1)."""
        ...


@dataclass(frozen=True, slots=True)
class LocalSigner:
    """A private key in this process. Its text never shows the key."""

    private_key: PrivateKeyTypes = field(repr=False)

    def sign(self, scheme: int, data: bytes) -> bytes:
        """See :class:`Signer`."""
        return signatures.sign(self.private_key, scheme, data)

    def decrypt_premaster(self, encrypted: bytes, client_version: int, random46: bytes) -> Secret:
        """See :class:`Signer`."""
        return rsa_transport.decrypt_premaster(self.private_key, encrypted, client_version, random46)


@dataclass(frozen=True)
class Identity:
    """A chain as it is sent, leaf first, and the signer that holds the leaf's key.

    The order given is the order sent: it is for the one who configures it, and a wrong order is a thing to show.
    """

    chain: tuple[Certificate, ...]
    signer: Signer = field(repr=False)

    def __post_init__(self) -> None:
        if not self.chain:
            raise ConfigurationError("an identity needs at least one certificate")
        try:
            _ = self.key_type, self.key_usage, self.subject_names
        except CertificateError as fault:
            raise ConfigurationError(f"the first certificate of the chain cannot be used: {fault.reason}") from None

    @classmethod
    def from_pem(cls, chain_pem: bytes, key_pem: bytes, password: str | bytes | None = None) -> Identity:
        """From a chain and a key, each PEM or DER; :class:`ConfigurationError` when they do not belong together."""
        return _identity(chain_pem, key_pem, password, "the certificate chain", "the private key")

    @classmethod
    def from_files(
        cls, chain: str | Path, key: str | Path | None = None, password: str | bytes | None = None
    ) -> Identity:
        """From a chain file and a key file, or from one file (PEM with both, or PKCS#12) when ``key`` is None."""
        chain_data = keys.read_file(chain)
        if key is not None:
            return _identity(chain_data, keys.read_file(key), password, str(chain), str(key))
        if pem.is_pem(chain_data):
            return _identity(chain_data, chain_data, password, str(chain), str(chain))
        return _from_bundle(keys.load_pkcs12(chain_data, password, str(chain)), str(chain))

    @classmethod
    def from_pkcs12(cls, data: bytes, password: str | bytes | None = None) -> Identity:
        """From a PKCS#12 file's bytes: its key, the certificate of that key, then the others as they stand."""
        return _from_bundle(keys.load_pkcs12(data, password), "the PKCS#12 data")

    @property
    def leaf(self) -> Certificate:
        """The certificate of the key."""
        return self.chain[0]

    @property
    def key_type(self) -> KeyType:
        """Algorithm, size and curve of the leaf's key; PSS-only keys are told by the certificate, not by the key."""
        return self.leaf.key_type

    @cached_property
    def schemes(self) -> tuple[int, ...]:
        """The SignatureSchemes this identity can make, best first; none for keys that only agree or decrypt."""
        return signatures.schemes_for(self.key_type)

    @property
    def key_usage(self) -> frozenset[str] | None:
        """The leaf's keyUsage by name, None for no limit: which key exchanges it may serve (RFC 5246, 7.4.2)."""
        return self.leaf.key_usage

    @property
    def subject_names(self) -> tuple[str, ...]:
        """The names the leaf is for: what a server chooses by when server_name asks."""
        return self.leaf.subject_names

    @cached_property
    def encoded_chain(self) -> tuple[bytes, ...]:
        """The DER of each certificate, ready for the Certificate message."""
        return tuple(certificate.der for certificate in self.chain)

    def chain_pem(self) -> bytes:
        """The chain as PEM text, in order."""
        return b"".join(c.x509.public_bytes(Encoding.PEM) for c in self.chain)

    def sign(self, scheme: int, data: bytes) -> bytes:
        """The signature over ``data``; ``scheme`` must be one of :attr:`schemes`."""
        if scheme not in self.schemes:
            raise ConfigurationError(
                f"the key of {self.leaf.name} ({key_text(self.key_type)}) cannot make signature scheme {scheme:#06x}"
            )
        return self.signer.sign(scheme, data)

    def decrypt_premaster(self, encrypted: bytes, client_version: int, random46: bytes) -> Secret:
        """The premaster secret of RSA key transport, or a secret made of ``random46``: never an error of the peer's."""
        return self.signer.decrypt_premaster(encrypted, client_version, random46)


def _identity(
    chain_data: bytes, key_data: bytes, password: str | bytes | None, chain_source: str, key_source: str
) -> Identity:
    chain = parse_chain(chain_data, chain_source)
    private_key = keys.load_private_key(key_data, password, key_source)
    _require_match(chain, private_key, chain_source, key_source)
    return Identity(chain, LocalSigner(private_key))


def _from_bundle(bundle: keys.Bundle, source: str) -> Identity:
    _require_match(bundle.chain, bundle.private_key, source, source)
    return Identity(bundle.chain, LocalSigner(bundle.private_key))


def _require_match(
    chain: tuple[Certificate, ...], private_key: PrivateKeyTypes, chain_source: str, key_source: str
) -> None:
    """Refuse a key that is not the leaf's before a peer has to (a CertificateVerify that does not verify)."""
    wanted = _encoded(private_key.public_key())
    try:
        if _encoded(chain[0].public_key) == wanted:
            return
        place = next((n for n, c in enumerate(chain[1:], 2) if _encoded(c.public_key) == wanted), None)
        held = key_text(chain[0].key_type)
    except CertificateError as fault:
        raise ConfigurationError(f"{chain_source}: {fault.reason}") from None
    if place is not None:
        raise ConfigurationError(
            f"{chain_source}: the key of {key_source} belongs to certificate {place} of {len(chain)}, "
            f"{chain[place - 1].name}; the certificate of the key must come first"
        )
    own = key_text(signatures.key_type(private_key.public_key()))
    raise ConfigurationError(
        f"{key_source}: the private key ({own}) does not belong to the certificate of {chain[0].name} "
        f"({held}) in {chain_source}; the two must be a pair"
    )


def _encoded(public_key: PublicKeyTypes) -> bytes:
    return public_key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
