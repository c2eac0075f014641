"""A ClientHello made longer, for servers that choke on some lengths."""

from __future__ import annotations

from hellodone.errors import AlertDescription, FatalAlert
from hellodone.handshake.context import ClientHandshake, ServerHandshake
from hellodone.handshake.extensions.rule import Rule
from hellodone.messages.extensions import Extension, Extensions
from hellodone.messages.extensions.records import Padding
from hellodone.registry.codes import ExtensionType


class PaddingRule(Rule[Padding, Padding]):
    """Zero bytes of the client's alone (RFC 7685, 3). ``padded`` adds them: they depend on all other extensions."""

    extension_type = ExtensionType.padding
    offered = answered = Padding

    def read(self, hs: ServerHandshake, offer: Padding | None) -> None:
        """Nothing hides in it."""
        if offer is not None:
            hs.check(
                not any(offer.padding),
                AlertDescription.illegal_parameter,
                "padding holds zero bytes only (RFC 7685, 3)",
            )

    def accept(self, hs: ClientHandshake, answer: Padding | None) -> None:
        """Servers must not send it."""
        if answer is not None:
            raise FatalAlert(
                AlertDescription.unsupported_extension, "the server sends padding, which only clients do (RFC 7685, 3)"
            )


def padded(extensions: Extensions, missing: int) -> Extensions:
    """The same, ``missing`` bytes longer if it is possible: an extension has four at least."""
    if missing <= 0:
        return extensions
    return Extensions((*extensions, Extension(ExtensionType.padding, bytes(max(0, missing - 4)))))
