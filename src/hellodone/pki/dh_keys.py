"""Finite-field Diffie-Hellman keys in certificates and files, in their two forms (RFC 3279, 2.3.3; PKCS #3, 9).

A certificate holds SubjectPublicKeyInfo (RFC 5280, 4.1.2.7), a file PrivateKeyInfo (RFC 5208, 5). Both name the
algorithm with its parameters: dhKeyAgreement has p, g and perhaps the length of the private value; dhpublicnumber has
p, g, q and perhaps more. Which form a key has shows in its ``q``, which only the latter has.
"""

from __future__ import annotations

from typing import Final

from hellodone.crypto.finite_field import MAXIMUM_BITS, DHParameters, StaticDHPrivateKey, StaticDHPublicKey
from hellodone.pki.der import DerError, Elements, Tag, element, integer, object_identifier, sequence
from hellodone.registry import oids

_PKCS3: Final = object_identifier(oids.DH_KEY_AGREEMENT)
_X942: Final = object_identifier(oids.DH_PUBLIC_NUMBER)
_FORMS: Final = {_PKCS3[2:]: False, _X942[2:]: True}
_TBS_FIELDS_BEFORE_KEY: Final = (Tag.INTEGER, Tag.SEQUENCE, Tag.SEQUENCE, Tag.SEQUENCE, Tag.SEQUENCE)


def public_key_of_certificate(tbs_certificate: bytes) -> StaticDHPublicKey:
    """The Diffie-Hellman key of a TBSCertificate (RFC 5280, 4.1); faults as for :func:`read_public_key`."""
    fields = Elements(tbs_certificate).inside()
    if fields.next_tag == Tag.EXPLICIT_0:
        fields.take(Tag.EXPLICIT_0)
    for tag in _TBS_FIELDS_BEFORE_KEY:
        fields.take(tag)
    return _public_key(fields.inside())


def read_public_key(spki: bytes) -> StaticDHPublicKey:
    """The key of a SubjectPublicKeyInfo.

    No arithmetic but comparisons and one division is done, and nothing of more than 8192 bits is taken. Raises
    :class:`DerError` for another algorithm or structure, :class:`CryptoError` for numbers that make no key.
    """
    outer = Elements(spki)
    key = _public_key(outer.inside())
    outer.finish()
    return key


def read_private_key(pkcs8: bytes) -> StaticDHPrivateKey | None:
    """The key of an unencrypted PrivateKeyInfo, None when it is of another algorithm or another structure.

    Raises :class:`DerError` or :class:`CryptoError` for a Diffie-Hellman key that is damaged.
    """
    if not is_private_key(pkcs8):
        return None
    outer = Elements(pkcs8)
    fields = outer.inside()
    fields.natural(8)
    parameters, q = _group(fields.inside())
    value = fields.inside(Tag.OCTET_STRING)  # attributes may follow the key
    x = value.natural(MAXIMUM_BITS)
    value.finish()
    outer.finish()
    return StaticDHPrivateKey(parameters, x, q)


def is_private_key(pkcs8: bytes) -> bool:
    """Whether these octets begin as the PrivateKeyInfo of a Diffie-Hellman key does."""
    try:
        fields = Elements(pkcs8).inside()
        fields.natural(8)
        return fields.inside().take(Tag.OBJECT_IDENTIFIER) in _FORMS
    except DerError:
        return False


def write_public_key(key: StaticDHPublicKey) -> bytes:
    """The SubjectPublicKeyInfo: of X9.42 when the key has a ``q``, else of PKCS #3."""
    return sequence(_algorithm(key.parameters, key.q), element(Tag.BIT_STRING, b"\0", public_key_contents(key)))


def public_key_contents(key: StaticDHPublicKey) -> bytes:
    """What the BIT STRING of the key holds: the public value as an INTEGER."""
    return integer(key.y)


def write_private_key(key: StaticDHPrivateKey) -> bytes:
    """The PrivateKeyInfo, in the same form as the public key."""
    return sequence(integer(0), _algorithm(key.parameters, key.q), element(Tag.OCTET_STRING, integer(key.x)))


def _algorithm(parameters: DHParameters, q: int | None) -> bytes:
    p, g = integer(parameters.p), integer(parameters.g)
    return sequence(_PKCS3, sequence(p, g)) if q is None else sequence(_X942, sequence(p, g, integer(q)))


def _public_key(fields: Elements) -> StaticDHPublicKey:
    parameters, q = _group(fields.inside())
    bits = fields.take(Tag.BIT_STRING)
    fields.finish()
    if bits[:1] != b"\0":
        raise DerError("the key is not a whole number of octets")
    value = Elements(bits[1:])
    y = value.natural(MAXIMUM_BITS)
    value.finish()
    return StaticDHPublicKey(parameters, y, q)


def _group(algorithm: Elements) -> tuple[DHParameters, int | None]:
    """The group and, in the form of X9.42, the order of its generator."""
    with_order = _FORMS.get(algorithm.take(Tag.OBJECT_IDENTIFIER))
    if with_order is None:
        raise DerError("the algorithm is not Diffie-Hellman")
    numbers = algorithm.inside()
    algorithm.finish()
    p, g = numbers.natural(MAXIMUM_BITS), numbers.natural(MAXIMUM_BITS)
    parameters = DHParameters(p, g)
    if not with_order:
        return parameters, None  # what may follow is the length of the private value: a hint to its owner
    q = numbers.natural(MAXIMUM_BITS)  # j and the seed may follow: proofs of how the group was made
    if q < 2 or (p - 1) % q:
        raise DerError("the order q of the generator does not divide p - 1")
    return parameters, q
