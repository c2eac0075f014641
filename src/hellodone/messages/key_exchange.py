"""Forms of ServerKeyExchange and ClientKeyExchange, which the cipher suite decides (RFC 5246, 7.4.3 and 7.4.7).

What the server signs is ``params.encode()``: the bytes as they are on the wire (RFC 5246, 7.4.3).
"""

from collections.abc import Mapping
from enum import IntEnum
from functools import cache
from types import MappingProxyType
from typing import Annotated, Self

from hellodone.messages.types import ECPoint, NamedGroup, SignatureScheme, named, numbered
from hellodone.registry.codes import ECCurveType
from hellodone.registry.key_exchange import KeyExchange
from hellodone.registry.versions import ProtocolVersion
from hellodone.wire.codec import opaque, rest, text, uint8, uint16
from hellodone.wire.forms import maybe, unassigned
from hellodone.wire.struct import Struct, select

# --- parameters ------------------------------------------------------------------------------------------------------


class ServerDHParams(Struct):
    """Prime, generator and the server's public value, big-endian numbers (RFC 5246, 7.4.3)."""

    dh_p: Annotated[bytes, opaque(1, 2**16 - 1)]
    dh_g: Annotated[bytes, opaque(1, 2**16 - 1)]
    dh_Ys: Annotated[bytes, opaque(1, 2**16 - 1)]  # noqa: N815 - the RFC's name


class ECCurve(Struct):
    """The coefficients of an elliptic curve (RFC 4492, 5.4)."""

    a: Annotated[bytes, opaque(1, 2**8 - 1)]
    b: Annotated[bytes, opaque(1, 2**8 - 1)]


class ExplicitPrime(Struct):
    """``case explicit_prime``: a curve over a prime field, spelled out (RFC 4492, 5.4; deprecated by RFC 8422)."""

    prime_p: Annotated[bytes, opaque(1, 2**8 - 1)]
    curve: ECCurve
    base: Annotated[bytes, ECPoint]
    order: Annotated[bytes, opaque(1, 2**8 - 1)]
    cofactor: Annotated[bytes, opaque(1, 2**8 - 1)]


class ECBasisType(IntEnum):
    """Kinds of bases; RFC 4492, 5.4 gives no numbers, implementations count from 1."""

    ec_basis_trinomial = 1
    ec_basis_pentanomial = 2


class Trinomial(Struct):
    """``case ec_trinomial`` (RFC 4492, 5.4)."""

    k: Annotated[bytes, opaque(1, 2**8 - 1)]


class Pentanomial(Struct):
    """``case ec_pentanomial`` (RFC 4492, 5.4)."""

    k1: Annotated[bytes, opaque(1, 2**8 - 1)]
    k2: Annotated[bytes, opaque(1, 2**8 - 1)]
    k3: Annotated[bytes, opaque(1, 2**8 - 1)]


class ExplicitChar2(Struct):
    """``case explicit_char2``: a curve over a binary field, spelled out (RFC 4492, 5.4; deprecated by RFC 8422)."""

    m: Annotated[int, uint16]
    basis: Annotated[int, named(uint8, ECBasisType)]
    exponents: Annotated[
        Trinomial | Pentanomial,
        select(
            "basis",
            {ECBasisType.ec_basis_trinomial: Trinomial, ECBasisType.ec_basis_pentanomial: Pentanomial},
            default=unassigned,
        ),
    ]
    curve: ECCurve
    base: Annotated[bytes, ECPoint]
    order: Annotated[bytes, opaque(1, 2**8 - 1)]
    cofactor: Annotated[bytes, opaque(1, 2**8 - 1)]


class ECParameters(Struct):
    """The curve: by name, or spelled out (RFC 8422, 5.4; RFC 4492, 5.4)."""

    curve_type: Annotated[int, numbered(uint8, ECCurveType)]
    namedcurve: Annotated[
        int | ExplicitPrime | ExplicitChar2,
        select(
            "curve_type",
            {
                ECCurveType.named_curve: NamedGroup,
                ECCurveType.explicit_prime: ExplicitPrime,
                ECCurveType.explicit_char2: ExplicitChar2,
            },
            default=unassigned,
        ),
    ]


class ServerECDHParams(Struct):
    """The curve and the server's public point (RFC 8422, 5.4)."""

    curve_params: ECParameters
    public: Annotated[bytes, ECPoint]

    @classmethod
    def named(cls, group: int, public: bytes) -> Self:
        """The parameters for a named curve."""
        return cls(ECParameters(ECCurveType.named_curve, group), public)

    @property
    def group(self) -> int | None:
        """The number of the named curve, None when the curve is spelled out."""
        curve = self.curve_params.namedcurve
        return curve if isinstance(curve, int) else None


class ServerRSAParams(Struct):
    """A short RSA key of the export suites (RFC 2246, 7.4.3)."""

    rsa_modulus: Annotated[bytes, opaque(1, 2**16 - 1)]
    rsa_exponent: Annotated[bytes, opaque(1, 2**16 - 1)]


class ServerSRPParams(Struct):
    """Group, salt and public value of SRP (RFC 5054, 2.8.2)."""

    srp_N: Annotated[bytes, opaque(1, 2**16 - 1)]  # noqa: N815 - the RFC's name
    srp_g: Annotated[bytes, opaque(1, 2**16 - 1)]
    srp_s: Annotated[bytes, opaque(1, 2**8 - 1)]
    srp_B: Annotated[bytes, opaque(1, 2**16 - 1)]  # noqa: N815 - the RFC's name


class DigitallySigned(Struct):
    """A signature and how it was made (RFC 5246, 4.7)."""

    algorithm: Annotated[int, SignatureScheme]
    signature: Annotated[bytes, opaque(0, 2**16 - 1)]

    @property
    def size(self) -> int:
        """Its bytes on the wire."""
        return 4 + len(self.signature)


class SignatureTLS10(Struct):
    """A signature before TLS 1.2, whose algorithm followed from the key (RFC 4346, 4.7)."""

    signature: Annotated[bytes, opaque(0, 2**16 - 1)]


# --- ServerKeyExchange -----------------------------------------------------------------------------------------------


class ServerKeyExchangeDHE(Struct):
    """DHE_RSA, DHE_DSS (RFC 5246, 7.4.3)."""

    params: ServerDHParams
    signed_params: DigitallySigned


class ServerKeyExchangeECDHE(Struct):
    """ECDHE_RSA, ECDHE_ECDSA (RFC 8422, 5.4)."""

    params: ServerECDHParams
    signed_params: DigitallySigned


class ServerKeyExchangeDHAnon(Struct):
    """DH_anon: not signed (RFC 5246, 7.4.3)."""

    params: ServerDHParams


class ServerKeyExchangeECDHAnon(Struct):
    """ECDH_anon: not signed (RFC 8422, 5.4)."""

    params: ServerECDHParams


class ServerKeyExchangePSK(Struct):
    """PSK, RSA_PSK: a hint which key to use, if any (RFC 4279, 2 and 4)."""

    psk_identity_hint: Annotated[bytes, opaque(0, 2**16 - 1, text)]


class ServerKeyExchangeDHEPSK(Struct):
    """DHE_PSK (RFC 4279, 3)."""

    psk_identity_hint: Annotated[bytes, opaque(0, 2**16 - 1, text)]
    params: ServerDHParams


class ServerKeyExchangeECDHEPSK(Struct):
    """ECDHE_PSK (RFC 5489, 2)."""

    psk_identity_hint: Annotated[bytes, opaque(0, 2**16 - 1, text)]
    params: ServerECDHParams


class ServerKeyExchangeSRP(Struct):
    """SRP_SHA: not signed (RFC 5054, 2.8.2)."""

    params: ServerSRPParams


class ServerKeyExchangeSRPSigned(Struct):
    """SRP_SHA_RSA, SRP_SHA_DSS (RFC 5054, 2.8.2)."""

    params: ServerSRPParams
    signed_params: DigitallySigned


class ServerKeyExchangeRSAExport(Struct):
    """RSA_EXPORT with its short key: forbidden in TLS 1.2, seen in it (RFC 2246, 7.4.3)."""

    params: ServerRSAParams
    signed_params: DigitallySigned


class ServerKeyExchangeDHETLS10(Struct):
    """DHE_RSA, DHE_DSS before TLS 1.2 (RFC 4346, 7.4.3)."""

    params: ServerDHParams
    signed_params: SignatureTLS10


class ServerKeyExchangeECDHETLS10(Struct):
    """ECDHE_RSA, ECDHE_ECDSA before TLS 1.2 (RFC 4492, 5.4)."""

    params: ServerECDHParams
    signed_params: SignatureTLS10


class ServerKeyExchangeRSAExportTLS10(Struct):
    """RSA_EXPORT with its short key (RFC 2246, 7.4.3)."""

    params: ServerRSAParams
    signed_params: SignatureTLS10


class ServerKeyExchangeSRPTLS10(Struct):
    """SRP_SHA_RSA, SRP_SHA_DSS before TLS 1.2 (RFC 5054, 2.8.2)."""

    params: ServerSRPParams
    signed_params: SignatureTLS10


# --- ClientKeyExchange -----------------------------------------------------------------------------------------------


class EncryptedPreMasterSecret(Struct):
    """RSA: the premaster secret under the server's public key (RFC 5246, 7.4.7.1)."""

    encrypted_pre_master_secret: Annotated[bytes, opaque(0, 2**16 - 1)]


class EncryptedPreMasterSecretSSL30(Struct):
    """RSA in SSL 3.0: the same without a length (RFC 5246, 7.4.7.1, implementation note)."""

    encrypted_pre_master_secret: Annotated[bytes, rest]


class ClientDiffieHellmanPublic(Struct):
    """The client's public value; None (``implicit``) when its certificate holds it (RFC 5246, 7.4.7.2)."""

    dh_Yc: Annotated[bytes | None, maybe(opaque(1, 2**16 - 1))]  # noqa: N815 - the RFC's name


class ClientECDiffieHellmanPublic(Struct):
    """The client's public point; None (``implicit``) when its certificate holds it (RFC 8422, 5.7)."""

    ecdh_Yc: Annotated[bytes | None, maybe(ECPoint)]  # noqa: N815 - the RFC's name


class ClientPSK(Struct):
    """PSK: which key the client uses (RFC 4279, 2)."""

    psk_identity: Annotated[bytes, opaque(0, 2**16 - 1, text)]


class ClientDHEPSK(Struct):
    """DHE_PSK: identity, then ClientDiffieHellmanPublic, always explicit (RFC 4279, 3)."""

    psk_identity: Annotated[bytes, opaque(0, 2**16 - 1, text)]
    dh_Yc: Annotated[bytes, opaque(1, 2**16 - 1)]  # noqa: N815 - the RFC's name


class ClientECDHEPSK(Struct):
    """ECDHE_PSK: identity, then ClientECDiffieHellmanPublic, always explicit (RFC 5489, 2)."""

    psk_identity: Annotated[bytes, opaque(0, 2**16 - 1, text)]
    ecdh_Yc: Annotated[bytes, ECPoint]  # noqa: N815 - the RFC's name


class ClientRSAPSK(Struct):
    """RSA_PSK: identity, then EncryptedPreMasterSecret (RFC 4279, 4)."""

    psk_identity: Annotated[bytes, opaque(0, 2**16 - 1, text)]
    encrypted_pre_master_secret: Annotated[bytes, opaque(0, 2**16 - 1)]


class ClientSRPPublic(Struct):
    """SRP: the client's public value (RFC 5054, 2.8.3)."""

    srp_A: Annotated[bytes, opaque(1, 2**16 - 1)]  # noqa: N815 - the RFC's name


class KerberosWrapper(Struct):
    """KRB5: a ticket, an authenticator and the premaster secret under the session key (RFC 2712, 3)."""

    ticket: Annotated[bytes, opaque(0, 2**16 - 1)]
    authenticator: Annotated[bytes, opaque(0, 2**16 - 1)]
    encrypted_pre_master_secret: Annotated[bytes, opaque(0, 2**16 - 1)]


# --- which form when -------------------------------------------------------------------------------------------------

Forms = Mapping[KeyExchange, type[Struct]]
K = KeyExchange

_SERVER: Forms = MappingProxyType(
    {
        K.DHE_RSA: ServerKeyExchangeDHE,
        K.DHE_DSS: ServerKeyExchangeDHE,
        K.DH_anon: ServerKeyExchangeDHAnon,
        K.ECDHE_RSA: ServerKeyExchangeECDHE,
        K.ECDHE_ECDSA: ServerKeyExchangeECDHE,
        K.ECDH_anon: ServerKeyExchangeECDHAnon,
        K.PSK: ServerKeyExchangePSK,
        K.RSA_PSK: ServerKeyExchangePSK,
        K.DHE_PSK: ServerKeyExchangeDHEPSK,
        K.ECDHE_PSK: ServerKeyExchangeECDHEPSK,
        K.SRP_SHA: ServerKeyExchangeSRP,
        K.SRP_SHA_RSA: ServerKeyExchangeSRPSigned,
        K.SRP_SHA_DSS: ServerKeyExchangeSRPSigned,
        K.RSA_EXPORT: ServerKeyExchangeRSAExport,
        K.DHE_RSA_EXPORT: ServerKeyExchangeDHE,
        K.DHE_DSS_EXPORT: ServerKeyExchangeDHE,
        K.DH_anon_EXPORT: ServerKeyExchangeDHAnon,
    }
)

_SERVER_TLS10: Forms = MappingProxyType(
    {
        **_SERVER,
        K.DHE_RSA: ServerKeyExchangeDHETLS10,
        K.DHE_DSS: ServerKeyExchangeDHETLS10,
        K.ECDHE_RSA: ServerKeyExchangeECDHETLS10,
        K.ECDHE_ECDSA: ServerKeyExchangeECDHETLS10,
        K.SRP_SHA_RSA: ServerKeyExchangeSRPTLS10,
        K.SRP_SHA_DSS: ServerKeyExchangeSRPTLS10,
        K.RSA_EXPORT: ServerKeyExchangeRSAExportTLS10,
        K.DHE_RSA_EXPORT: ServerKeyExchangeDHETLS10,
        K.DHE_DSS_EXPORT: ServerKeyExchangeDHETLS10,
    }
)

_CLIENT: Forms = MappingProxyType(
    {
        K.RSA: EncryptedPreMasterSecret,
        K.RSA_EXPORT: EncryptedPreMasterSecret,
        K.PSK: ClientPSK,
        K.RSA_PSK: ClientRSAPSK,
        K.DHE_PSK: ClientDHEPSK,
        K.ECDHE_PSK: ClientECDHEPSK,
        K.SRP_SHA: ClientSRPPublic,
        K.SRP_SHA_RSA: ClientSRPPublic,
        K.SRP_SHA_DSS: ClientSRPPublic,
        K.KRB5: KerberosWrapper,
        K.KRB5_EXPORT: KerberosWrapper,
    }
)


@cache
def server_key_exchange_form(key_exchange: KeyExchange, version: int = ProtocolVersion.TLS12) -> type[Struct] | None:
    """The form of ServerKeyExchange, None when there is none to send or none is known (RFC 5246, 7.4.3)."""
    forms = _SERVER if version >= ProtocolVersion.TLS12 else _SERVER_TLS10
    return forms.get(key_exchange)


@cache
def client_key_exchange_form(key_exchange: KeyExchange, version: int = ProtocolVersion.TLS12) -> type[Struct] | None:
    """The form of ClientKeyExchange, None when none is known (RFC 5246, 7.4.7)."""
    form = _CLIENT.get(key_exchange)
    if form is EncryptedPreMasterSecret and version <= ProtocolVersion.SSL30:
        return EncryptedPreMasterSecretSSL30
    if form is None and key_exchange.finite_field:
        return ClientDiffieHellmanPublic
    if form is None and key_exchange.elliptic:
        return ClientECDiffieHellmanPublic
    return form
