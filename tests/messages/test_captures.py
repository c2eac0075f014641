"""Real captures: every message of them read, dissected to the last byte, and compared with what tshark read."""

from __future__ import annotations

import json
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest

from hellodone.messages.dissection import DissectionContext, dissect_handshake
from hellodone.messages.extensions import algorithms, names, tls13
from hellodone.messages.handshake import (
    HELLO_RETRY_REQUEST_RANDOM,
    Certificate,
    CertificateRequest,
    CertificateVerify,
    ClientHello,
    HandshakeMessage,
    ServerHello,
    ServerKeyExchange,
    parse_handshake,
)
from hellodone.messages.key_exchange import server_key_exchange_form
from hellodone.registry.codes import HandshakeType
from tests.captures import Connection, Message, clear_messages, connections
from tests.messages.every import check_leaves

FOLDER = Path(__file__).parent.parent / "data" / "captures"
CAPTURES = sorted(FOLDER.glob("*.pcap"))
DRAFTS = {"arkime-tls13.pcap"}  # its ServerHello has the form of a draft, which is dissected but never parsed
UNNAMED = {"malformed", "trailing", "body", "params", "exchange_keys"}

each = pytest.mark.parametrize("path", CAPTURES, ids=lambda path: path.stem)


@cache
def of(path: Path) -> list[tuple[Connection, list[Message]]]:
    """The connections of a capture that hold handshake messages in the clear."""
    found = [(connection, clear_messages(connection)) for connection in connections(path)]
    return [(connection, messages) for connection, messages in found if messages]


@cache
def expected(path: Path) -> list[dict[str, Any]]:
    """What tshark says of the connections whose ClientHello it saw."""
    entries: list[dict[str, Any]] = json.loads(path.with_name(path.name + ".expected.json").read_text())["connections"]
    return [entry for entry in entries if entry.get("client_random")]


def parsed(messages: list[Message], kind: type[HandshakeMessage], sender: str) -> list[Any]:
    return [
        parse_handshake(message.raw)
        for message in messages
        if message.sender == sender and message.raw[0] == kind.msg_type and message.version in (0x0303, 0x0302, 0x0301)
    ]


def body(message: Any, extension: int, form: Any) -> Any:
    data = message.extensions.get(extension)
    return None if data is None else form.parse(data)


def hexadecimal(numbers: Any) -> list[str]:
    return [f"{number:04x}" for number in numbers]


def test_the_captures_are_there() -> None:
    assert len(CAPTURES) >= 10
    assert sum(len(messages) for path in CAPTURES for _, messages in of(path)) >= 75


@each
def test_every_byte_of_every_message_has_one_name(path: Path) -> None:
    assert of(path)
    for _, messages in of(path):
        for message in messages:
            field = dissect_handshake(message.raw, DissectionContext(message.key_exchange, message.version))
            leaves = check_leaves(field, len(message.raw))
            assert not UNNAMED & {leaf.name for leaf in leaves}
            opaque = [leaf for leaf in leaves if leaf.name == "extension_data"]
            known = [child for child in _extensions(field) if not child.name.startswith(("GREASE", "unknown(0x0028)"))]
            assert not [leaf for leaf in opaque for child in known if child.start <= leaf.start < child.end]


def _extensions(field: Any) -> tuple[Any, ...]:
    block = field.find("extensions")
    return () if block is None else block.children


@each
def test_the_messages_are_those_that_tshark_saw(path: Path) -> None:
    for (_, messages), entry in zip(of(path), expected(path), strict=True):
        for sender in "CS":
            seen = [_name(message) for message in messages if message.sender == sender]
            clear = [text[2:] for text in entry["messages"] if text.startswith(sender)]
            assert seen == [name for name in clear if name in HandshakeType.__members__]


def _name(message: Message) -> str:
    retry = message.raw[0] == 2 and message.raw[6:38] == HELLO_RETRY_REQUEST_RANDOM
    return "hello_retry_request" if retry else HandshakeType(message.raw[0]).name


@each
def test_messages_are_written_as_they_were_read(path: Path) -> None:
    for _, messages in of(path):
        for message in messages:
            if message.version == 0x0303 or message.raw[0] in (1, 11):
                assert parse_handshake(message.raw).frame() == message.raw


@each
def test_client_hellos_say_what_tshark_read(path: Path) -> None:
    for (_, messages), entry in zip(of(path), expected(path), strict=True):
        hello = next(parse_handshake(message.raw) for message in messages if message.sender == "C")
        assert isinstance(hello, ClientHello)
        assert hello.random.hex() == entry["client_random"]
        assert hello.session_id.hex() == entry["session_id_offered"]
        assert hexadecimal(hello.cipher_suites) == entry["cipher_suites_offered"]
        assert list(hello.extensions.types) == entry["client_extensions"]
        server_name = body(hello, 0, names.ServerNameList)
        assert (server_name and server_name.server_name_list[0].name.decode()) == entry["sni"]
        alpn = body(hello, 16, names.ProtocolNameList)
        assert [name.decode() for name in (alpn.protocol_name_list if alpn else ())] == entry["alpn_offered"]
        groups = body(hello, 10, algorithms.NamedGroupList)
        assert hexadecimal(groups.named_group_list if groups else ()) == entry["supported_groups"]
        forms = {13: algorithms.SupportedSignatureAlgorithms, 34: algorithms.DelegatedCredentialRequest}
        forms[50] = forms[13]  # tshark joins the three in one list
        schemes = [body(hello, kind, forms[kind]) for kind in hello.extensions.types if kind in forms]
        assert entry["signature_algorithms"] == [
            scheme for each in schemes for scheme in hexadecimal(each.supported_signature_algorithms)
        ]
        versions = body(hello, 43, tls13.SupportedVersions)
        assert len(versions.versions if versions else ()) == len(entry["supported_versions"])


@each
def test_server_hellos_say_what_tshark_read(path: Path) -> None:
    if path.name in DRAFTS:
        return
    for (_, messages), entry in zip(of(path), expected(path), strict=True):
        hellos = [parse_handshake(message.raw) for message in messages if message.raw[0] == ServerHello.msg_type]
        hello = next(hello for hello in hellos if hello.random.hex() == entry["server_random"])  # type: ignore[attr-defined]
        assert isinstance(hello, ServerHello)
        assert f"{hello.cipher_suite:04x}" == entry["cipher_suite"]
        assert hello.compression_method == entry["compression"]
        assert hello.session_id.hex() == entry["session_id"]
        assert list(hello.extensions.types) == entry["server_extensions"]


@each
def test_certificates_are_those_that_tshark_read(path: Path) -> None:
    for (_, messages), entry in zip(of(path), expected(path), strict=True):
        for sender, key in (("S", "server_certificates"), ("C", "client_certificates")):
            chains = [message.certificate_list for message in parsed(messages, Certificate, sender)]
            digests = [sha256(certificate).hexdigest() for chain in chains[:1] for certificate in chain]
            if chains:
                assert digests == [certificate["sha256"] for certificate in entry.get(key, [])]


@each
def test_what_was_signed_and_asked_for(path: Path) -> None:
    for (_, messages), entry in zip(of(path), expected(path), strict=True):
        newer = [message for message in messages if message.version == 0x0303]
        for request in parsed(newer, CertificateRequest, "S"):
            assert list(request.certificate_types) == entry["certificate_types"]
            schemes = hexadecimal(request.supported_signature_algorithms)
            assert schemes == entry["certificate_request_signature_schemes"]
        for verify in parsed(newer, CertificateVerify, "C"):
            assert f"{verify.algorithm:04x}" == entry["client_certificate_verify_scheme"]
        for message in newer:
            form = message.key_exchange and server_key_exchange_form(message.key_exchange, message.version)
            if message.raw[0] == ServerKeyExchange.msg_type and form:
                _check_key_exchange(form.parse(message.raw[4:]), entry)


def _check_key_exchange(exchange: Any, entry: dict[str, Any]) -> None:
    assert f"{exchange.signed_params.algorithm:04x}" == entry["server_signature_scheme"]
    if "dh_prime_bits" in entry:
        assert int.from_bytes(exchange.params.dh_p, "big").bit_length() == entry["dh_prime_bits"]
    else:
        assert f"{exchange.params.group:04x}" == entry["key_exchange_group"]
