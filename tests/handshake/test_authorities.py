"""trusted_ca_keys (RFC 6066, 6) and client_certificate_url (RFC 6066, 5)."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from functools import cache
from typing import Any, Literal

import pytest
from cryptography.x509 import SubjectKeyIdentifier

from hellodone.config import ClientConfig, ServerConfig
from hellodone.messages.extensions.trust import PreAgreed, TrustedAuthorities, TrustedAuthority
from hellodone.messages.handshake import Certificate, CertificateURL, URLAndHash
from hellodone.pki.der import sequence
from hellodone.pki.identity import Identity
from hellodone.pki.laboratory import LabAuthority
from hellodone.pki.raw_keys import authority_key_hash
from hellodone.policy import Policy
from hellodone.registry.codes import CertChainType, ExtensionType, IdentifierType
from tests.hellos import alert_of, changed, with_extension
from tests.messages_on_the_way import inserted_before, replaced
from tests.pairs import NOW, Pair, client_config, client_identity, connected, pair, server_config, server_identity

KEYS, URL = ExtensionType.trusted_ca_keys, ExtensionType.client_certificate_url
CERTIFICATE, CERTIFICATE_URL = 11, 21


@cache
def other() -> LabAuthority:
    """An authority that the client trusts, and others do not."""
    return LabAuthority.create(key="rsa", at=NOW, name="another root")


@cache
def with_root() -> Identity:
    """An identity of the other authority that shows the root as well."""
    identity = other().issue_server(key="ec")
    return replace(identity, chain=(*identity.chain, other().root))


Manner = Literal["key_sha1_hash", "x509_name", "cert_sha1_hash"]


@pytest.mark.parametrize("manner", ["key_sha1_hash", "x509_name", "cert_sha1_hash"])
def test_the_server_chooses_a_certificate_that_the_client_trusts(manner: Manner) -> None:
    server = server_config(identity=(server_identity("ec"), with_root()))
    client = client_config(trust=other().trust)
    assert alert_of(pair(client, server).pump().client_error) == "unknown_ca"
    ends = connected(replace(client, trusted_ca_keys=manner), server)
    assert ends.client.peer_certificates == with_root().chain
    assert len(ends.server.handshake.trusted_authorities) == 1


def test_a_trusted_certificate_comes_before_a_better_suite() -> None:
    server = server_config(identity=(server_identity("ec"), other().issue_server(key="rsa")))
    ends = connected(client_config(trust=other().trust, trusted_ca_keys="x509_name"), server)
    assert ends.server.cipher_suite is not None
    assert ends.server.cipher_suite.key_exchange.name == "ECDHE_RSA"


def test_the_issuers_name_is_enough() -> None:
    server = server_config(identity=(server_identity("ec"), other().issue_server(key="ec")))
    connected(client_config(trust=other().trust, trusted_ca_keys="x509_name"), server)


@pytest.mark.parametrize("key", ["rsa", "ec", "ed25519"])
def test_hashes_of_keys(key: str) -> None:
    root = LabAuthority.create(key=key, at=NOW).root
    if key == "rsa":
        modulus = root.x509.public_key().public_numbers().n  # type: ignore[union-attr]
        assert authority_key_hash(root) == hashlib.sha1(modulus.to_bytes(modulus.bit_length() // 8, "big")).digest()
    else:
        assert authority_key_hash(root) == SubjectKeyIdentifier.from_public_key(root.x509.public_key()).digest


def test_a_choice_that_it_did_not_guide_is_not_acknowledged() -> None:
    ends = connected(client_config(trusted_ca_keys="cert_sha1_hash"))  # the root is not in the chain
    assert ends.completed
    listed = TrustedAuthorities((TrustedAuthority(IdentifierType.pre_agreed, PreAgreed()),)).encode()
    ends = changed(pair(), client=with_extension(KEYS, listed))
    assert alert_of(ends.server_error) == "bad_record_mac"  # no fault of the list: the two saw different hellos


def test_unsolicited_and_malformed_authorities() -> None:
    assert alert_of(changed(pair(), server=with_extension(KEYS, b"")).client_error) == "unsupported_extension"
    for data in (b"", b"\0\1", b"\0\x02\1\1", b"\0\1\x09"):
        assert alert_of(changed(pair(), client=with_extension(KEYS, data)).server_error) == "decode_error"
    ends = changed(pair(client_config(trusted_ca_keys="x509_name")), server=with_extension(KEYS, b"\0"))
    assert alert_of(ends.client_error) == "decode_error"


# --- client_certificate_url

HERE = "http://certificates.example/leaf.cer"
CHAIN = "http://certificates.example/chain.pkipath"


@cache
def visitor() -> Identity:
    """A client with an intermediate, so that a chain is more than one certificate."""
    identity = client_identity("ec")
    return replace(identity, chain=(*identity.chain, other().root))  # a superfluous one, which nobody minds


def shelf() -> dict[str, bytes]:
    """What is where."""
    chain = visitor().encoded_chain
    return {HERE: chain[0], HERE + "2": chain[1], CHAIN: sequence(*reversed(chain))}


def configs(*urls: str, **server: Any) -> tuple[ClientConfig, ServerConfig]:
    client = client_config(identity=visitor(), certificate_urls=urls)
    return client, server_config(**{"client_auth": "required", "fetch_certificate": shelf().get, **server})


def sent(ends: Pair) -> list[int]:
    """The handshake messages in the clear that the client sent, by type."""
    content, data, types = b"", bytes(ends.to_server), []
    while data[:1] == b"\x16":
        end = 5 + int.from_bytes(data[3:5], "big")
        content, data = content + data[5:end], data[end:]
    while content:
        types.append(content[0])
        content = content[4 + int.from_bytes(content[1:4], "big") :]
    return types


@pytest.mark.parametrize("urls", [(HERE, HERE + "2"), (CHAIN,)])
def test_the_server_fetches_the_chain(urls: tuple[str, ...]) -> None:
    ends = connected(*configs(*urls))
    assert ends.server.peer_certificates == visitor().chain
    assert CERTIFICATE_URL in sent(ends)
    assert CERTIFICATE not in sent(ends)


def test_only_with_a_server_that_would() -> None:
    for server in ({"fetch_certificate": None}, {"client_auth": "none", "client_trust": None}):
        ends = connected(*configs(HERE, **server))
        assert CERTIFICATE_URL not in sent(ends)


def test_a_client_may_send_its_certificate_all_the_same() -> None:
    """As it does with an identity that the URLs do not belong to."""
    client, server = configs(HERE, policy=Policy.modern().with_signature_schemes(["ecdsa_secp256r1_sha256"]))
    ends = connected(replace(client, identity=(client_identity("rsa"), visitor())), server)
    assert "client_certificate_url" in vars(ends.server.handshake)
    assert CERTIFICATE in sent(ends)


def test_what_cannot_be_fetched() -> None:
    ends = pair(*configs("http://nowhere.example/")).pump()
    assert alert_of(ends.server_error) == "certificate_unobtainable"
    ends = connected(*configs("http://nowhere.example/", client_auth="requested"))  # RFC 6066, 5: it goes on without
    assert ends.server.peer_certificates == ()


def test_what_has_another_hash() -> None:
    ends = pair(*configs(HERE, fetch_certificate=lambda url: b"something else")).pump()
    assert alert_of(ends.server_error) == "bad_certificate_hash_value"


def test_it_is_fetched_from_where_the_client_says() -> None:
    asked: list[str] = []

    def fetch(url: str) -> bytes | None:
        asked.append(url)
        return shelf().get(url)

    connected(*configs(HERE, HERE + "2", fetch_certificate=fetch))
    assert asked == [HERE, HERE + "2"]


def entry(contents: bytes = b"x", padding: int = 1) -> URLAndHash:
    return URLAndHash(CHAIN.encode(), padding, hashlib.sha1(contents).digest())


@pytest.mark.parametrize(
    "message",
    [
        CertificateURL(7, (entry(),)),
        CertificateURL(CertChainType.pkipath, (entry(), entry())),
        CertificateURL(CertChainType.individual_certs, (entry(padding=0),)),
        CertificateURL(CertChainType.individual_certs, (entry(),) * 17),
    ],
)
def test_forms_that_are_not_allowed(message: CertificateURL) -> None:
    ends = pair(*configs(HERE)).pump(to_server=replaced(CERTIFICATE_URL, message))
    assert alert_of(ends.server_error) == "illegal_parameter"


@pytest.mark.parametrize("contents", [b"x", b"\x30\x02\x02\x00", b"\x30\x80"])
def test_a_malformed_path_is_a_bad_certificate(contents: bytes) -> None:
    message = CertificateURL(CertChainType.pkipath, (entry(contents),))
    ends = pair(*configs(HERE, fetch_certificate=lambda url: contents))
    assert alert_of(ends.pump(to_server=replaced(CERTIFICATE_URL, message)).server_error) == "bad_certificate"


def test_one_that_was_not_agreed_on_is_unexpected() -> None:
    message = CertificateURL(CertChainType.individual_certs, (entry(),))
    client, server = configs()
    ends = pair(client, server).pump(to_server=replaced(CERTIFICATE, message))
    assert alert_of(ends.server_error) == "unexpected_message"
    both = pair(*configs(HERE)).pump(to_server=inserted_before(CERTIFICATE_URL, Certificate(())))
    assert alert_of(both.server_error) in ("unexpected_message", "handshake_failure")


def test_unsolicited_and_malformed_requests() -> None:
    assert alert_of(changed(pair(), server=with_extension(URL, b"")).client_error) == "unsupported_extension"
    assert alert_of(changed(pair(), client=with_extension(URL, b"\0")).server_error) == "decode_error"
