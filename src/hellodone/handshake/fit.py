"""The server's certificate against the key exchange, where it does not fit and is let pass.

The kind of its key is checked always, its key usage as the policy says (RFC 5246, 7.4.2). That its curve is one of
those the client named is asked of the server (RFC 8422, 5.3); no client is told to refuse, so it is reported.
"""

from __future__ import annotations

from hellodone.handshake.context import ClientHandshake
from hellodone.handshake.requirements import REQUIREMENTS, USAGE_NAMES
from hellodone.pki.certificates import Certificate
from hellodone.registry.groups import NamedGroup
from hellodone.registry.naming import name_of


def report_misfits(hs: ClientHandshake, leaf: Certificate) -> None:
    """Note what is reported and not refused. Raises CertificateError when the certificate cannot be read."""
    if hs._config.policy.certificate_fit == "report":
        _report_usage(hs, leaf)
    curve = leaf.named_curve
    if curve is not None and hs.client_groups and curve not in hs.client_groups:
        name = name_of(NamedGroup, curve)
        hs.note_report(f"the curve of the server's key is one that the client named (RFC 8422, 5.3): {name}")


def _report_usage(hs: ClientHandshake, leaf: Certificate) -> None:
    needed, allowed = USAGE_NAMES[REQUIREMENTS[hs.cipher_suite.key_exchange].usage], leaf.key_usage
    if allowed is not None and needed not in allowed:
        held = ", ".join(sorted(allowed)) or "nothing"
        claim = f"the key usage of {leaf.name} allows what this key exchange needs (RFC 5246, 7.4.2): {needed}"
        hs.note_report(f"{claim}; it is {held}")
