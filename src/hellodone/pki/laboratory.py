"""A certification authority for demonstrations and tests: its key lives in memory, its certificates as long as asked.

Never for anything else. Certificates are as proper as a real CA's: subjectAltName, key usage fitting the key
exchanges of the key, extended key usage, key identifiers (RFC 5280, 4.2). With ``random`` injected everything but RSA
keys and DSA signatures is reproducible: the library makes those with its own randomness.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from secrets import token_bytes
from typing import TYPE_CHECKING, Any, Final, cast

from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509 import ExtensionType, OCSPNoCheck

from hellodone.crypto.finite_field import StaticDHPrivateKey
from hellodone.errors import ConfigurationError
from hellodone.pki import graft, pem
from hellodone.pki.certificates import Certificate
from hellodone.pki.crl import Crl
from hellodone.pki.dh_keys import write_private_key
from hellodone.pki.identity import Identity, LocalSigner
from hellodone.pki.lab_ocsp import SaidStatus
from hellodone.pki.lab_responses import respond
from hellodone.pki.lab_revocation import Register, make_crl, sources
from hellodone.pki.made_keys import KEY_KINDS, LeafKey, Random, generate_key, key_usage_for
from hellodone.pki.profile import Profile, make_certificate
from hellodone.pki.trust import TrustStore

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.types import CertificateIssuerPrivateKeyTypes

    from hellodone.pki.profile import PublicKey

__all__ = ["KEY_KINDS", "LOCALHOST", "LabAuthority", "LeafKey", "generate_key", "private_key_pem", "self_signed"]

LOCALHOST: Final = ("localhost", "127.0.0.1", "::1")


@dataclass(frozen=True)
class LabAuthority:
    """One CA: a root, or an intermediate below ``parents`` (nearest first, the root last)."""

    certificate: Certificate
    private_key: CertificateIssuerPrivateKeyTypes = field(repr=False)
    at: datetime
    parents: tuple[Certificate, ...] = ()
    random: Random = field(default=token_bytes, repr=False)
    ocsp_url: str = ""  # where its certificates say that their status can be asked
    crl_url: str = ""  # and where its CRL is
    register: Register = field(default_factory=Register, repr=False, compare=False)

    @classmethod
    def create(
        cls,
        key: str = "ec",
        *,
        at: datetime,
        name: str = "hellodone laboratory root",
        intermediate: bool = False,
        random: Random | None = None,
    ) -> LabAuthority:
        """A new root CA, or with ``intermediate`` an issuing CA below a new root. ``at`` is its idea of now."""
        draw = random or token_bytes
        at = at if at.tzinfo is not None else at.replace(tzinfo=UTC)
        private_key = cast("CertificateIssuerPrivateKeyTypes", generate_key(key, random))
        profile = _ca_profile(name, at)
        certificate = make_certificate(profile, private_key.public_key(), profile.subject, private_key, None, draw)
        root = cls(certificate, private_key, at, (), draw)
        return root.intermediate(key) if intermediate else root

    def intermediate(
        self, key: str = "ec", name: str = "hellodone laboratory issuing CA", profile: Profile | None = None
    ) -> LabAuthority:
        """A CA below this one; ``profile`` replaces what its certificate would say."""
        random = None if self.random is token_bytes else self.random
        private_key = cast("CertificateIssuerPrivateKeyTypes", generate_key(key, random))
        chosen = profile or self.ca_profile(name, path_length=0)
        certificate = self.issue(chosen, private_key.public_key())
        return LabAuthority(certificate, private_key, self.at, (self.certificate, *self.parents), self.random)

    @property
    def root(self) -> Certificate:
        """The certificate at the top."""
        return self.parents[-1] if self.parents else self.certificate

    @property
    def trust(self) -> TrustStore:
        """A store with the root alone."""
        return TrustStore((self.root,), f"the laboratory CA {self.root.name}")

    @property
    def pem(self) -> bytes:
        """The root's certificate in PEM, for ``--cacert`` of any program."""
        return self.root.x509.public_bytes(Encoding.PEM)

    def ca_profile(self, name: str, path_length: int | None = None) -> Profile:
        """What :meth:`intermediate` puts into a certificate; it allows no further CAs unless told otherwise."""
        return replace(_ca_profile(name, self.at, path_length), extensions=self._sources())

    def server_profile(self, names: Sequence[str] = LOCALHOST, key: str = "rsa") -> Profile:
        """What :meth:`issue_server` puts into a certificate, to be changed with ``dataclasses.replace``."""
        return self._profile(names[0] if names else "", tuple(names), key, "serverAuth")

    def client_profile(self, name: str = "laboratory client", key: str = "rsa") -> Profile:
        """What :meth:`issue_client` puts into a certificate."""
        return self._profile(name, (), key, "clientAuth")

    def _profile(self, subject: str, names: tuple[str, ...], key: str, purpose: str) -> Profile:
        start, end = self.at - timedelta(hours=1), self.at + timedelta(days=90)
        usage = key_usage_for(key)
        return Profile(
            subject, start, end, names, key_usage=usage, extended_key_usage=(purpose,), extensions=self._sources()
        )

    def _sources(self) -> tuple[tuple[ExtensionType, bool], ...]:
        return sources(self.ocsp_url, self.crl_url) if self.ocsp_url or self.crl_url else ()

    def issue_server(self, names: Sequence[str] = LOCALHOST, key: str = "rsa") -> Identity:
        """An identity for a server of these DNS names and IP addresses."""
        return self.issue_identity(self.server_profile(names, key), key)

    def issue_client(self, name: str = "laboratory client", key: str = "rsa") -> Identity:
        """An identity for a client."""
        return self.issue_identity(self.client_profile(name, key), key)

    def issue_identity(self, profile: Profile, key: str = "rsa") -> Identity:
        """A new key of kind ``key``, its certificate by ``profile`` and the intermediates above it, not the root."""
        made = self.identity_of(profile, generate_key(key, None if self.random is token_bytes else self.random))
        if key != "rsa_pss":
            return made
        leaf = Certificate(graft.bind_to_pss(made.leaf.der, self.private_key, "sha256"))
        return replace(made, chain=(leaf, *made.chain[1:]))

    def identity_of(self, profile: Profile, private_key: LeafKey) -> Identity:
        """As :meth:`issue_identity` for a key at hand: one of a group or a size of your own."""
        above = (self.certificate, *self.parents)[:-1]
        return Identity((self.issue(profile, private_key.public_key()), *above), LocalSigner(private_key))

    def issue(self, profile: Profile, public_key: PublicKey) -> Certificate:
        """A certificate that says what ``profile`` says of ``public_key``."""
        return make_certificate(profile, public_key, "", self.private_key, self.certificate, self.random)

    # --- revocation

    def revoke(self, certificate: Certificate, reason: str = "keyCompromise", at: datetime | None = None) -> None:
        """From now on CRLs and OCSP responses say that ``certificate`` is revoked; ``at`` defaults to a day ago.

        Raises ConfigurationError for a reason that RFC 5280, 5.3.1 does not have.
        """
        self.register.revoke(certificate, at or self.at - timedelta(days=1), reason)

    def crl(
        self,
        at: datetime | None = None,
        until: datetime | None = None,
        extensions: Sequence[tuple[ExtensionType, bool]] = (),
    ) -> Crl:
        """The list of what was revoked, issued ``at`` (default: an hour ago), the next one due a week later."""
        this_update = at or self.at - timedelta(hours=1)
        next_update = until or this_update + timedelta(days=7)
        return make_crl(self.certificate, self.private_key, self.register, this_update, next_update, extensions)

    def ocsp_delegate(self, key: str = "ec", **changes: Any) -> Identity:
        """A responder that may sign for this CA (RFC 6960, 4.2.2.2); ``changes`` are of its :class:`Profile`."""
        profile = self._profile("laboratory OCSP responder", (), "ec", "OCSPSigning")
        return self.issue_identity(replace(profile, **{"extensions": ((OCSPNoCheck(), False),), **changes}), key)

    def ocsp_response(
        self,
        about: Certificate | bytes,
        at: datetime | None = None,
        status: SaidStatus | None = None,
        *,
        delegated: Identity | None = None,
        **changes: Any,
    ) -> bytes:
        """What this CA's responder says of a certificate, or to a request in DER, whose nonce it repeats.

        ``status`` is what its register says unless it is given; ``at`` (default: an hour ago) is when that was true.
        ``changes`` are of :func:`~hellodone.pki.lab_responses.respond`.
        """
        return respond(self, about, at or self.at - timedelta(hours=1), status, delegated, **changes)


def self_signed(profile: Profile, key: str = "ec", random: Random | None = None) -> Identity:
    """An identity that no CA stands behind."""
    private_key = cast("CertificateIssuerPrivateKeyTypes", generate_key(key, random))
    draw = random or token_bytes
    certificate = make_certificate(profile, private_key.public_key(), profile.subject, private_key, None, draw)
    return Identity((certificate,), LocalSigner(private_key))


def private_key_pem(identity: Identity) -> bytes:
    """The private key of a laboratory identity in PKCS#8 PEM without encryption, for other programs' ``-key``."""
    if not isinstance(identity.signer, LocalSigner):
        raise ConfigurationError("the private key of this identity is not in this process")
    key = identity.signer.private_key
    if isinstance(key, StaticDHPrivateKey):
        return pem.armored("PRIVATE KEY", write_private_key(key))
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())


def _ca_profile(name: str, at: datetime, path_length: int | None = None) -> Profile:
    return Profile(
        name,
        at - timedelta(hours=1),
        at + timedelta(days=365),
        ca=True,
        path_length=path_length,
        key_usage=("keyCertSign", "cRLSign"),
    )
