"""Asking for a verdict in both ways, which must agree: with every check worded, and with the decisive ones alone."""

from __future__ import annotations

from datetime import timedelta

import pytest

from hellodone.errors import AlertDescription, FatalAlert
from hellodone.pki.names import normalize_server_name
from hellodone.pki.trust import TrustStore
from hellodone.pki.verify import CertificateError, VerifiedPath, verify_server_chain
from tests.pki.conftest import NOON, Chain

LEAF = normalize_server_name("leaf.example")
DAY = timedelta(days=1)
Alert = AlertDescription


def verified(chain: Chain, trust: TrustStore, **options: object) -> VerifiedPath:
    """The accepted path, with the checks of the wordy way."""
    arguments = {"server_name": LEAF, "at": NOON, **options}
    long: VerifiedPath = verify_server_chain(chain, trust=trust, explain=True, **arguments)  # type: ignore[arg-type]
    short: VerifiedPath = verify_server_chain(chain, trust=trust, explain=False, **arguments)  # type: ignore[arg-type]
    assert long.path == short.path
    return long


def refused(chain: Chain, trust: TrustStore, alert: AlertDescription, *words: str, **options: object) -> str:
    """The reason, which holds ``words``, came with ``alert``, and is the same in both ways of asking."""
    arguments = {"server_name": LEAF, "at": NOON, **options}
    reasons = []
    for explain in (True, False):
        with pytest.raises(CertificateError) as caught:
            verify_server_chain(chain, trust=trust, explain=explain, **arguments)  # type: ignore[arg-type]
        reasons.append(caught.value.reason)
        assert caught.value.alert is alert
        assert not isinstance(caught.value, FatalAlert)
    assert reasons[0] == reasons[1]
    for word in words:
        assert word in reasons[0]
    assert "\n" not in reasons[0]
    return reasons[0]
