"""What changes about records and sessions: lengths, padding, tickets, renegotiation, keep-alives, media keys."""

from enum import IntEnum
from typing import Annotated

from hellodone.messages.types import named
from hellodone.registry.codes import MaxFragmentLength as FragmentLength
from hellodone.wire.codec import Rest, opaque, rest, uint8, uint16, vector
from hellodone.wire.struct import Struct


def _bytes(value: int) -> str:
    known = value in FragmentLength._value2member_map_
    return f"{FragmentLength(value).length} bytes" if known else f"unknown(0x{value:02x})"


class MaxFragmentLength(Struct):
    """max_fragment_length, 2^9 to 2^12 (RFC 6066, 4)."""

    max_fragment_length: Annotated[int, uint8(_bytes)]


class RecordSizeLimit(Struct):
    """record_size_limit: the largest plaintext its sender takes, in bytes (RFC 8449, 4)."""

    record_size_limit: Annotated[int, uint16]


def _padding(data: bytes) -> str:
    return f"{len(data)} zero bytes" if not any(data) else data.hex()


class Padding(Struct):
    """padding: zero bytes that make a ClientHello as long as some servers want it (RFC 7685, 3)."""

    padding: Annotated[bytes, Rest(_padding)]


class RenegotiationInfo(Struct):
    """renegotiation_info: empty, or the verify_data of the handshake before (RFC 5746, 3.2)."""

    renegotiated_connection: Annotated[bytes, opaque(0, 2**8 - 1)]


class SessionTicket(Struct):
    """session_ticket: empty, or the ticket to resume by (RFC 5077, 3.2)."""

    ticket: Annotated[bytes, rest]


class HeartbeatMode(IntEnum):
    """Who may send heartbeats (RFC 6520, 2)."""

    peer_allowed_to_send = 1
    peer_not_allowed_to_send = 2


class HeartbeatExtension(Struct):
    """heartbeat (RFC 6520, 2)."""

    mode: Annotated[int, named(uint8, HeartbeatMode)]


class SRTPProtectionProfile(IntEnum):
    """Ciphers of SRTP (RFC 5764, 4.1.2; RFC 7714, 14.2)."""

    SRTP_AES128_CM_HMAC_SHA1_80 = 0x0001
    SRTP_AES128_CM_HMAC_SHA1_32 = 0x0002
    SRTP_NULL_HMAC_SHA1_80 = 0x0005
    SRTP_NULL_HMAC_SHA1_32 = 0x0006
    SRTP_AEAD_AES_128_GCM = 0x0007
    SRTP_AEAD_AES_256_GCM = 0x0008


class UseSRTPData(Struct):
    """use_srtp (RFC 5764, 4.1.1)."""

    SRTPProtectionProfiles: Annotated[tuple[int, ...], vector(named(uint16, SRTPProtectionProfile), 2, 2**16 - 1)]
    srtp_mki: Annotated[bytes, opaque(0, 2**8 - 1)]


class ConnectionId(Struct):
    """connection_id, of DTLS (RFC 9146, 3)."""

    cid: Annotated[bytes, opaque(0, 2**8 - 1)]


class TicketRequest(Struct):
    """ticket_request of a TLS 1.3 client (RFC 9149, 2)."""

    new_session_count: Annotated[int, uint8]
    resumption_count: Annotated[int, uint8]


class TokenBindingKeyParameters(IntEnum):
    """Kinds of keys that tokens are bound to (RFC 8471, 3.2)."""

    rsa2048_pkcs1_5 = 0
    rsa2048_pss = 1
    ecdsap256 = 2


class TokenBindingParameters(Struct):
    """token_binding (RFC 8472, 2)."""

    major: Annotated[int, uint8]
    minor: Annotated[int, uint8]
    key_parameters_list: Annotated[
        tuple[int, ...], vector(named(uint8, TokenBindingKeyParameters), 1, 2**8 - 1, "key_parameters")
    ]
