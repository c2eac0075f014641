"""SupplementalData: what the hellos agreed on, sent before anything else and for the application alone (RFC 4680).

``user_mapping`` and the others make the configuration of the kinds that have RFCs. What came is not authenticated
before the handshake is complete, and is shown to the application only then.
"""

from __future__ import annotations

import re
from typing import Any

from hellodone.config import Supplement
from hellodone.errors import AlertDescription, ConfigurationError
from hellodone.handshake.context import Handshake
from hellodone.handshake.flow import Flow, optional
from hellodone.messages.extensions.trust import AuthzDataFormat
from hellodone.messages.handshake import SupplementalData
from hellodone.messages.supplemental import (
    AuthorizationData,
    AuthorizationDataEntry,
    SupplementalDataEntry,
    UpnDomainHint,
    UserMappingData,
    UserMappingDataList,
)
from hellodone.registry.codes import ExtensionType, SupplementalDataType, UserMappingType
from hellodone.registry.naming import code_name

HINT = UserMappingType.upn_domain_hint
_LABEL = r"[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?"
_PRINCIPAL = re.compile(rf"[^@]+@{_LABEL}(?:\.{_LABEL})*")


def user_mapping(user: str, domain: str = "", *, only_protected: bool = False) -> Supplement:
    """A client says who its user is in a directory: ``user@domain``, a domain alone, or both (RFC 4681, 6).

    Raises ConfigurationError when the first is not of that form, or both are empty.
    """
    if (user or not domain) and not _PRINCIPAL.fullmatch(user):
        raise ConfigurationError(f"a user mapping names user@domain (RFC 4681, 6); {user!r} is not of that form")
    hint = UpnDomainHint(user.encode(), domain.encode())
    return Supplement(
        extension=ExtensionType.user_mapping,
        data_type=SupplementalDataType.user_mapping_data,
        hello=bytes((HINT,)),
        data=UserMappingDataList((UserMappingData(HINT, hint),)).encode(),
        only_protected=only_protected,
    )


def user_mapping_accepted(*, only_protected: bool = False) -> Supplement:
    """A server takes such hints (RFC 4681)."""
    return Supplement(
        extension=ExtensionType.user_mapping,
        data_type=SupplementalDataType.user_mapping_data,
        hello=bytes((HINT,)),
        accept=True,
        only_protected=only_protected,
    )


def authorization(extension: ExtensionType, form: AuthzDataFormat, data: bytes | None) -> Supplement:
    """What a side may do, in a form of RFC 5878, 2.3: client_authz goes to the server, server_authz comes back.

    With ``data`` this side sends it, without it takes it.
    """
    entry = None if data is None else AuthorizationData((AuthorizationDataEntry(form, data),)).encode()
    return Supplement(
        extension=extension,
        data_type=SupplementalDataType.authz_data,
        hello=bytes((form,)),
        data=entry,
        accept=data is None,
    )


def send_supplements(hs: Handshake[Any]) -> None:
    """Our SupplementalData, if anything was agreed on that we have data for; at most one message (2)."""
    entries = tuple([_entry(supplement) for supplement in hs._supplements if supplement.data is not None])
    if not entries:
        return
    if hs._role == "client":
        hs.client_supplemental_data = entries
    else:
        hs.server_supplemental_data = entries
    hs.send(SupplementalData(entries))


def receive_supplements(hs: Handshake[Any]) -> Flow[None]:
    """The peer's, which it may leave out (RFC 4681, 4). What was not agreed on is an unexpected message (2)."""
    expected = [supplement.data_type for supplement in hs._supplements if supplement.accept]
    message: SupplementalData | None = (yield optional(SupplementalData)) if expected else None
    if message is None:
        return
    hs.check(
        all(entry.supp_data_type in expected for entry in message.supp_data),
        AlertDescription.unexpected_message,
        "all supplemental data is of a type that was agreed on (RFC 4680, 2)",
        lambda: "there is " + ", ".join(code_name(SupplementalDataType, e.supp_data_type) for e in message.supp_data),
    )
    if hs._role == "client":
        hs.server_supplemental_data = message.supp_data
    else:
        hs.client_supplemental_data = message.supp_data


def _entry(supplement: Supplement) -> SupplementalDataEntry:
    """As it will be parsed: data of a known type in its form."""
    data = supplement.data or b""
    return SupplementalDataEntry.parse(supplement.data_type.to_bytes(2, "big") + len(data).to_bytes(2, "big") + data)
