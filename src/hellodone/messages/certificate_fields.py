"""Certificates, names and keys opened to their fields: DER under the names of RFC 5280, every byte under one of them.

Nothing here judges a certificate, and nothing raises: what is not the DER expected stays one field with its bytes.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from operator import is_
from types import MappingProxyType

from hellodone.errors import DecodeError
from hellodone.messages.distinguished_name import KEYWORDS, name_text, object_identifier
from hellodone.registry import oids
from hellodone.wire.field import Field

BOOLEAN, INTEGER, BIT_STRING, OCTET_STRING, OBJECT_IDENTIFIER = 0x01, 0x02, 0x03, 0x04, 0x06
SEQUENCE, SET = 0x30, 0x31
CONSTRUCTED = 0x20
DEEPEST = 12  # levels of DER; certificates have half as many
MOST = 4000  # elements of one certificate

_NAMES = {**oids.EXTENSIONS, **oids.EXTENDED_KEY_USAGES, **KEYWORDS, **oids.PUBLIC_KEYS, **oids.CURVES}
_NAMES |= oids.DIGESTS_AND_RESPONSES
_NAMES |= {dotted: name for dotted, (name, _) in oids.SIGNATURE_ALGORITHMS.items()}
_STRINGS = {
    0x0C: "utf-8",
    0x13: "ascii",
    0x14: "latin-1",
    0x16: "ascii",
    0x17: "ascii",
    0x18: "ascii",
    0x1E: "utf-16-be",
}
_KEY_USAGES = (
    *("digitalSignature", "nonRepudiation", "keyEncipherment", "dataEncipherment", "keyAgreement"),
    *("keyCertSign", "cRLSign", "encipherOnly", "decipherOnly"),
)


@dataclass(frozen=True, slots=True)
class Shape:
    """How the parts of a constructed value are called: ``parts`` in order, ``each`` where all are alike.

    ``optional`` maps tags to parts that may be missing; ``inner`` opens the bytes of a primitive value.
    """

    parts: tuple[tuple[str, Shape | None], ...] = ()
    each: tuple[str, Shape | None] | None = None
    optional: Mapping[int, tuple[str, Shape | None]] = field(default_factory=dict)
    show: Callable[[bytes], str] | None = None


_ATTRIBUTE = Shape(parts=(("type", None), ("value", None)))
NAME = Shape(each=("relativeName", Shape(each=("attribute", _ATTRIBUTE))), show=name_text)
_ALGORITHM = Shape(parts=(("algorithm", None), ("parameters", None)))
PUBLIC_KEY = Shape(parts=(("keyAlgorithm", _ALGORITHM), ("subjectPublicKey", None)))
_VALIDITY = Shape(parts=(("notBefore", None), ("notAfter", None)))
_EXTENSION = Shape(
    parts=(("extnID", None), ("extnValue", None)), optional=MappingProxyType({BOOLEAN: ("critical", None)})
)
_EXTENSIONS = Shape(each=("extensionList", Shape(each=("extension", _EXTENSION))))
_TO_BE_SIGNED = Shape(
    parts=(
        ("serialNumber", None),
        ("signature", _ALGORITHM),
        ("issuer", NAME),
        ("validity", _VALIDITY),
        ("subject", NAME),
        ("subjectPublicKeyInfo", PUBLIC_KEY),
    ),
    optional=MappingProxyType(
        {
            0xA0: ("certificateVersion", Shape(each=("certificateVersion", None))),
            0x81: ("issuerUniqueID", None),
            0x82: ("subjectUniqueID", None),
            0xA3: ("certificateExtensions", _EXTENSIONS),
        }
    ),
)
CERTIFICATE = Shape(
    parts=(("tbsCertificate", _TO_BE_SIGNED), ("signatureAlgorithm", _ALGORITHM), ("signatureValue", None))
)
_OPENED = MappingProxyType(
    {
        "certificate": CERTIFICATE,
        "subject_public_key_info": PUBLIC_KEY,
        "authority": NAME,
    }
)
_GENERAL_NAMES = {
    0x82: "dNSName",
    0x86: "uniformResourceIdentifier",
    0x87: "iPAddress",
    0x81: "rfc822Name",
    0xA4: "directoryName",
}
_IN_EXTENSIONS = MappingProxyType(
    {
        "subjectAltName": Shape(each=("generalName", None)),
        "issuerAltName": Shape(each=("generalName", None)),
        "extKeyUsage": Shape(each=("keyPurposeId", None)),
        "basicConstraints": Shape(optional=MappingProxyType({1: ("cA", None), 2: ("pathLenConstraint", None)})),
        "authorityKeyIdentifier": Shape(
            optional=MappingProxyType(
                {
                    0x80: ("keyIdentifier", None),
                    0xA1: ("authorityCertIssuer", None),
                    0x82: ("authorityCertSerialNumber", None),
                }
            )
        ),
    }
)


def opened(field: Field, raw: bytes) -> Field:
    """The field with everything in it that is DER opened; ``raw`` is the message that it is a part of."""
    if field.children:
        children = tuple([opened(child, raw) for child in field.children])
        return field if all(map(is_, children, field.children)) else replace(field, children=children)
    shape = _OPENED.get(field.name)
    if shape is None or field.end == field.start:
        return field
    return _Walk(raw).whole(field, shape) or field


class _NotDer(ValueError):
    """The bytes are not what DER would have there."""


@dataclass
class _Walk:
    """One certificate."""

    raw: bytes
    elements: int = 0

    def whole(self, field: Field, shape: Shape) -> Field | None:
        """The field with its parts, None when it is not one whole element."""
        try:
            element = self.element(field.name, field.start, field.end, shape, 0)
        except (DecodeError, ValueError):
            return None
        if element.end != field.end:
            return None
        return replace(element, name=field.name, meaning=self.title(field, element))

    def title(self, field: Field, element: Field) -> str:
        """Of a certificate its subject, else what stood there."""
        subject = next((part for part in _flat(element) if part.name == "subject"), None)
        return subject.meaning if subject is not None and subject.meaning else field.meaning

    def element(self, name: str, start: int, end: int, shape: Shape | None, depth: int) -> Field:
        """One element: type and length, then its parts or its value."""
        self.elements += 1
        if depth > DEEPEST or self.elements > MOST:
            raise _NotDer
        tag, body, finish = self.header(start, end)
        content = self.raw[body:finish]
        meaning = shape.show(self.raw[start:finish]) if shape is not None and shape.show else ""
        parts: tuple[Field, ...] = ()
        if tag & CONSTRUCTED:
            parts = self.parts(body, finish, shape or Shape(), depth)
            meaning = meaning or _joined(parts)
        elif body < finish:
            meaning = meaning or said(name, tag, content)
            parts = (Field(name, body, finish, meaning),)
        return Field(name, start, finish, meaning, (Field("header", start, body, _type(tag)), *parts))

    def header(self, start: int, end: int) -> tuple[int, int, int]:
        """Tag, where the content begins, where it ends."""
        if end - start < 2 or self.raw[start] & 0x1F == 0x1F:
            raise _NotDer
        length, body = self.raw[start + 1], start + 2
        if length & 0x80:
            count = length & 0x7F
            if not 1 <= count <= 3 or body + count > end:
                raise _NotDer
            length, body = int.from_bytes(self.raw[body : body + count], "big"), body + count
        if body + length > end:
            raise _NotDer
        return self.raw[start], body, body + length

    def parts(self, start: int, end: int, shape: Shape, depth: int) -> tuple[Field, ...]:
        """The elements of a constructed one, under the names that the shape gives them."""
        found: list[Field] = []
        due = list(shape.parts)
        while start < end:
            name, inner = (
                shape.optional.get(self.raw[start]) or shape.each or (due.pop(0) if due else ("element", None))
            )
            part = self.element(name, start, end, inner, depth + 1)
            if name == "extnValue":
                part = self.extension(part, found[0].meaning if found else "", depth)
            elif name == "generalName":
                part = _renamed(part, _GENERAL_NAMES.get(self.raw[start], name))
            found.append(part)
            start = part.end
        return tuple(found)

    def extension(self, part: Field, kind: str, depth: int) -> Field:
        """The value of a certificate's extension is DER in an OCTET STRING."""
        header, *content = part.children
        if not content:
            return part
        try:
            inner = self.element(kind or "element", content[0].start, part.end, _IN_EXTENSIONS.get(kind), depth + 2)
        except (DecodeError, ValueError):
            return part
        return replace(part, meaning=inner.meaning, children=(header, inner)) if inner.end == part.end else part


def said(name: str, tag: int, content: bytes) -> str:
    """A primitive value in words."""
    if tag == OBJECT_IDENTIFIER:
        dotted = object_identifier(content)
        return _NAMES.get(dotted, dotted)
    if tag == BOOLEAN:
        return "true" if any(content) else "false"
    if name == "certificateVersion":
        return f"v{int.from_bytes(content, 'big') + 1}"
    if tag == INTEGER and len(content) <= 4:
        return str(int.from_bytes(content, "big", signed=True))
    if tag in (0x17, 0x18):
        return _time(content.decode("ascii"))
    if tag == BIT_STRING and name == "keyUsage":
        bits = "".join([f"{byte:08b}" for byte in content[1:]])
        return ", ".join([usage for usage, bit in zip(_KEY_USAGES, bits, strict=False) if bit == "1"])
    if tag in _STRINGS or (tag in (0x81, 0x82, 0x86) and content.isascii() and content.decode().isprintable()):
        return content.decode(_STRINGS.get(tag, "ascii"), "replace").encode("unicode_escape").decode("ascii")
    if tag == 0x87 and len(content) == 4:
        return ".".join(map(str, content))
    return content.hex()


def _time(text: str) -> str:
    """``2026-11-21 03:56:58Z`` (RFC 5280, 4.1.2.5)."""
    if not text.endswith("Z") or not text[:-1].isdigit() or len(text) not in (13, 15):
        return text
    full = text if len(text) == 15 else ("19" if text[0] >= "5" else "20") + text
    return f"{full[:4]}-{full[4:6]}-{full[6:8]} {full[8:10]}:{full[10:12]}:{full[12:14]}Z"


def _type(tag: int) -> str:
    names = {BOOLEAN: "BOOLEAN", INTEGER: "INTEGER", BIT_STRING: "BIT STRING", OCTET_STRING: "OCTET STRING", 5: "NULL"}
    names |= {OBJECT_IDENTIFIER: "OBJECT IDENTIFIER", SEQUENCE: "SEQUENCE", SET: "SET", 0x0C: "UTF8String"}
    names |= {0x13: "PrintableString", 0x16: "IA5String", 0x17: "UTCTime", 0x18: "GeneralizedTime", 0x0A: "ENUMERATED"}
    return names.get(tag, f"[{tag & 0x1F}]" if tag & 0xC0 == 0x80 else f"tag 0x{tag:02x}")


def _joined(parts: tuple[Field, ...]) -> str:
    """What the parts say, as long as that is short."""
    text = ", ".join([part.meaning for part in parts if part.meaning])
    return text if len(text) <= 100 else ""


def _renamed(field: Field, name: str) -> Field:
    return replace(
        field, name=name, children=tuple([replace(c, name=name) if c.name == field.name else c for c in field.children])
    )


def _flat(field: Field) -> list[Field]:
    return [field, *[inner for child in field.children for inner in _flat(child)]]
