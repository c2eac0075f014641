"""CertificateURL in place of the client's Certificate: made by the client, fetched by the server (RFC 6066, 5).

There is no network in here: what is at a URL is asked for.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Sequence

from hellodone.errors import AlertDescription, FatalAlert
from hellodone.handshake.context import ClientHandshake, ServerHandshake
from hellodone.handshake.flow import Flow, ask
from hellodone.messages.handshake import (
    Certificate,
    CertificateURL,
    HandshakeMessage,
    RawPublicKeyCertificate,
    URLAndHash,
)
from hellodone.pki.der import DerError, Elements, Tag, sequence
from hellodone.pki.identity import Identity
from hellodone.pki.raw_keys import is_raw
from hellodone.registry.codes import CertChainType

MOST_URLS = 16
MOST_CERTIFICATES = 32


def own_certificate(hs: ClientHandshake, identity: Identity | None) -> HandshakeMessage:
    """The client's Certificate, or where it is."""
    if identity is None:
        return Certificate(())
    urls = hs._config.certificate_urls
    if urls and "client_certificate_url" in vars(hs) and identity == hs._config.identities[0]:
        return _certificate_url(urls, identity)
    return certificate_message(identity)


def certificate_message(identity: Identity) -> HandshakeMessage:
    """The identity's chain, or its key where it has no certificate (RFC 7250, 3)."""
    if is_raw(identity):
        return RawPublicKeyCertificate(identity.leaf.der)
    return Certificate(identity.encoded_chain)


def _certificate_url(urls: Sequence[str], identity: Identity) -> CertificateURL:
    """One URL for each certificate as far as they go, or one for a chain of several."""
    chain = identity.encoded_chain
    if len(urls) == 1 and len(chain) > 1:
        whole = sequence(*reversed(chain))
        return CertificateURL(CertChainType.pkipath, (_url_and_hash(urls[0], whole),))
    pairs = zip(urls, chain, strict=False)
    return CertificateURL(CertChainType.individual_certs, tuple(_url_and_hash(url, der) for url, der in pairs))


def _url_and_hash(url: str, contents: bytes) -> URLAndHash:
    return URLAndHash(url.encode("ascii"), 1, hashlib.sha1(contents, usedforsecurity=False).digest())


def fetch_certificate(hs: ServerHandshake, message: CertificateURL) -> Flow[Certificate]:
    """The Certificate that the client would have sent; an empty one when it cannot be had and need not.

    Raises FatalAlert (certificate_unobtainable, bad_certificate_hash_value and others).
    """
    _check_form(hs, message)
    contents = []
    for entry in message.url_and_hash_list:
        found = yield from _fetch(hs, entry)
        if found is None:
            hs._unobtainable = True
            return Certificate(())
        contents.append(found)
    if message.type == CertChainType.pkipath:
        return Certificate(_of_path(contents[0]))
    return Certificate(tuple(contents))


def _check_form(hs: ServerHandshake, message: CertificateURL) -> None:
    entries = message.url_and_hash_list
    hs.check(
        message.type == CertChainType.individual_certs or (message.type == CertChainType.pkipath and len(entries) == 1),
        AlertDescription.illegal_parameter,
        "CertificateURL names single certificates, or one PkiPath (RFC 6066, 5)",
        lambda: f"it is of type {message.type}, with {len(entries)} URLs",
    )
    hs.check(
        len(entries) <= MOST_URLS,
        AlertDescription.illegal_parameter,
        f"there are at most {MOST_URLS} URLs to fetch",
        lambda: f"there are {len(entries)}",
    )
    hs.check(
        all(entry.padding == 1 for entry in entries),
        AlertDescription.illegal_parameter,
        "the padding in URLAndHash is 1 (RFC 6066, 5)",
    )


def _fetch(hs: ServerHandshake, entry: URLAndHash) -> Flow[bytes | None]:
    fetch = hs._config.fetch_certificate
    assert fetch is not None, "agreed on only with it"
    url = entry.url.decode("ascii", "replace")
    contents: bytes | None = yield from ask(lambda: fetch(url))
    if contents is None:
        hs.check(
            hs._client_auth != "required",
            AlertDescription.certificate_unobtainable,
            "the client's certificate, which this server requires, can be fetched (RFC 6066, 5)",
            "there is nothing to be had at the URL",
        )
        return None
    hs.check(
        hmac.compare_digest(hashlib.sha1(contents, usedforsecurity=False).digest(), entry.SHA1Hash),
        AlertDescription.bad_certificate_hash_value,
        "what is at the URL has the hash that the client says (RFC 6066, 5)",
    )
    return contents


def _of_path(contents: bytes) -> tuple[bytes, ...]:
    """The certificates of a PkiPath, leaf first; in the path it stands last (RFC 6066, 10.1)."""
    try:
        outer = Elements(contents)
        inner = outer.inside()
        path: list[bytes] = []
        outer.finish()
        while inner.next_tag is not None and len(path) < MOST_CERTIFICATES:
            path.append(sequence(inner.take(Tag.SEQUENCE)))
        inner.finish()
    except DerError as fault:
        raise FatalAlert(AlertDescription.bad_certificate, f"the client's PkiPath is malformed: {fault}") from None
    return tuple(reversed(path))
