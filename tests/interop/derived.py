"""What both ends derive from a connection: keying material (RFC 5705) and names of the channel (RFC 5929)."""

from __future__ import annotations

import re

from hellodone import ClientConnection, ServerConnection
from hellodone.handshake.exporters import BindingType
from tests.conftest import Proves

LABEL, CONTEXT, LENGTH = "EXPERIMENTAL-hellodone", b"context", 40
BINDINGS: dict[str, BindingType] = {"unique": "tls-unique", "end": "tls-server-end-point"}


def assert_derived(role: str, peer: str, proves: Proves, ours: ClientConnection | ServerConnection, said: str) -> None:
    """What the peer printed (exporter=, unique=, end=) is what our end derives; the first of them at least."""
    printed = dict(re.findall(r"\b(exporter|unique|end)=([0-9a-f]+)", said))
    proves(role, peer, "exporters")
    assert printed.pop("exporter") == ours.export_keying_material(LABEL, LENGTH, CONTEXT).reveal().hex()
    for word, hexadecimal in printed.items():
        proves(role, peer, BINDINGS[word])
        assert hexadecimal == ours.channel_binding(BINDINGS[word]).hex()
