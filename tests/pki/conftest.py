"""Laboratory CAs shared by the tests of this folder; the time of verification is always NOON."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from hellodone.pki.certificates import Certificate
from hellodone.pki.identity import Identity
from hellodone.pki.laboratory import LabAuthority
from hellodone.pki.profile import Profile

NOON = datetime(2026, 11, 21, 12, tzinfo=UTC)
Chain = tuple[Certificate, ...]
Issue = Callable[..., Chain]


@pytest.fixture(scope="session")
def root() -> LabAuthority:
    return LabAuthority.create(at=NOON, name="Root", random=random.Random(1).randbytes)


@pytest.fixture(scope="session")
def issuing(root: LabAuthority) -> LabAuthority:
    return root.intermediate(name="Issuing")


@pytest.fixture(scope="session")
def server(issuing: LabAuthority) -> Identity:
    return issuing.issue_server(("leaf.example", "192.0.2.1"), "ec")


@pytest.fixture(scope="session")
def rsa_server(issuing: LabAuthority) -> Identity:
    return issuing.issue_server(("leaf.example",), "rsa")


@pytest.fixture(scope="session")
def issue(issuing: LabAuthority) -> Issue:
    """A chain whose leaf differs from a proper server's in the fields given."""

    def make(authority: LabAuthority = issuing, key: str = "ec", **changes: Any) -> Chain:
        profile = authority.server_profile(("leaf.example", "192.0.2.1"), key)
        return authority.issue_identity(replace(profile, **changes), key).chain

    return make


def ca_profile(name: str, **changes: Any) -> Profile:
    """A proper CA's profile, changed in the fields given."""
    profile = Profile(
        name,
        NOON.replace(month=1),
        NOON.replace(year=2028),
        ca=True,
        key_usage=("keyCertSign", "cRLSign"),
    )
    return replace(profile, **changes)
