"""What binds keys and handshakes: extended master secret, renegotiation info, and how records are MACed."""

from __future__ import annotations

import hmac

from hellodone.errors import AlertDescription
from hellodone.handshake.context import ClientHandshake, Previous, ServerHandshake
from hellodone.handshake.extensions.rule import Rule
from hellodone.messages.extensions.empty import EncryptThenMAC, ExtendedMasterSecret, TruncatedHMAC
from hellodone.messages.extensions.records import RenegotiationInfo
from hellodone.registry.codes import ExtensionType
from hellodone.registry.suites import TLS_EMPTY_RENEGOTIATION_INFO_SCSV, needs_of


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
        if hs._previous is not None and hs._previous.extended_master_secret:
            hs.check(
                agreed,
                AlertDescription.handshake_failure,
                f"the {who} extended_master_secret in all handshakes of this connection (RFC 7627, 5.2)",
            )


class RenegotiationInfoRule(Rule[RenegotiationInfo, RenegotiationInfo]):
    """Both sides know secure renegotiation, and another handshake proves that it follows the one before (RFC 5746)."""

    extension_type = ExtensionType.renegotiation_info
    offered = answered = RenegotiationInfo

    def offer(self, hs: ClientHandshake) -> RenegotiationInfo | None:
        """Empty, or our last verify_data (3.4 and 3.5)."""
        if hs._config.policy.secure_renegotiation == "off":
            return None
        return RenegotiationInfo(hs._previous.client_verify_data if hs._previous else b"")

    def read(self, hs: ServerHandshake, offer: RenegotiationInfo | None) -> None:
        """The extension or the signalling suite value, which has no place in a renegotiation (3.6 and 3.7)."""
        signalled = TLS_EMPTY_RENEGOTIATION_INFO_SCSV in hs.cipher_suites_offered
        if hs._previous:
            hs.check(
                not signalled,
                AlertDescription.handshake_failure,
                "a renegotiating client does not send TLS_EMPTY_RENEGOTIATION_INFO_SCSV (RFC 5746, 3.7)",
            )
        self._conclude(hs, offer, signalled, hs._previous.client_verify_data if hs._previous else b"", "client")

    def answer(self, hs: ServerHandshake) -> RenegotiationInfo | None:
        """Empty, also when the client only signalled; or both sides' last verify_data (3.6 and 3.7)."""
        return RenegotiationInfo(_both(hs._previous)) if hs.secure_renegotiation else None

    def accept(self, hs: ClientHandshake, answer: RenegotiationInfo | None) -> None:
        """The server binds this handshake to the one before (3.4 and 3.5)."""
        self._conclude(hs, answer, False, _both(hs._previous), "server")

    @staticmethod
    def _conclude(
        hs: ClientHandshake | ServerHandshake, said: RenegotiationInfo | None, signalled: bool, due: bytes, peer: str
    ) -> None:
        claim = "renegotiation_info is empty in a first handshake (RFC 5746, 3.4 and 3.6)"
        if hs._previous:
            claim = "renegotiation_info proves that this handshake follows the one before (RFC 5746, 3.5 and 3.7)"
        if said is not None or hs._previous:
            proof = b"" if said is None else said.renegotiated_connection
            hs.check(
                said is not None and hmac.compare_digest(proof, due),
                AlertDescription.handshake_failure,
                claim,
                lambda: "it is missing" if said is None else f"its {len(proof)} bytes are not what they should be",
            )
        known = hs._config.policy.secure_renegotiation != "off"
        hs.secure_renegotiation = known and (said is not None or signalled)
        if hs._config.policy.secure_renegotiation == "required":
            hs.check(
                hs.secure_renegotiation,
                AlertDescription.handshake_failure,
                f"the {peer} knows secure renegotiation, which policy {hs._config.policy.name} requires (RFC 5746, 4)",
            )


def _both(previous: Previous | None) -> bytes:
    return b"" if previous is None else previous.client_verify_data + previous.server_verify_data


class EncryptThenMacRule(Rule[EncryptThenMAC, EncryptThenMAC]):
    """The MAC of CBC suites covers the ciphertext (RFC 7366)."""

    extension_type = ExtensionType.encrypt_then_mac
    offered = answered = EncryptThenMAC

    def offer(self, hs: ClientHandshake) -> EncryptThenMAC | None:
        """With suites it can change."""
        useful = hs._config.policy.encrypt_then_mac and needs_of(hs.cipher_suites_offered).block_ciphers
        return EncryptThenMAC() if useful else None

    def read(self, hs: ServerHandshake, offer: EncryptThenMAC | None) -> None:
        """Remembered until the suite is known."""
        hs._encrypt_then_mac_offered = offer is not None and hs._config.policy.encrypt_then_mac

    def answer(self, hs: ServerHandshake) -> EncryptThenMAC | None:
        """For block ciphers only (3)."""
        hs.encrypt_then_mac = hs._encrypt_then_mac_offered and hs.cipher_suite.is_cbc
        self._refuse_to_fall_back(hs)
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
        self._refuse_to_fall_back(hs)

    @staticmethod
    def _refuse_to_fall_back(hs: ClientHandshake | ServerHandshake) -> None:
        """A renegotiation never goes from encrypt-then-MAC to MAC-then-encrypt (3.1)."""
        if hs._previous is not None and hs._previous.encrypt_then_mac and hs.cipher_suite.is_cbc:
            hs.check(
                hs.encrypt_then_mac,
                AlertDescription.handshake_failure,
                "a renegotiation keeps encrypt_then_mac (RFC 7366, 3.1)",
            )


class TruncatedHmacRule(Rule[TruncatedHMAC, TruncatedHMAC]):
    """The MACs of records are cut to 80 bits for a whole session (RFC 6066, 7); weak, so only where the policy says so.

    There is a fact of it only in connections that have it.
    """

    extension_type = ExtensionType.truncated_hmac
    offered = answered = TruncatedHMAC

    def offer(self, hs: ClientHandshake) -> TruncatedHMAC | None:
        """With suites it can change."""
        useful = hs._config.policy.truncated_hmac and needs_of(hs.cipher_suites_offered).separate_macs
        return TruncatedHMAC() if useful else None

    def read(self, hs: ServerHandshake, offer: TruncatedHMAC | None) -> None:
        """Remembered until the suite is known."""
        hs._truncated_hmac_offered = offer is not None and hs._config.policy.truncated_hmac

    def answer(self, hs: ServerHandshake) -> TruncatedHMAC | None:
        """For suites with a MAC of their own; a session that is continued keeps what it has."""
        agreed = hs._truncated_hmac_offered if hs._session is None else hs._session.truncated_hmac
        if not agreed or hs.cipher_suite.is_aead:
            return None
        hs.truncated_hmac = True
        return TruncatedHMAC()

    def accept(self, hs: ClientHandshake, answer: TruncatedHMAC | None) -> None:
        """Without effect on AEAD suites; a session that is continued keeps what it has."""
        kept = hs.resumed and hs._session is not None and hs._session.truncated_hmac
        if (answer is not None or kept) and not hs.cipher_suite.is_aead:
            hs.truncated_hmac = True
