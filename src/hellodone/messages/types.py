"""The types that structs share, as codecs: numbers that know the names of their values, and common opaques."""

from __future__ import annotations

from enum import IntEnum
from functools import partial

from hellodone.messages.distinguished_name import name_text
from hellodone.registry import codes
from hellodone.registry.groups import NamedGroup as _NamedGroup
from hellodone.registry.naming import code_name, is_grease8, name_of
from hellodone.registry.signatures import scheme_name
from hellodone.registry.suites import suite_name
from hellodone.registry.versions import version_name
from hellodone.wire.codec import Uint, opaque, text, uint8, uint16, vector


def named(number: Uint, kind: type[IntEnum]) -> Uint:
    """A number shown by the names of an enum: ``x25519``."""
    return number(partial(name_of, kind))


def numbered(number: Uint, kind: type[IntEnum]) -> Uint:
    """A number shown by name and number, for kinds of things: ``client_hello(1)``."""
    return number(partial(code_name, kind))


def der(data: bytes) -> str:
    """What to say of DER that is shown elsewhere: how much there is."""
    return f"{len(data)} bytes of DER"


def _psk_mode(value: int) -> str:
    return f"GREASE(0x{value:02x})" if is_grease8(value) else name_of(codes.PskKeyExchangeMode, value)


ProtocolVersion = uint16(version_name)
CipherSuite = uint16(suite_name)
CompressionMethod = named(uint8, codes.CompressionMethod)
NamedGroup = named(uint16, _NamedGroup)
SignatureScheme = uint16(scheme_name)  # SignatureAndHashAlgorithm of RFC 5246, 7.4.1.4.1: two bytes, one number
ECPointFormat = named(uint8, codes.ECPointFormat)
CertificateType = named(uint8, codes.CertificateType)
ClientCertificateType = named(uint8, codes.ClientCertificateType)
CertificateStatusType = numbered(uint8, codes.CertificateStatusType)
HashAlgorithm = named(uint8, codes.HashAlgorithm)
PskKeyExchangeMode = uint8(_psk_mode)

ASN1Cert = opaque(1, 2**24 - 1, der)  # RFC 5246, 7.4.2
DistinguishedName = opaque(1, 2**16 - 1, name_text)  # RFC 5246, 7.4.4
ECPoint = opaque(1, 2**8 - 1)  # RFC 8422, 5.4
ProtocolName = opaque(1, 2**8 - 1, text)  # RFC 7301, 3.1
SignatureSchemes = vector(SignatureScheme, 2, 2**16 - 2, "algorithm")
