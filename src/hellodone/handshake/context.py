"""What one side of a handshake knows, and the two things it does with it: send, and check.

Every attribute without a leading underscore is a fact, set once, when it becomes known, under the name the RFCs give
it. There are no defaults: to read a fact too early is an AttributeError, to mypy it is never None. The order in which
facts were set is the order in which they were learnt (``vars`` keeps it), so whoever watches the connection can tell
after each message what it taught; the protocol code itself has no line for that.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Final, Generic, Literal, NamedTuple, Protocol, TypeVar

from hellodone.config import ClientAuth, ClientConfig, Config, ServerConfig, Supplement
from hellodone.crypto.finite_field import DHParameters
from hellodone.crypto.key_block import KeyBlock
from hellodone.crypto.prf import KeyedHmac
from hellodone.crypto.secret import Secret
from hellodone.errors import AlertDescription, FatalAlert
from hellodone.handshake.transcript import Transcript
from hellodone.messages.extensions import Extensions
from hellodone.messages.extensions.trust import TrustedAuthority
from hellodone.messages.handshake import CertificateRequest, CertificateStatus, HandshakeMessage
from hellodone.messages.supplemental import SupplementalDataEntry
from hellodone.pki.account import Account
from hellodone.pki.answers import RevocationAnswer
from hellodone.pki.certificates import Certificate
from hellodone.pki.identity import Identity
from hellodone.pki.lookups import Fetched, Lookup
from hellodone.pki.names import ServerName
from hellodone.pki.ocsp import OcspResponse
from hellodone.pki.verify import VerifiedPath
from hellodone.record.layer import Opener, Sealer
from hellodone.registry.suites import CipherSuite
from hellodone.session.session import Session
from hellodone.wire.struct import Struct

C = TypeVar("C", bound=Config, covariant=True)

Role = Literal["client", "server"]
INTERNAL_ERROR: Final = AlertDescription.internal_error


class Channel(Protocol):
    """What a handshake asks of its connection."""

    def send(self, message: Struct) -> None:
        """Send a handshake message or ChangeCipherSpec."""
        ...

    def protect_writes(self, sealer: Sealer) -> None:
        """Everything sent from here on is protected by it."""
        ...

    def protect_reads(self, opener: Opener) -> None:
        """Everything received from here on is opened by it."""
        ...

    def limit_writes(self, length: int) -> None:
        """No record of ours carries more plaintext than that from here on."""
        ...

    def limit_reads(self, length: int) -> None:
        """No record of the peer's may carry more plaintext than that from here on."""
        ...

    def look_up(self, lookup: Lookup) -> Fetched:
        """What is to be had at a URL; may take its time, so it is for ``flow.ask``."""
        ...

    def negotiated(self, version: int) -> None:
        """The version is agreed on: records must carry it from here on."""
        ...


class CheckMade(NamedTuple):
    """A claim that was put to the test: a true sentence when ``passed``; no ``alert`` when it is false and let pass."""

    claim: str
    passed: bool
    alert: AlertDescription | None


class Previous(NamedTuple):
    """What the handshake before this one left to prove (RFC 5746, 3.1)."""

    client_verify_data: bytes
    server_verify_data: bytes
    extended_master_secret: bool
    encrypt_then_mac: bool


class Handshake(Generic[C]):
    """One handshake as one side sees it. ``_config``, ``_channel`` and the like are tools, not facts."""

    # ClientHello (RFC 5246, 7.4.1.2) and its extensions
    client_version: int
    client_random: bytes
    session_id_offered: bytes
    cipher_suites_offered: tuple[int, ...]
    server_name: str
    alpn_offered: tuple[str, ...]
    client_groups: tuple[int, ...]
    client_point_formats: tuple[int, ...]
    client_signature_schemes: tuple[int, ...]
    client_record_size_limit: int
    trusted_authorities: tuple[TrustedAuthority, ...]
    # ServerHello (7.4.1.3) and what both extensions together mean
    server_version: int
    server_random: bytes
    session_id: bytes
    cipher_suite: CipherSuite
    compression_method: int
    resumed: bool
    extended_master_secret: bool
    encrypt_then_mac: bool
    truncated_hmac: bool
    max_fragment_length: int
    server_record_size_limit: int
    server_certificate_type: int
    server_supplemental_data: tuple[SupplementalDataEntry, ...]
    client_supplemental_data: tuple[SupplementalDataEntry, ...]
    client_certificate_type: int
    client_certificate_url: bool
    secure_renegotiation: bool
    alpn: str
    # Certificates (7.4.2, 7.4.4, 7.4.6)
    server_certificates: tuple[Certificate, ...]
    server_path: VerifiedPath | str
    certificate_request: CertificateRequest
    client_identity_choice: str
    client_certificates: tuple[Certificate, ...]
    client_path: VerifiedPath | str
    server_certificate_status: tuple[OcspResponse, ...]
    server_revocation: tuple[RevocationAnswer, ...]
    client_revocation: tuple[RevocationAnswer, ...]
    signed_certificate_timestamps: tuple[bytes, ...]
    client_signature_scheme: int
    # Key exchange (7.4.3, 7.4.7; RFC 8422, 5.4 and 5.7)
    group: int
    dh_group: str
    server_ephemeral_private: object
    server_share: bytes
    server_signature_scheme: int
    client_ephemeral_private: object
    client_share: bytes
    encrypted_premaster_secret: bytes
    psk_identity_hint: str
    psk_identity: str
    psk: Secret
    other_secret: Secret
    premaster_secret: Secret
    # Keys (8.1, 6.3; RFC 7627)
    session_hash: bytes
    master_secret: Secret
    key_block: KeyBlock
    # Finished (7.4.9)
    client_verify_data: bytes
    server_verify_data: bytes

    # Tools: what the handshake works with, beside the facts
    _prf_key: KeyedHmac
    _sealer: Sealer
    _opener: Opener
    _limited: bool  # whether records must be shorter than usual, or were
    _psk: tuple[bytes, Secret]
    _identity: Identity | None = None
    _certificate_message: HandshakeMessage | None = None  # the server's, with the identity
    _expected_name: ServerName | None = None
    _extensions_offered: Extensions = Extensions()
    _chooses_alike: bool = False  # whether this server's choice follows from that, the session and the configuration
    _offer: object | None = None  # stands for what this client says in every hello, where that becomes a habit
    _encrypt_then_mac_offered: bool = False
    _truncated_hmac_offered: bool = False
    _fragment_length_offered: int = 0
    _server_types: tuple[int, ...] | None = None
    _client_types: tuple[int, ...] | None = None
    _unobtainable: bool = False
    _supplements: tuple[Supplement, ...] = ()
    _status_types: tuple[int, ...] = ()
    _status_types_v2: tuple[int, ...] = ()
    _certificate_status: CertificateStatus | None = None
    _signature_scheme: int = 0
    _client_scheme: int = 0
    _dh_parameters: DHParameters | None = None
    _fixed_identity: Identity | None = None  # a client whose certificate holds its Diffie-Hellman key
    _client_key_is_fixed: bool = False  # the server's view of the same
    _session: Session | None
    _ticket_offered: bytes | None = None
    _ticket_promised: bool = False
    _renew_ticket: bool = False
    _previous: Previous | None

    __slots__ = (
        "__dict__",
        "_channel",
        "_checks",
        "_client_auth",
        "_config",
        "_forms",
        "_limited",
        "_opener",
        "_previous",
        "_prf_key",
        "_role",
        "_sealer",
        "_session",
        "_supplements_offered",
        "_transcript",
        "send",
    )  # apart from the facts, which vars() gives

    def __init__(self, role: Role, config: C, channel: Channel, transcript: Transcript) -> None:
        self._role = role
        self._config = config
        self._channel = channel
        self.send = channel.send
        """Sends a message; the transcript has it when this returns."""
        self._transcript = transcript
        self._previous = self._session = None
        # what CheckMade names, and what words its checks only when asked
        self._checks: list[tuple[str, bool, AlertDescription | None] | VerifiedPath | RevocationAnswer | Account] = []
        self._forms: dict[type[Struct], type[Struct]] = {}  # of messages that look otherwise than usual
        self._supplements_offered: dict[int, bytes] = {}  # by extension, what both hellos share
        self._client_auth: ClientAuth = getattr(config, "client_auth", "none")

    def let_go(self) -> None:
        """The handshake is complete: nothing is asked of the connection any more, nor kept of it or of keyed tools."""
        del self._channel, self.send, self._prf_key, self._sealer, self._opener

    @property
    def _resuming(self) -> bool:
        """Whether an earlier session is being continued."""
        return self._session is not None

    def check(
        self,
        condition: bool,
        alert: AlertDescription,
        claim: str,
        found: Callable[[], str] | str = "",
    ) -> None:
        """Hold a claim against what is known. ``claim`` is the true sentence, ``found`` what stands in its way.

        Raises FatalAlert with that alert when the condition does not hold.
        """
        self._checks.append((claim, condition, alert))
        if not condition:
            detail = found if isinstance(found, str) else found()
            raise FatalAlert(alert, f"{detail}; expected: {claim}" if detail else f"it is not so that {claim}")

    def note_check(self, claim: str) -> None:
        """A claim that another part verified, a library say."""
        self._checks.append((claim, True, INTERNAL_ERROR))

    def note_checks(self, claims: Sequence[str]) -> None:
        """Claims that another part verified, a certificate path say."""
        self._checks += [(claim, True, INTERNAL_ERROR) for claim in claims]

    def note_path(self, path: VerifiedPath) -> None:
        """A certificate path that was verified; its checks are worded only if somebody wants to read them."""
        self._checks.append(path)

    def note_account(self, account: Account) -> None:
        """A chain that was refused; how it was put to the test is worded only if somebody wants to read it."""
        self._checks.append(account)

    def note_answer(self, answer: RevocationAnswer) -> None:
        """What somebody says of a certificate, judged; whether it is enough is another question."""
        self._checks.append(answer)

    def note_failure(self, claim: str, alert: AlertDescription) -> None:
        """A claim that another part found false; the caller raises."""
        self._checks.append(CheckMade(claim, False, alert))

    def note_report(self, claim: str) -> None:
        """A claim that was found false and is let pass: it is reported, and the handshake goes on."""
        self._checks.append(CheckMade(claim, False, None))


ClientHandshake = Handshake[ClientConfig]
ServerHandshake = Handshake[ServerConfig]
