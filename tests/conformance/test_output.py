"""What a script of tlsfuzzer prints, as the runner reads it."""

from __future__ import annotations

from tools.conformance.output import read_output

ENDED = """\
sanity ...
OK

wrong alert ...
Error encountered while processing node ExpectAlert
Traceback (most recent call last):
AssertionError: Expected alert description "decode_error" does not match received "illegal_parameter"

known weakness ...
Traceback (most recent call last):
AssertionError: as expected
OK-expected failure

"rare secret" repeat 0 ...
OK

"rare secret" repeat 1 ...
AssertionError: Unexpected closure from peer

worded otherwise ...
AssertionError: whatever

sanity ...
OK

What the script is about

Test end
====================
version: 2
====================
TOTAL: 7
SKIP: 3
PASS: 3
XFAIL: 2
FAIL: 2
XPASS: 0
====================
FAILED:
\t'wrong alert'
\t'rare secret'
"""


def test_conversations_with_their_verdicts() -> None:
    output = read_output(ENDED)
    assert [(c.name, c.result) for c in output.conversations] == [
        ("sanity", "pass"),
        ("wrong alert", "fail"),
        ("known weakness", "xfail"),
        ('"rare secret" repeat 0', "pass"),
        ('"rare secret" repeat 1', "fail"),
        ("worded otherwise", "xfail"),
        ("sanity", "pass"),
    ]


def test_a_failure_keeps_the_line_that_says_why() -> None:
    assert [c.reason for c in read_output(ENDED).bad] == [
        'AssertionError: Expected alert description "decode_error" does not match received "illegal_parameter"',
        "AssertionError: Unexpected closure from peer",
    ]


def test_a_probe_fails_when_one_of_its_runs_does() -> None:
    output = read_output(ENDED)
    assert output.probes() == (3, 2)
    assert output.counters == {"TOTAL": 7, "SKIP": 3, "PASS": 3, "XFAIL": 2, "FAIL": 2, "XPASS": 0}


def test_a_script_that_broke_off_has_no_counters_and_an_unfinished_conversation() -> None:
    output = read_output("sanity ...\nOK\n\nslow ...\nsome words\n")
    assert output.counters is None
    assert [(c.name, c.result, c.reason) for c in output.bad] == [("slow", "unfinished", "some words")]


def test_nothing_at_all() -> None:
    assert read_output("").counters is None
    assert read_output("").conversations == ()
