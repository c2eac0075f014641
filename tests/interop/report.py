"""docs/interop.md, from what a test run did: features and suites by peer, hellodone as client and as server.

``python -m pytest tests/interop --interop-report=docs/interop.md`` writes it. The same results give the same text.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from typing import Literal

from tests.interop.cells import HOLES, PLANNED, USUAL_CERTIFICATES, USUAL_GROUPS, Cell, Role
from tests.interop.every_branch import BRANCHES, KEY_EXCHANGES, TIMES, branch_of
from tests.interop.rare_cells import RARE_HOLES, RARE_PLANNED
from tests.interop.suites import RARE_SUITES, SUITES

Outcome = Literal["passed", "skipped", "failed"]  # from best to worst
Key = tuple[str, str, str]  # row, peer, hellodone's role
Results = dict[Key, Outcome]

PEERS = {
    "openssl": "OpenSSL 3",
    "gnutls": "GnuTLS",
    "go": "Go",
    "curl": "curl",
    "chromium": "Chromium",
    "node8": "OpenSSL 1.0.2",
    "mbedtls": "Mbed TLS",
    "jsse": "JSSE",
    "bouncycastle": "Bouncy Castle",
    "wolfssl": "wolfSSL",
    "erlang": "Erlang",
}
ORDER: list[Outcome] = ["passed", "skipped", "failed"]
WORDS: dict[Outcome, str] = {"passed": "{}", "skipped": "{} not run", "failed": "**{} failed**"}
CERTIFICATES = {
    "srv-ec384": "ECDSA P-384 certificate",
    "srv-ed": "Ed25519 certificate",
    "srv-pss": "RSA-PSS certificate",
    "srv-dhx-rsa": "X9.42 DH certificate, signed with RSA",
    "srv-dhx-dss": "X9.42 DH certificate, signed with DSA",
    "cli-rsa": "client signs with RSA",
    "cli-ec": "client signs with ECDSA",
    "cli-ed": "client signs with Ed25519",
    "cli-dsa": "client signs with DSA",
    "cli-dh-rsa": "rsa_fixed_dh client key",
    "cli-dh-dss": "dss_fixed_dh client key",
    "cli-ecdh-rsa": "rsa_fixed_ecdh client key",
    "cli-ecdh-ecdsa": "ecdsa_fixed_ecdh client key",
}
RARELY_SPOKEN = "client_certificate_url, trusted_ca_keys, truncated_hmac, status_request_v2"
OTHER_HOLES = {
    "openssl": (f"{RARELY_SPOKEN}, SupplementalData: offered, and not answered",),
    "gnutls": (
        f"{RARELY_SPOKEN}: offered, and not answered",
        "max_fragment_length: its server agrees, and sends longer records of application data, to OpenSSL too;"
        " its client asks for record_size_limit at the same time, which then holds",
    ),
    "go": (
        "resumption by session ID: it has tickets only; renegotiation: clients begin none, servers have none",
        f"{RARELY_SPOKEN}, SupplementalData: offered, and not answered",
    ),
    "curl": ("tickets: it asks for none; renegotiation: it begins none",),
    "chromium": ("resumption and renegotiation: a browser cannot be told when",),
    "node8": (
        "renegotiation: a client of Node 8 begins it but never says that it is done",
        f"{RARELY_SPOKEN}, SupplementalData: offered, and not answered",
    ),
    "mbedtls": (
        "client_certificate_url, trusted_ca_keys, status_request_v2, SupplementalData: offered, and not answered",
        "max_fragment_length shorter than a flight: it cannot put handshake messages together that were cut",
    ),
    "jsse": ("client_certificate_url, trusted_ca_keys, truncated_hmac, SupplementalData: offered, and not answered",),
    "bouncycastle": (
        "tickets: it has none; renegotiation: our program does not have it, its server declines",
        "client_certificate_url: it has the extension and the message, but no place for the message in its handshake;"
        " our program makes one. No other peer has anything of it",
    ),
    "wolfssl": (
        "trusted_ca_keys and truncated_hmac as client: it refuses the answer that it asked for, its own server's too",
        "truncated_hmac without encrypt-then-MAC: its MACs are not those of Bouncy Castle and Mbed TLS",
        "client_certificate_url, SupplementalData, renegotiation: it has no interface to them as packaged",
    ),
}
HEAD = """# Interoperability

What was run against stacks that share no code with hellodone, and how it ended. Made by a test run; not to be edited:

    python -m pytest tests/interop --interop-report=docs/interop.md

**C**: hellodone as client, the peer as server. **S**: hellodone as server, the peer as client. Each letter is at least
one connection of its own in which both ends named the same outcome in their own words and data went both ways. An
empty field has its reason [below](#holes). Where no row names a group or certificate, it was X25519 for ECDHE_RSA
(P-256 for OpenSSL 1.0.2), P-256 for ECDHE_ECDSA and ffdhe2048 for DHE, and the certificate that the suite needs. CBC
suites ran with encrypt-then-MAC where a peer has it, and groups of finite fields were negotiated (RFC 7919).

OpenSSL 1.0.2 is the one inside Node 8. curl is OpenSSL 3 inside, and Chromium BoringSSL: they are here as programs that
people use. Bouncy Castle's static (EC)DH without a client certificate is its arithmetic with message handling of ours.
"""


def render(cells: Mapping[str, Outcome], proofs: Mapping[str, Outcome]) -> str:
    """The page, from the outcomes of cells by name and of other tests by ``role/peer/feature``."""
    results = gathered(cells, proofs)
    done = Counter(cells.values())
    suites = [suite.name for suite in dict.fromkeys((*SUITES, *RARE_SUITES))]
    features = sorted({row for row, _, _ in results if TIMES not in row} - set(suites), key=str.casefold)
    planned = len(PLANNED) + len(RARE_PLANNED)
    parts = [
        HEAD,
        f"{planned} cells planned, {done['passed']} passed, {done['failed']} failed,"
        f" {planned - done['passed'] - done['failed']} not run; {sum(o == 'passed' for o in proofs.values())}"
        f" of {len(proofs)} further features shown.\n",
        "## Features\n",
        table(features, results),
        "## Key exchanges by branch\n",
        branches(results),
        "## Cipher suites\n",
        table(suites, results),
        "## Holes\n",
        "\n".join(holes()) + "\n",
    ]
    return "\n".join(parts)


def gathered(cells: Mapping[str, Outcome], proofs: Mapping[str, Outcome]) -> Results:
    """The worst outcome of every field of the tables; a planned cell without one was not run."""
    results: Results = {}
    for cell in PLANNED + RARE_PLANNED:
        for row in rows(cell):
            note(results, (row, cell.peer, cell.role), cells.get(str(cell), "skipped"))
    for name, outcome in proofs.items():
        role, peer, feature = name.split("/", 2)
        note(results, (feature, peer, role), outcome)
    return results


def note(results: Results, key: Key, outcome: Outcome) -> None:
    """Keep the worst outcome of a field."""
    results[key] = worse(results.get(key, outcome), outcome)


def worse(one: Outcome, other: Outcome) -> Outcome:
    """The worse of two outcomes."""
    return max(one, other, key=ORDER.index)


def rows(cell: Cell) -> Iterator[str]:
    """The rows that a cell counts for: what is special about it, or its suite."""
    special = [cell.client_certificate] if cell.client_certificate else []
    if cell.certificate != USUAL_CERTIFICATES[cell.suite.authentication]:
        special.append(cell.certificate)
    yield from (CERTIFICATES[name] for name in special)
    if cell.alpn:
        yield "ALPN"
    elif (
        cell.group not in ("", USUAL_GROUPS.get(cell.suite.key_exchange)) and not special and not plain_for_node8(cell)
    ):
        yield f"group {cell.group}"
    elif not special:
        yield cell.suite.name
    if cell.suite.is_cbc and not cell.encrypt_then_mac:
        yield "CBC without encrypt-then-MAC"
    if cell.suite.key_exchange in KEY_EXCHANGES:
        yield f"{cell.suite.key_exchange}{TIMES}{branch_of(cell)}"


def plain_for_node8(cell: Cell) -> bool:
    """Whether the group is only there because Node 8 is older than X25519."""
    return cell.peer == "node8" and cell.group == "secp256r1"


def table(names: Iterable[str], results: Results) -> str:
    """A table of rows by peer."""
    lines = ["| | " + " | ".join(PEERS.values()) + " |", "|---|" + "---|" * len(PEERS)]
    for name in names:
        fields = (field(results, name, peer) for peer in PEERS)
        lines.append(f"| {name.removeprefix('TLS_')} | " + " | ".join(fields) + " |")
    return "\n".join(lines) + "\n"


def branches(results: Results) -> str:
    """A table of key exchanges by branch of the protocol, with the peers in its fields."""
    lines = ["| | " + " | ".join(BRANCHES) + " |", "|---|" + "---|" * len(BRANCHES)]
    for exchange in KEY_EXCHANGES:
        fields = (who(results, f"{exchange}{TIMES}{branch}") for branch in BRANCHES)
        lines.append(f"| {exchange} | " + " | ".join(fields) + " |")
    return "\n".join(lines) + "\n"


def who(results: Results, row: str) -> str:
    """The peers of a row: ``C OpenSSL 3, GnuTLS; S OpenSSL 3``."""
    roles: list[tuple[str, Role]] = [("C", "client"), ("S", "server")]
    parts = []
    for letter, role in roles:
        found = {label: results[row, peer, role] for peer, label in PEERS.items() if (row, peer, role) in results}
        if found:
            parts.append(f"{letter} " + ", ".join(WORDS[outcome].format(label) for label, outcome in found.items()))
    return "; ".join(parts)


def field(results: Results, name: str, peer: str) -> str:
    """What a field says: a letter for each role."""
    letters = [("C", (name, peer, "client")), ("S", (name, peer, "server"))]
    return " ".join(WORDS[results[key]].format(letter) for letter, key in letters if key in results)


def holes() -> Iterator[str]:
    """Why cells were not planned, with their number; peers in the order of the tables."""
    counts = Counter((hole.cell.peer, hole.reason) for hole in HOLES + RARE_HOLES)
    for peer, label in PEERS.items():
        for (of, reason), count in sorted(counts.items()):
            if of == peer:
                yield f"- {label}: {reason} ({count} cells)"
        yield from (f"- {label}: {reason}" for reason in OTHER_HOLES.get(peer, ()))
