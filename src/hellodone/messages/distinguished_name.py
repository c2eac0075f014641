"""Distinguished names as text (RFC 4514): enough DER to say which authorities a CertificateRequest names.

Only for showing. The names that certificates are matched by are compared as bytes; see :mod:`hellodone.pki`.
"""

from __future__ import annotations

from collections.abc import Iterator

from hellodone.errors import DecodeError
from hellodone.wire.codec import Reader

SEQUENCE, SET, OBJECT_IDENTIFIER, BMP_STRING = 0x30, 0x31, 0x06, 0x1E
UTF8_STRING = 0x0C

KEYWORDS = {  # RFC 4514, 3, and a few that certificates are full of
    "2.5.4.3": "CN",
    "2.5.4.4": "SN",
    "2.5.4.5": "serialNumber",
    "2.5.4.6": "C",
    "2.5.4.7": "L",
    "2.5.4.8": "ST",
    "2.5.4.9": "STREET",
    "2.5.4.10": "O",
    "2.5.4.11": "OU",
    "2.5.4.12": "title",
    "2.5.4.42": "GN",
    "2.5.4.97": "organizationIdentifier",
    "0.9.2342.19200300.100.1.1": "UID",
    "0.9.2342.19200300.100.1.25": "DC",
    "1.2.840.113549.1.9.1": "emailAddress",
}


def name_text(data: bytes) -> str:
    """``CN=Root CA,O=Example,C=SE`` from a DER Name, last part first (RFC 4514, 2.1); hexadecimal if it is none."""
    try:
        parts = [_relative_name(part) for part in _each(_whole(data, SEQUENCE), SET)]
    except (DecodeError, UnicodeDecodeError):
        return data.hex()
    return ",".join(reversed(parts))


def _relative_name(part: Reader) -> str:
    return "+".join(_attribute(attribute) for attribute in _each(part, SEQUENCE))


def _attribute(attribute: Reader) -> str:
    _, oid = _element(attribute)
    tag, value = _element(attribute)
    dotted = object_identifier(oid.rest())
    encoding = {UTF8_STRING: "utf-8", BMP_STRING: "utf-16-be"}.get(tag, "latin-1")
    return f"{KEYWORDS.get(dotted, dotted)}={_escaped(value.rest().decode(encoding))}"


def _escaped(value: str) -> str:
    """RFC 4514, 2.4, and nothing that a terminal would act on."""
    return "".join(map(_escaped_character, value))


def _escaped_character(character: str) -> str:
    if character in ',+"<>;\\':
        return f"\\{character}"
    if character.isprintable():
        return character
    return "".join(f"\\{byte:02x}" for byte in character.encode("utf-8", "replace"))


def _whole(data: bytes, tag: int) -> Reader:
    reader = Reader(data)
    found, content = _element(reader)
    reader.finish()
    if found != tag:
        raise DecodeError(f"tag {found:#x} where {tag:#x} is due")
    return content


def _each(reader: Reader, tag: int) -> Iterator[Reader]:
    while reader.pos < reader.end:
        found, content = _element(reader)
        if found != tag:
            raise DecodeError(f"tag {found:#x} where {tag:#x} is due")
        yield content


def _element(reader: Reader) -> tuple[int, Reader]:
    """Tag and content; lengths in the short form and the long one of up to three bytes (X.690, 8.1.3)."""
    tag = reader.uint(1)
    length = reader.uint(1)
    if length > 0x83 or length == 0x80:
        raise DecodeError("a length that no name has")
    if length > 0x80:
        length = reader.uint(length - 0x80)
    return tag, reader.sub(length)


def object_identifier(data: bytes) -> str:
    """Dotted decimals of an OBJECT IDENTIFIER (X.690, 8.19). Raises DecodeError when it is empty."""
    arcs: list[int] = []
    arc = 0
    for byte in data[:32]:
        arc = arc << 7 | byte & 0x7F
        if not byte & 0x80:
            arcs.append(arc)
            arc = 0
    if not arcs:
        raise DecodeError("an empty object identifier")
    root = min(arcs[0] // 40, 2)
    return ".".join(map(str, (root, arcs[0] - 40 * root, *arcs[1:])))
