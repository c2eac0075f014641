"""The plan and the description of our server: whole, consistent, and filled in as they say."""

from __future__ import annotations

from pathlib import Path

import pytest
import tools.conformance.plan
from tools.conformance.plan import Description, Plan, fill, fill_command, load_description, load_plan

FOLDER = Path(tools.conformance.plan.__file__).parent


@pytest.fixture(scope="module")
def plan() -> Plan:
    return load_plan(FOLDER / "plan-tls12.json")


@pytest.fixture(scope="module")
def ours() -> Description:
    return load_description(FOLDER / "hellodone.json")


def test_the_whole_plan_has_a_configuration_of_our_server(plan: Plan, ours: Description) -> None:
    assert len(plan.entries) == 139
    assert sum(entry.core for entry in plan.entries) == 26
    assert {entry.configuration for entry in plan.entries} == set(ours.configurations)


def test_every_change_of_an_entry_is_of_one_that_exists_and_says_why(plan: Plan, ours: Description) -> None:
    assert set(ours.changes) <= {entry.id for entry in plan.entries}
    assert all(change["why"] for change in ours.changes.values())
    assert set(ours.variables) - {"groups", "sigalgs"} <= set(plan.variables)


def test_every_variable_of_every_argument_is_known(plan: Plan, ours: Description) -> None:
    variables = {**plan.variables, **ours.variables}
    for entry in map(ours.applied_to, plan.entries):
        assert not [argument for argument in fill(entry.arguments, variables) if "$" in argument]


def test_arguments_are_filled_in() -> None:
    variables = {"one": "a b", "several": "-e 'a b'", "none": ""}
    assert fill(("-x", "$one", "${one}.pem"), variables) == ["-x", "a b", "a b.pem"]
    assert fill(("$several*", "$none*", "$several"), variables) == ["-e", "a b", "-e 'a b'"]


def test_a_value_stays_one_word_of_a_command() -> None:
    assert fill_command("{program} --cert {certs}/a.pem", {"program": "/a b/serve", "certs": "/c d"}) == [
        "/a b/serve",
        "--cert",
        "/c d/a.pem",
    ]


def test_an_id_used_twice_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "plan.json"
    script = '{"script": "test-x.py", "topic": "t"}'
    path.write_text(f'{{"vars": {{}}, "groups": [{{"config": "c", "scripts": [{script}, {script}]}}]}}', "utf-8")
    with pytest.raises(ValueError, match="used twice as id: x"):
        load_plan(path)
