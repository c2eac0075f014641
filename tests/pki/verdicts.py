"""Asking for a verdict, which the checks that are worded afterwards must bear out."""

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
    """The accepted path; the rules that decided and the checks that explain agree."""
    arguments = {"server_name": LEAF, "at": NOON, **options}
    path: VerifiedPath = verify_server_chain(chain, trust=trust, **arguments)  # type: ignore[arg-type]
    assert path.checks
    assert all(check.passed for check in path.checks)
    return path


def refused(chain: Chain, trust: TrustStore, alert: AlertDescription, *words: str, **options: object) -> str:
    """The reason, which holds ``words`` and came with ``alert``."""
    arguments = {"server_name": LEAF, "at": NOON, **options}
    with pytest.raises(CertificateError) as caught:
        verify_server_chain(chain, trust=trust, **arguments)  # type: ignore[arg-type]
    assert caught.value.alert is alert
    assert not isinstance(caught.value, FatalAlert)
    for word in words:
        assert word in caught.value.reason
    assert "\n" not in caught.value.reason
    return caught.value.reason
