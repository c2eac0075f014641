"""What may have to be fetched to learn whether a certificate is revoked: requests and their outcomes, as values.

Nobody here goes to the network. A handshake asks with one of these, and whoever drives it answers (RFC 6960, A.1;
RFC 5280, 4.2.1.13 and 4.2.2.1).
"""

from __future__ import annotations

import base64
from dataclasses import dataclass, field
from typing import Final, Literal
from urllib.parse import quote

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.ocsp import OCSPRequestBuilder
from cryptography.x509.oid import AuthorityInformationAccessOID

from hellodone.errors import ConfigurationError
from hellodone.pki.certificates import Certificate

MAXIMUM_OCSP: Final = 2**20  # bytes of an OCSP response
MAXIMUM_CRL: Final = 16 * 2**20  # bytes of a CRL
MAXIMUM_CERTIFICATES: Final = 2**17  # bytes at a URL of client_certificate_url
MAXIMUM_REDIRECTS: Final = 3
NONCE_LENGTH: Final = 32  # bytes (RFC 9654, 2.1)
_MAXIMUM_GET: Final = 255  # bytes of an encoded request (RFC 6960, A.1)
_MAXIMUM_URLS: Final = 2  # of each kind in one certificate
_MAXIMUM_URL: Final = 2048
_HASHES: Final[dict[str, hashes.SHA1 | hashes.SHA256]] = {
    "sha1": hashes.SHA1(),  # noqa: S303 - how nearly every responder names certificates (RFC 5019, 2.1.1)
    "sha256": hashes.SHA256(),
}


@dataclass(frozen=True, slots=True)
class OcspQuery:
    """One OCSP request, about one certificate. ``body`` is the DER, ``nonce`` what the answer is to repeat."""

    url: str
    body: bytes = field(repr=False)
    nonce: bytes | None = field(default=None, repr=False)
    maximum: Final = MAXIMUM_OCSP
    redirects: Final = MAXIMUM_REDIRECTS

    @property
    def get_url(self) -> str:
        """The whole URL for HTTP GET."""
        return f"{self.url.rstrip('/')}/{quote(base64.b64encode(self.body), safe='')}"

    @property
    def method(self) -> Literal["GET", "POST"]:
        """GET where a cache may answer: the request is small and asks for nothing fresh (RFC 6960, A.1)."""
        small = len(self.get_url) - len(self.url) <= _MAXIMUM_GET
        return "GET" if self.nonce is None and small else "POST"


@dataclass(frozen=True, slots=True)
class CrlFetch:
    """One CRL to be fetched with HTTP GET."""

    url: str
    maximum: Final = MAXIMUM_CRL
    redirects: Final = MAXIMUM_REDIRECTS


@dataclass(frozen=True, slots=True)
class CertificateFetch:
    """A client's certificate, or a PkiPath of its chain, to be fetched with HTTP GET (RFC 6066, 5)."""

    url: str
    maximum: Final = MAXIMUM_CERTIFICATES
    redirects: Final = 0  # must not be followed


Lookup = OcspQuery | CrlFetch | CertificateFetch


@dataclass(frozen=True, slots=True)
class Fetched:
    """What became of a look-up: the octets that came, or one sentence that says why none did."""

    data: bytes = field(default=b"", repr=False)
    failure: str = ""


def ocsp_query(
    certificate: Certificate, issuer: Certificate, url: str, *, nonce: bytes | None = None, hash_name: str = "sha1"
) -> OcspQuery:
    """A request about ``certificate``, to be sent to ``url``; ``hash_name`` is sha1 or sha256.

    Raises ConfigurationError for another hash or a nonce that has not 1 to 128 bytes (RFC 9654, 2.1).
    """
    if hash_name not in _HASHES:
        raise ConfigurationError(f"OCSP requests are made with sha1 or sha256, not with {hash_name!r}")
    builder = OCSPRequestBuilder().add_certificate(certificate.x509, issuer.x509, _HASHES[hash_name])
    if nonce is not None:
        if not 1 <= len(nonce) <= 128:
            raise ConfigurationError(f"a nonce has 1 to 128 bytes (RFC 9654, 2.1); this one has {len(nonce)}")
        builder = builder.add_extension(x509.OCSPNonce(nonce), False)
    return OcspQuery(url, builder.build().public_bytes(Encoding.DER), nonce)


def ocsp_urls(certificate: Certificate) -> tuple[str, ...]:
    """Where the certificate's issuer answers OCSP over HTTP, by its authorityInfoAccess; CertificateError as ever."""
    access = certificate.extension(x509.AuthorityInformationAccess)
    places = [a.access_location for a in access or () if a.access_method == AuthorityInformationAccessOID.OCSP]
    return _http(places)


def crl_urls(certificate: Certificate) -> tuple[str, ...]:
    """Where the CRLs that cover the certificate are, by its cRLDistributionPoints. Raises CertificateError."""
    points = certificate.extension(x509.CRLDistributionPoints)
    return _http([name for point in points or () for name in point.full_name or () if point.crl_issuer is None])


def _http(places: list[x509.GeneralName]) -> tuple[str, ...]:
    """Over plain HTTP only: the statements are signed, and https would need a look-up of its own (RFC 5280, 8)."""
    urls = [place.value for place in places if isinstance(place, x509.UniformResourceIdentifier)]
    fit = [url for url in urls if url[:7].lower() == "http://" and len(url) <= _MAXIMUM_URL and _plain(url)]
    return tuple(dict.fromkeys(fit))[:_MAXIMUM_URLS]


def _plain(url: str) -> bool:
    """Nothing in it could begin another line of an HTTP request."""
    return url.isascii() and all(33 <= ord(character) < 127 for character in url)
