"""The hello extensions: for each one, what either side says, reads and concludes.

A rule has the client's half - ``offer`` and ``accept`` - and the server's - ``read`` and ``answer``. ``RULES`` is the
order in which a ClientHello carries them. To speak one more extension, write its rule and add it there.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import ClassVar, Generic, TypeVar

from hellodone.errors import AlertDescription, ConfigurationError, FatalAlert
from hellodone.handshake.context import ClientHandshake, ServerHandshake
from hellodone.messages.extensions import Extension, Extensions
from hellodone.messages.extensions.algorithms import ECPointFormatList, NamedGroupList, SupportedSignatureAlgorithms
from hellodone.messages.extensions.empty import EncryptThenMAC, ExtendedMasterSecret, ServerNameAcknowledgement
from hellodone.messages.extensions.names import ProtocolNameList, ServerName, ServerNameList
from hellodone.messages.extensions.records import RenegotiationInfo
from hellodone.pki.names import match, normalize_server_name
from hellodone.registry.codes import ECPointFormat, ExtensionType, ServerNameType
from hellodone.registry.naming import name_of
from hellodone.registry.suites import TLS_EMPTY_RENEGOTIATION_INFO_SCSV, cipher_suite
from hellodone.wire.codec import text
from hellodone.wire.struct import Struct

O = TypeVar("O", bound=Struct)  # noqa: E741 - the offer, in ClientHello
A = TypeVar("A", bound=Struct)  # the answer, in ServerHello


class Rule(Generic[O, A]):
    """One extension. What is not overridden says nothing and concludes nothing."""

    extension_type: ClassVar[ExtensionType]
    offered: type[O]
    answered: type[A]

    def offer(self, hs: ClientHandshake) -> O | None:
        """The client's extension, None to leave it out."""
        return None

    def read(self, hs: ServerHandshake, offer: O | None) -> None:
        """The server learns what the client said, or that it said nothing."""

    def answer(self, hs: ServerHandshake) -> A | None:
        """The server's extension, once suite and certificate are chosen; dropped if the client did not offer it."""
        return None

    def accept(self, hs: ClientHandshake, answer: A | None) -> None:
        """The client learns what the server said, or that it said nothing."""


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
        hs.server_name = text(names[0].name)
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
        """Empty, when the name had a say in the choice (RFC 6066, 3)."""
        return ServerNameAcknowledgement() if hs._expected_name is not None and self._known(hs) else None

    @staticmethod
    def _known(hs: ServerHandshake) -> bool:
        name = hs._expected_name
        return name is not None and any(match(name, identity.leaf) for identity in hs._config.identities)


class ExtendedMasterSecretRule(Rule[ExtendedMasterSecret, ExtendedMasterSecret]):
    """The master secret is bound to the whole handshake (RFC 7627, 5)."""

    extension_type = ExtensionType.extended_master_secret
    offered = answered = ExtendedMasterSecret

    def offer(self, hs: ClientHandshake) -> ExtendedMasterSecret | None:
        """Always, unless the policy is silent."""
        return None if hs._config.policy.extended_master_secret == "off" else ExtendedMasterSecret()

    def read(self, hs: ServerHandshake, offer: ExtendedMasterSecret | None) -> None:
        """Taken whenever it is offered."""
        self._conclude(hs, offer is not None and hs._config.policy.extended_master_secret != "off", "client offers")

    def answer(self, hs: ServerHandshake) -> ExtendedMasterSecret | None:
        """Offered and taken."""
        return ExtendedMasterSecret() if hs.extended_master_secret else None

    def accept(self, hs: ClientHandshake, answer: ExtendedMasterSecret | None) -> None:
        """A modern client insists (5.2)."""
        self._conclude(hs, answer is not None, "server takes")

    @staticmethod
    def _conclude(hs: ClientHandshake | ServerHandshake, agreed: bool, who: str) -> None:
        hs.extended_master_secret = agreed
        if hs._config.policy.extended_master_secret == "required":
            hs.check(
                agreed,
                AlertDescription.handshake_failure,
                f"the {who} extended_master_secret, which policy {hs._config.policy.name} requires (RFC 7627, 5)",
            )


class RenegotiationInfoRule(Rule[RenegotiationInfo, RenegotiationInfo]):
    """Both sides know secure renegotiation; in a first handshake the field is empty (RFC 5746, 3.4 and 3.6)."""

    extension_type = ExtensionType.renegotiation_info
    offered = answered = RenegotiationInfo

    def offer(self, hs: ClientHandshake) -> RenegotiationInfo | None:
        """Empty (3.4)."""
        return None if hs._config.policy.secure_renegotiation == "off" else RenegotiationInfo(b"")

    def read(self, hs: ServerHandshake, offer: RenegotiationInfo | None) -> None:
        """The extension or the signalling suite value (3.6)."""
        signalled = TLS_EMPTY_RENEGOTIATION_INFO_SCSV in hs.cipher_suites_offered
        self._conclude(hs, offer, signalled, "client")

    def answer(self, hs: ServerHandshake) -> RenegotiationInfo | None:
        """Empty, also when the client only signalled (3.6)."""
        return RenegotiationInfo(b"") if hs.secure_renegotiation else None

    def accept(self, hs: ClientHandshake, answer: RenegotiationInfo | None) -> None:
        """A modern client insists (4.1)."""
        self._conclude(hs, answer, False, "server")

    @staticmethod
    def _conclude(
        hs: ClientHandshake | ServerHandshake, said: RenegotiationInfo | None, signalled: bool, peer: str
    ) -> None:
        if said is not None:
            hs.check(
                said.renegotiated_connection == b"",
                AlertDescription.handshake_failure,
                "renegotiation_info is empty in a first handshake (RFC 5746, 3.4 and 3.6)",
                lambda: f"it has {len(said.renegotiated_connection)} bytes",
            )
        known = hs._config.policy.secure_renegotiation != "off"
        hs.secure_renegotiation = known and (said is not None or signalled)
        if hs._config.policy.secure_renegotiation == "required":
            hs.check(
                hs.secure_renegotiation,
                AlertDescription.handshake_failure,
                f"the {peer} knows secure renegotiation, which policy {hs._config.policy.name} requires (RFC 5746, 4)",
            )


class SupportedGroupsRule(Rule[NamedGroupList, NamedGroupList]):
    """The curves and finite fields a client can compute in (RFC 8422, 5.1.1; RFC 7919, 2)."""

    extension_type = ExtensionType.supported_groups
    offered = answered = NamedGroupList

    def offer(self, hs: ClientHandshake) -> NamedGroupList | None:
        """The policy's groups, as far as some suite offered can use them."""
        policy, suites = hs._config.policy, [cipher_suite(code) for code in hs.cipher_suites_offered]
        elliptic = policy.elliptic_groups if any(s is not None and s.elliptic for s in suites) else ()
        finite = policy.finite_field_groups if any(s is not None and s.finite_field for s in suites) else ()
        hs.client_groups = tuple(group for group in policy.groups if group in elliptic or group in finite)
        return NamedGroupList(hs.client_groups) if hs.client_groups else None

    def read(self, hs: ServerHandshake, offer: NamedGroupList | None) -> None:
        """Empty when the client names none."""
        hs.client_groups = () if offer is None else offer.named_group_list


class PointFormatsRule(Rule[ECPointFormatList, ECPointFormatList]):
    """How curve points are written; only the uncompressed form is left (RFC 8422, 5.1.2)."""

    extension_type = ExtensionType.ec_point_formats
    offered = answered = ECPointFormatList

    def offer(self, hs: ClientHandshake) -> ECPointFormatList | None:
        """Uncompressed, with suites that need points."""
        elliptic = any(s is not None and s.elliptic for s in map(cipher_suite, hs.cipher_suites_offered))
        return ECPointFormatList((ECPointFormat.uncompressed,)) if elliptic else None

    def read(self, hs: ServerHandshake, offer: ECPointFormatList | None) -> None:
        """The list must have the uncompressed form."""
        self._check(hs, offer)

    def answer(self, hs: ServerHandshake) -> ECPointFormatList | None:
        """Uncompressed, when a curve is used (5.2)."""
        return ECPointFormatList((ECPointFormat.uncompressed,)) if hs.cipher_suite.elliptic else None

    def accept(self, hs: ClientHandshake, answer: ECPointFormatList | None) -> None:
        """The same rule for the server's list (5.2)."""
        self._check(hs, answer)

    @staticmethod
    def _check(hs: ClientHandshake | ServerHandshake, said: ECPointFormatList | None) -> None:
        if said is not None:
            hs.check(
                ECPointFormat.uncompressed in said.ec_point_format_list,
                AlertDescription.illegal_parameter,
                "ec_point_formats lists the uncompressed form (RFC 8422, 5.1.2)",
                lambda: "it lists " + ", ".join(name_of(ECPointFormat, f) for f in said.ec_point_format_list),
            )


class SignatureAlgorithmsRule(Rule[SupportedSignatureAlgorithms, Struct]):
    """The signatures a client can verify (RFC 5246, 7.4.1.4.1)."""

    extension_type = ExtensionType.signature_algorithms
    offered = SupportedSignatureAlgorithms

    def offer(self, hs: ClientHandshake) -> SupportedSignatureAlgorithms | None:
        """The policy's, in order."""
        hs.client_signature_schemes = hs._config.policy.signature_schemes
        return SupportedSignatureAlgorithms(hs.client_signature_schemes)

    def read(self, hs: ServerHandshake, offer: SupportedSignatureAlgorithms | None) -> None:
        """Empty when the client names none."""
        hs.client_signature_schemes = () if offer is None else offer.supported_signature_algorithms

    def accept(self, hs: ClientHandshake, answer: Struct | None) -> None:
        """Servers must not send it."""
        if answer is not None:
            raise FatalAlert(
                AlertDescription.unsupported_extension,
                "the server sends signature_algorithms, which only clients do (RFC 5246, 7.4.1.4.1)",
            )


class EncryptThenMacRule(Rule[EncryptThenMAC, EncryptThenMAC]):
    """The MAC of CBC suites covers the ciphertext (RFC 7366)."""

    extension_type = ExtensionType.encrypt_then_mac
    offered = answered = EncryptThenMAC

    def offer(self, hs: ClientHandshake) -> EncryptThenMAC | None:
        """With suites it can change."""
        block = any(s is not None and s.is_cbc for s in map(cipher_suite, hs.cipher_suites_offered))
        return EncryptThenMAC() if block and hs._config.policy.encrypt_then_mac else None

    def read(self, hs: ServerHandshake, offer: EncryptThenMAC | None) -> None:
        """Remembered until the suite is known."""
        hs._encrypt_then_mac_offered = offer is not None and hs._config.policy.encrypt_then_mac

    def answer(self, hs: ServerHandshake) -> EncryptThenMAC | None:
        """For block ciphers only (3)."""
        hs.encrypt_then_mac = hs._encrypt_then_mac_offered and hs.cipher_suite.is_cbc
        return EncryptThenMAC() if hs.encrypt_then_mac else None

    def accept(self, hs: ClientHandshake, answer: EncryptThenMAC | None) -> None:
        """For block ciphers only (3)."""
        if answer is not None:
            hs.check(
                hs.cipher_suite.is_cbc,
                AlertDescription.illegal_parameter,
                "encrypt_then_mac is answered for a block cipher (RFC 7366, 3)",
                lambda: f"the suite is {hs.cipher_suite.name}",
            )
        hs.encrypt_then_mac = answer is not None


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


RULES: Sequence[Rule[Struct, Struct]] = (
    ServerNameRule(),
    ExtendedMasterSecretRule(),
    RenegotiationInfoRule(),
    SupportedGroupsRule(),
    PointFormatsRule(),
    SignatureAlgorithmsRule(),
    EncryptThenMacRule(),
    AlpnRule(),
)  # type: ignore[assignment]


def offer_all(hs: ClientHandshake) -> Extensions:
    """The extensions of our ClientHello."""
    return _extensions((rule.extension_type, rule.offer(hs)) for rule in RULES)


def read_all(hs: ServerHandshake, extensions: Extensions) -> None:
    """Learn what the client's extensions say. Raises FatalAlert, DecodeError."""
    refuse_duplicates(extensions)
    for rule in RULES:
        data = extensions.get(rule.extension_type)
        rule.read(hs, None if data is None else rule.offered.parse(data))


def answer_all(hs: ServerHandshake, offered: Extensions) -> Extensions:
    """The extensions of our ServerHello: answers to what was offered only (RFC 5246, 7.4.1.4)."""
    answers = [(rule.extension_type, rule.answer(hs)) for rule in RULES]
    # the signalling suite value stands for an empty renegotiation_info (RFC 5746, 3.6)
    allowed = {*offered.types, ExtensionType.renegotiation_info}
    return _extensions((kind, body) for kind, body in answers if kind in allowed)


def accept_all(hs: ClientHandshake, offered: Extensions, answered: Extensions) -> None:
    """Conclude from the server's extensions. Raises FatalAlert, DecodeError."""
    refuse_duplicates(answered)
    unsolicited = [kind for kind in answered.types if kind not in offered.types]
    hs.check(
        not unsolicited,
        AlertDescription.unsupported_extension,
        "every extension in ServerHello answers one that we offered (RFC 5246, 7.4.1.4)",
        lambda: f"the server sends {', '.join(name_of(ExtensionType, kind) for kind in unsolicited)}",
    )
    for rule in RULES:
        data = answered.get(rule.extension_type)
        rule.accept(hs, None if data is None else rule.answered.parse(data))


def refuse_duplicates(extensions: Extensions) -> None:
    """No extension stands twice (RFC 5246, 7.4.1.4). Raises FatalAlert."""
    twice = extensions.duplicates()
    if twice:
        raise FatalAlert(
            AlertDescription.illegal_parameter,
            f"{name_of(ExtensionType, twice[0])} stands more than once among the extensions (RFC 5246, 7.4.1.4)",
        )


def _extensions(pairs: Iterable[tuple[ExtensionType, Struct | None]]) -> Extensions:
    return Extensions(Extension(kind, body.encode()) for kind, body in pairs if body is not None)
