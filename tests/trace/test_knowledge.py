"""Who knows what: no eavesdropper learns a secret unaided, and every party can derive what the engine computed."""

from __future__ import annotations

from dataclasses import replace

import pytest

from hellodone.errors import ConfigurationError
from hellodone.trace.courses import courses
from hellodone.trace.facts import describe
from hellodone.trace.given import told
from hellodone.trace.knowledge import HOLDINGS, LONG_TERM_KEYS, How, Knowledge, knowledge
from hellodone.trace.model import Kind, Origin, Party, Step, Trace
from hellodone.trace.secrets import withhold
from tests import traces as scenarios
from tests.trace.branches import BRANCHES, BY_NAME, EXCHANGES, Branch, traces, varied

CLIENT, SERVER, EAVESDROPPER = Party.client, Party.server, Party.eavesdropper
every_branch = pytest.mark.parametrize("branch", BRANCHES, ids=lambda branch: branch.name)

# Which long-term keys open a full handshake: the smallest sets
SERVER_KEY, PSK = ("server_private_key",), ("psk",)
OPENED_BY: dict[str, set[tuple[str, ...]]] = {
    "RSA": {SERVER_KEY},
    "DH_RSA": {SERVER_KEY},
    "DH_DSS": {SERVER_KEY},
    "ECDH_RSA": {SERVER_KEY},
    "ECDH_ECDSA": {SERVER_KEY},
    "PSK": {PSK},
    "RSA_PSK": {("server_private_key", "psk")},
}


def merged(branch: Branch) -> Trace:
    return traces(branch)[2]


def opened_by(branch: Branch) -> set[tuple[str, ...]]:
    """What the branch's name tells."""
    exchange, _, cipher = branch.suite.removeprefix("TLS_").partition("_WITH_")
    if cipher.startswith("NULL"):
        return {()}
    keys = OPENED_BY.get(exchange, set())
    return {*keys, ("ticket_key",)} if branch.again == "ticket" else {*keys}


def data_read(known: Knowledge, party: Party = EAVESDROPPER) -> list[bool]:
    return [known.readable(s.number, party) for s in known.trace.steps if s.kind is Kind.application_data]


@every_branch
def test_no_secret_is_ever_known_to_the_plain_eavesdropper(branch: Branch) -> None:
    for trace in traces(branch):
        known = knowledge(trace)
        found = known.at(len(trace.steps), EAVESDROPPER)
        assert {"client_random", "server_random", "cipher_suite"} <= {k.name for k in found}
        for step in trace.steps:
            assert not [k.name for k in known.at(step.number, EAVESDROPPER) if k.secret]


@every_branch
def test_whatever_a_party_computes_it_can_also_derive(branch: Branch) -> None:
    computed = 0
    for trace in traces(branch):
        known = knowledge(trace)
        for (party, handshake, name), (step, fact) in told(trace, courses(trace)).items():
            if fact.origin is Origin.computed:
                computed += 1
                when = known.when(party, name, handshake)
                assert when is not None, f"{party} computed {name} in handshake {handshake}"
                assert when <= step
    assert computed > 20


@every_branch
def test_the_model_and_the_engine_agree_on_how(branch: Branch) -> None:
    """Where both say computed they name the same inputs, and a secret is one to both."""
    trace = merged(branch)
    of_step = courses(trace).of_step
    known = knowledge(trace)
    for step in trace.steps:
        for reaction in step.reactions:
            there = {(k.handshake, k.name): k for k in known.at(len(trace.steps), reaction.party)}
            there |= {(k.handshake, k.name): k for s in trace.steps for k in known.learned(s.number, reaction.party)}
            for fact in reaction.learned:
                model = there.get((of_step[step.number], fact.name))
                if model is None:
                    assert describe(fact.name).secret  # the connection's, not the handshake's: psk
                    continue
                assert model.secret == fact.secret
                if fact.origin is Origin.computed and model.how is How.computed:
                    assert model.inputs == fact.inputs, fact.name
                    assert model.formula == fact.formula


@every_branch
def test_the_other_sides_knowledge_follows_from_a_one_sided_trace(branch: Branch) -> None:
    """Keys and both verify_data are there for both parties whoever kept the trace."""
    for trace in traces(branch):
        known = knowledge(trace)
        for party in (CLIENT, SERVER):
            names = {k.name for k in known.at(len(trace.steps), party)}
            assert {"master_secret", "key_block", "client_verify_data", "server_verify_data"} <= names
            assert all(known.readable(s.number, party) for s in trace.steps if s.protection)


@every_branch
def test_long_term_keys_open_what_the_key_exchange_says(branch: Branch) -> None:
    for trace in traces(branch):
        known = knowledge(trace)
        assert set(known.opened_by) == opened_by(branch)
        assert known.forward_secret == (not opened_by(branch))
        used = {name for names in opened_by(branch) for name in names}
        assert not used & set(knowledge(trace, HOLDINGS).idle), "a key that opens something plays a part"


@pytest.mark.parametrize("branch", EXCHANGES, ids=lambda branch: branch.name)
def test_a_key_log_opens_everything(branch: Branch) -> None:
    known = knowledge(merged(branch), ["keylog"])
    assert all(known.readable(step.number, EAVESDROPPER) for step in known.trace.steps if step.arrow)
    for trace in traces(branch):
        assert all(data_read(knowledge(trace, ["keylog"])))


def test_rsa_with_the_servers_key_ends_with_the_request_read() -> None:
    trace = merged(BY_NAME["TLS_RSA_WITH_AES_128_GCM_SHA256"])
    known = knowledge(trace, ["server_private_key"])
    assert data_read(known) == [True, True]
    assert data_read(knowledge(trace)) == [False, False]
    (premaster,) = [k for k in known.at(len(trace.steps), EAVESDROPPER) if k.name == "premaster_secret"]
    assert premaster.how is How.computed
    assert premaster.inputs == ("server_private_key", "encrypted_premaster_secret")
    assert trace.steps[premaster.step - 1].name == "ClientKeyExchange"
    assert premaster.value == next(
        fact.value for step in trace.steps for r in step.reactions for fact in r.learned if fact.name == premaster.name
    )


def test_ecdhe_with_the_same_key_stays_sealed() -> None:
    trace = merged(BY_NAME["TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256"])
    known = knowledge(trace, LONG_TERM_KEYS)
    assert known.when(EAVESDROPPER, "server_private_key") == 1
    assert data_read(known) == [False, False]
    assert not any(known.readable(s.number, EAVESDROPPER) for s in trace.steps if s.protection)
    assert known.forward_secret


@pytest.mark.parametrize("kind", ["id", "ticket"])
@pytest.mark.parametrize("opens", [True, False])
def test_resumed_sessions_inherit_what_the_full_handshake_had(kind: str, opens: bool) -> None:
    suite = "TLS_RSA_WITH_AES_128_CBC_SHA" if opens else "TLS_DHE_RSA_WITH_AES_256_GCM_SHA384"
    trace = merged(BY_NAME[f"{suite}, {kind}"])
    known = knowledge(trace, ["server_private_key"])
    assert data_read(known) == [opens] * 4
    assert (known.when(EAVESDROPPER, "master_secret", 1) is not None) == opens


def test_a_ticket_undoes_forward_secrecy_also_of_what_went_before_it() -> None:
    trace = merged(BY_NAME["TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256, ticket"])
    known = knowledge(trace, ["ticket_key"])
    ticket = next(step.number for step in trace.steps if step.name == "NewSessionTicket")
    finished = next(step.number for step in trace.steps if step.name == "Finished")
    assert finished < ticket == known.when(EAVESDROPPER, "master_secret", 0)
    assert known.readable(finished, EAVESDROPPER)
    assert data_read(known) == [True] * 4
    assert not known.forward_secret


def test_a_ticket_alone_opens_the_resumed_connection() -> None:
    """The full handshake went by before anybody listened."""
    trace = merged(BY_NAME["TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256, ticket"])
    steps = [replace(step, number=i, connection=0) for i, step in enumerate(_second(trace), 1)]
    alone = replace(trace, steps=tuple(steps), connections=trace.connections[1:])
    assert data_read(knowledge(alone, ["ticket_key"])) == [True, True]
    assert data_read(knowledge(alone, ["server_private_key", "psk"])) == [False, False]
    assert [k.how for k in knowledge(alone).at(len(steps), CLIENT) if k.name == "master_secret"] == [How.configured]


def _second(trace: Trace) -> list[Step]:
    return [step for step in trace.steps if step.connection == 1]


@every_branch
def test_the_eavesdropper_sees_all_that_was_received_in_the_clear(branch: Branch) -> None:
    trace = merged(branch)
    sealed = courses(trace).sealed
    known = knowledge(trace)
    for (party, handshake, name), (step, fact) in told(trace, courses(trace)).items():
        message = trace.steps[step - 1]
        absent = fact.value == "none"  # an extension that was not sent
        if fact.origin is Origin.received and step not in sealed and message.sender is not party and not absent:
            assert known.when(EAVESDROPPER, name, handshake) is not None, name


@every_branch
def test_a_fact_is_where_the_table_says_that_it_is(branch: Branch) -> None:
    """Bytes that are shown as hexadecimal digits stand in the message that is said to carry them."""
    from hellodone.trace.fact_messages import content, shown_in

    trace = merged(branch)
    of_step = courses(trace).of_step
    values = {(handshake, name): fact for (_, handshake, name), (_, fact) in told(trace, courses(trace)).items()}
    compared = set()
    for step in trace.steps:
        for shown in shown_in(step):
            fact = values.get((of_step[step.number], shown.fact))
            if shown.fact in _AS_HEX and fact is not None:
                found = content(step, *shown.path) or b""
                assert fact.value == (found.hex() or "empty"), shown.fact
                compared.add(shown.fact)
    assert {"client_random", "server_random", "client_verify_data", "server_verify_data"} <= compared


_AS_HEX = {
    *("client_random", "server_random", "session_id_offered", "session_id", "server_share", "client_share"),
    *("encrypted_premaster_secret", "client_verify_data", "server_verify_data"),
}


@pytest.mark.parametrize("initiator", ["client", "server"])
def test_a_renegotiation_is_seen_only_with_the_keys_of_the_first_handshake(initiator: str) -> None:
    trace = merged(BY_NAME[f"TLS_RSA_WITH_AES_128_GCM_SHA256, {initiator}"])
    assert knowledge(trace).when(EAVESDROPPER, "client_random", 0) is not None
    assert knowledge(trace).when(EAVESDROPPER, "client_random", 1) is None
    known = knowledge(trace, ["server_private_key"])
    again = known.when(EAVESDROPPER, "client_random", 1)
    assert again is not None
    (random,) = [k for k in known.learned(again, EAVESDROPPER) if k.name == "client_random"]
    assert (random.how, random.inputs) == (How.seen, ("client_write_key",))
    assert data_read(known) == [True] * 4


@pytest.mark.parametrize("branch", varied(client_key="rsa"), ids=lambda branch: branch.name)
def test_a_clients_key_opens_nothing_and_nobody_else_has_it(branch: Branch) -> None:
    known = knowledge(merged(branch), HOLDINGS)
    assert known.when(CLIENT, "client_private_key") == 1
    for party in (SERVER, Party.ca, EAVESDROPPER):
        assert known.when(party, "client_private_key") is None


def test_the_authority_knows_what_it_signed_and_no_more() -> None:
    trace = merged(BY_NAME["TLS_ECDHE_ECDSA_WITH_AES_128_CCM_8, client rsa"])
    known = knowledge(trace)
    names = {k.name for k in known.at(len(trace.steps), Party.ca)}
    assert names == {"ca_private_key", "server_certificates", "client_certificates"}
    assert not any(known.readable(step.number, Party.ca) for step in trace.steps)
    anonymous = merged(BY_NAME["TLS_DH_anon_WITH_AES_128_GCM_SHA256"])
    assert knowledge(anonymous).at(len(anonymous.steps), Party.ca) == ()


def test_knowledge_grows_step_by_step_and_says_why() -> None:
    trace = merged(BY_NAME["TLS_ECDHE_ECDSA_WITH_AES_128_CCM_8"])
    known = knowledge(trace)
    for party in Party:
        before: tuple[object, ...] = ()
        for step in trace.steps:
            now = known.at(step.number, party)
            assert now == (*before, *known.learned(step.number, party))
            before = now
    end = {k.name: k for k in known.at(len(trace.steps), SERVER)}
    assert (end["client_random"].how, end["server_random"].how) == (How.seen, How.chosen)
    assert end["server_private_key"].how is How.configured
    assert end["premaster_secret"].formula == "ECDH(server_ephemeral_private, client_share)"
    assert end["server_verify_data"].inputs == ("master_secret", "handshake_messages")
    assert end["master_secret"].secret
    assert not end["session_hash"].secret
    for one in end.values():
        assert set(one.inputs) - {"handshake_messages"} <= set(end)
        assert one.meaning == describe(one.name).meaning


def test_both_parties_hold_the_same_values() -> None:
    trace = traces(BY_NAME["TLS_RSA_WITH_AES_128_GCM_SHA256"])[0]
    known = knowledge(trace)
    client, server = ({k.name: k.value for k in known.at(len(trace.steps), party)} for party in (CLIENT, SERVER))
    for name in ("master_secret", "client_random", "server_random", "client_write_key"):
        assert client[name] == server[name] != ""
    assert "master_secret" not in repr(known.at(3, CLIENT)) or "reveal" not in repr(known)


@pytest.mark.parametrize("name", ["TLS_RSA_WITH_AES_128_CBC_SHA", "TLS_ECDHE_PSK_WITH_AES_128_CBC_SHA256, ticket"])
def test_a_stored_trace_without_secrets_tells_the_same(name: str) -> None:
    trace = merged(BY_NAME[name])
    stored = Trace.from_json(trace.to_json())
    for holdings in ((), ("server_private_key",), ("ticket_key",), ("keylog",)):
        one, other = knowledge(trace, holdings), knowledge(stored, holdings)
        for party in Party:
            first, second = one.at(len(trace.steps), party), other.at(len(trace.steps), party)
            assert [(k.name, k.how, k.step, k.inputs) for k in first] == [
                (k.name, k.how, k.step, k.inputs) for k in second
            ]
        assert one.opened_by == other.opened_by
    hidden = knowledge(withhold(trace)).at(len(trace.steps), CLIENT)
    assert all(str(k.value).startswith("⟨secret") for k in hidden if k.secret and k.value)


@pytest.mark.parametrize("name", scenarios.SCENARIOS)
def test_other_traces_are_taken_too(name: str) -> None:
    """One-sided, failed, long, several connections."""
    trace = scenarios.trace(name)
    known = knowledge(trace)
    for step in trace.steps:
        assert not [k for k in known.learned(step.number, EAVESDROPPER) if k.secret]
    if name == "failing":
        assert not known.forward_secret
        assert known.opened_by == ()


def test_a_trace_of_nothing() -> None:
    known = knowledge(Trace(steps=(), connections=()))
    assert known.when(CLIENT, "client_random") is None
    assert not known.forward_secret
    with pytest.raises(ConfigurationError, match="steps"):
        known.at(1, CLIENT)


def test_unknown_holdings_are_refused() -> None:
    with pytest.raises(ConfigurationError, match="did you mean server_private_key"):
        knowledge(scenarios.trace("rsa"), ["server_privat_key"])
