"""Which fields of which message a chart shows, as a table; and all of them, for whoever wants all."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from hellodone.diagram.rows import Detail
from hellodone.diagram.values import counted, first_of, moderate, short
from hellodone.trace.model import Step
from hellodone.wire.field import Field

EMPTY = "empty"


@dataclass(frozen=True, slots=True)
class Chosen:
    """A field of a message, or a fact that says it better than the field does.

    ``name`` is the name of the field, looked for in depth; ``show`` makes its meaning short; ``brief``, of the few that
    make up the one line of summary, makes it speak for itself; ``if_empty`` stands for a field that is there but empty.
    """

    name: str
    label: str
    show: Callable[[str], str] = str
    brief: Callable[[str], str] | None = None
    facts: tuple[str, ...] = ()
    if_empty: str = ""


def _suites(value: str) -> str:
    return counted(value.count(", ") + 1, "cipher suite")


def _seconds(value: str) -> str:
    return f"{value} s"


def _others(value: str) -> str:
    """The extensions whose content is not shown by itself."""
    return ", ".join(name for name in value.split(", ") if name not in _SHOWN_EXTENSIONS)


def _signals(value: str) -> str:
    """What stands among the suites and is none (RFC 5746, 3.3; RFC 7507)."""
    return ", ".join(name for name in value.split(", ") if name.endswith("_SCSV"))


_SHOWN_EXTENSIONS = frozenset(
    (
        "server_name",
        "application_layer_protocol_negotiation",
        "supported_versions",
        "supported_groups",
        "signature_algorithms",
        "session_ticket",
        "max_fragment_length",
        "record_size_limit",
        "client_certificate_type",
        "server_certificate_type",
        "trusted_ca_keys",
        "user_mapping",
        "client_authz",
        "server_authz",
    )
)
_STRUCTURE = frozenset(("msg_type", "length", "extension_type"))  # said by where the others stand
_VERIFY = Chosen("verify_data", "verify_data", short)
_RANDOM = Chosen("random", "random", short)
_SESSION = Chosen("session_id", "session_id", short, if_empty=EMPTY)
_ALPN = Chosen("application_layer_protocol_negotiation", "application protocol", brief=str)
_SIGNATURE = (Chosen("algorithm", "signature scheme", brief=str), Chosen("signature", "signature", short))

_EXTENSIONS = (
    Chosen("session_ticket", "session_ticket", short, if_empty=EMPTY),
    Chosen("max_fragment_length", "max_fragment_length"),
    Chosen("record_size_limit", "record_size_limit"),
    Chosen("client_certificate_type", "client_certificate_type"),
    Chosen("server_certificate_type", "server_certificate_type"),
    Chosen("trusted_authorities_list", "trusted_ca_keys", facts=("trusted_authorities",)),
    Chosen("user_mapping", "user_mapping"),
    Chosen("client_authz", "client_authz"),
    Chosen("server_authz", "server_authz"),
)
"""Those that are rare, and whose content says what the handshake is about."""

CHOSEN: Mapping[str, tuple[Chosen, ...]] = MappingProxyType(
    {
        "ClientHello": (
            Chosen("client_version", "client_version", brief=str),
            _RANDOM,
            _SESSION,
            Chosen("cipher_suites", "cipher_suites", first_of, brief=_suites),
            Chosen("server_name", "server_name", brief=str),
            Chosen("application_layer_protocol_negotiation", "application protocols"),
            Chosen("supported_versions", "supported_versions"),
            Chosen("supported_groups", "supported_groups"),
            Chosen("signature_algorithms", "signature_algorithms", first_of),
            Chosen("cipher_suites", "signalled", _signals),
            *_EXTENSIONS,
            Chosen("extensions", "other extensions", _others),
        ),
        "ServerHello": (
            Chosen("server_version", "server_version", brief=str),
            _RANDOM,
            _SESSION,
            Chosen("cipher_suite", "cipher_suite", brief=str),
            _ALPN,
            *_EXTENSIONS,
            Chosen("extensions", "extensions"),
        ),
        "Certificate": (
            Chosen(
                "certificate_list",
                "certificates",
                brief=str,
                facts=("server_certificates", "client_certificates"),
                if_empty="none",
            ),
        ),
        "CertificateStatus": (Chosen("status_type", "status_type", brief=str), Chosen("response", "response", short)),
        "CertificateURL": (Chosen("url", "url", brief=str),),
        "ServerKeyExchange": (
            Chosen("psk_identity_hint", "psk_identity_hint"),
            Chosen("namedcurve", "group", brief=str),
            Chosen("dh_p", "p", short, facts=("dh_group",)),
            Chosen("dh_g", "g", short),
            Chosen("dh_Ys", "server_share (public)", short),
            Chosen("public", "server_share (public)", short),
            *_SIGNATURE,
        ),
        "CertificateRequest": (
            Chosen("certificate_types", "certificate_types", brief=str),
            Chosen("supported_signature_algorithms", "signature_algorithms", first_of),
            Chosen("certificate_authorities", "authorities", first_of, if_empty="any"),
        ),
        "ClientKeyExchange": (
            Chosen("psk_identity", "psk_identity", brief=str),
            Chosen("encrypted_pre_master_secret", "encrypted premaster_secret", short),
            Chosen("dh_Yc", "client_share (public)", short),
            Chosen("ecdh_Yc", "client_share (public)", short),
        ),
        "CertificateVerify": _SIGNATURE,
        "Finished": (_VERIFY,),
        "NewSessionTicket": (
            Chosen("ticket_lifetime_hint", "ticket_lifetime_hint", _seconds, brief=_seconds),
            Chosen("ticket", "ticket", short),
        ),
        "OCSP request": (Chosen("serialNumber", "serialNumber", short), Chosen("requestExtensions", "extensions")),
        "OCSP response": (
            Chosen("responseStatus", "responseStatus"),
            Chosen("responderID", "responderID", short),
            Chosen("certStatus", "certStatus", brief=str),
            Chosen("revocationTime", "revocationTime"),
            Chosen("thisUpdate", "thisUpdate"),
            Chosen("nextUpdate", "nextUpdate"),
        ),
        "CRL": (
            Chosen("issuer", "issuer"),
            Chosen("thisUpdate", "thisUpdate"),
            Chosen("nextUpdate", "nextUpdate"),
            Chosen("revokedCertificates", "revokedCertificates", brief=str, if_empty=EMPTY),
        ),
        "SupplementalData": (
            Chosen("supp_data_type", "supp_data_type", brief=str),
            Chosen("user_principal_name", "user_principal_name", short),
            Chosen("domain_name", "domain_name", short),
            Chosen("authz_format", "authz_format"),
        ),
    }
)
"""Messages that are not here show their summary alone."""


def field_lines(step: Step, detail: Detail) -> list[str]:
    """What stands below the name of a message at that level of detail."""
    if detail is Detail.full and step.fields is not None:
        return [*_facts_shown(step), *_tree(step.fields.children, 0)]
    chosen = CHOSEN.get(step.name, ())
    if detail is Detail.brief:
        values = [value for row in chosen if row.brief and (value := _value(row, step, row.brief))]
        return [", ".join(values)] if values else _summary(step)
    lines = [f"{row.label}: {value}" for row in chosen if (value := _value(row, step, row.show))]
    return lines or _summary(step)


def _summary(step: Step) -> list[str]:
    return [step.summary] if step.summary else []


def _value(row: Chosen, step: Step, show: Callable[[str], str]) -> str:
    """The value to be shown, "" where the message has no such field."""
    for name in row.facts:
        for reaction in step.reactions:
            for fact in reaction.learned:
                if fact.name == name and isinstance(fact.value, str):
                    return fact.value
    field = step.fields.find(row.name) if step.fields is not None else None
    if field is None:
        return ""
    return show(field.meaning) if field.meaning else row.if_empty


def _facts_shown(step: Step) -> list[str]:
    """Facts that say more than the fields: names of certificates that the fields show as bytes."""
    shown = []
    for row in CHOSEN.get(step.name, ()):
        value = _value(row, step, row.show) if row.facts else ""
        if value:
            shown.append(f"{row.label}: {value}")
    return shown


def _tree(fields: tuple[Field, ...], depth: int) -> Iterator[str]:
    """Every field with its value. A field is not opened where its value already says all that its parts say."""
    for field in fields:
        if field.name in _STRUCTURE and not field.children:
            continue
        if _opened(field):
            yield "  " * depth + field.name
            yield from _tree(field.children, depth + 1)
        else:
            yield "  " * depth + f"{field.name}: {moderate(field.meaning) or EMPTY}"


def _opened(field: Field) -> bool:
    """Whether the parts are worth lines of their own: one of them has something to say that the whole does not."""
    said = field.meaning
    return any(
        leaf.meaning not in said for leaf in field.leaves() if leaf is not field and leaf.name not in _STRUCTURE
    ) or (not said and any(part.name not in _STRUCTURE for part in field.children))
