"""A laboratory CA for sockets: configurations of ours, contexts of Python's own ssl module, which is OpenSSL."""

from __future__ import annotations

import functools
import ssl
import tempfile
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from hellodone.config import ClientConfig, ServerConfig
from hellodone.pki.identity import Identity
from hellodone.pki.laboratory import LabAuthority, private_key_pem


@dataclass(frozen=True)
class Laboratory:
    authority: LabAuthority
    server: Identity
    client: Identity

    def client_config(self, **options: Any) -> ClientConfig:
        return ClientConfig(**{"trust": self.authority.trust, "record": True, **options})

    def server_config(self, **options: Any) -> ServerConfig:
        return ServerConfig(**{"identity": self.server, "record": True, **options})


@functools.cache
def laboratory() -> Laboratory:
    authority = LabAuthority.create(at=datetime.now(UTC))
    return Laboratory(authority, authority.issue_server(key="ec"), authority.issue_client("alice", key="ec"))


def write_identity(identity: Identity, folder: Path, name: str = "server") -> tuple[Path, Path]:
    chain, key = folder / f"{name}.pem", folder / f"{name}.key"
    chain.write_bytes(identity.chain_pem())
    key.write_bytes(private_key_pem(identity))
    return chain, key


def openssl_server(identity: Identity | None = None, *, client_auth: bool = False) -> ssl.SSLContext:
    """A server's context of the ssl module, TLS 1.2 only."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.maximum_version = ssl.TLSVersion.TLSv1_2
    with tempfile.TemporaryDirectory() as folder:
        context.load_cert_chain(*write_identity(identity or laboratory().server, Path(folder)))
    if client_auth:
        context.verify_mode = ssl.CERT_REQUIRED
        context.load_verify_locations(cadata=laboratory().authority.pem.decode())
    return context


def openssl_client() -> ssl.SSLContext:
    """A client's context of the ssl module, TLS 1.2 only."""
    context = ssl.create_default_context(cadata=laboratory().authority.pem.decode())
    context.maximum_version = ssl.TLSVersion.TLSv1_2
    return context
