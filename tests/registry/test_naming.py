"""What numbers are called when they have a name, mean nothing on purpose, or are not known."""

from __future__ import annotations

from enum import IntEnum

import pytest

from hellodone.registry.codes import ExtensionType, HandshakeType, PskKeyExchangeMode
from hellodone.registry.groups import NamedGroup
from hellodone.registry.naming import code_name, is_grease, is_grease8, name_of
from hellodone.registry.versions import ProtocolVersion, version_name
from tests.registry import data


def test_grease_values_are_those_of_rfc_8701() -> None:
    listed = [row["value"] for row in data.rows("grease")]

    assert [v for v in range(0x10000) if is_grease(v)] == [int(text, 16) for text in listed if len(text) == 6]
    assert [v for v in range(0x100) if is_grease8(v)] == [int(text, 16) for text in listed if len(text) == 4]


@pytest.mark.parametrize(
    ("kind", "value", "name", "numbered"),
    [
        (NamedGroup, 29, "x25519", "x25519(29)"),
        (HandshakeType, 1, "client_hello", "client_hello(1)"),
        (ExtensionType, 0, "server_name", "server_name(0)"),
        (ExtensionType, 0x1234, "unknown(0x1234)", "unknown(0x1234)"),
        (NamedGroup, 0x0042, "unknown(0x0042)", "unknown(0x0042)"),
        (NamedGroup, 0xFAFA, "GREASE(0xfafa)", "GREASE(0xfafa)"),
        (HandshakeType, 0x42, "unknown(0x42)", "unknown(0x42)"),
        (HandshakeType, 0x0B, "certificate", "certificate(11)"),
        (HandshakeType, 0x2A, "unknown(0x2a)", "unknown(0x2a)"),
        (PskKeyExchangeMode, 0x2A, "GREASE(0x2a)", "GREASE(0x2a)"),
        (PskKeyExchangeMode, 7, "unknown(0x07)", "unknown(0x07)"),
    ],
)
def test_names_with_and_without_numbers(kind: type[IntEnum], value: int, name: str, numbered: str) -> None:
    assert name_of(kind, value) == name
    assert code_name(kind, value) == numbered


@pytest.mark.parametrize(
    ("version", "name"),
    [
        (0x0002, "SSL 2.0"),
        (0x0300, "SSL 3.0"),
        (0x0301, "TLS 1.0"),
        (0x0302, "TLS 1.1"),
        (0x0303, "TLS 1.2"),
        (0x0304, "TLS 1.3"),
        (0x7F12, "TLS 1.3 draft 18"),
        (0xFEFD, "DTLS 1.2"),
        (0x3A3A, "GREASE(0x3a3a)"),
        (0x0305, "unknown(0x0305)"),
    ],
)
def test_version_names(version: int, name: str) -> None:
    assert version_name(version) == name


def test_every_version_has_a_name_and_versions_of_tls_compare() -> None:
    assert all("unknown" not in version_name(version) for version in ProtocolVersion)
    assert ProtocolVersion.SSL30 < ProtocolVersion.TLS10 < ProtocolVersion.TLS12 < ProtocolVersion.TLS13
