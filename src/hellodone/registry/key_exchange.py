"""The key exchanges that cipher suites are named after, and what follows from each (RFC 5246, 7.4.2, 7.4.3, F.1.1)."""

from __future__ import annotations

from enum import Enum
from typing import Literal

Agreement = Literal["null", "rsa", "dh", "dhe", "ecdh", "ecdhe", "psk", "srp", "eccpwd", "krb5"]
ServerSignature = Literal["rsa", "dsa", "ecdsa"]
CertificateKey = Literal["rsa", "dsa", "dh", "ec"]


class KeyExchange(Enum):
    """How two parties come to a premaster secret; the value is the name as it stands in the suite's name.

    ``agreement`` is the mathematics; ``server_signature`` what signs the ServerKeyExchange (None: nothing does; with
    "ecdsa" also the EdDSA schemes, RFC 8422, 5.4); ``certificate_key`` the key that the server's certificate must
    hold (None: no certificate is sent).
    """

    agreement: Agreement
    server_signature: ServerSignature | None
    certificate_key: CertificateKey | None

    __hash__ = object.__hash__  # members are equal to themselves only; tables by key exchange are on every way

    # fmt: off
    #                 name              agreement  signature  certificate
    NULL           = "NULL",            "null",    None,      None
    RSA            = "RSA",             "rsa",     None,      "rsa"
    DH_RSA         = "DH_RSA",          "dh",      None,      "dh"
    DH_DSS         = "DH_DSS",          "dh",      None,      "dh"
    DHE_RSA        = "DHE_RSA",         "dhe",     "rsa",     "rsa"
    DHE_DSS        = "DHE_DSS",         "dhe",     "dsa",     "dsa"
    DH_anon        = "DH_anon",         "dhe",     None,      None
    ECDH_RSA       = "ECDH_RSA",        "ecdh",    None,      "ec"
    ECDH_ECDSA     = "ECDH_ECDSA",      "ecdh",    None,      "ec"
    ECDHE_RSA      = "ECDHE_RSA",       "ecdhe",   "rsa",     "rsa"
    ECDHE_ECDSA    = "ECDHE_ECDSA",     "ecdhe",   "ecdsa",   "ec"
    ECDH_anon      = "ECDH_anon",       "ecdhe",   None,      None
    PSK            = "PSK",             "psk",     None,      None
    DHE_PSK        = "DHE_PSK",         "dhe",     None,      None
    RSA_PSK        = "RSA_PSK",         "rsa",     None,      "rsa"
    ECDHE_PSK      = "ECDHE_PSK",       "ecdhe",   None,      None
    SRP_SHA        = "SRP_SHA",         "srp",     None,      None
    SRP_SHA_RSA    = "SRP_SHA_RSA",     "srp",     "rsa",     "rsa"
    SRP_SHA_DSS    = "SRP_SHA_DSS",     "srp",     "dsa",     "dsa"
    ECCPWD         = "ECCPWD",          "eccpwd",  None,      None
    KRB5           = "KRB5",            "krb5",    None,      None
    RSA_EXPORT     = "RSA_EXPORT",      "rsa",     "rsa",     "rsa"
    DH_RSA_EXPORT  = "DH_RSA_EXPORT",   "dh",      None,      "dh"
    DH_DSS_EXPORT  = "DH_DSS_EXPORT",   "dh",      None,      "dh"
    DHE_RSA_EXPORT = "DHE_RSA_EXPORT",  "dhe",     "rsa",     "rsa"
    DHE_DSS_EXPORT = "DHE_DSS_EXPORT",  "dhe",     "dsa",     "dsa"
    DH_anon_EXPORT = "DH_anon_EXPORT",  "dhe",     None,      None
    KRB5_EXPORT    = "KRB5_EXPORT",     "krb5",    None,      None
    # fmt: on

    def __new__(
        cls,
        name: str,
        agreement: Agreement,
        server_signature: ServerSignature | None,
        certificate_key: CertificateKey | None,
    ) -> KeyExchange:
        """A member whose value is its name alone."""
        member = object.__new__(cls)
        member._value_ = name
        member.agreement = agreement
        member.server_signature = server_signature
        member.certificate_key = certificate_key
        return member

    @property
    def ephemeral(self) -> bool:
        """Whether the ServerKeyExchange brings fresh (EC)DH parameters, signed or, when anonymous or PSK, unsigned."""
        return self.agreement in ("dhe", "ecdhe")

    @property
    def elliptic(self) -> bool:
        """Whether the secret is agreed on an elliptic curve: ECDH_* and ECDHE_*."""
        return self.agreement in ("ecdh", "ecdhe")

    @property
    def finite_field(self) -> bool:
        """Whether the secret is agreed in a prime field: DH_* and DHE_*."""
        return self.agreement in ("dh", "dhe")

    @property
    def psk(self) -> bool:
        """Whether a pre-shared key is part of the premaster secret (RFC 4279, RFC 5489)."""
        return "PSK" in self.value

    @property
    def anonymous(self) -> bool:
        """Whether nobody proves who they are: DH_anon and ECDH_anon."""
        return "anon" in self.value

    @property
    def export(self) -> bool:
        """Whether keys were weakened for export (RFC 2246; forbidden since TLS 1.1)."""
        return "EXPORT" in self.value

    @property
    def authenticates_server(self) -> bool:
        """Whether the server sends a Certificate (RFC 5246, 7.4.2)."""
        return self.certificate_key is not None

    @property
    def forward_secret(self) -> bool:
        """Whether long-term keys that leak later open nothing recorded before."""
        return self.agreement in ("dhe", "ecdhe", "srp", "eccpwd")
