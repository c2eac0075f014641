"""Every code point of the registries has its name, and no other has one."""

from __future__ import annotations

from enum import IntEnum

import pytest

from hellodone.errors import AlertDescription, AlertLevel
from hellodone.registry import codes as c
from hellodone.registry.groups import NamedGroup
from hellodone.registry.naming import name_of
from hellodone.registry.signatures import SignatureScheme
from tests.registry import data

REGISTRIES: dict[str, type[IntEnum]] = {
    "alert_descriptions": AlertDescription,
    "alert_levels": AlertLevel,
    "certificate_compression_algorithms": c.CertificateCompressionAlgorithm,
    "certificate_status_types": c.CertificateStatusType,
    "certificate_types": c.CertificateType,
    "client_certificate_types": c.ClientCertificateType,
    "compression_methods": c.CompressionMethod,
    "content_types": c.ContentType,
    "ec_curve_types": c.ECCurveType,
    "ec_point_formats": c.ECPointFormat,
    "extension_types": c.ExtensionType,
    "handshake_types": c.HandshakeType,
    "hash_algorithms": c.HashAlgorithm,
    "psk_key_exchange_modes": c.PskKeyExchangeMode,
    "server_name_types": c.ServerNameType,
    "signature_algorithms": c.SignatureAlgorithm,
    "signature_schemes": SignatureScheme,
    "supplemental_data_formats": c.SupplementalDataType,
    "supported_groups": NamedGroup,
    "user_mapping_types": c.UserMappingType,
}

# Names of the registries that cannot be names in Python.
SPELT = {
    "1609Dot2": "IEEE1609Dot2",
    "OpenPGP (reserved)": "OpenPGP",
    "Raw Public Key": "RawPublicKey",
    "X25519Kyber768Draft00 (OBSOLETE)": "X25519Kyber768Draft00",
    "SecP256r1Kyber768Draft00 (OBSOLETE)": "SecP256r1Kyber768Draft00",
    "application_settings (old)": "application_settings_old",
    "encrypted_extensions (draft, Channel ID)": "channel_id_encrypted_extensions",
    "gost_sign (old 256)": "gost_sign_old",
}


@pytest.mark.parametrize(("file", "kind"), REGISTRIES.items(), ids=REGISTRIES)
def test_an_enum_holds_its_registry_and_nothing_else(file: str, kind: type[IntEnum]) -> None:
    expected = {value: SPELT.get(name, name) for value, name in data.codes(file).items()}

    assert {member.value: member.name for member in kind} == expected
    assert {value: name_of(kind, value) for value in expected} == expected


def test_every_registry_file_is_tested_here_or_beside() -> None:
    elsewhere = {"cipher_suites", "cipher_suites_nonstandard", "ffdhe", "modp", "grease", "max_fragment_lengths"}

    assert {path.stem for path in data.FOLDER.glob("*.csv")} == REGISTRIES.keys() | elsewhere


def test_max_fragment_length_gives_its_bytes() -> None:
    expected = {int(row["value"]): int(row["bytes"]) for row in data.rows("max_fragment_lengths")}

    assert {member.value: member.length for member in c.MaxFragmentLength} == expected
