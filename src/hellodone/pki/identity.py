"""Who this side is: a certificate chain and the key that proves it (RFC 5246, 7.4.2, 7.4.8)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from hellodone.crypto import rsa_transport, signatures
from hellodone.crypto.finite_field import StaticDHPrivateKey, StaticDHPublicKey, share_from_dh_private_key
from hellodone.crypto.key_agreement import share_from_private_key
from hellodone.errors import ConfigurationError
from hellodone.pki import keys, pem
from hellodone.pki.certificates import Certificate, CertificateError
from hellodone.pki.chains import parse_chain
from hellodone.pki.dh_keys import write_public_key
from hellodone.pki.external_signer import ExternalSigner, Sign
from hellodone.pki.rules import Usage
from hellodone.pki.text import key_text
from hellodone.registry.signatures import find_scheme

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.types import PublicKeyTypes

    from hellodone.crypto.finite_field import DHKeyShare, DHParameters
    from hellodone.crypto.key_agreement import KeyShare
    from hellodone.crypto.secret import Secret
    from hellodone.crypto.signatures import KeyType
    from hellodone.pki.keys import PrivateKey


class Signer(Protocol):
    """What the handshake asks of a private key, wherever the key is: in memory, on a token, in a service."""

    def sign(self, scheme: int, data: bytes) -> bytes:
        """The signature over ``data`` under a SignatureScheme (RFC 5246, 4.7)."""
        ...

    def decrypt_premaster(self, encrypted: bytes, client_version: int, random46: bytes) -> Secret:
        """The premaster secret of RSA key transport, never failing visibly (RFC 5246, 7.4.7.1)."""
        ...

    def agree(self, peer_public: bytes) -> Secret:
        """The premaster secret of static Diffie-Hellman with ``peer_public`` (RFC 5246, 8.1.2; RFC 4492, 5.10).

        Raises :class:`InvalidPublicValue` of :mod:`hellodone.crypto.errors` for a value outside the key's group.
        """
        ...


@dataclass(frozen=True)
class LocalSigner:
    """A private key in this process. Its text never shows the key."""

    private_key: PrivateKey = field(repr=False)

    def sign(self, scheme: int, data: bytes) -> bytes:
        """See :class:`Signer`."""
        return signatures.sign(self.private_key, scheme, data)

    def decrypt_premaster(self, encrypted: bytes, client_version: int, random46: bytes) -> Secret:
        """See :class:`Signer`."""
        return rsa_transport.decrypt_premaster(self.private_key, encrypted, client_version, random46)

    def agree(self, peer_public: bytes) -> Secret:
        """See :class:`Signer`; :class:`UnusableKey` when the key is no Diffie-Hellman key."""
        return self._share.exchange(peer_public)

    @cached_property
    def _share(self) -> KeyShare | DHKeyShare:
        if isinstance(self.private_key, StaticDHPrivateKey):
            return share_from_dh_private_key(self.private_key)
        return share_from_private_key(self.private_key)


@dataclass(frozen=True)
class Identity:
    """A chain as it is sent, leaf first, and the signer that holds the leaf's key.

    The order given is the order sent: it is for the one who configures it, and a wrong order is a thing to show.
    """

    chain: tuple[Certificate, ...]
    signer: Signer = field(repr=False)
    limited_to: tuple[int, ...] | None = None  # the schemes that the signer can make, where it cannot make all

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

    @classmethod
    def from_signer(
        cls, chain: bytes | Sequence[Certificate], sign: Sign, *, schemes: Iterable[int | str] | None = None
    ) -> Identity:
        """For a key on a token or in a key management service: ``sign(data, scheme)`` gives the signature as bytes.

        ``chain`` is PEM or DER, or certificates, leaf first; ``scheme`` the number of a SignatureScheme, ``data`` what
        is to be hashed and signed (RSA: octets, ECDSA and DSA: DER). ``schemes`` names those the signer can make, by
        number or name, when it cannot make all that fit the key. A handshake asks for the signature as for everything
        that takes its time; a signer that raises, or gives what does not verify, ends it with internal_error. Such a
        key does not decrypt: suites with RSA key transport and static Diffie-Hellman are not chosen for it.
        """
        certificates = parse_chain(chain) if isinstance(chain, bytes) else tuple(chain)
        if not certificates:
            raise ConfigurationError("an identity needs at least one certificate")
        limited = None if schemes is None else tuple(find_scheme(s) if isinstance(s, str) else s for s in schemes)
        identity = cls(certificates, ExternalSigner(certificates[0], sign), limited)
        if not identity.schemes:
            held = key_text(identity.key_type)
            raise ConfigurationError(
                f"{identity.leaf.name}: no signature scheme is left that its key ({held}) can make"
            )
        return identity

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
        possible = self.leaf.schemes
        return possible if self.limited_to is None else tuple(s for s in possible if s in self.limited_to)

    @cached_property
    def is_local(self) -> bool:
        """Whether the key is in this process, so that a signature takes no asking."""
        return isinstance(self.signer, LocalSigner)

    def can(self, usage: Usage) -> bool:
        """Whether the key can be used so; one that lies elsewhere only signs. What keyUsage allows is another thing."""
        return usage == "digital_signature" or not isinstance(self.signer, ExternalSigner)

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

    @property
    def agreement_group(self) -> int | DHParameters | None:
        """The group in which :meth:`agree` works, as :attr:`Certificate.agreement_group` gives it; None for no group.

        What keyUsage allows is another question: see :attr:`key_usage`.
        """
        return self.leaf.agreement_group

    def agree(self, peer_public: bytes) -> Secret:
        """The premaster secret of static Diffie-Hellman with the peer's public value, in the form it travels in.

        Raises :class:`InvalidPublicValue` of :mod:`hellodone.crypto.errors` for a value outside the group of the
        key: the peer's fault.
        """
        if self.agreement_group is None:
            held = key_text(self.key_type)
            raise ConfigurationError(f"the key of {self.leaf.name} ({held}) cannot agree on a secret")
        return self.signer.agree(peer_public)


def _identity(
    chain_data: bytes, key_data: bytes, password: str | bytes | None, chain_source: str, key_source: str
) -> Identity:
    chain = parse_chain(chain_data, chain_source)
    private_key = keys.load_private_key(key_data, password, key_source)
    _require_match(chain, private_key, chain_source, key_source)
    return Identity(chain, LocalSigner(_with_order(private_key, chain[0])))


def _from_bundle(bundle: keys.Bundle, source: str) -> Identity:
    _require_match(bundle.chain, bundle.private_key, source, source)
    return Identity(bundle.chain, LocalSigner(_with_order(bundle.private_key, bundle.chain[0])))


def _with_order(private_key: PrivateKey, leaf: Certificate) -> PrivateKey:
    """The key, knowing the order of its group where only its certificate says it: values outside are refused then."""
    if isinstance(private_key, StaticDHPrivateKey) and private_key.q is None:
        return replace(private_key, q=leaf.dh_key.q)
    return private_key


def _require_match(chain: tuple[Certificate, ...], private_key: PrivateKey, chain_source: str, key_source: str) -> None:
    """Refuse a key that is not the leaf's before a peer has to (a CertificateVerify that does not verify)."""
    wanted = _encoded(private_key.public_key())
    try:
        if _held(chain[0]) == wanted:
            return
        place = next((n for n, c in enumerate(chain[1:], 2) if _held(c) == wanted), None)
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


def _held(certificate: Certificate) -> bytes:
    return _encoded(certificate.dh_key if certificate.holds_dh_key else certificate.public_key)


def _encoded(public_key: PublicKeyTypes | StaticDHPublicKey) -> bytes:
    """The key in one form only: a certificate may leave out the order of a group that its key's file states."""
    if isinstance(public_key, StaticDHPublicKey):
        return write_public_key(replace(public_key, q=None))
    return public_key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
