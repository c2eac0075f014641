"""Extensions that negotiate SupplementalData: user_mapping, client_authz, server_authz, private ones (RFC 4680, 2)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any

from hellodone.config import Supplement
from hellodone.errors import AlertDescription
from hellodone.handshake.context import ClientHandshake, Handshake, ServerHandshake
from hellodone.handshake.extensions.rule import Rule
from hellodone.messages.extensions.trust import AuthzDataFormats, UserMappingTypeList
from hellodone.registry.codes import ExtensionType
from hellodone.wire.codec import rest
from hellodone.wire.struct import Struct


class Opaque(Struct):
    """The data of an extension whose form is between the two sides."""

    extension_data: Annotated[bytes, rest]


_LISTS: Mapping[int, type[Struct]] = {
    ExtensionType.user_mapping: UserMappingTypeList,
    ExtensionType.client_authz: AuthzDataFormats,
    ExtensionType.server_authz: AuthzDataFormats,
}


class SupplementRule(Rule[Struct, Struct]):
    """One such extension: both sides send it, then the data may flow (RFC 4681, 4; RFC 5878, 2).

    Where the extension is a list, the server answers with what it shares of the client's.
    """

    def __init__(self, supplement: Supplement) -> None:
        self.supplement = supplement
        self.extension_type = supplement.extension
        self.offered = self.answered = _LISTS.get(supplement.extension, Opaque)

    def offer(self, hs: ClientHandshake) -> Struct | None:
        """Our data for the hello."""
        return self._struct(self.supplement.hello) if self._speaks(hs) else None

    def read(self, hs: ServerHandshake, offer: Struct | None) -> None:
        """What is shared, remembered for the answer."""
        if offer is None or not self._speaks(hs):
            return
        said, ours = _contents(offer), self.supplement.hello
        shared = bytes(value for value in said if value in ours) if self.offered is not Opaque else ours
        if shared or self.offered is Opaque:
            hs._supplements_offered[self.extension_type] = shared

    def answer(self, hs: ServerHandshake) -> Struct | None:
        """What is shared; nothing in a session that is continued."""
        shared = hs._supplements_offered.get(self.extension_type)
        if shared is None or hs._resuming:
            return None
        hs._supplements = (*hs._supplements, self.supplement)
        return self._struct(shared)

    def accept(self, hs: ClientHandshake, answer: Struct | None) -> None:
        """No more than we offered."""
        if answer is None or hs.resumed:
            return
        if self.answered is not Opaque:
            hs.check(
                all(value in self.supplement.hello for value in _contents(answer)),
                AlertDescription.illegal_parameter,
                "the server takes no other kinds of supplemental data than we offered (RFC 5878, 2.3)",
                lambda: "it takes " + ", ".join(map(str, _contents(answer))),
            )
        hs._supplements = (*hs._supplements, self.supplement)

    def _speaks(self, hs: Handshake[Any]) -> bool:
        return hs._previous is not None or not self.supplement.only_protected

    def _struct(self, data: bytes) -> Struct:
        return Opaque(data) if self.offered is Opaque else self.offered(tuple(data))


def supplement_rules(hs: Handshake[Any]) -> tuple[SupplementRule, ...]:
    """One for each kind that the configuration has."""
    return tuple(SupplementRule(supplement) for supplement in hs._config.supplements)


def _contents(struct: Struct) -> bytes:
    """The one field of these structs, as bytes."""
    (value,) = vars(struct).values()
    return bytes(value)
