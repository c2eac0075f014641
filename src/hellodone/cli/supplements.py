"""The supplemental data of a demonstration: who the client's user is, and what the server may do (RFC 4680)."""

from __future__ import annotations

from dataclasses import replace

from hellodone.config import Supplement

Both = tuple[list[Supplement], list[Supplement]]

_ASSERTION = b"<Assertion>the server may answer for localhost</Assertion>"


def supplements(direction: str | None, *, protected: bool) -> Both:
    """What the client has and what the server has. ``direction`` is who sends: client, server, both, None for nobody.

    With ``protected`` both keep silent until a handshake protects what they say (RFC 4680, figure 2).
    """
    if direction is None:
        return [], []
    from hellodone.handshake.supplements import authorization, user_mapping, user_mapping_accepted
    from hellodone.messages.extensions.trust import AuthzDataFormat
    from hellodone.registry.codes import ExtensionType

    client: list[Supplement] = []
    server: list[Supplement] = []
    if direction in ("client", "both"):
        client.append(user_mapping("alice@laboratory.example", "laboratory.example"))
        server.append(user_mapping_accepted())
    if direction in ("server", "both"):
        form, extension = AuthzDataFormat.saml_assertion, ExtensionType.server_authz
        client.append(authorization(extension, form, None))
        server.append(authorization(extension, form, _ASSERTION))
    if protected:
        return [replace(one, only_protected=True) for one in client], [replace(o, only_protected=True) for o in server]
    return client, server
