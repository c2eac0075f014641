"""Protocol versions and their names (RFC 5246, E.1; RFC 8446, 4.2.1)."""

from __future__ import annotations

from enum import IntEnum

from hellodone.registry.naming import unregistered


class ProtocolVersion(IntEnum):
    """Every version that ever had a number, DTLS included, so that each can be named when met."""

    SSL20 = 0x0002
    SSL30 = 0x0300
    TLS10 = 0x0301
    TLS11 = 0x0302
    TLS12 = 0x0303
    TLS13 = 0x0304
    DTLS10 = 0xFEFF
    DTLS12 = 0xFEFD
    DTLS13 = 0xFEFC


_NAMES = {
    0x0002: "SSL 2.0",
    0x0300: "SSL 3.0",
    0x0301: "TLS 1.0",
    0x0302: "TLS 1.1",
    0x0303: "TLS 1.2",
    0x0304: "TLS 1.3",
    0xFEFF: "DTLS 1.0",
    0xFEFD: "DTLS 1.2",
    0xFEFC: "DTLS 1.3",
}


def version_name(version: int) -> str:
    """``TLS 1.2``, ``TLS 1.3 draft 18``, ``GREASE(0x0a0a)`` or ``unknown(0x1234)``."""
    if version >> 8 == 0x7F:
        return f"TLS 1.3 draft {version & 0xFF}"
    return _NAMES.get(version) or unregistered(version)
