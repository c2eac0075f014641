"""``hellodone explain`` as people type it."""

import pytest

from tests.cli.running import hellodone, process


def test_a_suite_by_its_openssl_name(capsys: pytest.CaptureFixture[str]) -> None:
    outcome = hellodone(capsys, "explain", "ECDHE-RSA-AES128-GCM-SHA256")
    assert outcome.code == 0
    assert outcome.out.startswith("TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256  [cipher suite]\n")
    assert "forward secrecy" in outcome.out


def test_an_error_text_needs_no_quotes(capsys: pytest.CaptureFixture[str]) -> None:
    outcome = hellodone(capsys, "explain", "sslv3", "alert", "handshake", "failure")
    assert outcome.code == 0
    assert outcome.out.startswith("handshake_failure(40)")


def test_bytes_come_from_standard_input_too() -> None:
    outcome = process("explain", "-", stdin=b"15 03 03 00 02\n02 28\n")
    assert outcome.code == 0
    assert "description = handshake_failure(40)" in outcome.out


def test_an_unknown_word_is_wrong_usage_with_a_suggestion(capsys: pytest.CaptureFixture[str]) -> None:
    outcome = hellodone(capsys, "explain", "client_helo")
    assert outcome.code == 2
    assert "did you mean" in outcome.last
