"""What either side refuses, with the alert the RFC names and a sentence that says why."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from hellodone.config import ClientConfig, ServerConfig
from hellodone.errors import AlertDescription, ConfigurationError, FatalAlert
from hellodone.messages.extensions import Extension, Extensions
from hellodone.messages.handshake import ClientHello
from hellodone.pki.laboratory import LabAuthority
from hellodone.policy import Policy
from hellodone.registry.codes import ExtensionType
from hellodone.registry.suites import TLS_FALLBACK_SCSV
from tests.pairs import NOW, Pair, client_config, client_identity, compatible, connected, lab, pair, server_config

A = AlertDescription


def refused(client: ClientConfig, server: ServerConfig, name: str = "localhost") -> tuple[Pair, FatalAlert, FatalAlert]:
    """The pair, our refusal and what the other side heard of it."""
    ends = pair(client, server, name).pump()
    errors = [error for error in ends.errors if isinstance(error, FatalAlert)]
    assert len(errors) == 2, errors
    ours = next(error for error in errors if error.sender == "us")
    theirs = next(error for error in errors if error.sender == "peer")
    assert ours.alert == theirs.alert
    assert not ends.completed
    return ends, ours, theirs


def test_no_suite_in_common() -> None:
    ends, ours, _ = refused(
        client_config(policy=compatible("TLS_RSA_WITH_AES_128_GCM_SHA256")),
        server_config("rsa", policy=Policy.modern()),
    )
    assert ours.alert == A.handshake_failure
    assert ends.server_error is ours
    assert "TLS_RSA_WITH_AES_128_GCM_SHA256" in ours.reason


def test_no_group_in_common_is_said_with_both_lists() -> None:
    _, ours, _ = refused(
        client_config(policy=Policy.modern().with_groups(["x448"])),
        server_config("ed25519", policy=Policy.modern().with_groups(["x25519"])),
    )
    assert ours.alert == A.handshake_failure
    assert "no group in common" in ours.reason
    assert "x448" in ours.reason
    assert "x25519" in ours.reason


def test_only_unknown_finite_fields_is_insufficient_security() -> None:
    _, ours, _ = refused(
        client_config(policy=compatible("TLS_DHE_RSA_WITH_AES_128_GCM_SHA256", groups=("ffdhe8192",))),
        server_config("rsa", policy=compatible("TLS_DHE_RSA_WITH_AES_128_GCM_SHA256")),
    )
    assert ours.alert == A.insufficient_security  # RFC 7919, 4


def test_no_signature_scheme_in_common() -> None:
    _, ours, _ = refused(
        client_config(policy=Policy.modern().with_signature_schemes(["rsa_pkcs1_sha256"])), server_config("ec")
    )
    assert ours.alert == A.handshake_failure
    assert "signature scheme" in ours.reason


@pytest.mark.parametrize("side", ["client", "server"])
def test_extended_master_secret_is_required_by_modern(side: str) -> None:
    without = replace(Policy.modern(), extended_master_secret="off")
    policies = {"client": (Policy.modern(), without), "server": (without, Policy.modern())}[side]
    ends, ours, _ = refused(client_config(policy=policies[0]), server_config(policy=policies[1]))
    assert ours.alert == A.handshake_failure
    assert "extended_master_secret" in ours.reason
    assert (ends.client_error if side == "client" else ends.server_error) is ours


@pytest.mark.parametrize("side", ["client", "server"])
def test_secure_renegotiation_is_required_by_modern(side: str) -> None:
    without = replace(Policy.modern(), secure_renegotiation="off")
    policies = {"client": (Policy.modern(), without), "server": (without, Policy.modern())}[side]
    _, ours, _ = refused(client_config(policy=policies[0]), server_config(policy=policies[1]))
    assert ours.alert == A.handshake_failure
    assert "secure renegotiation" in ours.reason


def test_no_application_protocol_in_common() -> None:
    _, ours, _ = refused(client_config(alpn=("h2",)), server_config(alpn=("http/1.1",)))
    assert ours.alert == A.no_application_protocol
    assert "h2" in ours.reason
    assert "http/1.1" in ours.reason


def test_unknown_name_is_fatal_when_the_server_says_so() -> None:
    _, ours, _ = refused(client_config(), server_config(sni_fatal=True), name="other.example")
    assert ours.alert == A.unrecognized_name
    assert "other.example" in ours.reason


def test_certificate_for_another_name() -> None:
    ends, ours, _ = refused(client_config(), server_config(), name="other.example")
    assert ends.client_error is ours
    assert ours.alert == A.bad_certificate
    assert "other.example" in ours.reason
    assert "localhost" in ours.reason


def test_unknown_authority() -> None:
    stranger = LabAuthority.create(key="ec", at=NOW)
    _, ours, _ = refused(client_config(trust=stranger.trust), server_config())
    assert ours.alert == A.unknown_ca


def test_client_certificate_required_and_none_sent() -> None:
    ends, ours, _ = refused(client_config(), server_config(client_auth="required"))
    assert ends.server_error is ours
    assert ours.alert == A.handshake_failure
    assert ends.client.handshake.client_identity_choice == "none sent: this client has no certificate"


@pytest.mark.parametrize(
    ("identity", "server", "reason"),
    [
        ("rsa", {"policy": Policy.modern().with_signature_schemes(["ecdsa_secp256r1_sha256"])}, "no signature scheme"),
        ("stranger", {}, "none of the 1 authorities that the server names issued it"),
    ],
)
def test_client_certificate_that_does_not_fit_is_not_sent_and_the_reason_kept(
    identity: str, server: dict[str, Any], reason: str
) -> None:
    other = LabAuthority.create(key="ec", at=NOW, name="Another Authority").issue_client(key="ec")
    chosen = other if identity == "stranger" else client_identity(identity)
    ends, ours, _ = refused(client_config(identity=chosen), server_config(client_auth="required", **server))
    assert ours.alert == A.handshake_failure
    assert ends.server.peer_certificates == ()
    assert reason in ends.client.handshake.client_identity_choice


def test_server_certificate_with_another_use() -> None:
    _, ours, _ = refused(client_config(), server_config(identity=lab().issue_client(key="ec")))
    assert ours.alert in (A.unsupported_certificate, A.bad_certificate)


def hello(**changes: Any) -> ClientHello:
    """A ClientHello as ours is, changed."""
    ends = pair()
    flight = ends.client.data_to_send()
    return ClientHello.parse(flight[9:]).replace(**changes)


def answer_to(message: ClientHello, server: ServerConfig | None = None) -> FatalAlert:
    """What a server refuses that hello with."""
    ends = pair(server=server)
    raw = message.frame()
    ends.client.data_to_send()
    with pytest.raises(FatalAlert) as caught:
        ends.server.receive_data(b"\x16\x03\x01" + len(raw).to_bytes(2, "big") + raw)
    return caught.value


@pytest.mark.parametrize("version", [0x0300, 0x0301, 0x0302])
def test_older_versions_are_refused(version: int) -> None:
    refusal = answer_to(hello(client_version=version))
    assert refusal.alert == A.protocol_version


def test_a_client_that_fell_back_is_told_that_it_need_not() -> None:
    message = hello(client_version=0x0302)
    refusal = answer_to(message.replace(cipher_suites=(*message.cipher_suites, TLS_FALLBACK_SCSV)))
    assert refusal.alert == A.inappropriate_fallback  # RFC 7507, 3


def test_the_signal_of_a_fallback_changes_nothing_at_our_version() -> None:
    ends = pair()
    message = hello()
    raw = message.replace(cipher_suites=(*message.cipher_suites, TLS_FALLBACK_SCSV)).frame()
    ends.client.data_to_send()
    ends.server.receive_data(b"\x16\x03\x01" + len(raw).to_bytes(2, "big") + raw)
    assert ends.server.version == 0x0303


def test_a_client_that_fell_back_says_so_last() -> None:
    ends = connected(client_config(fallback=True), server_config())
    offered = ends.client.handshake.cipher_suites_offered
    assert offered.index(TLS_FALLBACK_SCSV) == len(offered) - 1
    assert TLS_FALLBACK_SCSV not in connected(client_config(), server_config()).client.handshake.cipher_suites_offered


@pytest.mark.parametrize("version", [0x0304, 0x03FE, 0x0401, 0x0603, 0xFEFE])
def test_a_later_version_is_answered_with_1_2(version: int) -> None:
    """However much later (RFC 5246, E.1)."""
    ends = pair()
    raw = hello(client_version=version).frame()
    ends.client.data_to_send()
    ends.server.receive_data(b"\x16\x03\x01" + len(raw).to_bytes(2, "big") + raw)
    assert ends.server.version == 0x0303


def test_a_client_that_lists_only_1_3_is_refused() -> None:
    versions = Extension(ExtensionType.supported_versions, bytes.fromhex("020304"))
    message = hello()
    refusal = answer_to(message.replace(extensions=Extensions((*message.extensions, versions))))
    assert refusal.alert == A.protocol_version


def test_compression_must_include_null() -> None:
    assert answer_to(hello(compression_methods=(1,))).alert == A.illegal_parameter


def test_an_extension_twice() -> None:
    message = hello()
    doubled = Extensions((*message.extensions, message.extensions[0]))
    assert answer_to(message.replace(extensions=doubled)).alert == A.illegal_parameter


def test_point_formats_without_uncompressed() -> None:
    formats = Extension(ExtensionType.ec_point_formats, b"\x01\x01")
    others = (e for e in hello().extensions if e.extension_type != ExtensionType.ec_point_formats)
    refusal = answer_to(hello(extensions=Extensions((*others, formats))))
    assert refusal.alert == A.illegal_parameter  # RFC 8422, 5.1.2


def test_renegotiation_info_must_be_empty_in_a_first_handshake() -> None:
    info = Extension(ExtensionType.renegotiation_info, b"\x01\x00")
    others = (e for e in hello().extensions if e.extension_type != ExtensionType.renegotiation_info)
    assert answer_to(hello(extensions=Extensions((*others, info)))).alert == A.handshake_failure  # RFC 5746, 3.6


def test_a_malformed_extension_is_a_decode_error() -> None:
    broken = Extension(ExtensionType.supported_groups, b"\x00\x03\x00\x17\x00")
    others = (e for e in hello().extensions if e.extension_type != ExtensionType.supported_groups)
    assert answer_to(hello(extensions=Extensions((*others, broken)))).alert == A.decode_error


@pytest.mark.parametrize("name", [b"local\x00host", b"\x1b[31mlocalhost", b"localhost\x07", "löcalhost".encode()])
def test_a_host_name_that_is_not_in_ascii(name: bytes) -> None:
    lists = (len(name) + 3).to_bytes(2, "big") + b"\x00" + len(name).to_bytes(2, "big") + name
    others = (e for e in hello().extensions if e.extension_type != ExtensionType.server_name)
    refusal = answer_to(hello(extensions=Extensions((*others, Extension(ExtensionType.server_name, lists)))))
    assert refusal.alert == A.illegal_parameter
    assert refusal.reason.isprintable()


def test_configuration_that_cannot_work_is_refused_at_once() -> None:
    with pytest.raises(ConfigurationError):
        client_config(alpn="h2")
    with pytest.raises(ConfigurationError):
        client_config(alpn=("",))
    with pytest.raises(ConfigurationError):
        server_config(client_auth="perhaps")
    with pytest.raises(ConfigurationError):
        ServerConfig(client_auth="required")
    with pytest.raises(ConfigurationError):
        Policy.modern().with_cipher_suites([])
