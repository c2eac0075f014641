"""What a chart shows, in which order, and at which level of detail."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest

from hellodone.crypto.secret import Secret
from hellodone.diagram.chart import chart_of
from hellodone.diagram.rows import Arrow, Chart, Detail, Divider, Line, Loop, Mark, Note, Style, Topic
from hellodone.trace.model import Kind, Origin, Party, Phase, Trace
from tests.diagram.expected import CASES, arrows, chart, shown
from tests.traces import SCENARIOS, trace

FULL_HANDSHAKE = [
    "ClientHello (1)",
    "ServerHello (2)",
    "Certificate (11)",
    "ServerKeyExchange (12)",
    "CertificateRequest (13)",
    "ServerHelloDone (14)",
    "Certificate (11)",
    "ClientKeyExchange (16)",
    "CertificateVerify (15)",
    "ChangeCipherSpec (content type 20)",
    "Finished (20)",
    "ChangeCipherSpec (content type 20)",
    "Finished (20)",
]


def notes(rows: Chart, topic: Topic = Topic.reaction, party: Party | None = None) -> list[Note]:
    """The notes of a topic, of one party where one is given."""
    found = [row for row in rows.rows if isinstance(row, Note) and row.topic is topic]
    return [note for note in found if party is None or note.party is party]


def texts(some: list[Note]) -> str:
    """All lines of some notes."""
    return "\n".join(line.text for note in some for line in note.lines)


def after(rows: Chart, title: str, party: Party) -> str:
    """What a party does between the arrow of that title (its first) and the next arrow."""
    start = next(index for index, row in enumerate(rows.rows) if isinstance(row, Arrow) and row.title == title)
    lines = []
    for row in rows.rows[start + 1 :]:
        if isinstance(row, Arrow | Loop):
            break
        if isinstance(row, Note) and row.party is party:
            lines += [line.text for line in row.lines]
    return "\n".join(lines)


@pytest.mark.parametrize("detail", Detail)
def test_a_full_handshake_is_there_message_by_message(detail: Detail) -> None:
    titles = [arrow.title for arrow in arrows(chart("client_auth", detail))]
    assert [title for title in titles if title in FULL_HANDSHAKE] == FULL_HANDSHAKE
    assert titles[:3] == ["TCP SYN", "TCP SYN+ACK", "TCP ACK"]
    assert titles[-3:] == ["Alert: warning close_notify(0)"] * 2 + ["TCP FIN"]


@pytest.mark.parametrize(("name", "detail"), CASES)
def test_every_step_that_travels_has_an_arrow(name: str, detail: Detail) -> None:
    numbers = []
    for arrow in arrows(chart(name, detail)):
        numbers.append(arrow.number)
    travelling = [step for step in trace(name).steps if step.arrow]
    if name != "talkative":
        assert numbers == [step.number for step in travelling]
        assert [arrow.sender for arrow in arrows(chart(name, detail))] == [step.sender for step in travelling]


def test_phases_are_headings_in_order() -> None:
    headings = [row.title for row in chart("client_auth").rows if isinstance(row, Divider)]
    assert headings == [phase.value for phase in Phase if phase is not Phase.preparation]


def test_numbers_are_those_of_the_steps_even_where_nothing_travels() -> None:
    (start,) = [note for note in notes(chart("rsa")) if note.number]
    assert trace("rsa").steps[start.number - 1].kind is Kind.start
    assert start.party is Party.client
    assert "chooses client_random" in start.lines[0].text


@pytest.mark.parametrize("name", ["client_auth", "two_connections"])
def test_numbers_that_are_missing_are_accounted_for_once(name: str) -> None:
    captions = notes(chart(name, Detail.brief), Topic.numbering)
    said = [int(number) for number in re.findall(r"\d+", texts(captions))]
    assert said == [step.number for step in trace(name).steps if not step.arrow]
    assert not notes(chart(name), Topic.numbering), "there each such step has its note"


def test_brief_is_arrows_with_one_line() -> None:
    rows = chart("client_auth", Detail.brief)
    assert not notes(rows)
    assert not notes(rows, Topic.activation)
    assert all(len(arrow.lines) <= 1 for arrow in arrows(rows))
    summaries = {arrow.title: arrow.lines for arrow in arrows(rows)}
    assert summaries["ServerHello (2)"] == ("TLS 1.2, TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256, http/1.1",)
    assert summaries["ServerKeyExchange (12)"][0].startswith("x25519, rsa_")


def test_chosen_fields() -> None:
    by_title: dict[str, tuple[str, ...]] = {}
    for arrow in arrows(chart("ecdhe_ecdsa")):
        by_title.setdefault(arrow.title, arrow.lines)
    hello = "\n".join(by_title["ClientHello (1)"])
    for part in (
        "client_version: TLS 1.2",
        "server_name: localhost",
        "application protocols: http/1.1",
        "session_id: empty",
    ):
        assert part in hello
    assert "supported_groups: x25519" in hello
    assert "extended_master_secret" in hello
    answer = "\n".join(by_title["ServerHello (2)"])
    assert "cipher_suite: TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256" in answer
    assert "application protocol: http/1.1" in answer
    assert by_title["Certificate (11)"] == ("certificates: CN=localhost",)
    exchange = "\n".join(by_title["ServerKeyExchange (12)"])
    assert "group: x25519" in exchange
    assert "signature scheme: ecdsa_secp256r1_sha256" in exchange
    assert "client_share (public): " in by_title["ClientKeyExchange (16)"][0]


def test_finite_field_parameters() -> None:
    lines = next(arrow.lines for arrow in arrows(chart("dhe_rsa")) if arrow.title.startswith("ServerKeyExchange"))
    assert any(line.startswith("p: ffdhe2048") for line in lines)
    assert "server_share^client_ephemeral_private mod p" in texts(notes(chart("dhe_rsa"), party=Party.client))


@pytest.mark.parametrize(
    ("name", "client", "server"),
    [
        (
            "ecdhe_ecdsa",
            "premaster_secret = ECDH(client_ephemeral_private, server_share)",
            "premaster_secret = ECDH(server_ephemeral_private, client_share)",
        ),
        (
            "rsa",
            "premaster_secret: ",
            "premaster_secret = RSA-decrypt(server_private_key, encrypted_premaster_secret)",
        ),
    ],
)
def test_the_premaster_secret_is_told_as_it_comes_about(name: str, client: str, server: str) -> None:
    rows = chart(name)
    assert client in texts(notes(rows, party=Party.client))
    assert server in texts(notes(rows, party=Party.server))


def test_computations_stand_where_they_become_possible() -> None:
    """After the step that made them possible, before the party's next message."""
    rows = chart("ecdhe_ecdsa")
    assert "premaster_secret = " in after(rows, "ServerHelloDone (14)", Party.client)
    formula = 'master_secret = PRF(premaster_secret, "extended master secret", session_hash)'
    assert formula in after(rows, "ClientKeyExchange (16)", Party.server)
    assert "the server signed its key share" in after(rows, "ServerKeyExchange (12)", Party.client)
    assert "server_write_key" in after(rows, "ClientKeyExchange (16)", Party.client)


def test_both_sides_show_the_same_name_for_the_same_secret() -> None:
    rows = chart("rsa")
    values = []
    for note in notes(rows):
        for line, following in zip(note.lines, note.lines[1:], strict=False):
            if line.text.startswith("master_secret = "):
                values.append(following.text)
    assert len(values) == 2
    assert values[0] == values[1]
    assert values[0].startswith("= ⟨secret ")


def test_each_change_cipher_spec_says_what_holds_from_here_on() -> None:
    lines = [note.lines[0].text for note in notes(chart("ecdhe_ecdsa"), Topic.activation)]
    assert lines == [
        "client → server: from here on AES_128_GCM, client_write_key",
        "server → client: from here on AES_128_GCM, server_write_key",
    ]


def test_protected_messages_and_the_kernels_segments_are_marked() -> None:
    for arrow in arrows(chart("ecdhe_ecdsa")):
        finished = arrow.title.startswith(("Finished", "Application", "Alert"))
        assert (arrow.tag == "AES_128_GCM") == finished
        assert (arrow.tag == "kernel") == arrow.title.startswith("TCP")
        assert arrow.label == (f"{arrow.title} [{arrow.tag}]" if arrow.tag else arrow.title)


def test_normal_counts_the_checks_it_does_not_list() -> None:
    reaction = next(s for s in trace("ecdhe_ecdsa").steps if s.name == "ClientHello").reaction(Party.server)
    lines = after(chart("ecdhe_ecdsa"), "ClientHello (1)", Party.server).splitlines()
    assert f"and {len(reaction.checks) - 6} more checks" in lines
    assert "(RFC" not in "".join(lines)
    certificate = after(chart("ecdhe_ecdsa"), "Certificate (11)", Party.client).splitlines()
    assert "server_path: CN=localhost ← CN=hellodone laboratory root" in certificate


@pytest.mark.parametrize("name", SCENARIOS)
def test_full_shows_every_fact_and_check(name: str) -> None:
    rows = chart(name, Detail.full)
    everything = texts(notes(rows))
    for step in trace(name).steps:
        for reaction in step.reactions:
            for check in reaction.checks:
                assert check.claim in everything
            for fact in reaction.learned:
                assert f"{fact.name}: " in everything or fact.name == "client_identity_choice"
                assert fact.formula in everything
                assert fact.reference in everything


def test_full_shows_every_field() -> None:
    rows = {arrow.number: "\n".join(arrow.lines) for arrow in arrows(chart("client_auth", Detail.full))}
    counted = 0
    for step in trace("client_auth").steps:
        if step.kind is not Kind.message or step.fields is None:
            continue
        for leaf in step.fields.leaves():
            if leaf.name not in ("msg_type", "length", "extension_type") and leaf.end - leaf.start <= 64:
                assert leaf.meaning in rows[step.number], (step.name, leaf)
                counted += 1
    assert counted > 60


def test_repeated_data_is_a_loop() -> None:
    rows = chart("talkative")
    (loop,) = [row for row in rows.rows if isinstance(row, Loop)]
    assert loop.title == "100 times"
    assert [arrow.sender for arrow in loop.rows] == [Party.client, Party.server]
    assert len(arrows(rows)) < 30
    last = max(arrow.last for arrow in loop.rows)
    assert trace("talkative").steps[last].kind is Kind.alert, "the loop stands for all data"


def test_a_failure_is_told_below_its_alert() -> None:
    rows = chart("failing")
    (told,) = notes(rows, Topic.failure)
    alert = rows.rows[rows.rows.index(told) - 1]
    assert isinstance(alert, Arrow)
    assert alert.style is Style.fatal
    assert alert.title == "Alert: fatal unknown_ca(48)"
    assert told.lines[0] == Line("The handshake failed: the client ended it with unknown_ca(48)", Mark.failed)
    failure = trace("failing").failure
    assert failure is not None
    assert told.lines[1].text == failure.reason
    assert not notes(rows, Topic.success)


def test_a_failure_without_an_alert_is_told_at_the_step() -> None:
    original = shown(trace("failing"))
    steps = tuple(step for step in original.steps if step.kind is not Kind.alert)
    (connection,) = original.connections
    assert connection.failure is not None
    failure = replace(connection.failure, alert="", reason="the peer went away", step=len(steps) + 5)
    silent = replace(original, steps=steps, connections=(replace(connection, failure=failure),))
    told = chart_of(silent).rows[-1]
    assert isinstance(told, Note)
    assert [line.text for line in told.lines] == ["The handshake failed: the client ended it", "the peer went away"]


def test_a_complete_handshake_says_what_was_agreed() -> None:
    (told,) = notes(chart("rsa"), Topic.success)
    assert told.lines[0].text == "Handshake complete"
    assert "TLS 1.2, TLS_RSA_WITH_AES_128_CBC_SHA256" in told.lines[1].text


def test_failed_checks_come_last() -> None:
    from hellodone.diagram.notes import note_of
    from hellodone.trace.model import Check, Fact, Reaction

    fact = Fact("master_secret", Secret(b"x"), Origin.computed, formula="PRF()")
    reaction = Reaction(Party.client, (fact,), (Check("all is well"), Check("it adds up", False, "decrypt_error(51)")))
    note = note_of(reaction, Detail.normal)
    assert note is not None
    assert note.lines[-1] == Line("not so: it adds up", Mark.failed)
    assert note.lines[0].text == "master_secret = PRF()"


def test_a_truncated_stream_is_remarked() -> None:
    original = shown(trace("rsa"))
    cut = replace(original, connections=(replace(original.connections[0], closed="truncated"),))
    assert "without close_notify" in texts(notes(chart_of(cut), Topic.remark))


def test_several_connections_are_told_one_after_the_other() -> None:
    rows = chart("two_connections")
    headings = [row.title for row in rows.rows if isinstance(row, Divider) and row.title.startswith("Connection")]
    assert headings == ["Connection 1: 127.0.0.1:50312 → 127.0.0.1:4433", "Connection 2"]
    assert len(notes(rows, Topic.success)) == len(notes(rows, Topic.failure)) == 1


def test_warnings_stand_at_the_end() -> None:
    warned = replace(shown(trace("rsa")), warnings=("nobody looked\nat it",))
    last = chart_of(warned).rows[-1]
    assert isinstance(last, Note)
    assert last.lines[0].text == "nobody looked\\nat it"


@pytest.mark.parametrize("name", SCENARIOS)
def test_a_chart_of_an_unprepared_trace_shows_no_secret(name: str) -> None:
    """Even without withhold(): what is still a Secret appears as its length."""
    original = trace(name)
    rows = repr(chart_of(original, Detail.full))
    for step in original.steps:
        for reaction in step.reactions:
            for fact in reaction.learned:
                if isinstance(fact.value, Secret):
                    assert fact.value.hex() not in rows


def test_an_empty_trace_has_lanes() -> None:
    rows = chart_of(Trace((), ()))
    assert [participant.party for participant in rows.participants] == [Party.client, Party.server]
    assert rows.rows == ()
