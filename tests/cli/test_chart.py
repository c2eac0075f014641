"""``hellodone chart tls12``: the protocol, with every alternative that the best chart drawn by hand has, and more."""

from __future__ import annotations

from functools import cache
from itertools import pairwise
from pathlib import Path

import pytest

from hellodone.diagram.rows import Arrow, Chart, Fragment, FragmentKind, Mark, Note, Row
from hellodone.general.chart import chart
from hellodone.general.tree import merged
from tests.cli.running import hellodone
from tests.diagram.arrows import mermaid_arrows, plantuml_arrows
from tests.diagram.rendering import render_mermaid, render_plantuml
from tests.diagram.sequence_grammar import parse
from tests.general.every import EVERY, every_run

# What a chart that people draw by hand has: https-flow.plantuml, its frames in its order
BY_HAND = (
    "static Diffie-Hellman",  # static (DH/ECDH): the share is in the certificate
    "ephemeral Diffie-Hellman, signed",  # DHE
    "ephemeral elliptic-curve Diffie-Hellman, signed",  # ECDHE, X25519
    "client authentication",  # CertificateRequest, Certificate
    "the client has to prove that it has the key",  # CertificateVerify
    "Diffie-Hellman",  # ClientKeyExchange with a public value
    "RSA key transport",  # ClientKeyExchange with the encrypted premaster secret
)
MORE = (
    "full handshake",
    "a session is resumed",
    "the server has a certificate",
    "ephemeral Diffie-Hellman, anonymous",
    "ephemeral elliptic-curve Diffie-Hellman, anonymous",
    "elliptic-curve Diffie-Hellman",
    "the client's certificate holds its key of (EC)DH",
    "the client's certificate is at a URL",
    "the client sends certificates, or an empty list",
    "pre-shared key alone",
    "pre-shared key and Diffie-Hellman",
    "pre-shared key and RSA",
    "pre-shared key and ECDH",
    "the server sends supplemental data",
    "the client sends supplemental data",
    "the server staples its certificate's status",
    "the server issues tickets",
    "renegotiation",
    "both agree to it",
    "the server begins it",
    "the client would renegotiate, the server not",
    "the server would renegotiate, the client not",
    "they have no cipher suite in common",
    "the client does not trust the certificate",
    "the server insists on a certificate",
    "their pre-shared keys differ",
)


@cache
def drawn() -> Chart:
    return chart(merged(every_run()), every_run(), "TLS 1.2")


def fragments(rows: tuple[Row, ...]) -> list[Fragment]:
    found = []
    for row in rows:
        if isinstance(row, Fragment):
            found.append(row)
            for branch in row.branches:
                found += fragments(branch.rows)
    return found


def notes(rows: tuple[Row, ...]) -> list[Note]:
    found = [row for row in rows if isinstance(row, Note)]
    return found + [note for f in fragments(rows) for branch in f.branches for note in notes(branch.rows)]


def test_what_is_public_has_no_key() -> None:
    keys = {line.text.partition(" = ")[0]: line.mark for note in notes(drawn().rows) for line in note.lines}
    for name in ("server_share", "client_share", "encrypted_premaster_secret", "session_hash", "client_verify_data"):
        assert keys[name] is Mark.none, name
    for name in ("premaster_secret", "master_secret", "key_block", "chooses client_ephemeral_private"):
        assert keys[name] is Mark.key, name


def test_what_both_do_under_one_condition_stands_in_one_frame() -> None:
    def checked(rows: tuple[Row, ...]) -> None:
        for one, other in pairwise(rows):
            if isinstance(one, Fragment) and isinstance(other, Fragment):
                assert [b.title for b in one.branches] != [b.title for b in other.branches]

    checked(drawn().rows)
    for fragment in fragments(drawn().rows):
        for branch in fragment.branches:
            checked(branch.rows)


def arrows(rows: tuple[Row, ...]) -> list[Arrow]:
    found = [row for row in rows if isinstance(row, Arrow)]
    return found + [a for row in rows if isinstance(row, Fragment) for b in row.branches for a in arrows(b.rows)]


@cache
def titles() -> list[str]:
    return [branch.title for fragment in fragments(drawn().rows) for branch in fragment.branches]


@pytest.mark.parametrize("words", [*BY_HAND, *MORE])
def test_every_alternative_is_there(words: str) -> None:
    assert any(title == words or title.startswith(f"{words}: ") for title in titles())


def test_every_key_exchange_is_named_and_has_its_formula() -> None:
    text = " ".join(titles())
    for exchange in EVERY:
        assert exchange.value in text
    lines = str(drawn().rows)
    for formula in (
        "RSA-decrypt(server_private_key, encrypted_premaster_secret)",
        "client_share^server_private_key mod p",
        "ECDH(server_ephemeral_private, client_share)",
        "server_share = the public key of the certificate",
        "master_secret = PRF(premaster_secret",
    ):
        assert formula in lines


def test_failures_end_what_they_stand_in() -> None:
    ends = [fragment for fragment in fragments(drawn().rows) if fragment.kind is FragmentKind.ends]
    assert len(ends) == 4
    for fragment in ends:
        (arrow,) = arrows(fragment.branches[0].rows)
        assert arrow.title.startswith("Alert: fatal")


def test_nothing_of_one_laboratory_is_in_it() -> None:
    assert "CN=" not in str(drawn().rows)
    assert "localhost" not in str(drawn().rows)


def test_programs_draw_it(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    files = [tmp_path / f"tls12.{end}" for end in ("puml", "mmd", "sd", "svg")]
    done = hellodone(capsys, "chart", "tls12", *(part for file in files for part in ("-o", file)))
    assert done.code == 0
    puml, mmd, sd, svg = (file.read_text(encoding="utf-8") for file in files)
    expected = len(arrows(drawn().rows))
    assert expected > 40
    (by_plantuml,) = render_plantuml([puml])
    assert len(plantuml_arrows(by_plantuml)) == expected
    (by_mermaid,) = render_mermaid([mmd])
    assert len(mermaid_arrows(by_mermaid)) == expected
    assert len(parse(sd).arrows) == expected
    assert svg.count("ClientKeyExchange (16)") >= 8
    for title in titles():
        assert title.split(":")[0] in by_plantuml.replace("&#160;", " ").replace("\u00a0", " ")


def test_a_terminal_gets_the_figures(capsys: pytest.CaptureFixture[str]) -> None:
    out = hellodone(capsys, "chart", "tls12", "--only", "ecdhe_ecdsa").out
    assert "Message flow for a full handshake" in out
    assert "Message flow for an abbreviated handshake" in out
    assert "ServerKeyExchange\n" in out  # always, with this key exchange
    assert "CertificateRequest*+\n" in out


@pytest.mark.parametrize(
    ("options", "there", "missing"),
    [
        (("--client-auth", "never"), ("Certificate\n",), ("CertificateVerify", "+")),
        (("--client-auth", "always"), ("CertificateRequest\n",), ("+",)),
        (("--resumption", "never"), ("full",), ("abbreviated",)),
        (("--resumption", "always"), ("abbreviated",), ("full",)),
        (("--no-extensions",), ("CertificateRequest*+",), ("NewSessionTicket", "CertificateURL", "SupplementalData")),
    ],
)
def test_it_can_be_narrowed(
    capsys: pytest.CaptureFixture[str], options: tuple[str, ...], there: tuple[str, ...], missing: tuple[str, ...]
) -> None:
    out = hellodone(capsys, "chart", "tls12", "--only", "ecdhe_ecdsa", *options).out
    for words in there:
        assert words in out
    for words in missing:
        assert words not in out


def test_families_are_named_by_a_part(capsys: pytest.CaptureFixture[str]) -> None:
    out = hellodone(
        capsys, "chart", "tls12", "--only", "psk,anon", "-f", "plantuml", "--no-failures", "--no-renegotiation"
    ).out
    assert "DH_anon" in out
    assert "DHE_PSK" not in out  # psk is a key exchange of its own
    assert "break" not in out
    assert "renegotiation" not in out


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("--only", "ecdhe_ecsda"), "ecdhe_ecdsa"),
        (("-f", "json"), "cannot be drawn"),
        (("-o", "x.html"), "cannot be drawn"),
        (("--only", "ecdh_anon", "--resumption", "never", "--client-auth", "always"), "nothing is left"),
    ],
)
def test_what_cannot_be_is_said(capsys: pytest.CaptureFixture[str], arguments: tuple[str, ...], words: str) -> None:
    done = hellodone(capsys, "chart", "tls12", *arguments)
    assert done.code == 2
    assert words in done.err


def test_figures_speak_the_language_and_keep_the_names_of_messages(capsys: pytest.CaptureFixture[str]) -> None:
    out = hellodone(capsys, "chart", "tls12", "--only", "ecdhe_ecdsa,rsa", "--lang", "da").out
    assert "Beskederne i et fuldt handshake" in out
    assert "ServerKeyExchange*" in out
    assert "klienten" in out
    assert "message is not sent" not in out
