"""From the options for the rarer branches to configurations. Faults name the option they come from."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from hellodone.cli import settings
from hellodone.config import ChoosePsk, ClientConfig, Psk, ServerConfig
from hellodone.errors import ConfigurationError

if TYPE_CHECKING:
    from hellodone.cli.branch_choices import (
        CallBranches,
        CallRecords,
        CallSupplements,
        ServeBranches,
        ServeCertificates,
        ServeRecords,
        ServeSupplements,
    )
    from hellodone.cli.options import DemoChoice
    from hellodone.config import FetchCertificate, FindStatus, Supplement
    from hellodone.pki.identity import Identity
    from hellodone.policy import Policy
    from hellodone.session.store import SessionStore
    from hellodone.session.tickets import TicketKeys

_URL = re.compile(r"http://[!-~]+", re.IGNORECASE)


def of_client(config: ClientConfig, branches: CallBranches) -> ClientConfig:
    """The configuration with these branches. Raises ConfigurationError, InputUnreadable."""
    from hellodone.cli.revoking import revocation
    from hellodone.session.store import MemorySessionStore

    sessions, records, certificates = branches.sessions, branches.records, branches.certificates
    identities = (*config.identities, *settings.raw_identities(certificates.rawpkkeyfile))
    return replace(
        config,
        policy=protected(config.policy, records),
        identity=identities or None,
        psk=_client_psk(sessions.psk),
        session_store=MemorySessionStore() if sessions.resume else None,
        ask_for_tickets=not sessions.no_ticket,
        renegotiation="accept" if sessions.renegotiate == "accept" else "refuse",
        max_fragment_length=int(records.max_fragment_length or 0),
        record_size_limit=records.record_size_limit,
        padding=records.padding,
        fallback=records.fallback_scsv,
        trusted_keys=settings.public_keys(certificates.trusted_key),
        trusted_ca_keys=_manner(certificates.trusted_ca_keys, config),
        certificate_urls=_certificate_urls(certificates.client_certificate_url, identities),
        ocsp=certificates.status and branches.revocation.ocsp != "off",
        revocation=revocation(branches.revocation),
        ocsp_multi=certificates.status_multi,
        certificate_timestamps=certificates.ct,
        supplements=_client_supplements(branches.supplements),
    )


def of_server(config: ServerConfig, branches: ServeBranches) -> ServerConfig:
    """The configuration with these branches, but what needs its identities: see ``with_statuses``.

    Raises ConfigurationError, InputUnreadable.
    """
    from hellodone.cli.revoking import revocation

    sessions, records, certificates = branches.sessions, branches.records, branches.certificates
    store, tickets = _resumption(sessions.resume, sessions.sessions_url)
    return replace(
        config,
        policy=protected(config.policy, records),
        session_store=store,
        tickets=tickets,
        renegotiation="accept" if sessions.renegotiate == "accept" else "refuse",
        psk=dict(settings.psk(text) for text in sessions.psk) or None,
        psk_hint=sessions.psk_hint.encode(),
        revocation=revocation(branches.revocation),
        dh_group=settings.dh_group(sessions.dh_group),
        record_size_limit=records.record_size_limit,
        trusted_keys=settings.public_keys(certificates.trusted_key),
        fetch_certificate=_fetching() if certificates.fetch_client_certificate else None,
        supplements=_server_supplements(branches.supplements),
    )


def with_statuses(config: ServerConfig, choice: ServeCertificates) -> ServerConfig:
    """The configuration with what is shown about its first identity's certificates. Raises ConfigurationError."""
    responses = settings.contents(choice.ocsp_response)
    timestamps = settings.contents(choice.sct)
    _require_timestamps(timestamps, choice.sct)
    chain = config.identities[0].chain if config.identities else ()
    if len(responses) > max(1, len(chain)):
        raise ConfigurationError(
            f"--ocsp-response is given {len(responses)} times, and --cert has {len(chain)} certificates to staple to"
        )
    response: bytes | FindStatus | None = responses[0] if responses else None
    if len(responses) > 1:
        response = dict(zip(chain, responses, strict=False)).get
    return replace(config, ocsp_response=response, certificate_timestamps=timestamps)


def _require_timestamps(timestamps: Sequence[bytes], files: Sequence[str]) -> None:
    for file, timestamp in zip(files, timestamps, strict=True):
        if not 1 <= len(timestamp) < 2**16 - 2:
            raise ConfigurationError(f"--sct {file}: {len(timestamp):,} bytes are no SignedCertificateTimestamp")


def protected(policy: Policy, choice: CallRecords | ServeRecords | DemoChoice) -> Policy:
    """The policy without what was switched off, with what was switched on."""
    if choice.no_etm:
        policy = replace(policy, encrypt_then_mac=False)
    if choice.no_ems:
        policy = replace(policy, extended_master_secret="off")
    if choice.truncated_hmac is not None:
        policy = replace(policy, truncated_hmac=choice.truncated_hmac)
    return policy


def _client_psk(texts: Sequence[str]) -> Psk | ChoosePsk | None:
    """The key, or of several the one that the server's hint names."""
    keys = [settings.psk(text) for text in texts]
    if len(keys) < 2:
        return keys[0] if keys else None
    return lambda hint: next((key for key in keys if key[0] == hint), keys[0])


def _resumption(resume: str | None, url: str | None) -> tuple[SessionStore | None, TicketKeys | None]:
    """Where sessions are kept: here, in a Redis, at the clients. Raises ConfigurationError."""
    from hellodone.session.store import MemorySessionStore
    from hellodone.session.tickets import TicketKeys

    manner = resume or ("id" if url else "both")
    tickets = TicketKeys.generate() if manner in ("both", "ticket") else None
    if manner not in ("both", "id"):
        return None, tickets
    if url is None:
        return MemorySessionStore(), tickets
    from hellodone.session.redis import RedisSessionStore

    return RedisSessionStore(url, warn=lambda sentence: settings.note(f"warning: {sentence}")), tickets


# --- certificates


def _manner(manner: str | None, config: ClientConfig) -> Any:
    """How authorities are named; there must be few enough to name."""
    if manner is not None and config.trust is None:
        raise ConfigurationError("--trusted-ca-keys names the authorities that are trusted; with --insecure none are")
    return manner


def _certificate_urls(urls: Sequence[str], identities: Sequence[Identity]) -> Sequence[str]:
    from hellodone.pki.raw_keys import is_raw

    if not urls:
        return ()
    if not identities or is_raw(identities[0]):
        raise ConfigurationError("--client-certificate-url needs --cert: the certificates that are at the URL")
    for url in urls:
        if not _URL.fullmatch(url):
            raise ConfigurationError(f"--client-certificate-url {url}: it is no http:// URL (RFC 6066, 5)")
    if len(urls) not in (1, len(identities[0].chain)):
        raise ConfigurationError(
            f"--client-certificate-url is given {len(urls)} times, and --cert has {len(identities[0].chain)} "
            "certificates: name as many, or one URL with all of them"
        )
    return urls


def _fetching() -> FetchCertificate:
    from hellodone.pki.lookups import CertificateFetch
    from hellodone.transport.fetch import fetch

    def get(url: str) -> bytes | None:
        answer = fetch(CertificateFetch(url))
        if answer.failure:
            settings.note(f"warning: a client's certificate could not be fetched: {answer.failure}")
        return answer.data or None

    return get


# --- supplemental data


def _client_supplements(choice: CallSupplements) -> list[Supplement]:
    from hellodone.handshake.supplements import user_mapping

    found = []
    if choice.user_mapping is not None:
        found.append(user_mapping(choice.user_mapping, choice.user_mapping.rpartition("@")[2]))
    found += _authorizations(choice.client_authz, choice.server_authz)
    return _all(found, choice)


def _server_supplements(choice: ServeSupplements) -> list[Supplement]:
    from hellodone.handshake.supplements import user_mapping_accepted

    found = [user_mapping_accepted()] if choice.user_mapping else []
    found += _authorizations(choice.client_authz, choice.server_authz)
    return _all(found, choice)


def _all(found: list[Supplement], choice: CallSupplements | ServeSupplements) -> list[Supplement]:
    kinds = found + [_supplement(text) for text in choice.supplement]
    if len({kind.extension for kind in kinds}) < len(kinds):
        raise ConfigurationError("--supplement: there is one kind of supplemental data to a hello extension")
    return [replace(kind, only_protected=True) for kind in kinds] if choice.protected else kinds


def _authorizations(client: str | tuple[str, str] | None, server: str | tuple[str, str] | None) -> list[Supplement]:
    """A format alone takes, a format and a file send."""
    from hellodone.handshake.supplements import authorization
    from hellodone.messages.extensions.trust import AuthzDataFormat
    from hellodone.registry.codes import ExtensionType

    found = []
    for extension, said in ((ExtensionType.client_authz, client), (ExtensionType.server_authz, server)):
        if said is not None:
            name, file = (said, None) if isinstance(said, str) else said
            data = settings.content(file)
            if data is not None and not 1 <= len(data) <= 2**16 - 4:
                raise ConfigurationError(f"{file}: {len(data):,} bytes are too many, or too few, to be sent")
            found.append(authorization(extension, AuthzDataFormat[name], data))
    return found


def _supplement(text: str) -> Supplement:
    """EXTENSION:HEX:TYPE[:HEX]"""
    from hellodone.config import Supplement

    try:
        extension, hello, data_type, *data = text.split(":")
        kind = Supplement(
            extension=_uint16(extension),
            hello=bytes.fromhex(hello),
            data_type=_uint16(data_type),
            data=bytes.fromhex(data[0]) if data else None,
            accept=True,
        )
    except ValueError:
        kind, data = None, []
    if kind is None or len(data) > 1:
        raise ConfigurationError(
            f"--supplement {text}: write EXTENSION:HEX:TYPE[:HEX], the numbers from 0 to 65535 and the data in "
            "hexadecimal digits"
        )
    return kind


def _uint16(digits: str) -> int:
    number = int(digits, 0)
    if not 0 <= number < 2**16:
        raise ValueError(digits)
    return number
