"""Programs that compute a trace's values again: they are run, and print what the trace says."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from functools import cache

import pytest

from hellodone.errors import ConfigurationError
from hellodone.pki.laboratory import private_key_pem
from hellodone.trace.model import Fact, Origin, Party, Trace
from hellodone.trace.recompute import RECOMPUTABLE, Snippet, recompute
from hellodone.trace.recompute_record import recompute_record
from hellodone.trace.secrets import reveal, withhold
from tests import traces as scenarios
from tests.interop.peers import missing, require
from tests.trace.branches import BY_NAME, Branch, identity, traces

CLIENT, SERVER = Party.client, Party.server
SIDES = (CLIENT, SERVER)
NAMES = [
    "TLS_RSA_WITH_AES_128_GCM_SHA256",
    "TLS_RSA_WITH_AES_128_CBC_SHA, classic",
    "TLS_RSA_WITH_NULL_SHA256",
    "TLS_DHE_RSA_WITH_AES_256_GCM_SHA384",
    "TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256, client rsa",
    "TLS_ECDHE_ECDSA_WITH_AES_128_CCM_8",
    "TLS_ECDHE_ECDSA_WITH_AES_256_CBC_SHA384, classic",
    "TLS_DH_RSA_WITH_AES_128_GCM_SHA256",
    "TLS_ECDH_RSA_WITH_AES_128_CBC_SHA",
    "TLS_PSK_WITH_AES_128_GCM_SHA256",
    "TLS_DHE_PSK_WITH_AES_256_GCM_SHA384",
    "TLS_ECDHE_PSK_WITH_AES_128_CBC_SHA256",
    "TLS_RSA_PSK_WITH_AES_128_GCM_SHA256",
]


@cache
def shown(branch: Branch) -> Trace:
    return reveal(traces(branch)[2])


@cache
def server_key() -> str:
    return private_key_pem(identity("rsa", "rsa", "server")).decode()


def computed(trace: Trace) -> Iterator[tuple[Party, str]]:
    """What each party computed, as the trace tells."""
    for step in trace.steps:
        for reaction in step.reactions:
            for fact in reaction.learned:
                if fact.origin is Origin.computed:
                    yield reaction.party, fact.name


def snippets(branch: Branch) -> dict[tuple[Party, str], Snippet]:
    """A program for everything that was computed, but what needs a certificate's key or was padded at random."""
    trace = shown(branch)
    found = {(party, "key_block"): recompute(trace, "key_block", party) for party in SIDES}
    static = "TLS_DH_" in branch.suite or "TLS_ECDH_" in branch.suite
    without = {(CLIENT, "encrypted_premaster_secret")}
    if static:
        without |= {(SERVER, "premaster_secret"), (CLIENT, "server_share"), (CLIENT, "dh_group"), (CLIENT, "group")}
    for party, name in computed(trace):
        if (party, name) in without:
            with pytest.raises(ConfigurationError):
                recompute(trace, name, party)
        else:
            found[party, name] = recompute(trace, name, party, server_key=server_key())
    return found


@pytest.mark.parametrize("name", NAMES)
def test_python_computes_every_value_again(name: str) -> None:
    """All programs of a handshake one after the other, for starting Python takes longer than they do."""
    made = snippets(BY_NAME[name])
    assert len(made) > 12
    lines = run_python("\n".join(snippet.python for snippet in made.values())).splitlines()
    assert lines == [snippet.expected for snippet in made.values()]


def test_each_program_runs_by_itself() -> None:
    """One of every kind."""
    wanted = set(RECOMPUTABLE)
    for name in ("TLS_ECDHE_PSK_WITH_AES_128_CBC_SHA256", "TLS_DHE_RSA_WITH_AES_256_GCM_SHA384"):
        for (_, fact), snippet in snippets(BY_NAME[name]).items():
            if fact in wanted:
                wanted.remove(fact)
                assert run_python(snippet.python) == snippet.expected + "\n", fact
    assert not wanted


@pytest.mark.parametrize("name", NAMES)
def test_openssl_agrees(name: str) -> None:
    need_openssl()
    forms = {key: s for key, s in snippets(BY_NAME[name]).items() if s.shell is not None}
    assert len(forms) > 8
    for key, snippet in forms.items():
        assert run_shell(snippet.shell or "").strip() == snippet.expected, key


@pytest.mark.parametrize("group", ["x448", "secp256r1", "secp384r1", "secp521r1"])
def test_every_curve(group: str) -> None:
    ends = scenarios.recorded("TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256", key="ed25519", groups=(group,)).pump()
    trace = reveal(scenarios.both(ends))
    made = [recompute(trace, "premaster_secret", party) for party in SIDES]
    made += [recompute(trace, f"{party}_share", party) for party in SIDES]
    assert run_python("\n".join(s.python for s in made)).splitlines() == [s.expected for s in made]
    need_openssl()
    assert run_shell(made[0].shell or "").strip() == made[0].expected


@pytest.mark.parametrize(
    "name",
    [
        "TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256",
        "TLS_DHE_RSA_WITH_AES_256_GCM_SHA384",
        "TLS_ECDHE_ECDSA_WITH_AES_128_CCM_8",
        "TLS_RSA_WITH_AES_128_GCM_SHA256, client",  # with a renegotiation inside
    ],
)
def test_records_are_opened(name: str) -> None:
    trace = shown(BY_NAME[name])
    sealed = [i for i, record in enumerate(trace.records) if record.protection and record.wire]
    made = [recompute_record(trace, index) for index in sealed]
    assert len(made) >= 6  # both Finished, both alerts, a request and its answer
    assert made[0].expected.startswith("1400000c")
    assert run_python("\n".join(s.python for s in made)).splitlines() == [s.expected for s in made]


def test_a_renegotiation_is_told_from_the_first_handshake() -> None:
    trace = shown(BY_NAME["TLS_RSA_WITH_AES_128_GCM_SHA256, client"])
    first, second = (recompute(trace, "client_verify_data", CLIENT, handshake=index) for index in (0, 1))
    assert first.expected != second.expected
    assert run_python(first.python + second.python).splitlines() == [first.expected, second.expected]
    assert recompute(trace, "client_verify_data", CLIENT) == first


def test_a_resumed_connection_has_keys_of_its_own() -> None:
    trace = shown(BY_NAME["TLS_ECDHE_ECDSA_WITH_AES_128_CCM_8, ticket"])
    made = [recompute(trace, name, SERVER, 1) for name in ("key_block", "client_verify_data", "server_verify_data")]
    assert run_python("".join(s.python for s in made)).splitlines() == [s.expected for s in made]
    with pytest.raises(ConfigurationError, match="full handshake"):
        recompute(trace, "master_secret", SERVER, 1)
    with pytest.raises(ConfigurationError, match="does not tell"):
        recompute(trace, "premaster_secret", SERVER, 1)


def test_without_secrets_there_is_no_program() -> None:
    trace = traces(BY_NAME["TLS_ECDHE_ECDSA_WITH_AES_128_CCM_8"])[2]
    for hidden in (trace, withhold(trace)):
        for name in ("premaster_secret", "master_secret", "client_write_key", "client_verify_data", "client_share"):
            with pytest.raises(ConfigurationError, match="withheld"):
                recompute(hidden, name, CLIENT)
        record = next(i for i, r in enumerate(hidden.records) if r.protection)
        with pytest.raises(ConfigurationError, match="withheld"):
            recompute_record(hidden, record)
        assert recompute(hidden, "session_hash", CLIENT).expected  # it is no secret


@pytest.mark.parametrize(
    ("fact", "party", "reason"),
    [
        ("client_random", CLIENT, "not computed"),
        ("shoe_size", CLIENT, "not computed"),
        ("premaster_secret", CLIENT, "chooses"),
        ("premaster_secret", SERVER, "private key"),
        ("client_share", CLIENT, "does not tell"),
    ],
)
def test_what_is_not_computed_is_refused(fact: str, party: Party, reason: str) -> None:
    with pytest.raises(ConfigurationError, match=reason):
        recompute(shown(BY_NAME["TLS_RSA_WITH_AES_128_GCM_SHA256"]), fact, party)


def test_records_that_cannot_be_opened_are_refused() -> None:
    trace = shown(BY_NAME["TLS_RSA_WITH_AES_128_CBC_SHA"])
    sealed = next(i for i, r in enumerate(trace.records) if r.protection)
    data = next(i for i, r in enumerate(trace.records) if r.content_type == 23)
    for index, reason in (
        (0, "in the clear"),
        (sealed, "no AEAD"),
        (data, "no AEAD"),
        (len(trace.records), "records 0"),
    ):
        with pytest.raises(ConfigurationError, match=reason):
            recompute_record(trace, index)
    with pytest.raises(ConfigurationError, match="octets"):
        recompute_record(withhold(trace), data)


@pytest.mark.parametrize("evil", ["'; touch /tmp/x; '", "00'\n", "$(id)", "zz", "0"])
def test_a_hostile_value_gets_into_no_program(evil: str) -> None:
    """A program is pasted into a shell; the trace may be a stranger's."""
    trace = shown(BY_NAME["TLS_ECDHE_ECDSA_WITH_AES_128_CCM_8"])

    def changed(fact: Fact) -> Fact:
        return replace(fact, value=evil)

    steps = []
    for step in trace.steps:
        told = (replace(r, learned=tuple(map(changed, r.learned))) for r in step.reactions)
        steps.append(replace(step, reactions=tuple(told)))
    hostile = replace(trace, steps=tuple(steps))
    for name in RECOMPUTABLE:
        for party in SIDES:
            with pytest.raises(ConfigurationError):
                recompute(hostile, name, party)
    record = next(i for i, r in enumerate(trace.records) if r.protection)
    with pytest.raises(ConfigurationError, match="digits"):
        recompute_record(hostile, record)


def test_a_hostile_name_gets_into_a_comment_only() -> None:
    trace = shown(BY_NAME["TLS_ECDHE_ECDSA_WITH_AES_128_CCM_8"])
    steps = [
        replace(step, name="Done\n)\rprint(1)\u2028") if step.name == "ServerHelloDone" else step
        for step in trace.steps
    ]
    snippet = recompute(replace(trace, steps=tuple(steps)), "client_verify_data", CLIENT)
    assert "    # Done)print(1)\n" in snippet.python
    assert run_python(snippet.python) == snippet.expected + "\n"


def test_a_program_does_not_show_itself_by_accident() -> None:
    snippet = recompute(shown(BY_NAME["TLS_ECDHE_ECDSA_WITH_AES_128_CCM_8"]), "master_secret", CLIENT)
    assert snippet.expected not in repr(snippet)


def test_programs_are_fit_to_be_read() -> None:
    for name in NAMES:
        for snippet in snippets(BY_NAME[name]).values():
            assert max(map(len, snippet.python.splitlines())) <= 140
            assert not re.search(r"[ \t]$|\n\n\n\n", snippet.python, re.M)
            assert "hellodone" not in snippet.python


def run_python(program: str) -> str:
    done = subprocess.run([sys.executable, "-"], input=program, capture_output=True, text=True, check=False)
    assert not done.stderr, done.stderr + program
    return done.stdout


def run_shell(program: str) -> str:
    done = subprocess.run(["sh", "-eu"], input=program, capture_output=True, text=True, check=False)
    assert not done.returncode, done.stderr + program
    return done.stdout


def need_openssl() -> None:
    """OpenSSL 3 or later: its predecessors have no command for the PRF."""
    program = require("openssl")
    version = subprocess.run([program, "version"], capture_output=True, text=True, check=False).stdout
    if not re.match(r"OpenSSL ([3-9]|\d\d)", version):
        missing(f"{version.strip()} has no openssl kdf")
