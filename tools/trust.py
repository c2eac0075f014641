"""docs/trust.md: how a certificate is judged, what a key exchange asks of it, and who would accept which fault."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import verdicts
from verdicts import WHY, Row, Verdict

from hellodone.handshake.requirements import ISSUED_BY, REQUIREMENTS, USAGE_NAMES
from hellodone.pki.lab_faults import FAULTS
from hellodone.pki.rules import Role
from hellodone.registry.key_exchange import KeyExchange

HEAD = """# Trust

How hellodone decides whether a certificate will do, what it says when it will not, and what others would have said of
the same certificate. Made by `make docs`, which issues every faulty certificate and shows it to all three.

## Who decides, who explains

The path verifier of the cryptography library decides over the path: signatures, dates, names, constraints. It says
neither which certificate nor which rule. What it does not look at is checked here: the key, the usage and the
signature of the peer's own certificate, and what the key exchange needs of it. Our own walk over the same path (RFC
5280, 6) makes every check once more when the handshake is recorded, and always when a chain is refused: the reason is
the first check that failed on the path that failed least, with the certificate, the field, what was found and what
was expected. What the library refuses is refused; where our walk cannot follow a path that the library accepts, the
chart says so and the library's word stands. The walk decides alone only what the library cannot judge (issuers with
Ed25519, Ed448 or DSA keys, SHA-1 signatures, roots of version 1), and only under the policy `historic`.

A server's certificate is for the name that was asked: one of the names in subjectAltName; the common name does not
count (RFC 9525). A client's certificate has no name to match.

## Whether it was revoked

| `revocation=` | staples | CRLs and queries | what cannot be learnt |
|---|---|---|---|
| `Revocation.off()` | not looked at | none | accepted |
| none given | used | nobody is asked | accepted |
| `Revocation.soft()` | used | used | accepted, and reported |
| `Revocation.hard()` | used | used | refused |

What a believed answer calls revoked is refused by all but `off`. A certificate that demands a staple (RFC 7633) is
refused without one by all but `off`. Queries and CRLs are fetched within five seconds and 1 or 16 MiB. A
client's `ClientConfig.revocation` is about servers' certificates, `ServerConfig.revocation` about clients'. What a
server staples it asks for ahead of its clients (`stapler_for`, `serve --staple`).

A session that is continued brings no certificates, and neither RFC 5246 nor RFC 5077 demands that anybody be asked
again. Path, name, dates and policy are judged anew from the certificates that were kept, on both sides. Revocation is
not: a certificate that is revoked meanwhile is noticed by the next full handshake. A session therefore ends at the
latest when the first of the answers does by which the peer was not revoked (at its nextUpdate, or after a day where it
names none), and a ticket that is renewed gains nothing by it; `session_lifetime`, two hours, ends it before that.

## The certificate against the key exchange

What the server's certificate must hold for each key exchange, from the table by which the code decides. RFC 4492, 5.3
(its table 3) and RFC 4346, 7.4.2 also asked for the kind of key that had signed the certificate; RFC 5246, 7.4.2
dropped that and has `signature_algorithms` instead, which is what counts here: a server that has two certificates
goes by the old rule, nobody is refused because of it.

The kind of key is checked always, for without it there is no key exchange. A key usage that does not allow what the
key exchange needs is refused, or with `Policy.certificate_fit="report"` (`--certificate-fit report`) reported: the
chart shows the check as failed and let pass, and the handshake goes on. A curve that the client did not name is
refused by a server of ours when it chooses its certificate; a client of ours reports it, for the RFC asks it of the
server and tells no client to refuse. The algorithms of the issuers' signatures are not held against
`signature_algorithms`: those too weak are refused by the path (`sha1`, `md5` below), others are left to whoever
verifies them.

| key exchange | key in the certificate | key usage, where there is one | curve or group | \
issuer's signature: RFC 4346, RFC 4492 table 3 | RFC 5246, 7.4.2 |
|---|---|---|---|---|---|
"""
VERDICTS = """
A static key may lie in any group that both sides know, the client's fixed key in that of the server's. The keys
of anonymous suites and of those with a pre-shared key alone need no certificate.

## Who would accept this?

Every fault that `hellodone ca issue --fault NAME` makes, as a server's certificate and as a client's. A server's is
shown in a handshake to `hellodone`, `openssl s_client` and `gnutls-cli`, all told to verify and whom to expect; a
client's is shown in a handshake to `hellodone serve`, and as a file to `openssl verify` and `certtool --verify`. The
laboratory's root is trusted, faults of revocation come with the CRL of the root. Dates are left out of the sentences.

"""
DIFFERENCES = """
### Where they differ

"""


def write(path: Path) -> None:
    """The page; as it is where OpenSSL or GnuTLS are missing."""
    missing = [name for name in ("openssl", "gnutls-cli", "certtool") if shutil.which(name) is None]
    if missing:
        print(f"{', '.join(missing)} not installed: docs/trust.md stays as it is", file=sys.stderr)
        return
    rows = [judged(name, role) for role in ("server", "client") for name in names(role)]
    verdicts.require_explained(rows)
    path.write_text(HEAD + requirements() + VERDICTS + tables(rows) + DIFFERENCES + reasons(rows), encoding="utf-8")


def names(role: Role) -> list[str]:
    """The faults that a certificate of that role can have."""
    return [fault.name for fault in FAULTS.values() if role in fault.roles]


def judged(name: str, role: Role) -> Row:
    """What the three say."""
    with tempfile.TemporaryDirectory() as folder:
        staged = verdicts.stage(name, role, Path(folder))
        return verdicts.judge_server(staged) if role == "server" else verdicts.judge_client(staged)


def requirements() -> str:
    """The rows of the key exchanges that send a certificate."""
    lines = []
    for exchange, needed in REQUIREMENTS.items():
        keys = " or ".join(needed.algorithms)
        family = ISSUED_BY.get(exchange) or _family(exchange)
        lines.append(
            f"| {exchange.value} | {keys} | {USAGE_NAMES[needed.usage]} | {_group(exchange)} | "
            f"{family} | one in signature_algorithms |\n"
        )
    return "".join(lines)


def _family(exchange: KeyExchange) -> str:
    """By RFC 4346, 7.4.2 the issuer signs with an algorithm like the key's; table 3 says so of ECDHE_ECDSA."""
    if exchange is KeyExchange.ECDHE_ECDSA:
        return "ecdsa"
    return "dsa" if exchange is KeyExchange.DHE_DSS else "rsa"


def _group(exchange: KeyExchange) -> str:
    match exchange:
        case KeyExchange.ECDHE_ECDSA:
            return "a curve in the client's supported_groups (not Ed25519, Ed448)"
        case KeyExchange.ECDH_RSA | KeyExchange.ECDH_ECDSA:
            return "a curve in the client's supported_groups"
        case KeyExchange.DH_RSA | KeyExchange.DH_DSS:
            return "the group in the certificate, within the policy's sizes"
    return "any"


def tables(rows: list[Row]) -> str:
    """One table a role."""
    openssl, gnutls = _version("openssl", "version"), _version("gnutls-cli", "--version")
    head = f"| fault | hellodone | OpenSSL {openssl} | GnuTLS {gnutls} |\n|---|---|---|---|\n"
    titles = {"server": "### A server's certificate", "client": "\n### A client's certificate"}
    return "".join(
        f"{title}\n\n{head}" + "".join(_row(row) for row in rows if row.role == role) for role, title in titles.items()
    )


def _version(*command: str) -> str:
    done = subprocess.run(command, capture_output=True, text=True, check=True)  # noqa: S603 - on the path
    found = re.search(r"\d+\.\d+\.\d+", done.stdout)
    return found[0] if found else ""


def _row(row: Row) -> str:
    mark = "" if row.agreed else " ≠"
    told = f"**{row.fault.name}**{mark}: {row.fault.sentence}"
    return f"| {told} | {_cell(row.hellodone)} | {_cell(row.openssl)} | {_cell(row.gnutls)} |\n"


def _cell(verdict: Verdict) -> str:
    if verdict.accepted:
        return "**accepted**"
    words = re.sub(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\dZ", "(a time)", verdict.words)
    return words.rstrip(".").replace("|", "\\|")


def reasons(rows: list[Row]) -> str:
    """Why the verdicts marked ≠ are not the same."""
    differing = [name for name in FAULTS if any(row.fault.name == name and not row.agreed for row in rows)]
    also = [name for name in WHY if name not in differing]
    return "".join(f"- **{name}**: {WHY[name]}\n" for name in (*differing, *also))
