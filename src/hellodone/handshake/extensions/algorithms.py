"""What a client can compute: groups, point formats, signature schemes."""

from __future__ import annotations

from hellodone.errors import AlertDescription, FatalAlert
from hellodone.handshake.context import ClientHandshake, ServerHandshake
from hellodone.handshake.extensions.rule import Rule
from hellodone.messages.extensions.algorithms import ECPointFormatList, NamedGroupList, SupportedSignatureAlgorithms
from hellodone.registry.codes import ECPointFormat, ExtensionType
from hellodone.registry.naming import name_of
from hellodone.registry.suites import needs_of
from hellodone.wire.struct import Struct

_UNCOMPRESSED = ECPointFormatList((ECPointFormat.uncompressed,))


class SupportedGroupsRule(Rule[NamedGroupList, NamedGroupList]):
    """The curves and finite fields a client can compute in (RFC 8422, 5.1.1; RFC 7919, 2)."""

    extension_type = ExtensionType.supported_groups
    offered = answered = NamedGroupList

    def offer(self, hs: ClientHandshake) -> NamedGroupList | None:
        """The policy's groups, as far as some suite offered can use them."""
        needs = needs_of(hs.cipher_suites_offered)
        hs.client_groups = hs._config.policy.groups_for(curves=needs.curves, primes=needs.primes)
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
        return _UNCOMPRESSED if needs_of(hs.cipher_suites_offered).curves else None

    def read(self, hs: ServerHandshake, offer: ECPointFormatList | None) -> None:
        """The list must have the uncompressed form."""
        self._check(hs, offer)

    def answer(self, hs: ServerHandshake) -> ECPointFormatList | None:
        """Uncompressed, when a curve is used (5.2)."""
        return _UNCOMPRESSED if hs.cipher_suite.elliptic else None

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
