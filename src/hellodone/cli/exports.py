"""What ``connect``, ``serve`` and ``demo`` take out of a connection: keys and channel bindings, a line each."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from hellodone.cli import settings
from hellodone.cli.branch_choices import ExportsChoice, MaterialChoice
from hellodone.errors import ConfigurationError, TlsError

if TYPE_CHECKING:
    from hellodone.transport.blocking import TlsSocket


@dataclass(frozen=True, slots=True)
class Material:
    """Keying material that is wanted: RFC 5705's label, length and context."""

    label: bytes
    length: int
    context: bytes | None


def material(choice: MaterialChoice) -> Material | None:
    """What was asked for, None for nothing. Raises ConfigurationError for what no connection can give."""
    from hellodone.crypto.prf import RESERVED_LABELS

    digits = choice.keymatexport_context
    context = None if digits is None else settings.hexadecimal(digits, "--keymatexport-context")
    if choice.keymatexport is None:
        if context is not None:
            raise ConfigurationError("--keymatexport-context needs --keymatexport: the label that it goes with")
        return None
    label = choice.keymatexport.encode()
    if not label or label in RESERVED_LABELS:
        raise ConfigurationError(
            f"--keymatexport {choice.keymatexport!r}: it needs a label that is not one of TLS itself (RFC 5705, 4)"
        )
    if context is not None and len(context) >= 2**16:
        raise ConfigurationError("--keymatexport-context: at most 65535 bytes (RFC 5705, 4)")
    return Material(label, choice.keymatexportlen, context)


class Exports:
    """What is asked for, checked before there is a connection."""

    def __init__(self, choice: ExportsChoice) -> None:
        """Raises ConfigurationError for what no connection can give."""
        self._wanted = material(choice.material)
        self._bindings = choice.channel_binding

    def lines(self, tls: TlsSocket) -> list[str]:
        """What the connection gives, in the order asked for; whoever asks for keys sees them.

        Raises TlsError where a connection like this has none, or none that is safe (RFC 7627, 5.4).
        """
        try:
            return [*self._material(tls), *(f"{kind}: {_binding(tls, kind)}" for kind in self._bindings)]
        except ConfigurationError as fault:  # of the connection, not of the options
            raise TlsError(fault.reason) from None

    def _material(self, tls: TlsSocket) -> list[str]:
        if (wanted := self._wanted) is None:
            return []
        secret = tls.connection.export_keying_material(wanted.label, wanted.length, wanted.context)
        return [f"keying material {wanted.label.decode()}, {wanted.length} bytes: {secret.reveal().hex()}"]


def _binding(tls: TlsSocket, kind: str) -> str:
    return tls.connection.channel_binding(kind).hex()  # type: ignore[arg-type]  # click knows the kinds


class Taken:
    """What both ends of a demonstration take out of each connection, told once where they agree."""

    def __init__(self, exports: Exports) -> None:
        self._exports = exports
        self._lines: dict[str, list[list[str]]] = {"client": [], "server": []}

    def take(self, role: str, tls: TlsSocket) -> None:
        """What this end has of its connection. Raises TlsError as :meth:`Exports.lines` does."""
        self._lines[role].append(self._exports.lines(tls))

    def told(self) -> Iterator[str]:
        """The lines, each with whose it is and, where there are several connections, of which."""
        connections = list(zip(self._lines["client"], self._lines["server"], strict=False))
        for number, (client, server) in enumerate(connections, 1):
            which = f"connection {number}, " if len(connections) > 1 else ""
            for ours, theirs in zip(client, server, strict=False):
                said = {"both ends": ours} if ours == theirs else {"client": ours, "server": theirs}
                yield from (f"{which}{who}: {line}" for who, line in said.items())
