"""Which facts travel in which message, and where in it; and what a party prepares without sending it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from hellodone.trace.model import Party, Step
from hellodone.wire.field import Field

CLIENT, SERVER = Party.client, Party.server


@dataclass(frozen=True, slots=True)
class Shown:
    """A fact in a message: at the end of that path of fields. ``empty``: also when there is nothing in it."""

    fact: str
    path: tuple[str, ...] = ()
    empty: bool = False


def _extension(fact: str, name: str) -> Shown:
    return Shown(fact, ("extensions", name))


SHOWN: Mapping[tuple[str, Party], tuple[Shown, ...]] = MappingProxyType(
    {
        ("ClientHello", CLIENT): (
            Shown("client_version", ("client_version",)),
            Shown("client_random", ("random",)),
            Shown("session_id_offered", ("session_id",), empty=True),
            Shown("cipher_suites_offered", ("cipher_suites",)),
            Shown("client_extensions", ("extensions",), empty=True),
            _extension("server_name", "server_name"),
            _extension("alpn_offered", "application_layer_protocol_negotiation"),
            _extension("client_groups", "supported_groups"),
            _extension("client_point_formats", "ec_point_formats"),
            _extension("client_signature_schemes", "signature_algorithms"),
            _extension("client_record_size_limit", "record_size_limit"),
            Shown("session_ticket_offered", ("extensions", "session_ticket", "ticket")),
        ),
        ("ServerHello", SERVER): (
            Shown("server_version", ("server_version",)),
            Shown("server_random", ("random",)),
            Shown("session_id", ("session_id",), empty=True),
            Shown("cipher_suite", ("cipher_suite",)),
            Shown("compression_method", ("compression_method",)),
            Shown("server_extensions", ("extensions",), empty=True),
            _extension("alpn", "application_layer_protocol_negotiation"),
            _extension("server_record_size_limit", "record_size_limit"),
            _extension("signed_certificate_timestamps", "signed_certificate_timestamp"),
        ),
        ("Certificate", SERVER): (Shown("server_certificates", ("certificate_list", "certificate")),),
        ("CertificateStatus", SERVER): (Shown("server_certificate_status"),),
        ("ServerKeyExchange", SERVER): (
            Shown("psk_identity_hint", ("psk_identity_hint",)),
            Shown("group", ("params", "curve_params", "namedcurve")),
            Shown("dh_group", ("params", "dh_p")),
            Shown("server_share", ("params", "dh_Ys")),
            Shown("server_share", ("params", "public")),
            Shown("server_signature_scheme", ("signed_params", "algorithm")),
        ),
        ("CertificateRequest", SERVER): (Shown("certificate_request"),),
        ("Certificate", CLIENT): (Shown("client_certificates", ("certificate_list",), empty=True),),
        ("ClientKeyExchange", CLIENT): (
            Shown("psk_identity", ("psk_identity",)),
            Shown("client_share", ("dh_Yc",)),
            Shown("client_share", ("ecdh_Yc",)),
            Shown("encrypted_premaster_secret", ("encrypted_pre_master_secret",)),
        ),
        ("CertificateVerify", CLIENT): (Shown("client_signature_scheme", ("algorithm",)),),
        ("NewSessionTicket", SERVER): (Shown("session_ticket", ("ticket",)),),
        ("Finished", CLIENT): (Shown("client_verify_data", ("verify_data",)),),
        ("Finished", SERVER): (Shown("server_verify_data", ("verify_data",)),),
    }
)

# What a party draws or looks up to make its next message, and to understand it at the other side
PREPARED: Mapping[tuple[str, Party], tuple[str, ...]] = MappingProxyType(
    {
        ("ServerHello", SERVER): ("master_secret",),  # of the session, when one is resumed
        ("ServerKeyExchange", SERVER): ("server_ephemeral_private",),
        ("ClientKeyExchange", CLIENT): ("client_ephemeral_private", "premaster_secret", "other_secret"),
    }
)

# Facts that outlive connections, by who has them and the message that shows that they play a part
LONG_TERM: Mapping[str, tuple[Party, ...]] = MappingProxyType(
    {
        "server_private_key": (SERVER,),
        "client_private_key": (CLIENT,),
        "psk": (CLIENT, SERVER),
        "ticket_key": (SERVER,),
        "ca_private_key": (Party.ca,),
    }
)


@dataclass(frozen=True, slots=True)
class Covered:
    """What a hash covers: all handshake messages before (or with ``last``, through) a step of that sender."""

    sender: Party
    last: str = ""  # through this message; "" before the sender's ChangeCipherSpec


COVERED: Mapping[str, Covered] = MappingProxyType(
    {
        "session_hash": Covered(CLIENT, "ClientKeyExchange"),
        "handshake_hash_for_certificate_verify": Covered(CLIENT, "ClientKeyExchange"),
        "client_verify_data": Covered(CLIENT),
        "server_verify_data": Covered(SERVER),
    }
)


def shown_in(step: Step) -> Iterator[Shown]:
    """The facts that this message holds."""
    for shown in SHOWN.get((step.name, step.sender), ()):
        found = content(step, *shown.path)
        if found is not None and (found or shown.empty):
            yield shown


def content(step: Step, *path: str) -> bytes | None:
    """The bytes at the end of a path of fields, without their length; None where there is no such field."""
    field = step.fields
    for name in path:
        field = _child(field, name)
    if field is None:
        return None
    while (inner := _child(field, field.name)) is not None:
        field = inner
    if [child.name for child in field.children] == ["length"]:
        return b""
    return step.raw[field.start : field.end]


def _child(field: Field | None, name: str) -> Field | None:
    return next((child for child in field.children if child.name == name), None) if field is not None else None
