"""A certification authority for demonstrations and tests: its key lives in memory, its certificates as long as asked.

Never for anything else. Certificates are as proper as a real CA's: subjectAltName, key usage fitting the key
exchanges of the key, extended key usage, key identifiers (RFC 5280, 4.2). With ``random`` injected everything but RSA
and DSA keys is reproducible: the library generates those with its own randomness.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from secrets import token_bytes
from typing import TYPE_CHECKING, Final, cast

from cryptography.hazmat.primitives.asymmetric import dsa, ec, ed448, ed25519, rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from hellodone.errors import ConfigurationError
from hellodone.pki import graft
from hellodone.pki.certificates import Certificate
from hellodone.pki.identity import Identity, LocalSigner
from hellodone.pki.profile import Profile, Random, make_certificate
from hellodone.pki.trust import TrustStore

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.types import (
        CertificateIssuerPrivateKeyTypes,
        CertificatePublicKeyTypes,
    )

LOCALHOST: Final = ("localhost", "127.0.0.1", "::1")
_RSA_SIZES: Final = {"rsa": 2048, "rsa_pss": 2048, "rsa1024": 1024, "rsa3072": 3072, "rsa4096": 4096}
_CURVES: Final[dict[str, ec.EllipticCurve]] = {
    "ec": ec.SECP256R1(),
    "ec224": ec.SECP224R1(),
    "ec256": ec.SECP256R1(),
    "ec384": ec.SECP384R1(),
    "ec521": ec.SECP521R1(),
}
KEY_KINDS: Final = (*_RSA_SIZES, *_CURVES, "ed25519", "ed448", "dsa")


@dataclass(frozen=True)
class LabAuthority:
    """One CA: a root, or an intermediate below ``parents`` (nearest first, the root last)."""

    certificate: Certificate
    private_key: CertificateIssuerPrivateKeyTypes = field(repr=False)
    at: datetime
    parents: tuple[Certificate, ...] = ()
    random: Random = field(default=token_bytes, repr=False)

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
        chosen = profile or _ca_profile(name, self.at, path_length=0)
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

    def server_profile(self, names: Sequence[str] = LOCALHOST, key: str = "rsa") -> Profile:
        """What :meth:`issue_server` puts into a certificate, to be changed with ``dataclasses.replace``."""
        return self._profile(names[0] if names else "", tuple(names), key, "serverAuth")

    def client_profile(self, name: str = "laboratory client", key: str = "rsa") -> Profile:
        """What :meth:`issue_client` puts into a certificate."""
        return self._profile(name, (), key, "clientAuth")

    def _profile(self, subject: str, names: tuple[str, ...], key: str, purpose: str) -> Profile:
        start, end = self.at - timedelta(hours=1), self.at + timedelta(days=90)
        usage = ("digitalSignature", "keyEncipherment") if key in _RSA_SIZES and key != "rsa_pss" else None
        return Profile(
            subject, start, end, names, key_usage=usage or ("digitalSignature",), extended_key_usage=(purpose,)
        )

    def issue_server(self, names: Sequence[str] = LOCALHOST, key: str = "rsa") -> Identity:
        """An identity for a server of these DNS names and IP addresses."""
        return self.issue_identity(self.server_profile(names, key), key)

    def issue_client(self, name: str = "laboratory client", key: str = "rsa") -> Identity:
        """An identity for a client."""
        return self.issue_identity(self.client_profile(name, key), key)

    def issue_identity(self, profile: Profile, key: str = "rsa") -> Identity:
        """A new key of kind ``key``, its certificate by ``profile`` and the intermediates above it, not the root."""
        private_key = generate_key(key, None if self.random is token_bytes else self.random)
        certificate = self.issue(profile, private_key.public_key())
        if key == "rsa_pss":
            certificate = Certificate(graft.bind_to_pss(certificate.der, self.private_key, "sha256"))
        above = (self.certificate, *self.parents)[:-1]
        return Identity((certificate, *above), LocalSigner(private_key))

    def issue(self, profile: Profile, public_key: CertificatePublicKeyTypes) -> Certificate:
        """A certificate that says what ``profile`` says of ``public_key``."""
        return make_certificate(profile, public_key, "", self.private_key, self.certificate, self.random)


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
    return identity.signer.private_key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())


LeafKey = (
    rsa.RSAPrivateKey
    | ec.EllipticCurvePrivateKey
    | ed25519.Ed25519PrivateKey
    | ed448.Ed448PrivateKey
    | dsa.DSAPrivateKey
)


def generate_key(kind: str, random: Random | None = None) -> LeafKey:
    """A private key of one of :data:`KEY_KINDS`; drawn from ``random`` where the library allows it."""
    if kind in _RSA_SIZES:
        return rsa.generate_private_key(public_exponent=65537, key_size=_RSA_SIZES[kind])
    if kind in _CURVES:
        return _ec_key(_CURVES[kind], random)
    match kind:
        case "ed25519":
            return ed25519.Ed25519PrivateKey.from_private_bytes((random or token_bytes)(32))
        case "ed448":
            return ed448.Ed448PrivateKey.from_private_bytes((random or token_bytes)(57))
        case "dsa":
            return dsa.generate_private_key(key_size=2048)
    raise ConfigurationError(f"no key of kind {kind!r} can be made; known are {', '.join(KEY_KINDS)}")


def _ec_key(curve: ec.EllipticCurve, random: Random | None) -> ec.EllipticCurvePrivateKey:
    if random is None:
        return ec.generate_private_key(curve)
    # one bit less than the order has, so that every draw is in range: enough for a throw-away key
    bits = curve.key_size - 1
    return ec.derive_private_key((int.from_bytes(random((bits + 7) // 8)) >> (-bits % 8)) | 1, curve)


def _ca_profile(name: str, at: datetime, path_length: int | None = None) -> Profile:
    return Profile(
        name,
        at - timedelta(hours=1),
        at + timedelta(days=365),
        ca=True,
        path_length=path_length,
        key_usage=("keyCertSign", "cRLSign"),
    )
