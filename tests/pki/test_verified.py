"""Accepted paths that are kept: for whom they answer, and for how long."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from hellodone.pki.certificates import Certificate, CertificateError
from hellodone.pki.laboratory import LabAuthority
from hellodone.pki.names import normalize_server_name
from hellodone.pki.verified import KEPT_FOR, VerifiedPaths
from hellodone.pki.verify import verify_client_chain, verify_server_chain
from tests.pairs import NOW

NAME = normalize_server_name("localhost")


def test_a_second_look_gives_the_same_path() -> None:
    lab = LabAuthority.create(key="ec", at=NOW)
    chain = lab.issue_server(key="ec").chain
    first = verify_server_chain(chain, NAME, lab.trust, NOW)
    again = verify_server_chain(chain, NAME, lab.trust, NOW + timedelta(minutes=1))
    assert first.path == again.path
    assert all(check.passed for check in again.checks)


def test_it_answers_for_no_other_name_role_time_or_rule() -> None:
    lab = LabAuthority.create(key="ec", at=NOW)
    chain = lab.issue_server(key="ec").chain
    verify_server_chain(chain, NAME, lab.trust, NOW)
    with pytest.raises(CertificateError, match=r"other\.example"):
        verify_server_chain(chain, normalize_server_name("other.example"), lab.trust, NOW)
    with pytest.raises(CertificateError):
        verify_client_chain(chain, lab.trust, NOW)
    with pytest.raises(CertificateError, match="expired"):
        verify_server_chain(chain, NAME, lab.trust, NOW + timedelta(days=36500))
    with pytest.raises(CertificateError):
        verify_server_chain(chain, NAME, lab.trust, NOW - timedelta(days=3650))
    with pytest.raises(CertificateError):
        verify_server_chain(chain, NAME, lab.trust, NOW, usage="key_encipherment")


def test_another_store_knows_nothing_of_it() -> None:
    lab = LabAuthority.create(key="ec", at=NOW)
    chain = lab.issue_server(key="ec").chain
    verify_server_chain(chain, NAME, lab.trust, NOW)
    with pytest.raises(CertificateError):
        verify_server_chain(chain, NAME, LabAuthority.create(key="ec", at=NOW).trust, NOW)


def kept(paths: VerifiedPaths, key: str, at: datetime = NOW) -> tuple[Certificate, ...]:
    found = paths.get(key, at)
    return () if found is None else found.path


def test_entries_age_and_are_bounded() -> None:
    lab = LabAuthority.create(key="ec", at=NOW)
    path = (lab.certificate,)
    paths = VerifiedPaths(capacity=2)
    for key in ("a", "b", "c"):
        paths.put(key, path, NOW)
    assert len(paths) == 2
    assert paths.get("a", NOW) is None
    assert kept(paths, "c", NOW + KEPT_FOR) == path
    assert paths.get("c", NOW + KEPT_FOR + timedelta(seconds=1)) is None
    assert paths.get("c", NOW - timedelta(seconds=1)) is None


def test_the_least_recently_used_goes_first() -> None:
    lab = LabAuthority.create(key="ec", at=NOW)
    path = (lab.certificate,)
    paths = VerifiedPaths(capacity=2)
    paths.put("a", path, NOW)
    paths.put("b", path, NOW)
    assert kept(paths, "a") == path
    paths.put("c", path, NOW)
    assert paths.get("b", NOW) is None
    assert kept(paths, "a") == kept(paths, "c") == path


def test_a_path_that_is_kept_is_valid_through_the_last_second_of_its_certificates() -> None:
    lab = LabAuthority.create(key="ec", at=NOW)
    chain = lab.issue_server(key="ec").chain
    end = chain[0].x509.not_valid_after_utc
    assert verify_server_chain(chain, NAME, lab.trust, end - timedelta(minutes=1)).path
    assert verify_server_chain(chain, NAME, lab.trust, end + timedelta(microseconds=999_999)).path
    with pytest.raises(CertificateError, match="expired"):
        verify_server_chain(chain, NAME, lab.trust, end + timedelta(seconds=1))


def test_a_time_without_a_zone_is_universal_time() -> None:
    lab = LabAuthority.create(key="ec", at=NOW)
    chain = lab.issue_server(key="ec").chain
    first = verify_server_chain(chain, NAME, lab.trust, NOW.replace(tzinfo=None))
    again = verify_server_chain(chain, NAME, lab.trust, NOW)
    assert first.path == again.path
    assert first.demands.at == again.demands.at
