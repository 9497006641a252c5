"""What "Copy as AWS CLI" gives for core devices, beside botocore's models: each operation, option and input is known."""

import json
import pathlib
import shlex

import pytest
from botocore import xform_name
from botocore.session import Session
from botocore.validate import ParamValidator

SNAPSHOTS = pathlib.Path(__file__).parents[2] / "crates/engine/tests/v2_plan/snapshots"
NAMES = ["devices", "components", "changes", "direct", "thing_group", "step_functions"]
OF_THE_CLI = {"--region", "--endpoint-url", "--profile"}
# How the AWS CLI takes what is in a file.
FILES = ("file://", "fileb://")


def commands(name):
    """All commands of a step, those in comments too, as words."""
    text = (SNAPSHOTS / f"v2_plan__commands__{name}.snap").read_text(encoding="utf-8").split("---\n", 2)[2]
    lines = [line.removeprefix("# ") for line in text.splitlines()]
    return [shlex.split(line)[1:] for line in lines if line.startswith("aws ")]


def options(words):
    """Options with their values; a flag has none."""
    found, name = {}, None
    for word in words:
        if word.startswith("--"):
            name, _, value = word.partition("=")
            found[name] = [value] if value else []
        else:
            found[name].append(word)
    return found


def taken(shape, value):
    """A value of the command line as the call takes it."""
    if shape.type_name == "boolean":
        assert value == []
        return True
    if shape.type_name == "list":
        return value
    (one,) = value
    if shape.type_name == "integer":
        return int(one)
    if shape.type_name == "blob":
        assert one.startswith(FILES) or "/" not in one
        return b"-"
    return one


@pytest.mark.parametrize("name", NAMES)
def test_each_command_is_one_that_the_services_take(name):
    found = commands(name)
    assert found
    for service, operation, *rest in found:
        model = Session().get_service_model({"s3api": "s3"}.get(service, service))
        named = {xform_name(one, "-"): one for one in model.operation_names}
        assert operation in named, (service, operation)
        shape = model.operation_model(named[operation]).input_shape
        members = {f"--{xform_name(member, '-')}": member for member in shape.members}
        given = {}
        for option, value in options(rest).items():
            if option in OF_THE_CLI:
                continue
            if option == "--cli-input-json":
                (text,) = value
                given.update(json.loads(text))
                continue
            assert option in members, (service, operation, option)
            given[members[option]] = taken(shape.members[members[option]], value)
        report = ParamValidator().validate(given, shape)
        assert not report.has_errors(), (service, operation, report.generate_report())
        if named[operation] == "CreateStateMachine":
            assert json.loads(given["definition"])["States"]


def test_each_way_makes_deployments_or_starts_what_does():
    calls = {name: {tuple(words[:2]) for words in commands(name)} for name in NAMES}
    assert ("greengrassv2", "create-deployment") in calls["direct"]
    assert ("iot", "create-thing-group") in calls["thing_group"]
    assert ("stepfunctions", "start-execution") in calls["step_functions"]
    assert ("greengrassv2", "create-component-version") in calls["components"]
    (job,) = [
        json.loads(options(words[2:])["--cli-input-json"][0])["iotJobConfiguration"]
        for words in commands("thing_group")
        if words[1] == "create-deployment"
    ]
    assert job["jobExecutionsRolloutConfig"] == {"maximumPerMinute": 50}
