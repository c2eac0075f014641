"""``hellodone connect`` to OpenSSL servers whose certificates do not do: one sentence each, with names and values."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from hellodone.pki.identity import Identity
from hellodone.pki.laboratory import LabAuthority
from hellodone.pki.profile import Profile
from hellodone.transport.authority import AuthorityServer
from tests.cli.running import Outcome, hellodone
from tests.cli.test_connect import web
from tests.transport.laboratory import openssl_server

Capsys = pytest.CaptureFixture[str]
NOW = datetime.now(UTC)
DAY = timedelta(days=1)


@dataclass(frozen=True)
class Case:
    """What the server shows, under which root, where it is called, and the words of the verdict in order."""

    make: Callable[[LabAuthority], Identity]
    words: tuple[str, ...]
    host: str = "localhost"
    trusted: bool = True


def authority(of: LabAuthority, **changes: object) -> Profile:
    """What the certificate of an issuing CA says, but for these changes."""
    plain = Profile(
        "Issuing CA", of.at - DAY, of.at + 300 * DAY, ca=True, key_usage=("keyCertSign", "cRLSign"), path_length=0
    )
    return replace(plain, **changes)  # type: ignore[arg-type]


def server(of: LabAuthority, **changes: object) -> Identity:
    return of.issue_identity(replace(of.server_profile(key="ec"), **changes), "ec")  # type: ignore[arg-type]


def below(root: LabAuthority, **changes: object) -> LabAuthority:
    return root.intermediate(profile=authority(root, **changes))


def missing_intermediate(root: LabAuthority) -> Identity:
    whole = server(below(root))
    return replace(whole, chain=whole.chain[:1])


def path_too_long(root: LabAuthority) -> Identity:
    narrow = below(root, path_length=0)
    return server(narrow.intermediate(profile=authority(root, subject="CA below")))


CASES = {
    "missing intermediate": Case(
        missing_intermediate,
        ("unknown_ca(48)", "the server sent 1 certificate", "CN=localhost", "CN=Issuing CA is neither among"),
    ),
    "wrong name": Case(
        lambda root: server(root, names=("example.com", "www.example.com")),
        ("certificate", "localhost", "example.com", "www.example.com"),
    ),
    "IP dialled": Case(
        lambda root: server(root, names=("localhost",)), ("certificate", "127.0.0.1", "localhost"), host="127.0.0.1"
    ),
    "expired leaf": Case(
        lambda root: server(root, not_before=root.at - 30 * DAY, not_after=root.at - 3 * DAY),
        ("certificate_expired(45)", "the certificate of CN=localhost expired 3 days", "not after", "now"),
    ),
    "expired intermediate": Case(
        lambda root: server(below(root, not_before=root.at - 30 * DAY, not_after=root.at - 3 * DAY)),
        (
            "certificate_expired(45)", "the intermediate CN=Issuing CA expired 3 days", "not after", "now",
            "the certificate of CN=localhost itself is within its dates",
        ),
    ),
    "unknown root": Case(
        lambda root: replace(whole := server(root), chain=(*whole.chain, root.root)),
        ("unknown_ca(48)", "the root CN=hellodone laboratory root", "not in the trust store", "1 anchor"),
        trusted=False,
    ),
    "wrong EKU": Case(
        lambda root: server(root, extended_key_usage=("clientAuth",)),
        ("CN=localhost", "clientAuth", "serverAuth"),
    ),
    "path length": Case(path_too_long, ("CN=Issuing CA", "allows 0", "pathLenConstraint", "found 1", "CN=CA below")),
    "name constraint": Case(
        lambda root: server(below(root, permitted=("example.com",))), ("CN=Issuing CA", "localhost", "example.com")
    ),
}  # fmt: skip


@contextlib.contextmanager
def showing(identity: Identity) -> Iterator[int]:
    with web(openssl_server(identity)) as port:
        yield port


def connected(capsys: Capsys, case: Case, tmp_path: Path, *more: str) -> Outcome:
    root = LabAuthority.create(at=NOW)
    trusted = root if case.trusted else LabAuthority.create(at=NOW, name="Another root")
    cacert = tmp_path / "ca.pem"
    cacert.write_bytes(trusted.pem)
    with showing(case.make(root)) as port:
        target = f"https://{case.host}:{port}/"
        return hellodone(capsys, "connect", target, "--cacert", cacert, "--no-probe", *more)


@pytest.mark.parametrize("name", CASES)
def test_one_sentence_names_certificate_field_found_and_expected(name: str, capsys: Capsys, tmp_path: Path) -> None:
    case = CASES[name]
    outcome = connected(capsys, case, tmp_path, "--detail", "full")
    assert outcome.code == 1
    place = 0
    for word in case.words:
        place = outcome.last.find(word, place)
        assert place >= 0, f"{word!r} is not (in this order) in {outcome.last!r}"
    assert outcome.err.strip().count("\n") == 0
    assert "presented: CN=localhost" in outcome.out  # the chain as it came
    assert "✗" in outcome.out


def test_a_chain_is_shown_as_presented_and_as_verified(capsys: Capsys, tmp_path: Path) -> None:
    case = Case(lambda root: server(below(root)), ())
    outcome = connected(capsys, case, tmp_path, "--width", "140")
    assert outcome.code == 0
    assert "presented: CN=localhost, CN=Issuing CA" in outcome.out
    assert "ends at the trust anchor CN=hellodone laboratory root" in " ".join(outcome.out.replace("┃", " ").split())
    assert "CN=localhost ← CN=Issuing CA ← CN=hellodone laboratory root" in " ".join(
        outcome.out.replace("│", " ").replace("┃", " ").split()
    )


# --- revocation


@contextlib.contextmanager
def revocable(tmp_path: Path, *, revoked: bool) -> Iterator[tuple[AuthorityServer, int, Path]]:
    """A CA that answers over HTTP, the port of an OpenSSL server with a certificate of it, and the CA's file."""
    with AuthorityServer(LabAuthority.create(at=NOW)) as ca:
        identity = ca.authority.issue_server(key="ec")
        if revoked:
            ca.authority.revoke(identity.leaf, "superseded")
        cacert = tmp_path / "ca.pem"
        cacert.write_bytes(ca.authority.pem)
        with showing(identity) as port:
            yield ca, port, cacert


@pytest.mark.parametrize("revoked", [False, True])
def test_the_responder_is_asked(revoked: bool, capsys: Capsys, tmp_path: Path) -> None:
    with revocable(tmp_path, revoked=revoked) as (_, port, cacert):
        outcome = hellodone(capsys, "connect", f"https://localhost:{port}/", "--cacert", cacert, "--ocsp", "query")
    assert outcome.code == int(revoked)
    assert "OCSP request" in outcome.out
    assert "┼" in outcome.out  # over the server's lane to the authority's
    if revoked:
        assert outcome.last.startswith("hellodone: certificate_revoked(44): ")
        assert "(superseded)" in outcome.last


@pytest.mark.parametrize("place", ["file", "url"])
@pytest.mark.parametrize("revoked", [False, True])
def test_a_list_is_given(revoked: bool, place: str, capsys: Capsys, tmp_path: Path) -> None:
    with revocable(tmp_path, revoked=revoked) as (ca, port, cacert):
        crl = ca.authority.crl_url
        if place == "file":
            crl = str(tmp_path / "ca.crl")
            Path(crl).write_bytes(ca.authority.crl().der)
        outcome = hellodone(capsys, "connect", f"https://localhost:{port}/", "--cacert", cacert, "--crl", crl)
    assert outcome.code == int(revoked)
    assert ("certificate_revoked(44)" in outcome.last) is revoked


def test_nobody_is_asked_unasked_and_nothing_is_looked_at_when_off(capsys: Capsys, tmp_path: Path) -> None:
    for words in ((), ("--revocation", "off"), ("--ocsp", "staple"), ("--ocsp", "off")):
        with revocable(tmp_path, revoked=True) as (_, port, cacert):
            outcome = hellodone(capsys, "connect", f"https://localhost:{port}/", "--cacert", cacert, *words)
        assert outcome.code == 0, outcome.err
        assert "OCSP request" not in outcome.out


def test_soft_reports_what_hard_refuses(capsys: Capsys, tmp_path: Path) -> None:
    with AuthorityServer(LabAuthority.create(at=NOW)) as ca:
        identity = ca.authority.issue_server(key="ec")
    cacert = tmp_path / "ca.pem"
    cacert.write_bytes(ca.authority.pem)
    for mode, code in (("soft", 0), ("hard", 1)):  # the responder is gone
        with showing(identity) as port:
            outcome = hellodone(
                capsys, "connect", f"https://localhost:{port}/", "--cacert", cacert, "--revocation", mode
            )
        assert outcome.code == code, outcome.err
        assert "No answer" in outcome.out


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (("--revocation", "off", "--crl", "x.crl"), 2, "nothing is looked at"),
        (("--crl", "/does/not/exist.crl"), 4, "/does/not/exist.crl"),
        (("--crl", "http://127.0.0.1:1/ca.crl"), 4, "refused"),
    ],
)
def test_wrong_values(words: tuple[str, ...], code: int, said: str, capsys: Capsys) -> None:
    outcome = hellodone(capsys, "connect", "https://localhost:1/", *words)
    assert outcome.code == code
    assert said in outcome.last
