"""What ``connect`` and ``serve`` take out of a connection: keying material and channel bindings, a line each."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hellodone.cli import settings
from hellodone.cli.branch_choices import ExportsChoice
from hellodone.errors import ConfigurationError, TlsError

if TYPE_CHECKING:
    from hellodone.transport.blocking import TlsSocket


class Exports:
    """What is asked for, checked before there is a connection."""

    def __init__(self, choice: ExportsChoice) -> None:
        """Raises ConfigurationError for what no connection can give."""
        from hellodone.crypto.prf import RESERVED_LABELS

        self._choice = choice
        self._label = None if choice.keymatexport is None else choice.keymatexport.encode()
        context = choice.keymatexport_context
        self._context = None if context is None else settings.hexadecimal(context, "--keymatexport-context")
        if self._label is None and context is not None:
            raise ConfigurationError("--keymatexport-context needs --keymatexport: the label that it goes with")
        if self._label == b"" or self._label in RESERVED_LABELS:
            raise ConfigurationError(
                f"--keymatexport {choice.keymatexport!r}: it needs a label that is not one of TLS itself (RFC 5705, 4)"
            )
        if self._context is not None and len(self._context) >= 2**16:
            raise ConfigurationError("--keymatexport-context: at most 65535 bytes (RFC 5705, 4)")

    def lines(self, tls: TlsSocket) -> list[str]:
        """What the connection gives, in the order asked for; whoever asks for keys sees them.

        Raises TlsError where a connection like this has none, or none that is safe (RFC 7627, 5.4).
        """
        try:
            return [*self._material(tls), *self._bindings(tls)]
        except ConfigurationError as fault:  # of the connection, not of the options
            raise TlsError(fault.reason) from None

    def _material(self, tls: TlsSocket) -> list[str]:
        if self._label is None:
            return []
        length = self._choice.keymatexportlen
        secret = tls.connection.export_keying_material(self._label, length, self._context)
        return [f"keying material {self._choice.keymatexport}, {length} bytes: {secret.reveal().hex()}"]

    def _bindings(self, tls: TlsSocket) -> list[str]:
        return [f"{kind}: {tls.connection.channel_binding(kind).hex()}" for kind in self._choice.channel_binding]  # type: ignore[arg-type]  # click knows the kinds
