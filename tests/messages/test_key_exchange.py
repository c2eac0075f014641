"""Forms of the two key exchange messages, by suite and version."""

from __future__ import annotations

from typing import Any

import pytest

from hellodone.errors import DecodeError
from hellodone.messages import key_exchange as kx
from hellodone.registry.key_exchange import KeyExchange as K
from tests.messages.illustrated import message

SSL30, TLS10, TLS11, TLS12 = 0x0300, 0x0301, 0x0302, 0x0303
DH = kx.ServerDHParams(b"\x17", b"\x05", b"\x08")
DH_HEX = "000117" + "000105" + "000108"
ECDH = kx.ServerECDHParams.named(29, b"\x01\x02")
ECDH_HEX = "03" + "001d" + "020102"
SIGNED = kx.DigitallySigned(0x0804, b"sig")
SIGNED_HEX = "0804" + "0003736967"
HINT_HEX = "000468696e74"


@pytest.mark.parametrize(
    ("value", "raw"),
    [
        (kx.ServerKeyExchangeDHE(DH, SIGNED), DH_HEX + SIGNED_HEX),
        (kx.ServerKeyExchangeDHETLS10(DH, kx.SignatureTLS10(b"sig")), DH_HEX + "0003736967"),
        (kx.ServerKeyExchangeDHAnon(DH), DH_HEX),
        (kx.ServerKeyExchangeECDHE(ECDH, SIGNED), ECDH_HEX + SIGNED_HEX),
        (kx.ServerKeyExchangeECDHETLS10(ECDH, kx.SignatureTLS10(b"sig")), ECDH_HEX + "0003736967"),
        (kx.ServerKeyExchangeECDHAnon(ECDH), ECDH_HEX),
        (kx.ServerKeyExchangePSK(b"hint"), HINT_HEX),
        (kx.ServerKeyExchangeDHEPSK(b"hint", DH), HINT_HEX + DH_HEX),
        (kx.ServerKeyExchangeECDHEPSK(b"", ECDH), "0000" + ECDH_HEX),
        (
            kx.ServerKeyExchangeRSAExport(kx.ServerRSAParams(b"\x0f", b"\x03"), SIGNED),
            "00010f" + "000103" + SIGNED_HEX,
        ),
        (
            kx.ServerKeyExchangeSRP(kx.ServerSRPParams(b"N", b"g", b"s", b"B")),
            "00014e" + "000167" + "0173" + "000142",
        ),
        (kx.EncryptedPreMasterSecret(b"secret"), "0006" + b"secret".hex()),
        (kx.EncryptedPreMasterSecretSSL30(b"secret"), b"secret".hex()),
        (kx.ClientDiffieHellmanPublic(b"\x08"), "000108"),
        (kx.ClientDiffieHellmanPublic(None), ""),
        (kx.ClientECDiffieHellmanPublic(b"\x01\x02"), "020102"),
        (kx.ClientECDiffieHellmanPublic(None), ""),
        (kx.ClientPSK(b"me"), "00026d65"),
        (kx.ClientDHEPSK(b"me", b"\x08"), "00026d65" + "000108"),
        (kx.ClientECDHEPSK(b"me", b"\x01\x02"), "00026d65" + "020102"),
        (kx.ClientRSAPSK(b"me", b"secret"), "00026d65" + "0006" + b"secret".hex()),
        (kx.ClientSRPPublic(b"A"), "000141"),
        (kx.KerberosWrapper(b"t", b"", b"p"), "000174" + "0000" + "000170"),
    ],
    ids=lambda value: type(value).__name__ if not isinstance(value, str) else "",
)
def test_forms_byte_by_byte(value: Any, raw: str) -> None:
    assert value.encode().hex() == raw
    assert type(value).parse(bytes.fromhex(raw)) == value


def test_the_signed_params_of_a_published_connection() -> None:
    body = message("serverkeyexchange")[4:]
    form = kx.server_key_exchange_form(K.ECDHE_RSA)
    assert form is kx.ServerKeyExchangeECDHE
    exchange = kx.ServerKeyExchangeECDHE.parse(body)
    assert exchange.params.group == 29
    assert exchange.params.encode() == body[:36]  # what is signed, after the two randoms
    assert len(exchange.params.public) == 32
    assert exchange.signed_params.algorithm == 0x0401
    assert len(exchange.signed_params.signature) == 256


def test_curves_may_be_spelled_out() -> None:
    curve = kx.ECCurve(b"\x01", b"\x02")
    prime = kx.ECParameters(1, kx.ExplicitPrime(b"\x17", curve, b"\x04", b"\x05", b"\x01"))
    assert prime.encode().hex() == "01" + "0117" + "0101" + "0102" + "0104" + "0105" + "0101"
    three = kx.ECParameters(2, kx.ExplicitChar2(163, 1, kx.Trinomial(b"\x03"), curve, b"\x04", b"\x05", b"\x02"))
    assert three.encode().hex() == "02" + "00a3" + "01" + "0103" + "0101" + "0102" + "0104" + "0105" + "0102"
    five = kx.Pentanomial(b"\x03", b"\x06", b"\x07")
    assert (
        kx.ECParameters(2, kx.ExplicitChar2(163, 2, five, curve, b"\x04", b"\x05", b"\x02"))
        .encode()
        .hex()
        .startswith("0200a302" + "0103" + "0106" + "0107")
    )
    assert kx.ECParameters.parse(three.encode()) == three
    assert kx.ServerECDHParams(prime, b"\x04").group is None


@pytest.mark.parametrize("raw", ["04001d0101", "02000103", "03001d00", "03001d", "0300"])
def test_curves_of_other_kinds_are_refused(raw: str) -> None:
    with pytest.raises(DecodeError):
        kx.ServerECDHParams.parse(bytes.fromhex(raw))


@pytest.mark.parametrize("params", ["0000" + "000105" + "000108", "000117" + "000105" + "0000", "000117"])
def test_numbers_of_diffie_hellman_are_never_empty(params: str) -> None:
    with pytest.raises(DecodeError):
        kx.ServerDHParams.parse(bytes.fromhex(params))


@pytest.mark.parametrize(
    ("key_exchange", "version", "server", "client"),
    [
        (K.RSA, TLS12, None, kx.EncryptedPreMasterSecret),
        (K.RSA, TLS10, None, kx.EncryptedPreMasterSecret),
        (K.RSA, SSL30, None, kx.EncryptedPreMasterSecretSSL30),
        (K.DHE_RSA, TLS12, kx.ServerKeyExchangeDHE, kx.ClientDiffieHellmanPublic),
        (K.DHE_DSS, TLS11, kx.ServerKeyExchangeDHETLS10, kx.ClientDiffieHellmanPublic),
        (K.DH_RSA, TLS12, None, kx.ClientDiffieHellmanPublic),
        (K.DH_anon, TLS12, kx.ServerKeyExchangeDHAnon, kx.ClientDiffieHellmanPublic),
        (K.ECDHE_ECDSA, TLS12, kx.ServerKeyExchangeECDHE, kx.ClientECDiffieHellmanPublic),
        (K.ECDHE_RSA, SSL30, kx.ServerKeyExchangeECDHETLS10, kx.ClientECDiffieHellmanPublic),
        (K.ECDH_ECDSA, TLS12, None, kx.ClientECDiffieHellmanPublic),
        (K.ECDH_anon, TLS12, kx.ServerKeyExchangeECDHAnon, kx.ClientECDiffieHellmanPublic),
        (K.PSK, TLS12, kx.ServerKeyExchangePSK, kx.ClientPSK),
        (K.RSA_PSK, TLS12, kx.ServerKeyExchangePSK, kx.ClientRSAPSK),
        (K.DHE_PSK, TLS12, kx.ServerKeyExchangeDHEPSK, kx.ClientDHEPSK),
        (K.ECDHE_PSK, TLS12, kx.ServerKeyExchangeECDHEPSK, kx.ClientECDHEPSK),
        (K.SRP_SHA_RSA, TLS12, kx.ServerKeyExchangeSRPSigned, kx.ClientSRPPublic),
        (K.RSA_EXPORT, TLS10, kx.ServerKeyExchangeRSAExportTLS10, kx.EncryptedPreMasterSecret),
        (K.KRB5, TLS12, None, kx.KerberosWrapper),
        (K.NULL, TLS12, None, None),
        (K.ECCPWD, TLS12, None, None),
    ],
)
def test_the_suite_and_the_version_decide_the_form(key_exchange: K, version: int, server: Any, client: Any) -> None:
    assert kx.server_key_exchange_form(key_exchange, version) is server
    assert kx.client_key_exchange_form(key_exchange, version) is client


def test_every_key_exchange_that_sends_fresh_parameters_has_a_form() -> None:
    for key_exchange in K:
        if key_exchange.ephemeral:
            assert kx.server_key_exchange_form(key_exchange) is not None
            assert kx.client_key_exchange_form(key_exchange) is not None
