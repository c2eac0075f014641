"""What the caller decides for all connections of a kind. Configurations are immutable and meant to be shared."""

from __future__ import annotations

import os
from collections.abc import Callable, Collection, Hashable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from hellodone.clock import Clock, utc_now
from hellodone.errors import ConfigurationError
from hellodone.pki.certificates import Certificate
from hellodone.pki.identity import Identity
from hellodone.pki.revocation import Revocation
from hellodone.pki.trust import TrustStore
from hellodone.policy import Policy
from hellodone.session.store import SessionStore
from hellodone.session.tickets import TicketKeys

Renegotiation = Literal["refuse", "accept"]
ClientAuth = Literal["none", "requested", "required"]
Random = Callable[[int], bytes]
KeyLog = Callable[[str], None]
Psk = tuple[bytes, bytes]  # identity and key
ChoosePsk = Callable[[bytes], Psk | None]  # the client's, by the server's hint
FetchCertificate = Callable[[str], bytes | None]  # what is at a URL, None when it cannot be had
NameAnchors = Literal["key_sha1_hash", "x509_name", "cert_sha1_hash"]  # how to name authorities (RFC 6066, 6)
FindStatus = Callable[[Certificate], bytes | None]  # the OCSP response for a certificate of the server's chain
FindTimestamps = Callable[[Certificate], Sequence[bytes]]  # the SCTs of a server's certificate
FindPsk = Callable[[bytes], bytes | None]  # the server's, by the client's identity


@dataclass(frozen=True, slots=True, kw_only=True)
class Supplement:
    """One kind of SupplementalData and what this side does with it (RFC 4680).

    The hello extension ``extension`` negotiates it: ``hello`` is its data in our hello (for user_mapping, client_authz
    and server_authz the types or formats, a byte each). ``data`` is what we send as an entry of type ``data_type``,
    None for nothing; ``accept`` says whether the peer may send one. ``only_protected`` is silent in the first handshake
    and speaks in a renegotiation, which the first one protects (RFC 4680, 4). See ``handshake.supplements`` for makers.
    """

    extension: int
    data_type: int
    hello: bytes = b""
    data: bytes | None = None
    accept: bool = False
    only_protected: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Config:
    """What both roles have.

    ``record`` keeps a trace of every connection. ``key_log`` is called with each line in the NSS key log format.
    ``random`` replaces the system's randomness *and* makes ephemeral keys reproducible: for demonstrations and tests
    only. ``clock`` gives the time, with a time zone, without which no session is made; certificates take one for UTC.
    ``maximum_handshake`` bounds, in bytes, what one handshake may make this side hold. ``session_store`` keeps
    sessions for ``session_lifetime`` seconds; without one nothing is resumed by ID (a client: nothing at all).
    ``renegotiation="accept"`` lets the peer start another handshake, three at the most.
    ``record_size_limit`` is the largest plaintext this side takes in a record, 64 to 16384 bytes: a client offers the
    extension when it is given, a server answers it in any case (RFC 8449).
    ``trusted_keys`` are SubjectPublicKeyInfos, in DER, of peers that may come with a raw public key (RFC 7250).
    ``supplements`` are the kinds of SupplementalData to send or to take.
    """

    policy: Policy = field(default_factory=Policy.modern)
    alpn: Sequence[str] = ()
    record: bool = False
    key_log: KeyLog | None = None
    clock: Clock = utc_now
    random: Random | None = None
    maximum_handshake: int = 2**20
    session_store: SessionStore | None = None
    session_lifetime: int = 7200
    renegotiation: Renegotiation = "refuse"
    record_size_limit: int | None = None
    trusted_keys: Collection[bytes] = ()
    supplements: Sequence[Supplement] = ()
    habits: dict[Hashable, Any] = field(default_factory=dict, init=False, repr=False, compare=False)
    """What handshakes under it remember of one another (:mod:`hellodone.handshake.habit`)."""
    random_bytes: Random = field(init=False, repr=False, compare=False)
    """Where random bytes come from: ``random``, or the system."""

    def __post_init__(self) -> None:
        """Refuse what cannot be put on the wire. Raises ConfigurationError."""
        object.__setattr__(self, "random_bytes", self.random or os.urandom)
        if self.record_size_limit is not None and not 64 <= self.record_size_limit <= 2**14:
            raise ConfigurationError(
                f"record_size_limit is 64 to {2**14} bytes (RFC 8449, 4); it is {self.record_size_limit}"
            )
        if isinstance(self.alpn, str):
            raise ConfigurationError(f"alpn is a list of protocol names; {self.alpn!r} is a string")
        for name in self.alpn:
            if not 1 <= len(name.encode()) <= 255:
                raise ConfigurationError(f"an ALPN protocol name has 1 to 255 bytes (RFC 7301, 3.1); {name!r} has not")


@dataclass(frozen=True, slots=True, kw_only=True)
class ClientConfig(Config):
    """A client: whom it trusts and, for client authentication, who it is.

    ``trust=None`` verifies nothing (and the trace says so); several identities are tried in order against what the
    server asks for. ``psk`` is an identity and its key, or a function from the server's hint to them.
    ``max_fragment_length`` asks for records of 512, 1024, 2048 or 4096 bytes both ways, 0 does not ask (RFC 6066, 4).
    ``padding`` makes the ClientHello at least that many bytes long (RFC 7685).
    ``ocsp`` asks for a stapled OCSP response (RFC 6066, 8), ``ocsp_multi`` for one of each certificate of the chain
    (RFC 6961); a server need not have any. ``certificate_timestamps`` asks for SCTs of transparency logs (RFC 6962).
    ``certificate_urls`` are where the first identity's certificates are, to be sent in their place: one URL each, leaf
    first, or one for all of them as a PkiPath (RFC 6066, 5). ``trusted_ca_keys`` tells the server which authorities
    are trusted, in one of three manners (RFC 6066, 6).
    ``revocation`` is what is done about revoked certificates: None believes what the server staples and asks nobody.
    ``ask_for_tickets=False`` resumes by session ID alone. ``fallback`` says that this is another attempt with an
    earlier version than the client has (TLS_FALLBACK_SCSV, RFC 7507): a server that speaks a later one refuses it.
    """

    trust: TrustStore | None
    identity: Identity | Sequence[Identity] | None = None
    psk: Psk | ChoosePsk | None = field(default=None, repr=False)
    max_fragment_length: int = 0
    padding: int = 0
    ocsp: bool = True
    ocsp_multi: bool = False
    certificate_timestamps: bool = False
    certificate_urls: Sequence[str] = ()
    trusted_ca_keys: NameAnchors | None = None
    revocation: Revocation | None = None
    ask_for_tickets: bool = True
    fallback: bool = False

    def __post_init__(self) -> None:
        """Refuse what cannot be put on the wire. Raises ConfigurationError."""
        Config.__post_init__(self)
        if self.max_fragment_length not in (0, 512, 1024, 2048, 4096):
            raise ConfigurationError(
                f"max_fragment_length is 512, 1024, 2048 or 4096 (RFC 6066, 4), or 0; it is {self.max_fragment_length}"
            )
        if not 0 <= self.padding <= 2**14:
            raise ConfigurationError(f"padding is a length of a ClientHello, up to {2**14}; it is {self.padding}")

    @property
    def identities(self) -> tuple[Identity, ...]:
        """All identities, in order."""
        return _identities(self.identity)


@dataclass(frozen=True, slots=True, kw_only=True)
class ServerConfig(Config):
    """A server: who it is and, for client authentication, whom it trusts.

    One of several identities is chosen by server_name, cipher suite and signature schemes. ``client_auth="requested"``
    accepts a client without certificate, never one whose certificate does not verify; without ``client_trust`` it takes
    any certificate and the trace says that nothing was verified. ``dh_group`` is the finite-field group for clients
    that name none (RFC 7919, 4). ``psk`` maps identities to keys; ``psk_hint`` tells clients which identity to use
    (RFC 4279, 2). ``tickets`` seals sessions for clients to keep (RFC 5077).
    ``ocsp_response`` is what is stapled, in DER: for the first identity's certificate, or for any certificate of a
    chain when it is a function, which must not block. ``certificate_timestamps`` are SCTs likewise
    (RFC 6962, 3.3).
    ``revocation`` is what is done about revoked certificates of clients: None looks at nothing.
    ``fetch_certificate`` gets what is at the URL of a client's certificate; with it such URLs are taken (RFC 6066, 5).
    """

    identity: Identity | Sequence[Identity] | None = None
    client_trust: TrustStore | None = None
    client_auth: ClientAuth = "none"
    dh_group: str = "ffdhe2048"
    psk: Mapping[bytes, bytes] | FindPsk | None = field(default=None, repr=False)
    psk_hint: bytes = b""
    tickets: TicketKeys | None = None
    sni_fatal: bool = False
    fetch_certificate: FetchCertificate | None = None
    ocsp_response: bytes | FindStatus | None = None
    revocation: Revocation | None = None
    certificate_timestamps: Sequence[bytes] | FindTimestamps = ()

    def __post_init__(self) -> None:
        """Refuse combinations that cannot work. Raises ConfigurationError."""
        Config.__post_init__(self)
        if self.client_auth not in ("none", "requested", "required"):
            raise ConfigurationError(f'client_auth is "none", "requested" or "required"; it is {self.client_auth!r}')
        if self.client_auth == "required" and self.client_trust is None:
            raise ConfigurationError('client_auth="required" needs client_trust: whose certificates are accepted')

    @property
    def identities(self) -> tuple[Identity, ...]:
        """All identities, in order."""
        return _identities(self.identity)


def _identities(identity: Identity | Sequence[Identity] | None) -> tuple[Identity, ...]:
    if identity is None:
        return ()
    return (identity,) if isinstance(identity, Identity) else tuple(identity)
