"""Demonstrations: every key exchange runs, and choices that contradict each other are named."""

import json
import shlex
import time
from pathlib import Path

import jsonschema
import pytest

from hellodone.cli.demo import perform
from hellodone.cli.options import DemoChoice, TlsChoice
from hellodone.cli.scenario import plan
from hellodone.cli.scenarios import SCENARIOS
from hellodone.errors import ConfigurationError, FatalAlert
from hellodone.trace.json import schema
from hellodone.trace.knowledge import HOLDINGS
from hellodone.trace.model import Kind, Party, Trace
from tests.cli.running import hellodone

PLAIN = TlsChoice("", None, None, None, None, None)
EXCHANGES = ("rsa", "dhe_rsa", "ecdhe_rsa", "ecdhe_ecdsa")


@pytest.mark.parametrize("client_auth", [False, True], ids=["", "client-auth"])
@pytest.mark.parametrize("exchange", EXCHANGES)
def test_every_key_exchange_runs_with_and_without_client_authentication(exchange: str, client_auth: bool) -> None:
    trace, fault = perform(plan(DemoChoice(exchange, client_auth="sign" if client_auth else None), PLAIN))
    assert fault is None
    (connection,) = trace.connections
    assert connection.completed
    assert connection.closed == "close_notify"
    assert f"_{exchange.upper()}_WITH_" in connection.cipher_suite
    assert set(trace.observed_by) == {Party.client, Party.server}
    data = [step.sender for step in trace.steps if step.kind is Kind.application_data]
    assert data == [Party.client, Party.server]
    names = [step.name for step in trace.steps]
    assert ("CertificateVerify" in names) is client_auth
    assert names[:3] == ["SYN", "SYN+ACK", "ACK"]


@pytest.mark.parametrize("group", ["x25519", "P-256", "x448", "P-384", "P-521"])
@pytest.mark.parametrize("exchange", ["ecdhe_rsa", "ecdhe_ecdsa"])
def test_the_group_is_the_one_that_was_asked_for(exchange: str, group: str) -> None:
    trace, fault = perform(plan(DemoChoice(exchange, group), PLAIN))
    assert fault is None
    assert trace.connections[0].group in (
        group,
        {"P-256": "secp256r1", "P-384": "secp384r1", "P-521": "secp521r1"}.get(group),
    )


def test_a_finite_field_group_can_be_asked_for() -> None:
    trace, fault = perform(plan(DemoChoice("dhe_rsa", "ffdhe3072"), PLAIN))
    assert fault is None
    assert trace.connections[0].group == "ffdhe3072"


@pytest.mark.parametrize(
    ("exchange", "cipher", "suite"),
    [
        (None, "ECDHE-RSA-AES256-GCM-SHA384", "TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384"),
        ("rsa", "AES_128_CBC_SHA", "TLS_RSA_WITH_AES_128_CBC_SHA"),
        (None, "chacha20-poly1305-sha256", "TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256"),
        ("dhe_rsa", "TLS_DHE_RSA_WITH_AES_128_CCM_8", "TLS_DHE_RSA_WITH_AES_128_CCM_8"),
    ],
)
def test_a_cipher_may_be_a_suite_or_the_cipher_of_one(exchange: str | None, cipher: str, suite: str) -> None:
    trace, fault = perform(plan(DemoChoice(exchange, cipher=cipher), PLAIN))
    assert fault is None
    assert trace.connections[0].cipher_suite == suite


@pytest.mark.parametrize(
    ("exchange", "group", "cipher", "words"),
    [
        ("rsa", "x25519", None, "uses no group"),
        ("dhe_rsa", "x25519", None, "finite-field group"),
        ("ecdhe_rsa", "ffdhe2048", None, "curve"),
        ("rsa", None, "ECDHE-RSA-AES256-GCM-SHA384", "rsa"),
        (None, "x25518", None, "x25519"),
        (None, None, "AES_129_GCM", "AES_129_GCM"),
    ],
)
def test_choices_that_contradict_each_other_are_named(
    exchange: str | None, group: str | None, cipher: str | None, words: str
) -> None:
    with pytest.raises(ConfigurationError, match=words):
        plan(DemoChoice(exchange, group, cipher), PLAIN)


@pytest.mark.parametrize(
    ("ask", "words"),
    [
        (DemoChoice("psk", raw_public_key=True), "no certificate"),
        (DemoChoice("dh_anon", trusted_ca_keys="x509_name"), "no certificate"),
        (DemoChoice("dh_rsa", raw_public_key=True), "takes no raw keys"),
        (DemoChoice(raw_public_key=True, trusted_ca_keys="x509_name"), "no certificates"),
        (DemoChoice(client_certificate_url=True), "needs --client-auth"),
        (DemoChoice(no_etm=True), "--no-etm: .* has no MAC of its own"),
        (DemoChoice(truncated_hmac=True), "--truncated-hmac: .* has no MAC of its own"),
    ],
)
def test_what_an_option_is_about_must_be_there(ask: DemoChoice, words: str) -> None:
    with pytest.raises(ConfigurationError, match=words):
        plan(ask, PLAIN)


EXTENSIONS = [
    (DemoChoice(max_fragment_length="512"), "max_fragment_length", "512"),
    (DemoChoice(truncated_hmac=True, no_etm=True, cipher="AES_128_CBC_SHA256"), "truncated_hmac", "yes"),
    (DemoChoice(raw_public_key=True), "server_certificate_type", "RawPublicKey(2)"),
    (DemoChoice(trusted_ca_keys="key_sha1_hash"), "trusted_authorities", "1 by key_sha1_hash(1)"),
    (DemoChoice(trusted_ca_keys="cert_sha1_hash"), "trusted_authorities", "1 by cert_sha1_hash(3)"),
    (DemoChoice(client_certificate_url=True, client_auth="sign"), "client_certificate_url", "yes"),
]


@pytest.mark.parametrize(("ask", "fact", "value"), EXTENSIONS)
def test_an_extension_is_agreed_on_and_has_its_effect(ask: DemoChoice, fact: str, value: str) -> None:
    trace, fault = perform(plan(ask, PLAIN))
    assert fault is None
    assert {str(f.value) for s in trace.steps for r in s.reactions for f in r.learned if f.name == fact} == {value}
    if fact == "max_fragment_length":
        assert all(record.plaintext_length <= 512 for record in trace.records)
    if fact == "trusted_authorities":
        names = {str(f.value) for s in trace.steps for r in s.reactions for f in r.learned if f.name == "server_path"}
        assert names == {"CN=localhost ← CN=hellodone laboratory root"}


def test_a_demonstration_takes_less_than_two_seconds() -> None:
    started = time.monotonic()
    perform(plan(DemoChoice(client_auth="sign"), PLAIN))
    assert time.monotonic() - started < 2


def test_a_refusal_is_the_fault_of_the_end_that_decided() -> None:
    """A server that speaks no suite of the client's: the chart ends in its alert."""
    from dataclasses import replace

    scenario = plan(DemoChoice("ecdhe_ecdsa", cipher="ECDHE-ECDSA-AES128-GCM-SHA256"), PLAIN)
    other = plan(DemoChoice("ecdhe_ecdsa", cipher="ECDHE-ECDSA-AES256-GCM-SHA384"), PLAIN)
    trace, fault = perform(replace(scenario, server=other.server))
    assert isinstance(fault, FatalAlert)
    assert fault.sender == "us"
    assert trace.failure is not None
    assert trace.failure.decided_by is Party.server


# The figures of the RFCs in the letters of ``--brief``: capitals are the client's. H HelloRequest, C ClientHello,
# S ServerHello, T NewSessionTicket, X Certificate, K ServerKeyExchange, R CertificateRequest, N ServerHelloDone,
# Y CertificateVerify, G ClientKeyExchange, F Finished, I ChangeCipherSpec, A SupplementalData.
SIGNED = "CsxknGIFif"  # RFC 5246, figure 1, with the server's parameters
CERTIFIED = "CsxnGIFif"  # without them: RSA, and static Diffie-Hellman
UNCERTIFIED = "CsknGIFif"  # anonymous (7.4.2), and PSK with Diffie-Hellman (RFC 4279, 3)
CLIENT_SIGNS = "CsxkrnXGYIFif"
CLIENT_FIXED = "CsxrnXGIFif"  # no CertificateVerify (7.4.8)
ABBREVIATED = "CsifIF"  # figure 2
FIGURES = {
    "": [SIGNED],
    "--key-exchange ecdhe_rsa": [SIGNED],
    "--key-exchange dhe_rsa": [SIGNED],
    "--key-exchange dhe_dss": [SIGNED],
    "--key-exchange rsa": [CERTIFIED],
    "--key-exchange dh_rsa": [CERTIFIED],
    "--key-exchange dh_dss": [CERTIFIED],
    "--key-exchange ecdh_rsa": [CERTIFIED],
    "--key-exchange ecdh_ecdsa": [CERTIFIED],
    "--key-exchange dh_anon": [UNCERTIFIED],
    "--key-exchange ecdh_anon": [UNCERTIFIED],
    "--psk": ["CsnGIFif"],  # RFC 4279, 2, without a hint
    "--key-exchange dhe_psk": [UNCERTIFIED],
    "--key-exchange rsa_psk": [CERTIFIED],
    "--key-exchange ecdhe_psk": [UNCERTIFIED],
    "--client-auth": [CLIENT_SIGNS],
    "--key-exchange ecdh_ecdsa --client-auth fixed": [CLIENT_FIXED],
    "--key-exchange dh_rsa --client-auth fixed": [CLIENT_FIXED],
    "--resume id": [SIGNED, ABBREVIATED],
    "--resume ticket": ["CsxknGIFtif", ABBREVIATED],  # RFC 5077, figures 1 and 2
    "--resume ticket --client-auth": ["CsxkrnXGYIFtif", ABBREVIATED],
    "--renegotiate client": [SIGNED + SIGNED],
    "--renegotiate server": [SIGNED + "h" + SIGNED],
    "--renegotiate server --client-auth": [SIGNED + "h" + CLIENT_SIGNS],
    "--supplemental": ["CsaxknAGIFif"],  # RFC 4680, figure 1
    "--supplemental --renegotiate client --client-auth": ["CsxknGIFif" + "CsaxkrnAXGYIFif"],  # figure 2
    "--cipher AES_128_CBC_SHA256 --policy compatible": [SIGNED],
    "--cipher AES_128_CBC_SHA256 --no-etm --policy compatible": [SIGNED],
    "--cipher AES_128_CBC_SHA256 --truncated-hmac --policy historic": [SIGNED],
    "--key-exchange rsa --cipher NULL_SHA256 --policy historic": [CERTIFIED],
    "--no-ems --policy compatible": [SIGNED],
    "--max-fragment-length 512": [SIGNED],
    "--record-size-limit 256": [SIGNED],
    "--padding 512": [SIGNED],
    "--fallback-scsv": [SIGNED],
    "--raw-public-key --client-auth": [CLIENT_SIGNS],  # RFC 7250, figure 7
    "--trusted-ca-keys": [SIGNED],
    "--client-certificate-url --client-auth": [CLIENT_SIGNS.replace("X", "W")],  # RFC 6066, 5
    "--ocsp query": [SIGNED],
    "--ocsp query --revoked": ["Csxkn"],
    "--ocsp staple": ["CsxuknGIFif"],  # RFC 6066, 8
    "--ocsp staple --revoked": ["Csxukn"],
    "--ocsp must-staple": ["CsxuknGIFif"],
    "--ocsp must-staple --revoked": ["Csxukn"],
    "--ocsp missing-staple": ["Csxkn"],
    "--crl": [SIGNED],
    "--crl --revoked": ["Csxkn"],
}
ALERTS = {scenario.options: scenario.alert for scenario in SCENARIOS}
LETTERS = {
    "HelloRequest": "H", "ClientHello": "C", "ServerHello": "S", "NewSessionTicket": "T", "Certificate": "X",
    "ServerKeyExchange": "K", "CertificateRequest": "R", "ServerHelloDone": "N", "CertificateVerify": "Y",
    "ClientKeyExchange": "G", "CertificateStatus": "U",
    "SupplementalData": "A", "CertificateURL": "W", "Finished": "F", "ChangeCipherSpec": "I",
}  # fmt: skip


def figure(trace: Trace, connection: int) -> str:
    """The order of a connection's messages, as they stand in the chart."""
    steps = [s for s in trace.steps if s.connection == connection and s.kind in (Kind.message, Kind.change_cipher_spec)]
    return "".join(LETTERS[s.name] if s.sender is Party.client else LETTERS[s.name].lower() for s in steps)


def test_every_scenario_that_is_listed_has_its_figure_here() -> None:
    assert [scenario.options for scenario in SCENARIOS] == list(FIGURES)


@pytest.mark.parametrize("options", FIGURES)
def test_the_messages_come_in_the_order_of_the_figure(options: str, capsys: pytest.CaptureFixture[str]) -> None:
    outcome = hellodone(capsys, "demo", *shlex.split(options), "-f", "json")
    jsonschema.validate(json.loads(outcome.out), schema())
    trace = Trace.from_json(outcome.out)
    assert [figure(trace, number) for number in range(len(trace.connections))] == FIGURES[options]
    if ALERTS[options]:
        assert outcome.code == 1
        assert trace.failure is not None
        assert trace.failure.alert.startswith(f"{ALERTS[options]}(")
        return
    assert (outcome.code, outcome.err) == (0, "")
    assert all(connection.completed and connection.closed == "close_notify" for connection in trace.connections)
    assert [c.resumed for c in trace.connections] == [
        FIGURES[options][n] == ABBREVIATED for n in range(len(FIGURES[options]))
    ]
    assert not [c for s in trace.steps for r in s.reactions for c in r.checks if not c.passed]


def test_the_second_connection_continues_the_session(capsys: pytest.CaptureFixture[str]) -> None:
    trace = Trace.from_json(hellodone(capsys, "demo", "--resume", "ticket", "--client-auth", "-f", "json").out)
    secrets = [
        (step.connection, reaction.party, str(fact.value))
        for step in trace.steps
        for reaction in step.reactions
        for fact in reaction.learned
        if fact.name == "master_secret"
    ]
    assert {(number, party) for number, party, _ in secrets} == {
        (n, p) for n in (0, 1) for p in (Party.client, Party.server)
    }
    assert len({value for _, _, value in secrets}) == 1
    known = [fact for s in trace.steps if s.connection for fact in s.reaction(Party.server).learned]
    assert [fact.value for fact in known if fact.name == "client_certificates"] == ["CN=laboratory client"]


def test_the_chart_says_where_a_connection_and_a_renegotiation_begin(capsys: pytest.CaptureFixture[str]) -> None:
    assert "Connection 2" in hellodone(capsys, "demo", "--resume", "id").out
    chart = hellodone(capsys, "demo", "--renegotiate", "client").out
    assert chart.index("Handshake complete") < chart.index(" Renegotiation ") < chart.index("Renegotiation complete")


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ("--client-auth fixed", "dh_rsa, dh_dss, ecdh_rsa and ecdh_ecdsa"),
        ("--key-exchange dh_anon --client-auth", "anonymous"),
        ("--psk --client-auth", "RFC 4279"),
        ("--key-exchange rsa --psk a:00", "no pre-shared key"),
        ("--psk alice:secret", "IDENTITY:HEX"),
        ("--psk alice", "IDENTITY:HEX"),
        ("--psk --policy modern", "policy modern"),
        ("--resume id --renegotiate client", "one at a time"),
        ("--key-exchange ecdh_rsa --group P-521", "static key"),
        ("--key-exchange dh_rsa --group ffdhe3072", "certificate"),
        ("--revoked", "somebody has to ask"),
        ("--ocsp query --crl", "one at a time"),
        ("--ocsp staple --psk", "no certificate"),
        ("--crl --raw-public-key", "no certificate"),
        ("--ocsp missing-staple --revoked", "nobody asks"),
    ],
)
def test_what_the_protocol_has_no_message_for_is_said(
    options: str, words: str, capsys: pytest.CaptureFixture[str]
) -> None:
    outcome = hellodone(capsys, "demo", *shlex.split(options))
    assert outcome.code == 2
    assert words in outcome.last
    assert outcome.out == ""


def test_a_key_of_ones_own(capsys: pytest.CaptureFixture[str]) -> None:
    outcome = hellodone(capsys, "demo", "--key-exchange", "ecdhe_psk", "--psk", "urn:alice:00ff")
    assert outcome.code == 0
    assert "psk_identity: urn:alice" in outcome.out
    assert "has psk from before: 00ff" in outcome.out


@pytest.mark.parametrize("group", ["x25519", "x448", "P-384"])
def test_static_keys_in_other_groups(group: str, capsys: pytest.CaptureFixture[str]) -> None:
    for more in ((), ("--client-auth", "fixed")):
        outcome = hellodone(capsys, "demo", "--key-exchange", "ecdh_ecdsa", "--group", group, "--brief", *more)
        assert (outcome.code, outcome.err) == (0, "")


def test_the_list_names_every_scenario(capsys: pytest.CaptureFixture[str]) -> None:
    outcome = hellodone(capsys, "demo", "--list")
    assert outcome.code == 0
    assert [line.split("  ")[0] for line in outcome.out.splitlines()] == [scenario.command for scenario in SCENARIOS]


def test_the_protection_levels_of_a_double_handshake_are_marked(capsys: pytest.CaptureFixture[str]) -> None:
    """RFC 4680, figure 2: 0 before the first ChangeCipherSpec, 2 behind the second one."""
    chart = hellodone(capsys, "demo", "--supplemental", "--renegotiate", "client", "--width", 120).out
    lines = [line for line in chart.splitlines() if "▶" in line or "◀" in line]
    levels = [(line.split()[2], line.partition(", level ")[2][:1]) for line in lines if " TCP " not in line]
    assert [level for name, level in levels if name == "ClientHello"] == ["", "1"]
    assert [level for name, level in levels if name == "SupplementalData"] == ["1", "1"]
    assert [level for name, level in levels if name == "Finished"] == ["1", "1", "2", "2"]
    assert [level for name, level in levels if name == "ChangeCipherSpec"] == ["", "", "1", "1"]
    assert ", level" not in hellodone(capsys, "demo").out


def test_who_has_the_servers_rsa_key_ends_with_the_request(capsys: pytest.CaptureFixture[str]) -> None:
    done = hellodone(capsys, "demo", "--key-exchange", "rsa", "--eavesdropper-has", "server_private_key")
    assert done.code == 0
    lane = [part for part in done.out.split("┃ Eavesdropper")[1:] if "reads it: opened with" in part]
    assert any("GET / HTTP/1.1" in part for part in lane)
    assert "cannot read" not in done.out


def test_with_ecdhe_the_same_key_reads_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    done = hellodone(
        capsys, "demo", "--key-exchange", "ecdhe_rsa", "--eavesdropper-has", "server_private_key", "--eavesdropper"
    )
    assert done.code == 0
    assert "cannot read it: client_write_key is not known" in done.out
    assert "reads it" not in done.out


def test_a_kept_trace_is_drawn_with_whoever_listens(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    kept = tmp_path / "trace.json"
    assert hellodone(capsys, "demo", "--resume", "ticket", "-o", str(kept)).code == 0
    stolen = hellodone(capsys, "draw", str(kept), "--show-secrets", "--eavesdropper-has", "ticket_key")
    assert "GET / HTTP/1.1" in stolen.out.split("unseal(ticket_key")[1]
    sealed = hellodone(capsys, "draw", str(kept), "--show-secrets", "--eavesdropper", "--knowledge")
    assert "cannot read it" in sealed.out
    assert hellodone(capsys, "draw", str(kept), "--eavesdropper-has", "a hat").code == 2


@pytest.mark.parametrize(
    ("words", "code", "idle"),
    [
        (("--key-exchange", "ecdhe_rsa"), 0, {"psk", "ticket_key"}),
        (("--key-exchange", "psk"), 0, {"server_private_key", "ticket_key"}),
        (("--key-exchange", "rsa_psk", "--resume", "ticket"), 0, set()),
        (("--sigalgs", "ed25519"), 1, set(HOLDINGS)),  # the handshake fails before anything is used
    ],
)
def test_a_key_that_plays_no_part_is_named_and_no_fault(
    words: tuple[str, ...], code: int, idle: set[str], capsys: pytest.CaptureFixture[str]
) -> None:
    holdings = [word for name in HOLDINGS for word in ("--eavesdropper-has", name)]
    done = hellodone(capsys, "demo", *words, *holdings)
    assert done.code == code
    said = [line.split(": it plays no part here, ") for line in done.err.splitlines() if "plays no part" in line]
    assert {name.removeprefix("--eavesdropper-has ") for name, _ in said} == idle
    assert all(reason.startswith("for ") for _, reason in said)


def test_what_an_eavesdropper_can_be_given_is_what_the_model_knows() -> None:
    from hellodone.cli.draw import command

    (option,) = [p for p in command.params if p.name == "eavesdropper_has"]
    assert tuple(option.type.choices) == HOLDINGS  # type: ignore[attr-defined]


@pytest.mark.parametrize(("asked", "what"), [(("-f", "json"), "json"), (("--brief",), "one line")])
def test_a_language_where_nothing_has_words_is_refused(
    capsys: pytest.CaptureFixture[str], asked: tuple[str, ...], what: str
) -> None:
    done = hellodone(capsys, "demo", "--lang", "da", *asked)
    assert done.code == 2
    assert f"{what} has no words" in done.err
    assert "svg, markdown, html have them" in done.err
