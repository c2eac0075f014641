"""All extensions of a hello at once, in the order in which a ClientHello carries them.

To speak one more extension, write its rule and add it to ``RULES``.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import lru_cache
from typing import Any, Final

from hellodone.errors import AlertDescription, FatalAlert
from hellodone.handshake.context import ClientHandshake, Handshake, ServerHandshake
from hellodone.handshake.extensions.algorithms import PointFormatsRule, SignatureAlgorithmsRule, SupportedGroupsRule
from hellodone.handshake.extensions.authorities import TrustedCaKeysRule
from hellodone.handshake.extensions.binding import (
    EncryptThenMacRule,
    ExtendedMasterSecretRule,
    RenegotiationInfoRule,
    TruncatedHmacRule,
)
from hellodone.handshake.extensions.certificate_types import ClientCertificateTypeRule, ServerCertificateTypeRule
from hellodone.handshake.extensions.certificate_url import ClientCertificateUrlRule
from hellodone.handshake.extensions.names import AlpnRule, ServerNameRule
from hellodone.handshake.extensions.padding import PaddingRule
from hellodone.handshake.extensions.rule import Rule
from hellodone.handshake.extensions.sessions import SessionTicketRule
from hellodone.handshake.extensions.sizes import MaxFragmentLengthRule, RecordSizeLimitRule
from hellodone.handshake.extensions.status import StatusRequestRule, StatusRequestV2Rule
from hellodone.handshake.extensions.supplements import supplement_rules
from hellodone.handshake.extensions.transparency import SignedCertificateTimestampRule
from hellodone.messages.extensions import Extensions
from hellodone.registry.codes import ExtensionType
from hellodone.registry.naming import name_of
from hellodone.wire.struct import Struct

_WORTH_KEEPING: Final = 2**7  # bytes of an extension: longer ones are names and tickets, which differ

RULES: Sequence[Rule[Struct, Struct]] = (
    ServerNameRule(),
    ExtendedMasterSecretRule(),
    RenegotiationInfoRule(),
    SupportedGroupsRule(),
    PointFormatsRule(),
    SignatureAlgorithmsRule(),
    EncryptThenMacRule(),
    TruncatedHmacRule(),
    RecordSizeLimitRule(),
    MaxFragmentLengthRule(),
    SessionTicketRule(),
    ClientCertificateTypeRule(),
    ServerCertificateTypeRule(),
    ClientCertificateUrlRule(),
    TrustedCaKeysRule(),
    StatusRequestV2Rule(),
    StatusRequestRule(),
    SignedCertificateTimestampRule(),
    AlpnRule(),
    PaddingRule(),
)  # type: ignore[assignment]


def rules(hs: Handshake[Any]) -> Sequence[Rule[Struct, Struct]]:
    """Those for everybody, and those that the configuration adds."""
    return (*RULES, *supplement_rules(hs)) if hs._config.supplements else RULES


def offer_all(hs: ClientHandshake) -> Extensions:
    """The extensions of our ClientHello; of a session's ticket only the place."""
    return _extensions((rule.extension_type, rule.offer(hs)) for rule in rules(hs))


def read_all(hs: ServerHandshake, offered: Extensions) -> None:
    """Learn what the client's extensions say. Raises FatalAlert, DecodeError."""
    refuse_duplicates(offered)
    for rule in rules(hs):
        data = offered.get(rule.extension_type)
        rule.read(hs, None if data is None else _parsed(rule.offered, data))


def answer_all(hs: ServerHandshake, offered: Extensions) -> Extensions:
    """The extensions of our ServerHello: answers to what was offered only (RFC 5246, 7.4.1.4)."""
    answers = [(rule.extension_type, rule.answer(hs)) for rule in rules(hs)]
    # the signalling suite value stands for an empty renegotiation_info (RFC 5746, 3.6)
    allowed = {*offered.types, ExtensionType.renegotiation_info}
    return _extensions((kind, body) for kind, body in answers if kind in allowed)


def accept_all(hs: ClientHandshake, offered: Extensions, answered: Extensions) -> None:
    """Conclude from the server's extensions. Raises FatalAlert, DecodeError."""
    refuse_duplicates(answered)
    unsolicited = [kind for kind in answered.types if kind not in offered]
    hs.check(
        not unsolicited,
        AlertDescription.unsupported_extension,
        "every extension in ServerHello answers one that we offered (RFC 5246, 7.4.1.4)",
        lambda: f"the server sends {', '.join(name_of(ExtensionType, kind) for kind in unsolicited)}",
    )
    for rule in rules(hs):
        data = answered.get(rule.extension_type)
        rule.accept(hs, None if data is None else _parsed(rule.answered, data))


def _parsed(form: type[Struct], data: bytes) -> Struct:
    said: Struct = _parsed_before(form, data) if len(data) <= _WORTH_KEEPING else form.parse(data)
    return said


_parsed_before: Any = lru_cache(maxsize=2**9)(lambda form, data: form.parse(data))
"""Peers say the same things again and again: what is short is not read anew each time."""


def refuse_duplicates(extensions: Extensions) -> None:
    """No extension stands twice (RFC 5246, 7.4.1.4). Raises FatalAlert."""
    twice = extensions.duplicates()
    if twice:
        raise FatalAlert(
            AlertDescription.illegal_parameter,
            f"{name_of(ExtensionType, twice[0])} stands more than once among the extensions (RFC 5246, 7.4.1.4)",
        )


def _extensions(pairs: Iterable[tuple[int, Struct | None]]) -> Extensions:
    return Extensions.of([(kind, body.encode()) for kind, body in pairs if body is not None])
