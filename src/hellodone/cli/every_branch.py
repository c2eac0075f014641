"""Every branch of TLS 1.2 that our own two ends can take, run in memory: what the general chart is made of."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import cache
from typing import TYPE_CHECKING, Any

from hellodone.cli.demo_certificates import NAMES
from hellodone.cli.laboratory import Keys, Laboratory, laboratory_for, same_keys
from hellodone.cli.options import DemoChoice, TlsChoice
from hellodone.cli.scenario import Scenario, plan
from hellodone.errors import TlsError
from hellodone.registry.key_exchange import KeyExchange

if TYPE_CHECKING:
    from hellodone.endpoint import ClientConnection, ServerConnection
    from hellodone.general.runs import Run
    from hellodone.trace.model import Trace

Change = Callable[[Scenario, Laboratory], Scenario]

_NOTHING_SAID = TlsChoice("", None, None, None, None, None)
_CALLED = {  # by name in a laboratory
    "CN=localhost": "the server",
    "CN=laboratory client": "the client",
    "CN=hellodone laboratory root": "the authority",
    ": localhost": "",
}
_REQUEST, _ANSWER = b"GET / HTTP/1.1\r\n\r\n", b"HTTP/1.1 200 OK\r\n\r\n"


@dataclass(frozen=True, slots=True)
class Branch:
    """A scenario of ``demo``, a change to it, and what is decided in it; see ``general.conditions`` for the names."""

    ask: DemoChoice
    features: dict[str, str] = field(default_factory=dict)
    change: Change | None = None
    failure: str = ""


@cache
def runs(exchanges: tuple[KeyExchange, ...]) -> tuple[Run, ...]:
    """Both ends through every branch that these key exchanges have; once in a process."""
    shared: dict[tuple[Keys | None, str | None], Laboratory] = {}
    return tuple([run for branch in _branches(exchanges) for run in _run(branch, shared)])


def _branches(exchanges: Sequence[KeyExchange]) -> Iterator[Branch]:
    certified = next((kx for kx in exchanges if kx.authenticates_server and not kx.psk), None)
    bare = next((kx for kx in exchanges if not kx.authenticates_server), None)
    for exchange in exchanges:
        yield Branch(_ask(exchange))
        if exchange.authenticates_server and not exchange.psk:
            yield Branch(_ask(exchange, client_auth="sign"), {"client_auth": "signs"})
            if exchange.agreement in ("dh", "ecdh"):
                yield Branch(_ask(exchange, client_auth="fixed"), {"client_auth": "fixed"})
    for exchange in filter(None, (certified, bare)):
        yield from _with_any(exchange)
    if certified is not None:
        yield from _with_certificate(certified)
    yield from _failures(exchanges, certified)


def _ask(exchange: KeyExchange, **options: Any) -> DemoChoice:
    return DemoChoice(exchange.value.lower(), **options)


def _with_any(exchange: KeyExchange) -> Iterator[Branch]:
    """What depends on no key exchange: run with one that has a certificate and one that has none."""
    yield Branch(_ask(exchange, resume="id"))
    yield Branch(_ask(exchange, resume="ticket"), {"tickets": "yes"})
    for who in ("client", "server", "both"):
        yield Branch(_ask(exchange, supplemental=who), {"supplemental": who})
    for who in ("client", "server"):
        yield Branch(_ask(exchange, renegotiate=who), {"renegotiation": who})
        yield Branch(_ask(exchange, renegotiate=who), {"renegotiation": f"{who}, refused"}, _refusing)


def _with_certificate(exchange: KeyExchange) -> Iterator[Branch]:
    """What depends on there being certificates, and all of it at once."""
    plain, signs = _ask(exchange), _ask(exchange, client_auth="sign")
    yield Branch(plain, {"status": "yes"}, _stapled)
    yield Branch(signs, {"client_auth": "none"}, _without_certificate)
    at_url = replace(signs, client_certificate_url=True)
    yield Branch(at_url, {"client_auth": "url"})
    yield Branch(replace(at_url, supplemental="both"), {"client_auth": "url", "supplemental": "both"})
    everything = replace(signs, supplemental="both", resume="ticket")
    features = {"client_auth": "signs", "supplemental": "both", "tickets": "yes", "status": "yes"}
    yield Branch(everything, features, _stapled)


def _failures(exchanges: Sequence[KeyExchange], certified: KeyExchange | None) -> Iterator[Branch]:
    yield Branch(_ask(exchanges[0]), {}, _nothing_in_common, "they have no cipher suite in common")
    if certified is not None:
        yield Branch(_ask(certified), {}, _untrusted, "the client does not trust the certificate")
        required = _ask(certified, client_auth="sign")
        yield Branch(required, {"client_auth": "none"}, _lacking, "the server insists on a certificate")
    shared = next((kx for kx in exchanges if kx.psk), None)
    if shared is not None:
        yield Branch(_ask(shared), {}, _other_key, "their pre-shared keys differ")


# --- changes to a scenario


def _without_certificate(scenario: Scenario, _: Laboratory) -> Scenario:
    """Asked for, not insisted on."""
    return replace(
        scenario,
        client=replace(scenario.client, identity=None),
        server=replace(scenario.server, client_auth="requested"),
    )


def _lacking(scenario: Scenario, _: Laboratory) -> Scenario:
    return replace(scenario, client=replace(scenario.client, identity=None))


def _refusing(scenario: Scenario, _: Laboratory) -> Scenario:
    return replace(
        scenario,
        client=replace(scenario.client, renegotiation="refuse" if scenario.renegotiate == "server" else "accept"),
        server=replace(scenario.server, renegotiation="refuse" if scenario.renegotiate == "client" else "accept"),
    )


def _nothing_in_common(scenario: Scenario, _: Laboratory) -> Scenario:
    other = "TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384"
    policy = scenario.server.policy.with_cipher_suites([other])
    client = scenario.client.policy.with_cipher_suites([scenario.client.policy.cipher_suites[0]])
    return replace(
        scenario, server=replace(scenario.server, policy=policy), client=replace(scenario.client, policy=client)
    )


def _untrusted(scenario: Scenario, _: Laboratory) -> Scenario:
    from hellodone.pki.trust import TrustStore

    return replace(scenario, client=replace(scenario.client, trust=TrustStore.empty()))


def _other_key(scenario: Scenario, _: Laboratory) -> Scenario:
    psk = scenario.client.psk
    identity = psk[0] if isinstance(psk, tuple) else b""
    return replace(scenario, client=replace(scenario.client, psk=(identity, b"another key than the server's")))


def _stapled(scenario: Scenario, laboratory: Laboratory) -> Scenario:
    """The authority has said how the server's certificate is."""
    status = laboratory.authority.ocsp_response(laboratory.servers[0].leaf)
    return replace(scenario, server=replace(scenario.server, ocsp_response=status))


# --- running


def _run(branch: Branch, shared: dict[tuple[Keys | None, str | None], Laboratory]) -> Iterator[Run]:
    from hellodone.general.runs import run_of

    exchange = next(kx for kx in KeyExchange if kx.value.lower() == branch.ask.key_exchange)
    laboratory = _laboratory(exchange, branch.ask.client_auth, shared)
    scenario = plan(branch.ask, _NOTHING_SAID, laboratory)
    if branch.change is not None:
        scenario = branch.change(scenario, laboratory)
    for number in range(scenario.connections):
        features = {"key_exchange": exchange.value, "handshake": "full", **branch.features}
        if number:
            features = {"key_exchange": exchange.value, "handshake": branch.ask.resume or ""}
        trace = _connection(scenario, branch.features.get("renegotiation", ""))
        yield run_of(trace, features, branch.failure, _CALLED)


def _laboratory(
    exchange: KeyExchange, client_auth: str | None, shared: dict[tuple[Keys | None, str | None], Laboratory]
) -> Laboratory:
    """One for all that need the same keys: making them takes longer than all the handshakes."""
    key = (same_keys(exchange), client_auth)
    if key not in shared:
        shared[key] = laboratory_for(exchange, NAMES, client_auth=client_auth)
    return shared[key]


def _connection(scenario: Scenario, renegotiation: str) -> Trace:
    """One connection between the two ends, without a network."""
    from hellodone.endpoint import ClientConnection, ServerConnection
    from hellodone.trace.merge import merge

    client = ClientConnection(scenario.client, "localhost")
    server = ServerConnection(scenario.server)
    client.transport_event("connected", local="", peer="", seconds=0.0)
    client.initiate_handshake()
    _carry(client, server)
    if client.handshake_complete and server.handshake_complete:
        _talk(client, server)
        if renegotiation:
            (client if renegotiation.startswith("client") else server).renegotiate()
            _carry(client, server)
            _talk(client, server)
        client.close()
        _carry(client, server)
    client.transport_event("fin")
    assert client.trace is not None, "scenarios record"
    assert server.trace is not None, "scenarios record"
    return merge(client.trace, server.trace)


def _talk(client: ClientConnection, server: ServerConnection) -> None:
    client.send_data(_REQUEST)
    _carry(client, server)
    server.send_data(_ANSWER)
    _carry(client, server)


def _carry(client: ClientConnection, server: ServerConnection) -> None:
    """Bytes both ways until nobody has any; a fault of either end is in its trace."""
    while True:
        up, down = client.data_to_send(), server.data_to_send()
        if not up and not down:
            return
        for end, data in ((server, up), (client, down)):
            if data and not end.closed:
                try:
                    end.receive_data(data)
                except TlsError:
                    continue
