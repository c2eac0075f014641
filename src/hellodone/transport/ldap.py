"""As much LDAP as StartTLS needs: one request, one bounded response (RFC 4511, 4.12, 4.14; BER by hand)."""

from __future__ import annotations

from hellodone.transport.errors import NotTls
from hellodone.transport.sniff import quote, recognise_server

# LDAPMessage { messageID 1, ExtendedRequest { requestName 1.3.6.1.4.1.1466.20037 } }
STARTTLS_REQUEST = b"\x30\x1d\x02\x01\x01\x77\x18\x80\x16" + b"1.3.6.1.4.1.1466.20037"

_MAXIMUM = 16 * 1024  # bytes of a response; real ones have some dozens
_RESULTS = {
    1: "operationsError",
    2: "protocolError",
    8: "strongerAuthRequired",
    10: "referral",
    12: "unavailableCriticalExtension",
    51: "busy",
    52: "unavailable",
    53: "unwillingToPerform",
    80: "other",
}


def result_name(code: int) -> str:
    """The name of a resultCode with its number."""
    return f"{_RESULTS.get(code, 'result')}({code})"


def message_length(data: bytes) -> int:
    """Length of the LDAPMessage at the start, 0 when it is not all there. Raises NotTls for what is none."""
    if data[:1] not in (b"", b"\x30"):
        raise NotTls(
            f"the peer says {quote(data)}: it looks like {recognise_server(data).what}; expected an LDAP message"
        )
    header = _header(data, 0)
    if header is None:
        return 0
    start, length = header
    if length > _MAXIMUM:
        raise NotTls(f"the peer's LDAP message claims {length} bytes; expected at most {_MAXIMUM}")
    return start + length if len(data) >= start + length else 0


def extended_response(message: bytes) -> tuple[int, bytes]:
    """resultCode and diagnosticMessage of an ExtendedResponse. Raises NotTls when it is not one."""
    try:
        _, content, _ = _element(message, 0)
        _, _, rest = _element(content, 0)  # messageID
        tag, response, _ = _element(content, rest)
        code_tag, code, after_code = _element(response, 0)
        _, _, after_dn = _element(response, after_code)
        _, diagnostic, _ = _element(response, after_dn)
    except ValueError:
        raise NotTls(f"the peer's answer to StartTLS is malformed: {quote(message)}; expected BER") from None
    if tag != 0x78 or code_tag != 0x0A or not 1 <= len(code) <= 4:
        raise NotTls(f"the peer answered StartTLS with another LDAP operation ({tag:#04x}); expected ExtendedResponse")
    return int.from_bytes(code, "big"), diagnostic


def _header(data: bytes, at: int) -> tuple[int, int] | None:
    """Where the content of the element at ``at`` begins and how long it is; None when the header is cut off."""
    if len(data) < at + 2:
        return None
    first = data[at + 1]
    if first < 0x80:
        return at + 2, first
    width = first & 0x7F
    if not 1 <= width <= 4:
        raise NotTls("the peer's LDAP message has a length in a form that LDAP forbids (RFC 4511, 5.1)")
    if len(data) < at + 2 + width:
        return None
    return at + 2 + width, int.from_bytes(data[at + 2 : at + 2 + width], "big")


def _element(data: bytes, at: int) -> tuple[int, bytes, int]:
    """Tag, content and end of the element at ``at``. Raises ValueError when it is not whole."""
    header = _header(data, at)
    if header is None or header[0] + header[1] > len(data):
        raise ValueError
    start, length = header
    return data[at], data[start : start + length], start + length
