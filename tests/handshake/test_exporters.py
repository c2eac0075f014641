"""Exported keying material (RFC 5705) and channel bindings (RFC 5929, RFC 9266)."""

from __future__ import annotations

import contextlib
import hashlib
import ssl
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from OpenSSL import SSL, crypto

from hellodone.config import ClientConfig
from hellodone.endpoint import ClientConnection
from hellodone.errors import ConfigurationError, ConnectionClosed
from hellodone.handshake.exporters import BindingType
from hellodone.pki.laboratory import LabAuthority, private_key_pem
from hellodone.policy import Policy
from hellodone.session.store import MemorySessionStore
from hellodone.session.tickets import TicketKeys
from tests.pairs import (
    NOW,
    Pair,
    client_config,
    clock,
    compatible,
    connected,
    lab,
    pair,
    server_config,
    server_identity,
)

LABEL = "EXPERIMENTAL-hellodone"
ALL: tuple[BindingType, ...] = ("tls-unique", "tls-server-end-point", "tls-exporter")
WITHOUT = replace(Policy.compatible(), extended_master_secret="off")
SHA384 = "TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384"


def both(ends: Pair, kind: BindingType) -> bytes:
    """The binding, which must be the same on both sides."""
    ours, theirs = ends.client.channel_binding(kind), ends.server.channel_binding(kind)
    assert ours == theirs
    return ours


def resuming(policy: Policy) -> tuple[Pair, Pair]:
    """A connection and one that continues its session."""
    client = client_config(policy=policy, session_store=MemorySessionStore(clock=clock))
    server = server_config(policy=policy, tickets=TicketKeys.generate(clock=clock))
    first, again = connected(client, server), connected(client, server)
    assert again.client.resumed
    return first, again


@pytest.mark.parametrize("context", [None, b"", b"context"])
def test_both_sides_export_the_same(context: bytes | None) -> None:
    ends = connected()
    ours = ends.client.export_keying_material(LABEL, 40, context)
    assert ours == ends.server.export_keying_material(LABEL.encode(), 40, context)
    assert len(ours) == 40
    assert LABEL not in repr(ours)


def test_no_context_is_not_an_empty_one() -> None:
    ends = connected()
    assert ends.client.export_keying_material(LABEL, 32) != ends.client.export_keying_material(LABEL, 32, b"")


def test_each_connection_exports_its_own() -> None:
    first, again = resuming(Policy.modern())
    assert first.client.export_keying_material(LABEL, 32) != again.client.export_keying_material(LABEL, 32)


@pytest.mark.parametrize("label", ["client finished", "server finished", "master secret", "key expansion"])
def test_labels_of_tls_are_not_for_others(label: str) -> None:
    with pytest.raises(ConfigurationError):
        connected().client.export_keying_material(label, 32)


@pytest.mark.parametrize("length", [-1, 0, 2**20])
def test_lengths_out_of_reason(length: int) -> None:
    with pytest.raises(ConfigurationError):
        connected().client.export_keying_material(LABEL, length)


def test_nothing_before_the_handshake_is_complete() -> None:
    ends = pair()
    with pytest.raises(ConnectionClosed):
        ends.client.export_keying_material(LABEL, 32)
    with pytest.raises(ConnectionClosed):
        ends.client.channel_binding()


def test_without_extended_master_secret_nothing_is_exported() -> None:
    for ends in resuming(WITHOUT):
        with pytest.raises(ConfigurationError, match=r"RFC 7627, 5\.4"):
            ends.client.export_keying_material(LABEL, 32)
        with pytest.raises(ConfigurationError):
            ends.server.channel_binding("tls-exporter")


def test_tls_unique_is_the_first_finished() -> None:
    first, again = resuming(Policy.modern())
    assert both(first, "tls-unique") == first.client.handshake.client_verify_data
    assert both(again, "tls-unique") == again.client.handshake.server_verify_data


def test_tls_unique_is_none_of_a_session_resumed_without_extended_master_secret() -> None:
    first, again = resuming(WITHOUT)
    both(first, "tls-unique")
    with pytest.raises(ConfigurationError, match=r"RFC 7627, 5\.4"):
        again.client.channel_binding("tls-unique")


def test_tls_unique_changes_with_a_renegotiation() -> None:
    ends = connected(server=server_config(renegotiation="accept"))
    before = both(ends, "tls-unique")
    ends.client.renegotiate()
    ends.pump()
    assert both(ends, "tls-unique") != before


def test_the_end_point_is_the_certificate() -> None:
    assert both(connected(), "tls-server-end-point") == hashlib.sha256(server_identity("ec").leaf.der).digest()


@pytest.mark.parametrize(("signature_hash", "used"), [("sha1", "sha256"), ("sha384", "sha384"), ("sha512", "sha512")])
def test_the_end_points_hash_is_that_of_the_signature_or_better(signature_hash: str, used: str) -> None:
    authority = LabAuthority.create(key="rsa", at=NOW)
    profile = replace(authority.server_profile(key="ec"), signature_hash=signature_hash)
    identity = authority.issue_identity(profile, "ec")
    ends = connected(client_config(trust=None), server_config(identity=identity))
    assert both(ends, "tls-server-end-point") == hashlib.new(used, identity.leaf.der).digest()


def test_no_end_point_where_there_is_no_hash_or_no_certificate() -> None:
    authority = LabAuthority.create(key="ed25519", at=NOW)
    ends = connected(client_config(trust=None), server_config(identity=authority.issue_server(key="ec")))
    with pytest.raises(ConfigurationError, match=r"RFC 5929, 4\.1"):
        ends.client.channel_binding("tls-server-end-point")
    policy = compatible("TLS_PSK_WITH_AES_128_GCM_SHA256")
    ends = connected(
        client_config(policy=policy, psk=(b"me", bytes(16))), server_config(policy=policy, psk={b"me": bytes(16)})
    )
    with pytest.raises(ConfigurationError):
        ends.server.channel_binding("tls-server-end-point")


def test_unknown_bindings() -> None:
    unknown: Any = "tls-anything"
    with pytest.raises(ConfigurationError, match="tls-anything"):
        connected().client.channel_binding(unknown)


# --- OpenSSL on the other side, in memory


@pytest.fixture
def files(tmp_path: Path) -> tuple[str, str]:
    """A certificate and its key for OpenSSL."""
    identity = server_identity("ec")
    chain, key = tmp_path / "chain.pem", tmp_path / "key.pem"
    chain.write_bytes(identity.chain_pem())
    key.write_bytes(private_key_pem(identity))
    return str(chain), str(key)


def client(policy: Policy, **more: Any) -> ClientConnection:
    return ClientConnection(ClientConfig(trust=lab().trust, clock=clock, policy=policy, **more), "localhost")


@pytest.mark.parametrize("suite", ["TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256", SHA384])
def test_openssl_exports_the_same(files: tuple[str, str], suite: str) -> None:
    context = SSL.Context(SSL.TLS_SERVER_METHOD)
    context.use_certificate_chain_file(files[0])
    context.use_privatekey_file(files[1], crypto.FILETYPE_PEM)
    server = SSL.Connection(context, None)
    server.set_accept_state()
    ours = client(compatible(suite))
    ours.initiate_handshake()
    while not ours.handshake_complete:
        server.bio_write(ours.data_to_send())
        with contextlib.suppress(SSL.WantReadError):
            server.do_handshake()
        ours.receive_data(server.bio_read(2**16))
    for name, length, extra in ((LABEL, 32, None), (LABEL, 100, b""), (LABEL, 7, b"some context")):
        theirs = server.export_keying_material(name.encode(), length, extra)
        assert ours.export_keying_material(name, length, extra).reveal() == theirs


@pytest.mark.parametrize("resume", [False, True])
def test_openssl_has_the_same_tls_unique(files: tuple[str, str], resume: bool) -> None:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.maximum_version = ssl.TLSVersion.TLSv1_2
    context.load_cert_chain(*files)
    store = MemorySessionStore(clock=clock)
    for again in (False, True) if resume else (False,):
        ours = client(Policy.modern(), session_store=store)
        theirs = shake_hands(context, ours)
        assert ours.resumed == theirs.session_reused == again
        assert ours.channel_binding("tls-unique") == theirs.get_channel_binding("tls-unique")


def shake_hands(context: ssl.SSLContext, ours: ClientConnection) -> ssl.SSLObject:
    incoming, outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()
    theirs = context.wrap_bio(incoming, outgoing, server_side=True)
    ours.initiate_handshake()
    for _ in range(10):
        incoming.write(ours.data_to_send())
        try:
            theirs.do_handshake()
        except ssl.SSLWantReadError:
            pass
        else:
            if ours.handshake_complete:
                return theirs
        data = outgoing.read()
        if data:
            ours.receive_data(data)
    raise AssertionError("the handshake does not end")
