"""``hellodone ca issue``: from what was typed to a certificate and its files."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Final

from hellodone.cli import settings
from hellodone.cli.ca_open import opened
from hellodone.errors import ConfigurationError

if TYPE_CHECKING:
    from hellodone.pki.identity import Identity
    from hellodone.pki.lab_faults import Order
    from hellodone.pki.lab_folder import Kept, LabFolder
    from hellodone.pki.profile import Profile

CA_KEYS: Final = ("ec", "ec384", "ec521", "rsa", "rsa3072", "rsa4096", "ed25519", "ed448", "dsa")
"""The kinds of key that a CA can have: those that sign."""
_LONGEST_NAME: Final = 64
_UNITS: Final = {"d": "days", "h": "hours", "m": "minutes"}


@dataclass(frozen=True, slots=True)
class IssueChoice:
    """What was said of the certificate."""

    key: str
    fault: str | None
    not_before: str | None
    not_after: str | None
    must_staple: bool
    out: str | None
    force: bool


def issue(folder: Path, kind: str, names: tuple[str, ...], choice: IssueChoice) -> int:
    """Issue and write it, and say how to use it. Raises ConfigurationError, InputUnreadable."""
    ca = opened(folder)
    if not names:
        raise ConfigurationError(f"name the {kind}: hellodone ca issue {folder} {kind} NAME")
    if kind == "server":
        names = tuple(_host(name) for name in names)
    elif len(names) > 1:
        raise ConfigurationError(f"a {kind} has one name, with spaces in quotes; there are {len(names)}")
    else:
        names = (common_name(names[0], "the name"),)
    if kind == "intermediate":
        return _intermediate(ca, names, choice)
    files = _files(ca, names[0], choice)
    made = _identity(ca, _order(ca, kind, names, choice), choice)
    ca.keep(made, files)
    _tell(ca, kind, made, files, choice)
    return 0


def common_name(text: str, what: str) -> str:
    """A name that a subject can hold. Raises ConfigurationError."""
    name = text.strip()
    if not name or not name.isprintable() or len(name) > _LONGEST_NAME:
        raise ConfigurationError(f"{what} is a text of 1 to {_LONGEST_NAME} printable characters (RFC 5280, A.1)")
    return name


def _host(text: str) -> str:
    """A host name as certificates have it, or an address; its first label may be ``*``. Raises ConfigurationError."""
    from hellodone.pki.names import normalize_server_name

    wildcard = "*." if text.startswith("*.") else ""
    return wildcard + normalize_server_name(text.removeprefix("*.")).text


def _order(ca: LabFolder, kind: str, names: tuple[str, ...], choice: IssueChoice) -> Order:
    from hellodone.pki.lab_faults import MUST_STAPLE, order_for

    order = order_for(ca.authority, "client" if kind == "client" else "server", names, choice.key)
    profile = _dated(order.profile, choice, ca.authority.at)
    if choice.must_staple:
        profile = replace(profile, extensions=(*profile.extensions, (MUST_STAPLE, False)))
    return replace(order, profile=profile)


def _identity(ca: LabFolder, order: Order, choice: IssueChoice) -> Identity:
    from hellodone.pki.lab_faults import issue_faulty

    if choice.fault is None:
        return ca.authority.issue_identity(order.profile, order.key)
    return issue_faulty(ca.authority, order, choice.fault)


def _intermediate(ca: LabFolder, names: tuple[str, ...], choice: IssueChoice) -> int:
    from hellodone.pki.lab_folder import LabFolder, file_name

    if choice.fault or choice.must_staple:
        raise ConfigurationError(
            "a fault is of a server's or client's certificate; those of the CA above it (hellodone ca faults) come "
            "with a CA made for them"
        )
    if choice.key not in CA_KEYS:
        raise ConfigurationError(f"--key {choice.key}: the key of a CA must sign: {', '.join(CA_KEYS)}")
    path = Path(choice.out) if choice.out else ca.path / file_name(names[0])
    above = ca.authority
    limits = above.certificate.basic_constraints
    if limits is not None and limits.path_length == 0:
        raise ConfigurationError(f"{above.certificate.name} may have no CA below it (path length 0)")
    profile = _dated(above.ca_profile(names[0]), choice, above.at)
    made = LabFolder.create(path, above.intermediate(choice.key, profile=profile))
    ca.enter((made.authority.certificate,))
    print(f"{path}\ta CA below {above.certificate.name}; the root for --cacert is {made.anchor}")
    settings.note(f"try: hellodone ca issue {path} server localhost")
    return 0


def _files(ca: LabFolder, name: str, choice: IssueChoice) -> Kept:
    from hellodone.pki.lab_folder import Kept

    stem = f"{name}-{choice.fault}" if choice.fault else name
    files = Kept(Path(f"{choice.out}.pem"), Path(f"{choice.out}.key")) if choice.out else ca.files(stem)
    if files.chain.exists() and not choice.force:
        raise ConfigurationError(f"{files.chain} is there already; --force replaces it, -o PREFIX writes elsewhere")
    return files


def _tell(ca: LabFolder, kind: str, made: Identity, files: Kept, choice: IssueChoice) -> None:
    from hellodone.pki.describing import describe
    from hellodone.pki.lab_faults import FAULTS
    from hellodone.pki.text import counted

    facts = describe(made.leaf)
    chain = counted(len(made.chain), "certificate")
    print(f"{files.chain}\t{chain}: {facts['subject']}, {facts['public key']}, until {facts['not after']}")
    print(f"{files.key}\tits private key")
    if choice.fault:
        print(f"{choice.fault}\t{FAULTS[choice.fault].sentence}")
    pair = f"--cert {files.chain} --key {files.key}"
    if kind == "server":
        staple = (
            f" --staple --staple-issuer {ca.path / 'ca.pem'}" if choice.must_staple and ca.authority.ocsp_url else ""
        )
        settings.note(f"try: hellodone serve {pair}{staple}")
        settings.note(f"     hellodone connect localhost:4433 --cacert {ca.anchor}")
    else:
        settings.note(f"try: hellodone connect HOST {pair}")
        settings.note(f"     hellodone serve --client-ca {ca.anchor}")


def _dated(profile: Profile, choice: IssueChoice, now: datetime) -> Profile:
    """The profile with the dates that were given; one that is given alone leaves room for the other."""
    start = _when(choice.not_before, "--not-before", now) or profile.not_before
    end = _when(choice.not_after, "--not-after", now) or profile.not_after
    if end <= start and not choice.not_before:
        start = end - timedelta(days=90)
    if end <= start and not choice.not_after:
        end = start + timedelta(days=90)
    if end <= start:
        raise ConfigurationError("--not-after lies before --not-before")
    return replace(profile, not_before=start, not_after=end)


def _when(text: str | None, option: str, now: datetime) -> datetime | None:
    """A date, a time, or a distance from now. Raises ConfigurationError."""
    if text is None:
        return None
    distance = re.fullmatch(r"([+-]\d{1,6})([dhm])", text)
    try:
        if distance:
            return now + timedelta(**{_UNITS[distance[2]]: int(distance[1])})
        at = datetime.fromisoformat(text)
        at = at if at.tzinfo is not None else at.replace(tzinfo=UTC)
    except (ValueError, OverflowError):
        raise ConfigurationError(f"{option} {text}: write 2027-01-31, 2027-01-31T12:00Z or +3d") from None
    if not 1950 <= at.year <= 9998:
        raise ConfigurationError(f"{option} {text}: certificates know the years 1950 to 9998")
    return at.replace(microsecond=0)
