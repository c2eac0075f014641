"""A recorded trace for each branch of TLS 1.2: key exchange, client authentication, resumption, renegotiation."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any, Literal

from hellodone.pki.laboratory import LabAuthority
from hellodone.policy import Policy
from hellodone.session.store import MemorySessionStore
from hellodone.session.tickets import TicketKeys
from hellodone.trace.merge import merge, together
from hellodone.trace.model import Trace
from tests.pairs import NOW, Pair, client_config, clock, connected, server_config

KEY = bytes(range(16))
REQUEST, ANSWER = b"GET / HTTP/1.1\r\n\r\n", b"HTTP/1.1 200 OK\r\n\r\n"


@dataclass(frozen=True)
class Branch:
    """A way through the protocol. ``issuer`` and ``key`` are kinds of keys; "" where nobody has a certificate."""

    suite: str
    issuer: str = "ec"
    key: str = "ec"
    client_key: str = ""
    again: Literal["", "id", "ticket"] = ""  # a second connection resumes the session
    renegotiate: Literal["", "client", "server"] = ""
    extended: bool = True
    options: tuple[tuple[str, Any], ...] = ()

    @property
    def name(self) -> str:
        """For the test's name."""
        parts = (self.suite, self.client_key and f"client {self.client_key}", self.again, self.renegotiate)
        return ", ".join([part for part in parts if part] + ([] if self.extended else ["classic"]))


# fmt: off
EXCHANGES = (
    Branch("TLS_RSA_WITH_AES_128_GCM_SHA256",           "rsa", "rsa"),
    Branch("TLS_RSA_WITH_AES_128_CBC_SHA",              "rsa", "rsa"),
    Branch("TLS_RSA_WITH_NULL_SHA256",                  "rsa", "rsa"),
    Branch("TLS_DHE_RSA_WITH_AES_256_GCM_SHA384",       "rsa", "rsa"),
    Branch("TLS_DHE_DSS_WITH_AES_128_GCM_SHA256",       "dsa", "dsa"),
    Branch("TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256", "rsa", "rsa"),
    Branch("TLS_ECDHE_ECDSA_WITH_AES_128_CCM_8",        "ec", "ec"),
    Branch("TLS_ECDHE_ECDSA_WITH_AES_256_CBC_SHA384",   "ec", "ec"),
    Branch("TLS_DH_RSA_WITH_AES_128_GCM_SHA256",        "rsa", "dh"),
    Branch("TLS_DH_DSS_WITH_AES_128_GCM_SHA256",        "dsa", "dh"),
    Branch("TLS_ECDH_RSA_WITH_AES_128_CBC_SHA",         "rsa", "ecdh"),
    Branch("TLS_ECDH_ECDSA_WITH_AES_128_GCM_SHA256",    "ec", "ecdh"),
    Branch("TLS_DH_anon_WITH_AES_128_GCM_SHA256",       key=""),
    Branch("TLS_ECDH_anon_WITH_AES_128_CBC_SHA",        key=""),
    Branch("TLS_ECDH_anon_WITH_NULL_SHA",               key=""),
    Branch("TLS_PSK_WITH_AES_128_GCM_SHA256",           key=""),
    Branch("TLS_DHE_PSK_WITH_AES_256_GCM_SHA384",       key=""),
    Branch("TLS_ECDHE_PSK_WITH_AES_128_CBC_SHA256",     key=""),
    Branch("TLS_RSA_PSK_WITH_AES_128_GCM_SHA256",       "rsa", "rsa"),
)
# fmt: on


def varied(**changes: Any) -> tuple[Branch, ...]:
    """The exchanges for which this makes sense, with these changes."""
    from dataclasses import replace

    found = []
    for branch in EXCHANGES:
        if "client_key" in changes and (not branch.key or "PSK" in branch.suite):
            continue
        found.append(replace(branch, **changes))
    return tuple(found)


STATIC_CLIENTS = tuple(Branch(b.suite, b.issuer, b.key, client_key=b.key) for b in EXCHANGES if b.key in ("dh", "ecdh"))
BRANCHES = (
    *EXCHANGES,
    *varied(extended=False),
    *varied(client_key="rsa"),
    *STATIC_CLIENTS,
    *varied(again="id"),
    *varied(again="ticket"),
    *varied(renegotiate="client"),
    *varied(renegotiate="server"),
)
BY_NAME: Mapping[str, Branch] = {branch.name: branch for branch in BRANCHES}


@cache
def authority(key: str) -> LabAuthority:
    return LabAuthority.create(key=key, at=NOW)


@cache
def identity(issuer: str, key: str, role: str) -> Any:
    lab = authority(issuer)
    return lab.issue_server(key=key) if role == "server" else lab.issue_client(key=key)


@cache
def traces(branch: Branch) -> tuple[Trace, Trace, Trace]:
    """What the client saw, what the server saw, and both: secrets are still Secrets."""
    client, server = _configs(branch)
    runs = [_run(branch, client, server)]
    if branch.again:
        runs.append(_run(branch, client, server))
        assert runs[1].client.resumed
    sides = [(_trace(ends.client), _trace(ends.server)) for ends in runs]
    return (
        together([client for client, _ in sides]),
        together([server for _, server in sides]),
        together([merge(*side) for side in sides]),
    )


def _configs(branch: Branch) -> tuple[Any, Any]:
    from dataclasses import replace

    lab = authority(branch.issuer)
    policy = Policy.historic().with_cipher_suites([branch.suite])
    if not branch.extended:
        policy = replace(policy, extended_master_secret="off")
    both: dict[str, Any] = {"policy": policy, "record": True, "renegotiation": "accept", **dict(branch.options)}
    psk = "PSK" in branch.suite
    client = client_config(
        trust=lab.trust,
        identity=identity(branch.issuer, branch.client_key, "client") if branch.client_key else None,
        session_store=MemorySessionStore(clock=clock) if branch.again else None,
        psk=(b"alice", KEY) if psk else None,
        **both,
    )
    server = server_config(
        identity=identity(branch.issuer, branch.key, "server") if branch.key else None,
        client_trust=lab.trust,
        client_auth="required" if branch.client_key else "none",
        session_store=MemorySessionStore(clock=clock) if branch.again == "id" else None,
        tickets=TicketKeys.generate(clock=clock) if branch.again == "ticket" else None,
        psk={b"alice": KEY} if psk else None,
        **both,
    )
    return client, server


def _run(branch: Branch, client: Any, server: Any) -> Pair:
    ends = connected(client, server)
    _talk(ends)
    if branch.renegotiate:
        (ends.client if branch.renegotiate == "client" else ends.server).renegotiate()
        ends.pump()
        assert ends.completed, ends.errors
        _talk(ends)
    ends.client.close()
    return ends.pump()


def _talk(ends: Pair) -> None:
    ends.client.send_data(REQUEST)
    ends.pump()
    ends.server.send_data(ANSWER)
    ends.pump()


def _trace(connection: Any) -> Trace:
    trace = connection.trace
    assert isinstance(trace, Trace)
    return trace
