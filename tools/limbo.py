"""The cases of x509-limbo, run: what this project decides and what its explanation says is wrong."""

from __future__ import annotations

import json
import lzma
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any

from hellodone.errors import ConfigurationError
from hellodone.pki.certificates import Certificate, CertificateError
from hellodone.pki.crl import Crl
from hellodone.pki.names import ServerName, normalize_server_name
from hellodone.pki.revocation import Revocation, decide, judge_lists, questions
from hellodone.pki.rules import Conformance
from hellodone.pki.trust import TrustStore
from hellodone.pki.verify import MAXIMUM_DEPTH, VerifiedPath, verify_client_chain, verify_server_chain

ROOT = Path(__file__).parent.parent
DATA = ROOT / "tests" / "data" / "limbo"
NOW = datetime(2026, 11, 21, tzinfo=UTC)  # of the cases that give no time


@dataclass(frozen=True)
class Verdict:
    """Whether the certificate was accepted; otherwise why, and what is wrong by name, the decisive thing first."""

    accepted: bool
    reason: str = ""
    rules: tuple[str, ...] = ()


@cache
def cases() -> tuple[dict[str, Any], ...]:
    """All cases, in the form that the README of the data describes."""
    return tuple(json.loads(lzma.decompress((DATA / "limbo.json.xz").read_bytes())))


def table(name: str) -> dict[str, Any]:
    """One of the tables beside the cases."""
    found: dict[str, Any] = json.loads((DATA / f"{name}.json").read_text(encoding="utf-8"))
    return found


def profile_of(case: dict[str, Any]) -> Conformance:
    """The profile that a case is written for: its name says so; the cases of CRLs quote RFC 5280 throughout."""
    area = case["id"].partition("::")[0]
    return "webpki" if area == "webpki" else "rfc5280" if area in {"rfc5280", "crl"} else "path"


def verdict(case: dict[str, Any], conformance: Conformance = "path", judge_alone: bool = False) -> Verdict:
    """Verify the case's chain as a handshake would, with its revocation lists where it has some."""
    return _verdict(case["id"], conformance, judge_alone)


@cache
def _verdict(name: str, conformance: Conformance, judge_alone: bool) -> Verdict:
    case = next(case for case in cases() if case["id"] == name)
    try:
        path = _verified(case, conformance, judge_alone)
        _ask_lists(case, path, conformance)
    except CertificateError as fault:
        return Verdict(False, fault.reason, tuple(rule.value for rule in fault.rules))
    except ConfigurationError as fault:
        return Verdict(False, fault.reason)
    return Verdict(True)


def _verified(case: dict[str, Any], conformance: Conformance, judge_alone: bool) -> VerifiedPath:
    chain = _certificates([case["peer"], *case["intermediates"]])
    trust = TrustStore(_certificates(case["trusted"]), "the case")
    at = datetime.fromisoformat(case["time"]) if case["time"] else NOW
    depth = MAXIMUM_DEPTH if case["max_chain_depth"] is None else case["max_chain_depth"]
    more: dict[str, Any] = {
        "usage": None, "maximum_depth": depth, "conformance": conformance, "judge_alone": judge_alone
    }  # fmt: skip
    if case["kind"] == "client":
        return verify_client_chain(chain, trust, at, **more)
    name: ServerName | None = normalize_server_name(case["peer_name"]) if case["peer_name"] else None
    return verify_server_chain(chain, name, trust, at, **more)


def _ask_lists(case: dict[str, Any], path: VerifiedPath, conformance: Conformance) -> None:
    if case["crls"]:
        policy = Revocation.hard(crls=[Crl(bytes.fromhex(crl)) for crl in case["crls"]], ask=False)
        asked = questions(path.path, policy, path.demands.at, conformance=conformance)
        decide(asked, judge_lists(asked, policy), policy)


def _certificates(encoded: list[str]) -> list[Certificate]:
    return [Certificate(bytes.fromhex(certificate)) for certificate in encoded]


# --- the page

_HEAD = """# x509-limbo

C2SP's suite of certificate path validation, {cases} cases, run by `make docs`; `tests/pki/test_limbo.py` holds these
figures. What a case is about was written down before the first run (`tests/data/limbo/checks.json`).

| | agrees with `expected_result` |
|---|---|
| as a handshake verifies: a valid path (RFC 5280, 6) | {path} of {cases} |
| under the profile the case is written for (`Policy.certificate_profile`) | {profile} of {cases} |
| the explanation of a negative case names the check it is about | {named} of {refused} ({percent:.1f} %) |

Most of the suite's cases test whether certificates follow a profile, not whether they make a valid path. RFC 5280
recommends that a verifier do not refuse for that, and private CAs rarely follow a profile: so a handshake remarks
(`VerifiedPath.remarks`) and a policy may demand.
"""


def write(page: Path) -> None:
    """Run every case and write the page."""
    checks, exceptions = table("checks"), table("exceptions")
    plain = [case["id"] for case in cases() if verdict(case).accepted == case["expected"]]
    found = {case["id"]: verdict(case, profile_of(case)) for case in cases()}
    agreed = [case["id"] for case in cases() if found[case["id"]].accepted == case["expected"]]
    named = [name for name, rule in checks.items() if rule in found[name].rules]
    head = _HEAD.format(
        cases=len(cases()), path=len(plain), profile=len(agreed), named=len(named), refused=len(checks),
        percent=100 * len(named) / len(checks),
    )  # fmt: skip
    parts = [head, "\n## Where the verdict differs\n"]
    for title, mode in (("As a handshake verifies", "path"), ("Under the profile of the case", "profile")):
        parts += [f"\n### {title}\n", *_differing(exceptions, mode)]
    rows = [f"| `{name}` | {checks[name]} | {why} |\n" for name, why in exceptions["unnamed"].items()]
    parts += ["\n## Where the explanation names another check\n\n| case | about | why |\n|---|---|---|\n", *rows]
    page.write_text("".join(parts), encoding="utf-8")


def _differing(exceptions: dict[str, Any], mode: str) -> Iterator[str]:
    """The exceptions of one way of verifying, grouped by the sentence that decides them."""
    expected = {case["id"]: "accepted" if case["expected"] else "refused" for case in cases()}
    for key, sentence in exceptions["sentences"].items():
        names = [name for name, chosen in exceptions[mode].items() if chosen == key]
        if names:
            yield f'\n{sentence["source"]}: "{sentence["sentence"]}" ({sentence["why"]})\n\n'
            yield from (f"- `{name}`, expected: {expected[name]}\n" for name in names)
