"""The rarer branches of the protocol, as they were typed for ``connect`` and ``serve``; see ``branches``."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class CallSessions:
    """What ``connect`` knows beforehand, and what it does beside one full handshake."""

    psk: tuple[str, ...]
    resume: bool
    no_ticket: bool
    renegotiate: str  # refuse, accept, initiate


@dataclass(frozen=True, slots=True)
class ServeSessions:
    """What ``serve`` lets its clients do again, and the keys that it shares with them."""

    psk: tuple[str, ...]
    psk_hint: str
    dh_group: str
    resume: str | None
    sessions_url: str | None
    renegotiate: str  # refuse, accept, initiate


@dataclass(frozen=True, slots=True)
class CallRecords:
    """How ``connect`` wants records, and how they are protected."""

    max_fragment_length: str | None
    record_size_limit: int | None
    padding: int
    no_etm: bool
    no_ems: bool
    truncated_hmac: bool | None
    fallback_scsv: bool


@dataclass(frozen=True, slots=True)
class ServeRecords:
    """How ``serve`` wants records, and how they are protected."""

    record_size_limit: int | None
    no_etm: bool
    no_ems: bool
    truncated_hmac: bool | None


@dataclass(frozen=True, slots=True)
class CallCertificates:
    """Keys without certificates, and what ``connect`` says and asks about certificates."""

    rawpkkeyfile: tuple[str, ...]
    trusted_key: tuple[str, ...]
    trusted_ca_keys: str | None
    client_certificate_url: tuple[str, ...]
    status: bool
    status_multi: bool
    ct: bool


@dataclass(frozen=True, slots=True)
class RevocationChoice:
    """What is done about revoked certificates of the peer; see ``revoking``."""

    mode: str | None  # off, soft, hard
    ocsp: str | None  # query, staple, off
    crl: tuple[str, ...]  # files and URLs
    leaf_only: bool


@dataclass(frozen=True, slots=True)
class ServeCertificates:
    """Keys without certificates, and what ``serve`` shows and fetches about certificates."""

    rawpkkeyfile: tuple[str, ...]
    trusted_key: tuple[str, ...]
    staple: bool
    staple_issuer: str | None
    ocsp_response: tuple[str, ...]
    sct: tuple[str, ...]
    fetch_client_certificate: bool


@dataclass(frozen=True, slots=True)
class CallSupplements:
    """What ``connect`` sends and takes as SupplementalData."""

    user_mapping: str | None
    client_authz: tuple[str, str] | None  # format, file
    server_authz: str | None  # format
    supplement: tuple[str, ...]
    protected: bool


@dataclass(frozen=True, slots=True)
class ServeSupplements:
    """What ``serve`` takes and sends as SupplementalData."""

    user_mapping: bool
    client_authz: str | None  # format
    server_authz: tuple[str, str] | None  # format, file
    supplement: tuple[str, ...]
    protected: bool


@dataclass(frozen=True, slots=True)
class MaterialChoice:
    """Which keying material is exported; see ``exports.material``."""

    keymatexport: str | None
    keymatexportlen: int
    keymatexport_context: str | None


@dataclass(frozen=True, slots=True)
class ExportsChoice:
    """What is taken out of a connection once the handshake is done; see ``exports``."""

    material: MaterialChoice
    channel_binding: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class CallBranches:
    """All of it for ``connect``."""

    sessions: CallSessions
    records: CallRecords
    certificates: CallCertificates
    revocation: RevocationChoice
    supplements: CallSupplements
    exports: ExportsChoice


@dataclass(frozen=True, slots=True)
class ServeBranches:
    """All of it for ``serve``."""

    sessions: ServeSessions
    records: ServeRecords
    certificates: ServeCertificates
    revocation: RevocationChoice
    supplements: ServeSupplements
    exports: ExportsChoice
