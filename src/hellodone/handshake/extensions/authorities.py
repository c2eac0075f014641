"""Which authorities the client trusts: trusted_ca_keys (RFC 6066, 6)."""

from __future__ import annotations

from hellodone.handshake.context import ClientHandshake, ServerHandshake
from hellodone.handshake.extensions.rule import Rule
from hellodone.handshake.identities import AUTHORITY_NAMES, leads_to_trusted
from hellodone.messages.extensions.empty import TrustedCAKeysAcknowledgement
from hellodone.messages.extensions.trust import TrustedAuthorities, TrustedAuthority
from hellodone.pki.certificates import Certificate, CertificateError
from hellodone.registry.codes import ExtensionType, IdentifierType


class TrustedCaKeysRule(Rule[TrustedAuthorities, TrustedCAKeysAcknowledgement]):
    """The server chooses its certificate by it, if it can."""

    extension_type = ExtensionType.trusted_ca_keys
    offered = TrustedAuthorities
    answered = TrustedCAKeysAcknowledgement

    def offer(self, hs: ClientHandshake) -> TrustedAuthorities | None:
        """Our anchors, named in the way that the configuration says."""
        config = hs._config
        if config.trusted_ca_keys is None or config.trust is None:
            return None
        kind = IdentifierType[config.trusted_ca_keys]
        named = (_named(kind, anchor) for anchor in config.trust.anchors)
        hs.trusted_authorities = tuple(authority for authority in named if authority is not None)
        return TrustedAuthorities(hs.trusted_authorities)

    def read(self, hs: ServerHandshake, offer: TrustedAuthorities | None) -> None:
        """Known to the choice among our identities: see ``handshake.identities``."""
        if offer is not None:
            hs.trusted_authorities = offer.trusted_authorities_list

    def answer(self, hs: ServerHandshake) -> TrustedCAKeysAcknowledgement | None:
        """When the client trusts who stands behind the identity that was chosen."""
        if hs._identity is None or not leads_to_trusted(hs, hs._identity):
            return None
        return TrustedCAKeysAcknowledgement()


def _named(kind: IdentifierType, anchor: Certificate) -> TrustedAuthority | None:
    try:
        return TrustedAuthority(kind, AUTHORITY_NAMES[kind](anchor))
    except CertificateError:  # a key that cannot be read
        return None
