"""Names: which host the client means, and which protocol runs above."""

from __future__ import annotations

from hellodone.errors import AlertDescription, ConfigurationError
from hellodone.handshake.context import ClientHandshake, ServerHandshake
from hellodone.handshake.extensions.rule import Rule
from hellodone.messages.extensions.empty import ServerNameAcknowledgement
from hellodone.messages.extensions.names import ProtocolNameList, ServerName, ServerNameList
from hellodone.pki.names import match, normalize_server_name
from hellodone.registry.codes import ExtensionType, ServerNameType
from hellodone.wire.codec import text


class ServerNameRule(Rule[ServerNameList, ServerNameAcknowledgement]):
    """Which host the client means (RFC 6066, 3)."""

    extension_type = ExtensionType.server_name
    offered = ServerNameList
    answered = ServerNameAcknowledgement

    def offer(self, hs: ClientHandshake) -> ServerNameList | None:
        """A DNS name; addresses are not sent (RFC 6066, 3)."""
        name = hs._expected_name
        if name is None or name.kind != "dns":
            return None
        hs.server_name = name.text
        return ServerNameList((ServerName(ServerNameType.host_name, name.text.encode("ascii")),))

    def read(self, hs: ServerHandshake, offer: ServerNameList | None) -> None:
        """The name, if it is a host name at all, narrows the choice of certificate."""
        names = [] if offer is None else [n for n in offer.server_name_list if n.name_type == ServerNameType.host_name]
        hs.check(
            len(names) <= 1,
            AlertDescription.illegal_parameter,
            "server_name has one name of a type (RFC 6066, 3)",
            lambda: f"there are {len(names)} host names",
        )
        if not names:
            return
        asked = names[0].name
        hs.check(
            asked.isascii() and asked.decode().isprintable(),
            AlertDescription.illegal_parameter,
            "the host name in server_name is in ASCII (RFC 6066, 3)",
            lambda: f"it is {text(asked)}",
        )
        hs.server_name = text(asked)
        try:
            hs._expected_name = normalize_server_name(hs.server_name)
        except ConfigurationError:
            hs._expected_name = None
        if hs._config.sni_fatal:
            hs.check(
                hs._expected_name is not None and self._known(hs),
                AlertDescription.unrecognized_name,
                "the client asks for a name this server has",
                lambda: f"it asks for {hs.server_name}",
            )

    def answer(self, hs: ServerHandshake) -> ServerNameAcknowledgement | None:
        """Empty, when the name guided a choice of this server's, and never when a session is resumed (RFC 6066, 3)."""
        guided = len(hs._config.identities) > 1 or hs._config.sni_fatal
        return ServerNameAcknowledgement() if guided and self._known(hs) and not hs.resumed else None

    @staticmethod
    def _known(hs: ServerHandshake) -> bool:
        name = hs._expected_name
        if name is None or name.kind != "dns":  # addresses are not permitted in server_name (RFC 6066, 3)
            return False
        return any(match(name, identity.leaf) for identity in hs._config.identities)


class AlpnRule(Rule[ProtocolNameList, ProtocolNameList]):
    """Which protocol runs above (RFC 7301)."""

    extension_type = ExtensionType.application_layer_protocol_negotiation
    offered = answered = ProtocolNameList

    def offer(self, hs: ClientHandshake) -> ProtocolNameList | None:
        """The configuration's protocols, in order."""
        if not hs._config.alpn:
            return None
        hs.alpn_offered = tuple(hs._config.alpn)
        return ProtocolNameList(tuple(name.encode() for name in hs.alpn_offered))

    def read(self, hs: ServerHandshake, offer: ProtocolNameList | None) -> None:
        """The first of the server's protocols that the client has (3.2)."""
        if offer is None:
            return
        hs.alpn_offered = tuple(text(name) for name in offer.protocol_name_list)
        ours = hs._config.alpn
        if not ours:
            return
        common = [name for name in ours if name.encode() in offer.protocol_name_list]
        hs.check(
            bool(common),
            AlertDescription.no_application_protocol,
            "client and server have an application protocol in common (RFC 7301, 3.2)",
            lambda: f"the client offers {', '.join(hs.alpn_offered)}; the server has {', '.join(ours)}",
        )
        hs.alpn = common[0]

    def answer(self, hs: ServerHandshake) -> ProtocolNameList | None:
        """The one that was chosen."""
        return ProtocolNameList((hs.alpn.encode(),)) if "alpn" in vars(hs) else None

    def accept(self, hs: ClientHandshake, answer: ProtocolNameList | None) -> None:
        """One, and one of those that were offered (3.1)."""
        if answer is None:
            return
        names = tuple(text(name) for name in answer.protocol_name_list)
        hs.check(
            len(names) == 1 and names[0] in hs.alpn_offered,
            AlertDescription.illegal_parameter,
            "the server chose one of the application protocols offered (RFC 7301, 3.1)",
            lambda: f"it says {', '.join(names)}",
        )
        hs.alpn = names[0]
