"""What a word, a number or a handful of bytes is said to mean."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hellodone.errors import AlertDescription, ConfigurationError
from hellodone.explain.alerts import ALERTS, find_alert
from hellodone.explain.entry import Entry
from hellodone.explain.kinds import KINDS, Kind
from hellodone.explain.lookup import explain, words
from hellodone.explain.messages import _SENDERS
from hellodone.explain.raw import bytes_of, explain_bytes
from hellodone.messages.handshake import HANDSHAKE_MESSAGES
from hellodone.messages.meanings_extensions import EXTENSIONS
from hellodone.registry.codes import ExtensionType
from tests.pairs import compatible, connected, server_config


def texts(entry: Entry) -> str:
    return " ".join((entry.sentence, *(f"{part.label}: {part.text}" for part in entry.parts)))


def test_every_alert_extension_and_message_has_its_words() -> None:
    assert set(ALERTS) == set(AlertDescription)
    assert set(EXTENSIONS) == set(ExtensionType)
    assert set(_SENDERS) == set(HANDSHAKE_MESSAGES)


def test_every_word_is_explained() -> None:
    for word in words():
        for entry in explain(word):
            assert entry.title, word
            assert entry.sentence.endswith("."), entry
            assert entry.kind == "field" or entry.reference, entry


@pytest.mark.parametrize(
    ("term", "title"),
    [
        ("TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256", "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256"),
        ("ECDHE-RSA-AES128-GCM-SHA256", "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256"),
        ("0xC0,0x2F", "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256"),
        ("c02f", "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256"),
        ("client_hello", "ClientHello, client_hello(1)"),
        ("prime256v1", "secp256r1(23)"),
        ("RSA+SHA256", "rsa_pkcs1_sha256(0x0401)"),
        ("SNI", "server_name(0)"),
        ("premaster_secret", "premaster_secret"),
        ("verify_data", "verify_data"),
    ],
)
def test_names_in_every_spelling_lead_to_the_thing(term: str, title: str) -> None:
    assert title in [entry.title for entry in explain(term)]


@pytest.mark.parametrize(
    ("text", "alert"),
    [
        ("error:0A000410:SSL routines::sslv3 alert handshake failure", AlertDescription.handshake_failure),
        ("tlsv1 alert unknown ca", AlertDescription.unknown_ca),
        ("remote error: tls: bad certificate", AlertDescription.bad_certificate),
        ("Received fatal alert: certificate_unknown", AlertDescription.certificate_unknown),
        ("SSL_ERROR_BAD_CERTIFICATE_ALERT", AlertDescription.bad_certificate),
        ("handshake_failure(40)", AlertDescription.handshake_failure),
        ("ssl3_read_bytes:sslv3 alert bad certificate:rec_layer_s3.c:1605:SSL alert number 42", AlertDescription(42)),
        ("nothing of the kind", None),
    ],
)
def test_error_texts_of_other_programs_are_understood(text: str, alert: AlertDescription | None) -> None:
    assert find_alert(text) is alert


@pytest.mark.parametrize(
    ("term", "title"),
    [
        ("alert 40", "handshake_failure(40)"),
        ("alert(40)", "handshake_failure(40)"),
        ("alert handshake_failure", "handshake_failure(40)"),
        ("Alert: handshake failure", "handshake_failure(40)"),
        ("fatal decode_error", "decode_error(50)"),
        ("TLS alert, handshake failure (552)", "handshake_failure(40)"),
        ("extension 5", "status_request(5)"),
        ("extension server_name(0)", "server_name(0)"),
        ("suite 0xc02f", "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256"),
        ("cipher suite ECDHE-RSA-AES128-GCM-SHA256", "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256"),
        ("handshake 2", "ServerHello, server_hello(2)"),
        ("group 29", "x25519(29)"),
        ("curve P-256", "secp256r1(23)"),
        ("scheme 0x0804", "rsa_pss_rsae_sha256(0x0804)"),
        ("content type 22", "handshake(22)"),
        ("x25519(29)", "x25519(29)"),
    ],
)
def test_a_kind_before_a_name_or_number_leaves_one_meaning(term: str, title: str) -> None:
    assert [entry.title for entry in explain(term)] == [title]


def test_a_kind_on_its_own_still_means_what_bears_its_name() -> None:
    assert [entry.title for entry in explain("alert")] == ["Alert"]


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.name)
def test_the_name_of_a_kind_lists_all_of_it(kind: Kind) -> None:
    for word in kind.all:
        (entry,) = [entry for entry in explain(word) if entry.kind == "list"]
        names = [name for part in entry.parts for name in part.text.split(", ")]
        assert sorted(names) == sorted(kind.names())


def test_a_list_says_which_policy_speaks_what() -> None:
    (entry,) = [entry for entry in explain("groups") if entry.kind == "list"]
    first, second = entry.parts[:2]
    assert (first.label, second.label) == ("modern speaks", "compatible adds")
    assert "x25519" in first.text
    assert "ffdhe2048" in second.text


def test_a_suite_is_taken_apart() -> None:
    (entry,) = explain("TLS_RSA_WITH_3DES_EDE_CBC_SHA")
    said = texts(entry)
    for part in ("encrypts it to the server's RSA key", "forward secrecy: no", "HMAC-SHA1", "blocks of 8 bytes"):
        assert part in said


@pytest.mark.parametrize(
    ("suite", "words"),
    [
        ("TLS_RSA_WITH_AES_128_GCM_SHA256", ("type rsa;", "keyEncipherment")),
        ("TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256", ("rsa or rsa_pss", "digitalSignature")),
        ("TLS_DH_DSS_WITH_AES_128_CBC_SHA", ("type dh;", "keyAgreement", "DSA must have signed", "RFC 4346, 7.4.2")),
        ("TLS_PSK_WITH_AES_128_CBC_SHA", ()),
    ],
)
def test_a_suite_says_what_the_certificate_must_hold(suite: str, words: tuple[str, ...]) -> None:
    (entry,) = explain(suite)
    said = "".join(part.text for part in entry.parts if part.label == "certificate")
    assert bool(said) is bool(words)
    for word in words:
        assert word in said


def test_the_forms_of_a_key_exchange_message_are_told_apart() -> None:
    (entry,) = explain("ServerKeyExchange")
    forms = {part.label: part.text for part in entry.parts}
    assert forms["DHE_RSA, DHE_DSS"] == "dh_p, dh_g, dh_Ys, algorithm, signature"
    assert forms["ECDH_anon"] == "curve_type, namedcurve, public"


def test_an_unknown_word_is_refused_with_what_comes_near() -> None:
    with pytest.raises(ConfigurationError, match="did you mean handshake_failure"):
        explain("handshake_failur")
    with pytest.raises(ConfigurationError, match=r"no group 'x2551\d?'; did you mean x25519\? .*explain groups lists"):
        explain("group x2551")
    with pytest.raises(ConfigurationError, match="there is no alert '39'"):
        explain("alert 39")


def test_a_word_that_nothing_comes_near_is_refused_with_what_is_understood() -> None:
    with pytest.raises(ConfigurationError) as refused:
        explain("foobarbaz")
    for kind in ("alerts", "suites", "extensions", "messages", "groups", "signature schemes", "hexadecimal"):
        assert kind in refused.value.reason


def test_a_flight_is_taken_apart_with_what_its_hello_decided() -> None:
    suite = "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256"
    ends = connected(server=server_config("rsa", policy=compatible(suite)))
    entries = explain(bytes(ends.to_client).hex(" "))
    assert [entry.title for entry in entries if entry.kind == "message"][:4] == [
        "ServerHello",
        "Certificate",
        "ServerKeyExchange",
        "ServerHelloDone",
    ]
    key_exchange = next(entry.field for entry in entries if entry.title == "ServerKeyExchange")
    assert key_exchange is not None
    assert key_exchange.find("namedcurve") is not None
    assert entries[-1].title == "opaque", "what is encrypted stays so"


def test_every_byte_is_in_a_record_and_every_byte_of_a_message_in_a_field() -> None:
    data = bytes(connected().to_server)
    entries = explain_bytes(data)
    assert b"".join(entry.data for entry in entries if entry.kind == "record") == data
    for entry in entries:
        if entry.kind == "message":
            assert entry.field is not None
            assert sum(leaf.end - leaf.start for leaf in entry.field.leaves()) == len(entry.data)


def test_an_alert_in_bytes_is_explained_too() -> None:
    titles = [entry.title for entry in explain("15 03 03 00 02 02 28")]
    assert titles == ["TLS record", "Alert", "handshake_failure(40)"]


@pytest.mark.parametrize("text", ["16 03", "xyz", "16030", ""])
def test_what_is_no_hexadecimal_is_no_bytes(text: str) -> None:
    data = bytes_of(text)
    assert data is None or len(data) >= 2


@given(st.binary(min_size=1, max_size=200))
def test_no_bytes_are_too_strange(data: bytes) -> None:
    try:
        entries = explain_bytes(data)
    except ConfigurationError:
        return
    assert entries


@given(st.sampled_from((20, 21, 22, 23)), st.binary(max_size=120))
def test_no_record_is_too_strange(kind: int, body: bytes) -> None:
    data = bytes((kind, 3, 3)) + len(body).to_bytes(2, "big") + body
    assert explain_bytes(data)[0].title == "TLS record"
