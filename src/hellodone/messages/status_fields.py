"""Every byte of an OCSP request, an OCSP response or a CRL under its name (RFC 6960, 4; RFC 5280, 5.1).

Nothing here raises, whatever the bytes: what is no DER, or not the DER expected, is a leaf that says so.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from hellodone.errors import DecodeError
from hellodone.messages.certificate_fields import said
from hellodone.messages.distinguished_name import name_text
from hellodone.wire.field import Field

_MOST_ITEMS = 50  # of a list; the rest is one leaf
_DEEPEST = 12
_STATUS = ("successful", "malformedRequest", "internalError", "tryLater", "", "sigRequired", "unauthorized")
Show = Callable[[bytes, bytes], str]  # of the whole element and of its contents


@dataclass(frozen=True, slots=True)
class _Node:
    """What an element may be: its name, its first octet (0: any), and what is in it."""

    name: str
    tag: int = 0
    show: Show | None = None
    parts: tuple[_Node, ...] = field(default=())
    each: _Node | None = None  # of a SEQUENCE OF
    inside: _Node | None = None  # of what wraps one element


def _name(raw: bytes, _: bytes) -> str:
    return name_text(raw)


def _status(_: bytes, body: bytes) -> str:
    code = body[-1] if body else len(_STATUS)
    return f"{_STATUS[code] if code < len(_STATUS) else 'unknown'}({code})"


def _word(word: str) -> Show:
    return lambda raw, body: word


_SEQUENCE, _INTEGER, _OCTETS, _BITS, _OID = 0x30, 0x02, 0x04, 0x03, 0x06


def _algorithm(name: str) -> _Node:
    return _Node(name, _SEQUENCE, parts=(_Node("algorithm", _OID), _Node("parameters")))


_EXTENSIONS = _Node(
    "extensions",
    _SEQUENCE,
    each=_Node(
        "extension",
        _SEQUENCE,
        parts=(_Node("extnID", _OID), _Node("critical", 0x01), _Node("extnValue", _OCTETS)),
    ),
)
_CERT_ID = _Node(
    "certID",
    _SEQUENCE,
    parts=(
        _algorithm("hashAlgorithm"),
        _Node("issuerNameHash", _OCTETS),
        _Node("issuerKeyHash", _OCTETS),
        _Node("serialNumber", _INTEGER),
    ),
)
_REQUEST = _Node(
    "OCSPRequest",
    _SEQUENCE,
    parts=(
        _Node(
            "tbsRequest",
            _SEQUENCE,
            parts=(
                _Node("version", 0xA0),
                _Node("requestorName", 0xA1),
                _Node("requestList", _SEQUENCE, each=_Node("request", _SEQUENCE, parts=(_CERT_ID,))),
                _Node("requestExtensions", 0xA2, inside=_EXTENSIONS),
            ),
        ),
        _Node("optionalSignature", 0xA0),
    ),
)
_SINGLE = _Node(
    "singleResponse",
    _SEQUENCE,
    parts=(
        _CERT_ID,
        _Node("certStatus", 0x80, _word("good")),
        _Node(
            "certStatus",
            0xA1,
            _word("revoked"),
            parts=(_Node("revocationTime", 0x18), _Node("revocationReason", 0xA0)),
        ),
        _Node("certStatus", 0x82, _word("unknown")),
        _Node("thisUpdate", 0x18),
        _Node("nextUpdate", 0xA0, inside=_Node("time", 0x18)),
        _Node("singleExtensions", 0xA1, inside=_EXTENSIONS),
    ),
)
_BASIC = _Node(
    "BasicOCSPResponse",
    _SEQUENCE,
    parts=(
        _Node(
            "tbsResponseData",
            _SEQUENCE,
            parts=(
                _Node("version", 0xA0),
                _Node("responderID", 0xA1, inside=_Node("byName", _SEQUENCE, _name)),
                _Node("responderID", 0xA2, inside=_Node("byKey", _OCTETS)),
                _Node("producedAt", 0x18),
                _Node("responses", _SEQUENCE, each=_SINGLE),
                _Node("responseExtensions", 0xA1, inside=_EXTENSIONS),
            ),
        ),
        _algorithm("signatureAlgorithm"),
        _Node("signature", _BITS),
        _Node("certs", 0xA0),
    ),
)
_RESPONSE = _Node(
    "OCSPResponse",
    _SEQUENCE,
    parts=(
        _Node("responseStatus", 0x0A, _status),
        _Node(
            "responseBytes",
            0xA0,
            inside=_Node(
                "ResponseBytes",
                _SEQUENCE,
                parts=(_Node("responseType", _OID), _Node("response", _OCTETS, inside=_BASIC)),
            ),
        ),
    ),
)
_TIMES = (0x17, 0x18)
_LIST = _Node(
    "CertificateList",
    _SEQUENCE,
    parts=(
        _Node(
            "tbsCertList",
            _SEQUENCE,
            parts=(
                _Node("version", _INTEGER),
                _algorithm("signature"),
                _Node("issuer", _SEQUENCE, _name),
                *(_Node("thisUpdate", tag) for tag in _TIMES),
                *(_Node("nextUpdate", tag) for tag in _TIMES),
                _Node(
                    "revokedCertificates",
                    _SEQUENCE,
                    each=_Node(
                        "revokedCertificate",
                        _SEQUENCE,
                        parts=(
                            _Node("userCertificate", _INTEGER),
                            *(_Node("revocationDate", tag) for tag in _TIMES),
                            _EXTENSIONS,
                        ),
                    ),
                ),
                _Node("crlExtensions", 0xA0, inside=_EXTENSIONS),
            ),
        ),
        _algorithm("signatureAlgorithm"),
        _Node("signatureValue", _BITS),
    ),
)


def dissect_ocsp_request(raw: bytes) -> Field:
    """A request, RFC 6960, 4.1."""
    return _dissected(raw, _REQUEST)


def dissect_ocsp_response(raw: bytes) -> Field:
    """A response, RFC 6960, 4.2."""
    return _dissected(raw, _RESPONSE)


def dissect_crl(raw: bytes) -> Field:
    """A list of revoked certificates, RFC 5280, 5.1."""
    return _dissected(raw, _LIST)


def _dissected(raw: bytes, node: _Node) -> Field:
    found = _element(raw, 0, len(raw))
    if found is None or found[2] != len(raw):
        return Field(node.name, 0, len(raw), f"{len(raw)} bytes that are not the DER of one element")
    return _field(raw, found, node, 0)


_Element = tuple[int, int, int]  # where it starts, where its contents start, where it ends


def _element(raw: bytes, start: int, end: int) -> _Element | None:
    """The element at ``start``, None when it does not fit before ``end``."""
    if end - start < 2:
        return None
    length, body = raw[start + 1], start + 2
    if length >= 0x80:
        octets = length & 0x7F
        body += octets
        if not 1 <= octets <= 4 or body > end:
            return None
        length = int.from_bytes(raw[start + 2 : body], "big")
    return (start, body, body + length) if body + length <= end else None


def _field(raw: bytes, element: _Element, node: _Node, depth: int) -> Field:
    start, body, end = element
    whole, contents = raw[start:end], raw[body:end]
    inner = (node.inside,) if node.inside is not None else node.parts
    meaning = _meaning(node, whole, contents)
    if (not inner and node.each is None) or depth > _DEEPEST:
        return Field(node.name, start, end, meaning)
    wanted = iter(inner)
    children = [Field("length", start, body, str(end - body))]
    for place in _elements(raw, body, end):
        if isinstance(place, Field):
            children.append(place)
        elif node.each is not None:
            if len(children) > _MOST_ITEMS:
                children.append(Field("more", place[0], end, f"{end - place[0]} bytes of more entries"))
                break
            children.append(_field(raw, place, node.each, depth + 1))
        else:
            children.append(_field(raw, place, _next(wanted, raw[place[0]]), depth + 1))
    return Field(node.name, start, end, meaning or _told(node, children), tuple(children))


def _meaning(node: _Node, whole: bytes, contents: bytes) -> str:
    """What it says; of what has parts, where there is a word for all of it."""
    try:
        if node.show is not None:
            return node.show(whole, contents)
        opened = node.parts or node.inside or node.each
        return "" if opened else said(node.name, whole[0], contents) or f"{len(contents)} bytes"
    except (DecodeError, ValueError):
        return contents.hex()


def _elements(raw: bytes, start: int, end: int) -> Iterable[_Element | Field]:
    while start < end:
        found = _element(raw, start, end)
        if found is None:
            yield Field("malformed", start, end, "no DER")
            return
        yield found
        start = found[2]


def _next(wanted: Iterable[_Node], tag: int) -> _Node:
    """What the next element is: the first of those that may come now with that tag."""
    return next((node for node in wanted if node.tag in (0, tag)), _Node("element", tag))


def _told(node: _Node, children: list[Field]) -> str:
    """Of what wraps one thing its meaning, of a list how many there are."""
    if node.each is not None and children[-1].name == "more":
        return f"more than {_MOST_ITEMS} entries"
    if node.each is not None:
        items = len(children) - 1
        return f"{items} {'entry' if items == 1 else 'entries'}"
    if node.inside is not None and len(children) == 2:
        return children[1].meaning
    return ""
