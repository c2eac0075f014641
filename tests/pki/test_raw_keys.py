"""Keys without certificates, as they lie in files (RFC 7250)."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from hellodone.errors import ConfigurationError
from hellodone.pki.laboratory import LabAuthority, private_key_pem
from hellodone.pki.pem import armored
from hellodone.pki.raw_keys import public_key_info, raw_identity

AUTHORITY = LabAuthority.create(at=datetime(2026, 6, 1, tzinfo=UTC))
IDENTITY = AUTHORITY.issue_server(key="ec")
SPKI = raw_identity(private_key_pem(IDENTITY)).leaf.der


@pytest.mark.parametrize(
    "data",
    [SPKI, armored("PUBLIC KEY", SPKI), IDENTITY.leaf.der, IDENTITY.chain_pem()],
    ids=["der", "pem", "certificate", "chain"],
)
def test_a_key_by_itself_or_in_a_certificate(data: bytes) -> None:
    assert public_key_info(data) == SPKI


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"", "empty"),
        (b"key", "PEM"),
        (SPKI[:-4], "malformed"),
        (armored("PUBLIC KEY", SPKI[:-4]), "malformed"),
        (2 * armored("PUBLIC KEY", SPKI), "one public key, found 2"),
        (private_key_pem(IDENTITY), "PRIVATE KEY"),
    ],
    ids=["empty", "text", "cut", "cut-pem", "two", "private"],
)
def test_what_is_no_public_key(data: bytes, words: str) -> None:
    with pytest.raises(ConfigurationError, match=f"the file: .*{words}"):
        public_key_info(data, "the file")
