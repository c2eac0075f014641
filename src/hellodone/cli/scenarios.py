"""The branches of TLS 1.2 that ``demo`` shows, a line each: for ``--list``, for the documentation and for the tests."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Named:
    """``options`` of ``hellodone demo``, and what they show; ``alert`` is the one that ends it, if one does."""

    options: str
    sentence: str
    alert: str = ""

    @property
    def command(self) -> str:
        """What to type."""
        return f"hellodone demo {self.options}".rstrip()


SCENARIOS = (
    Named("", "ECDHE with an ECDSA certificate, what most servers speak (RFC 8422)"),
    Named("--key-exchange ecdhe_rsa", "ECDHE signed with an RSA key (RFC 8422, 2.2)"),
    Named("--key-exchange dhe_rsa", "ephemeral Diffie-Hellman in a finite field, signed with RSA (RFC 5246, F.1.1.3)"),
    Named("--key-exchange dhe_dss", "the same, signed with DSA"),
    Named("--key-exchange rsa", "the client encrypts the premaster secret to the server's RSA key (RFC 5246, F.1.1.2)"),
    Named("--key-exchange dh_rsa", "static Diffie-Hellman: the server's share is in its certificate, signed by RSA"),
    Named("--key-exchange dh_dss", "the same, the certificate signed by DSA"),
    Named("--key-exchange ecdh_rsa", "static ECDH, the certificate signed by RSA (RFC 4492, 2.3)"),
    Named("--key-exchange ecdh_ecdsa", "static ECDH, the certificate signed by ECDSA (RFC 4492, 2.1)"),
    Named(
        "--key-exchange dh_anon", "Diffie-Hellman without any certificate: nobody knows with whom (RFC 5246, F.1.1.1)"
    ),
    Named("--key-exchange ecdh_anon", "the same on a curve (RFC 4492, 2.5)"),
    Named("--psk", "a key that both have beforehand and nothing else (RFC 4279, 2)"),
    Named("--key-exchange dhe_psk", "the same with Diffie-Hellman (RFC 4279, 3)"),
    Named("--key-exchange rsa_psk", "the same with the server's RSA certificate (RFC 4279, 4)"),
    Named("--key-exchange ecdhe_psk", "the same with ECDH (RFC 5489)"),
    Named("--client-auth", "the client signs with the key of its certificate (RFC 5246, 7.4.8)"),
    Named(
        "--key-exchange ecdh_ecdsa --client-auth fixed",
        "the client's ECDH key is in its certificate: an empty ClientKeyExchange, no CertificateVerify (RFC 4492, 3.2)",
    ),
    Named("--key-exchange dh_rsa --client-auth fixed", "the same in a finite field (RFC 5246, 7.4.7.2)"),
    Named("--resume id", "a second connection resumes the session by its ID (RFC 5246, figure 2)"),
    Named("--resume ticket", "the same by a ticket: the server keeps nothing (RFC 5077)"),
    Named("--resume ticket --client-auth", "the ticket remembers the client's certificate"),
    Named("--renegotiate client", "the client begins a second handshake on the connection (RFC 5746)"),
    Named("--renegotiate server", "the server does, with a HelloRequest (RFC 5246, 7.4.1.1)"),
    Named("--renegotiate server --client-auth", "the server asks for a certificate when it sees the request"),
    Named("--supplemental", "the client's user mapping and the server's authorisation travel too (RFC 4680, figure 1)"),
    Named(
        "--supplemental --renegotiate client --client-auth",
        "the same in a second handshake that the first protects (RFC 4680, figure 2)",
    ),
    Named("--cipher AES_128_CBC_SHA256 --policy compatible", "CBC with encrypt-then-MAC (RFC 7366)"),
    Named("--cipher AES_128_CBC_SHA256 --no-etm --policy compatible", "CBC with the MAC inside (RFC 5246, 6.2.3.2)"),
    Named("--cipher AES_128_CBC_SHA256 --truncated-hmac --policy historic", "with MACs of 80 bits (RFC 6066, 7)"),
    Named("--key-exchange rsa --cipher NULL_SHA256 --policy historic", "a suite that encrypts nothing"),
    Named("--no-ems --policy compatible", "without extended master secret (RFC 7627)"),
    Named("--max-fragment-length 512", "records of at most 512 bytes, as the client asks (RFC 6066, 4)"),
    Named("--record-size-limit 256", "the same as each side says for itself (RFC 8449)"),
    Named("--padding 512", "a ClientHello of at least 512 bytes (RFC 7685)"),
    Named("--fallback-scsv", "the client says that it tried with a later version (RFC 7507)"),
    Named("--raw-public-key --client-auth", "keys without certificates on both sides (RFC 7250)"),
    Named("--trusted-ca-keys", "the server has certificates of two authorities; the client names one (RFC 6066, 6)"),
    Named("--client-certificate-url --client-auth", "a URL in place of the client's certificate (RFC 6066, 5)"),
    Named("--ocsp query", "the client asks the CA whether the server's certificate is revoked (RFC 6960)"),
    Named("--ocsp query --revoked", "it is (RFC 5246, 7.2.2)", "certificate_revoked"),
    Named("--ocsp staple", "the server has asked beforehand and staples the answer (RFC 6066, 8)"),
    Named("--ocsp staple --revoked", "it is (RFC 6066, 8)", "bad_certificate_status_response"),
    Named("--ocsp must-staple", "the certificate says that it comes with a staple (RFC 7633)"),
    Named("--ocsp must-staple --revoked", "it does, and is revoked", "bad_certificate_status_response"),
    Named("--ocsp missing-staple", "it does not (RFC 7633, 4.3.3)", "bad_certificate"),
    Named("--crl", "the client fetches the CA's list of revoked certificates (RFC 5280, 5)"),
    Named("--crl --revoked", "the certificate is on it (RFC 5280, 6.3)", "certificate_revoked"),
)
