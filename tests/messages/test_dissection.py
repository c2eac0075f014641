"""Every byte of every message under one name, whatever the bytes are."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hellodone.messages.dissection import (
    DissectionContext,
    dissect_alert,
    dissect_change_cipher_spec,
    dissect_handshake,
    dissect_record_header,
)
from hellodone.messages.extensions import Extension, Extensions
from hellodone.messages.handshake import (
    HANDSHAKE_MESSAGES,
    HELLO_RETRY_REQUEST_RANDOM,
    CertificateRequest,
    CertificateVerify,
    ClientHello,
    ClientKeyExchange,
    ServerHello,
    ServerKeyExchange,
)
from hellodone.messages.key_exchange import client_key_exchange_form, server_key_exchange_form
from hellodone.registry.codes import HandshakeType
from hellodone.registry.key_exchange import KeyExchange
from hellodone.wire.field import Field
from tests.messages.every import check_leaves
from tests.messages.illustrated import message, record
from tests.strategies import structs

ECDHE_RSA = DissectionContext(KeyExchange.ECDHE_RSA)
VERSIONS = (0x0300, 0x0301, 0x0302, 0x0303, 0x0304, 0x7F12)
CONTEXTS = st.builds(DissectionContext, st.none() | st.sampled_from(list(KeyExchange)), st.sampled_from(VERSIONS))
MESSAGES = st.sampled_from(list(HANDSHAKE_MESSAGES.values())).flatmap(structs).map(lambda value: value.frame())


def shown(field: Field, *path: str) -> str:
    """The meaning of the field at the end of a path of names."""
    for name in path:
        field = next(child for child in field.children if child.name == name)
    return field.meaning


def names(field: Field) -> list[str]:
    return [leaf.name for leaf in field.leaves()]


def test_a_client_hello_is_told_in_words() -> None:
    raw = message("clienthello")
    field = dissect_handshake(raw)
    check_leaves(field, len(raw))
    assert (field.name, field.start, field.end) == ("ClientHello", 0, 165)
    assert shown(field, "msg_type") == "client_hello(1)"
    assert shown(field, "length") == "161"
    assert shown(field, "client_version") == "TLS 1.2"
    assert shown(field, "random") == bytes(range(32)).hex()
    assert shown(field, "cipher_suites").startswith("TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256, ")
    assert shown(field, "compression_methods") == "null"
    assert shown(field, "extensions", "server_name") == "example.ulfheim.net"
    assert shown(field, "extensions", "server_name", "extension_type") == "server_name(0)"
    assert shown(field, "extensions", "status_request") == "ocsp(1)"
    assert shown(field, "extensions", "supported_groups") == "x25519, secp256r1, secp384r1, secp521r1"
    assert shown(field, "extensions", "ec_point_formats") == "uncompressed"
    assert shown(field, "extensions", "signature_algorithms").startswith("rsa_pkcs1_sha256, ecdsa_secp256r1_sha256")


def test_a_server_flight_is_told_in_words() -> None:
    hello = dissect_handshake(message("serverhello"))
    assert shown(hello, "cipher_suite") == "TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA"
    assert shown(hello, "extensions") == "renegotiation_info"
    certificate = dissect_handshake(message("servercert"))
    assert shown(certificate, "certificate_list", "certificate") == "805 bytes of DER"
    exchange = dissect_handshake(message("serverkeyexchange"), ECDHE_RSA)
    assert shown(exchange, "params", "curve_params", "namedcurve") == "x25519"
    assert shown(exchange, "signed_params", "algorithm") == "rsa_pkcs1_sha256"
    assert names(dissect_handshake(message("serverkeyexchange"))) == ["msg_type", "length", "params"]
    assert names(dissect_handshake(message("serverhellodone"))) == ["msg_type", "length"]
    assert names(dissect_handshake(message("clientkeyexchange"), ECDHE_RSA))[2:] == ["length", "ecdh_Yc"]
    assert names(dissect_handshake(record("clientfinishedplain"))) == ["msg_type", "length", "verify_data"]


@settings(max_examples=150)
@given(st.sampled_from(list(KeyExchange)), st.sampled_from(VERSIONS[:4]), st.data())
def test_every_form_of_key_exchange(key_exchange: KeyExchange, version: int, data: st.DataObject) -> None:
    context = DissectionContext(key_exchange, version)
    pairs: list[tuple[Any, Any]] = [
        (ServerKeyExchange, server_key_exchange_form(key_exchange, version)),
        (ClientKeyExchange, client_key_exchange_form(key_exchange, version)),
    ]
    for kind, form in pairs:
        if form is not None:
            raw = kind(data.draw(structs(form)).encode()).frame()
            leaves = {leaf.name for leaf in check_leaves(dissect_handshake(raw, context), len(raw))}
            assert not leaves & {"malformed", "trailing", "params", "exchange_keys"}


def test_before_tls_1_2_signatures_do_not_name_their_algorithm() -> None:
    older = DissectionContext(KeyExchange.RSA, 0x0301)
    verify = b"\x0f\x00\x00\x05\x00\x03sig"
    assert names(dissect_handshake(verify, older)) == ["msg_type", "length", "length", "signature"]
    request = bytes.fromhex("0d000008" + "0101" + "0004" + "00023000")
    assert names(dissect_handshake(request, older))[2:] == [
        "length",
        "certificate_type",
        "length",
        "length",
        "authority",
    ]
    newer = CertificateVerify(0x0401, b"sig").frame()
    assert names(dissect_handshake(newer))[2:] == ["algorithm", "length", "signature"]
    finished = b"\x14\x00\x00\x24" + bytes(36)
    assert names(dissect_handshake(finished, DissectionContext(None, 0x0300)))[2:] == ["md5_hash", "sha_hash"]


def test_authorities_are_shown_by_their_names() -> None:
    authority = bytes.fromhex("300d310b3009060355040313024341")
    field = dissect_handshake(CertificateRequest((1,), (0x0401,), (authority,)).frame())
    assert shown(field, "certificate_authorities") == "CN=CA"


def test_grease_and_unknown_extensions_are_named_as_such() -> None:
    extensions = Extensions([Extension(0x1A1A, b"\x00"), Extension(0x1234, b""), Extension(0xABCD, b"\x01\x02")])
    raw = ClientHello(0x0303, bytes(32), b"", (0x2A2A, 0x1301), extensions=extensions).frame()
    field = dissect_handshake(raw)
    check_leaves(field, len(raw))
    assert shown(field, "cipher_suites").startswith("GREASE(0x2a2a), TLS_AES_128_GCM_SHA256")
    assert shown(field, "extensions") == "GREASE(0x1a1a), unknown(0x1234), unknown(0xabcd)"
    assert shown(field, "extensions", "unknown(0xabcd)", "extension_data") == "0102"


def test_an_extension_with_wrong_data_is_malformed_and_the_next_is_read() -> None:
    extensions = Extensions([Extension(10, b"\x00\x09\x00"), Extension(23, b"\xff"), Extension(22, b"")])
    raw = ClientHello(0x0303, bytes(32), b"", (0x002F,), extensions=extensions).frame()
    field = dissect_handshake(raw)
    leaves = check_leaves(field, len(raw))
    assert [leaf.name for leaf in leaves if leaf.name in ("malformed", "trailing")] == ["malformed", "trailing"]
    assert shown(field, "extensions") == "supported_groups, extended_master_secret, encrypt_then_mac"


def test_the_same_extension_has_other_forms_in_other_messages() -> None:
    share = Extensions([Extension(51, b"\x00\x1d")])
    retry = ServerHello(0x0303, HELLO_RETRY_REQUEST_RANDOM, b"", 0x1301, extensions=share).frame()
    assert shown(dissect_handshake(retry), "extensions", "key_share") == "x25519"
    hello = ServerHello(0x0303, bytes(32), b"", 0x1301, extensions=share).frame()
    assert dissect_handshake(hello).find("malformed") is not None


def test_a_server_hello_of_an_early_draft_of_tls_1_3() -> None:
    body = b"\x7f\x12" + bytes(32) + b"\x13\x01" + b"\x00\x00"
    field = dissect_handshake(b"\x02" + len(body).to_bytes(3, "big") + body)
    assert [name for name in names(field) if name != "length"] == ["msg_type", "version", "random", "cipher_suite"]
    assert shown(field, "version") == "TLS 1.3 draft 18"


@pytest.mark.parametrize("kind", [3, 5, 8, 24, 67, 99, 254])
def test_messages_of_other_protocols_are_named_and_opaque(kind: int) -> None:
    raw = bytes((kind, 0, 0, 2, 1, 2))
    field = dissect_handshake(raw)
    assert names(field) == ["msg_type", "length", "body"]
    name = {member.value: member.name for member in HandshakeType}.get(kind)
    assert shown(field, "msg_type") == (f"{name}({kind})" if name else f"unknown(0x{kind:02x})")


def test_lengths_that_lie() -> None:
    short, long = bytes.fromhex("0e000001"), bytes.fromhex("0e000000ffff")
    assert names(dissect_handshake(short)) == ["msg_type", "length"]
    assert names(dissect_handshake(long)) == ["msg_type", "length", "trailing"]
    check_leaves(dissect_handshake(long), len(long))
    assert names(dissect_handshake(b"\x01\x00")) == ["malformed"]
    assert names(dissect_handshake(b"")) == []


def test_alerts_and_the_rest() -> None:
    assert [leaf.meaning for leaf in dissect_alert(b"\x02\x28").leaves()] == ["fatal(2)", "handshake_failure(40)"]
    assert [leaf.meaning for leaf in dissect_change_cipher_spec(b"\x01").leaves()] == ["change_cipher_spec(1)"]
    header = dissect_record_header(record("clienthello")[:5])
    assert [leaf.meaning for leaf in header.leaves()] == ["handshake(22)", "TLS 1.0", "165"]


@settings(max_examples=150)
@given(st.binary(max_size=120), CONTEXTS)
def test_noise_never_raises(raw: bytes, context: DissectionContext) -> None:
    check_leaves(dissect_handshake(raw, context), len(raw))
    for function in (dissect_alert, dissect_change_cipher_spec, dissect_record_header):
        check_leaves(function(raw), len(raw))


@settings(max_examples=150)
@given(st.sampled_from(sorted(HANDSHAKE_MESSAGES)), st.binary(max_size=120), CONTEXTS)
def test_noise_under_a_true_header_never_raises(kind: int, body: bytes, context: DissectionContext) -> None:
    raw = bytes((kind,)) + len(body).to_bytes(3, "big") + body
    check_leaves(dissect_handshake(raw, context), len(raw))


@settings(max_examples=250)
@given(MESSAGES, CONTEXTS, st.data())
def test_mutations_never_raise(raw: bytes, context: DissectionContext, data: st.DataObject) -> None:
    changed = bytearray(raw)
    for _ in range(data.draw(st.integers(1, 3))):
        at = data.draw(st.integers(0, len(changed) - 1))
        changed[at : at + data.draw(st.integers(0, 2))] = data.draw(st.binary(max_size=2))
        if not changed:
            break
    check_leaves(dissect_handshake(bytes(changed), context), len(changed))


def test_every_byte_of_a_published_hello_changed() -> None:
    raw = message("clienthello")
    for at in range(len(raw)):
        for value in (0x00, 0xFF, raw[at] ^ 0x01):
            changed = raw[:at] + bytes((value,)) + raw[at + 1 :]
            check_leaves(dissect_handshake(changed), len(raw))
