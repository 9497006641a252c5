"""A V2 wave on Step Functions: the definition by asl-validator; made, watched, adjusted and stopped by boto3."""

import json
import os
import pathlib
import subprocess

import pytest
from botocore.exceptions import ClientError

from conftest import Sandbox, built, until
from shapes import Wire

BUCKET = "wave-bucket"
KEY = "runs/r1/wave-1.jsonl"
PREFIX = "runs/r1/wave-1"
TRUST = {
    "Version": "2012-10-17",
    "Statement": [
        {"Effect": "Allow", "Principal": {"Service": "states.amazonaws.com"}, "Action": "sts:AssumeRole"}
    ],
}


def definition(partition="aws", settle=1800, poll=30, concurrency=5):
    """The machine of a wave, as the app makes it."""
    words = [partition, BUCKET, KEY, PREFIX, str(settle), str(poll), str(concurrency)]
    made = subprocess.run([built("examples/wave_machine"), *words], capture_output=True, text=True, check=True)
    return made.stdout


@pytest.mark.parametrize("partition", ["aws", "aws-cn", "aws-us-gov"])
def test_the_definition_has_no_findings(partition, tmp_path):
    root = pathlib.Path(__file__).parents[2]
    node = pathlib.Path(os.environ.get("OVERSEED_NODE", root / "target" / "node"))
    validator = node / "node_modules" / "asl-validator" / "dist" / "bin" / "asl-validator.js"
    assert validator.is_file(), f"{validator} is not there: cargo xtask test --only contract installs it"

    def judged(text):
        path = tmp_path / "machine.json"
        path.write_text(text, encoding="utf-8")
        return subprocess.run(
            ["node", str(validator), "--json-path", str(path)], capture_output=True, text=True, check=False
        )

    found = judged(definition(partition))
    assert found.returncode == 0, found.stdout + found.stderr
    assert judged(definition(partition).replace('"Next": "Look"', '"Next": "Nowhere"')).returncode != 0


class Account:
    """A sandbox with a bucket, the engine's role, and devices to deploy to."""

    def __init__(self, sandbox):
        self.sandbox = sandbox
        self.states = sandbox.client("stepfunctions")
        self.wire = Wire(self.states)
        self.s3 = sandbox.client("s3")
        self.iam = sandbox.client("iam")
        self.greengrass = sandbox.client("greengrassv2")
        self.at = f"{sandbox.said['region']}:000000000000"
        self.s3.create_bucket(
            Bucket=BUCKET, CreateBucketConfiguration={"LocationConstraint": sandbox.said["region"]}
        )
        made = self.iam.create_role(RoleName="waves", AssumeRolePolicyDocument=json.dumps(TRUST))
        self.role = made["Role"]["Arn"]
        self.grant()

    def grant(self, without=()):
        statements = [
            (["greengrass:ListDeployments", "greengrass:CreateDeployment", "greengrass:TagResource"], "*"),
            (["greengrass:GetDeployment", "greengrass:ListEffectiveDeployments"], "*"),
            (["iot:DescribeThing", "iot:GetThingShadow", "iot:UpdateThingShadow", "iot:DescribeJob", "iot:CreateJob"], "*"),
            (["states:StartExecution"], f"arn:aws:states:{self.at}:stateMachine:wave-*"),
            (["s3:GetObject"], f"arn:aws:s3:::{BUCKET}/{KEY}"),
            (["s3:PutObject"], f"arn:aws:s3:::{BUCKET}/{PREFIX}/*"),
        ]
        document = {
            "Version": "2012-10-17",
            "Statement": [
                {"Effect": "Allow", "Action": [one for one in actions if one not in without] or ["s3:GetObject"],
                 "Resource": resource}
                for actions, resource in statements
            ],
        }
        self.iam.put_role_policy(RoleName="waves", PolicyName="waves", PolicyDocument=json.dumps(document))

    def things(self, count):
        pages = self.greengrass.get_paginator("list_core_devices").paginate()
        names = [core["coreDeviceThingName"] for page in pages for core in page["coreDevices"]]
        assert len(names) >= count
        return names[:count]

    def upload(self, things):
        lines = [
            json.dumps({
                "thingName": thing,
                "clientToken": f"wave-1-{place}",
                "request": {
                    "TargetArn": f"arn:aws:iot:{self.at}:thing/{thing}",
                    "DeploymentName": "wave 1",
                    "Components": {"aws.greengrass.Cli": {"ComponentVersion": "2.9.0"}},
                    "Tags": {"overseed:run": "r1"},
                    "ClientToken": f"wave-1-{place}",
                },
            })
            for place, thing in enumerate(things)
        ]
        self.s3.put_object(Bucket=BUCKET, Key=KEY, Body="\n".join(lines).encode())

    def machine(self, name="wave-1", **more):
        """Made as soon as Step Functions sees the role."""

        def made():
            try:
                return self.states.create_state_machine(
                    name=name, definition=definition(**more), roleArn=self.role, tags=[{"key": "run", "value": "r1"}]
                )
            except ClientError as error:
                assert error.response["Error"]["Code"] == "AccessDeniedException", error
                return None

        return until("the role is visible", made)["stateMachineArn"]

    def start(self, machine):
        return self.states.start_execution(stateMachineArn=machine, name="run-r1-wave-1")["executionArn"]

    def described(self, execution):
        seen = self.states.describe_execution(executionArn=execution)
        self.wire.checked("DescribeExecution")
        return seen

    def map_run(self, execution):
        def listed():
            return self.states.list_map_runs(executionArn=execution)["mapRuns"]

        arn = until("the map run began", listed)[0]["mapRunArn"]
        seen = self.states.describe_map_run(mapRunArn=arn)
        self.wire.checked("ListMapRuns")
        self.wire.checked("DescribeMapRun")
        return seen

    def ended(self, execution):
        return until(
            "the execution ended",
            lambda: (seen := self.described(execution))["status"] != "RUNNING" and seen,
        )

    def read(self, key):
        return json.loads(self.s3.get_object(Bucket=BUCKET, Key=key)["Body"].read())


@pytest.fixture
def account(sandbox):
    return Account(sandbox)


@pytest.fixture
def slow_account():
    """Where a child takes seconds: nothing ends between two calls that look at what runs."""
    running = Sandbox("--groups", "40", "--scenario", "all-well", "--speed", "20")
    yield Account(running)
    running.end()


def test_a_wave_from_its_file_to_its_outcomes(account):
    things = account.things(12)
    account.upload([*things, "no-such-thing"])
    machine = account.machine()
    account.wire.checked("CreateStateMachine")
    assert account.states.list_tags_for_resource(resourceArn=machine)["tags"] == [{"key": "run", "value": "r1"}]
    shown = account.states.describe_state_machine(stateMachineArn=machine)
    account.wire.checked("DescribeStateMachine")
    assert json.loads(shown["definition"]) == json.loads(definition())

    execution = account.start(machine)
    assert account.start(machine) == execution, "the same name and input again is the same execution"
    end = account.ended(execution)
    assert end["status"] == "SUCCEEDED", end
    run = account.map_run(execution)
    assert (run["status"], run["itemCounts"]["succeeded"], run["itemCounts"]["resultsWritten"]) == ("SUCCEEDED", 13, 13)

    manifest = account.read(json.loads(end["output"])["ResultWriterDetails"]["Key"])
    assert manifest["MapRunArn"] == run["mapRunArn"]
    files = manifest["ResultFiles"]
    assert (files["FAILED"], files["PENDING"]) == ([], [])
    told = [entry for file in files["SUCCEEDED"] for entry in account.read(file["Key"])]
    outcomes = {outcome["thingName"]: outcome for outcome in (json.loads(entry["Output"]) for entry in told)}
    assert {outcomes[thing]["status"] for thing in things} == {"COMPLETED"}
    refused = outcomes["no-such-thing"]
    assert refused["status"] == "NOT_MADE"
    assert refused["error"].startswith("GreengrassV2."), refused
    made = account.greengrass.get_deployment(deploymentId=outcomes[things[3]]["deploymentId"])
    assert made["components"]["aws.greengrass.Cli"]["componentVersion"] == "2.9.0"
    assert made["tags"] == {"overseed:run": "r1"}

    events = account.states.get_execution_history(executionArn=execution)["events"]
    account.wire.checked("GetExecutionHistory")
    assert [event["type"] for event in events] == [
        "ExecutionStarted", "MapStateEntered", "MapRunStarted", "MapRunSucceeded", "MapStateExited", "ExecutionSucceeded",
    ]
    children = account.states.list_executions(mapRunArn=run["mapRunArn"])["executions"]
    account.wire.checked("ListExecutions")
    assert len(children) == 13
    account.states.get_execution_history(executionArn=children[0]["executionArn"])
    account.wire.checked("GetExecutionHistory")
    assert json.loads(account.described(children[0]["executionArn"])["output"])["thingName"] in outcomes


def test_a_wave_is_adjusted_and_stopped(slow_account):
    account = slow_account
    things = account.things(40)
    account.upload(things)
    execution = account.start(account.machine(concurrency=1))
    run = until("one child runs", lambda: (seen := account.map_run(execution))["itemCounts"]["running"] == 1 and seen)
    assert run["maxConcurrency"] == 1
    account.states.update_map_run(mapRunArn=run["mapRunArn"], maxConcurrency=3)
    run = account.map_run(execution)
    assert (run["maxConcurrency"], run["itemCounts"]["running"]) == (3, 3)
    account.states.stop_execution(executionArn=execution, error="Overseed.Stopped", cause="stopped by hand")
    account.wire.checked("StopExecution")
    assert account.described(execution)["error"] == "Overseed.Stopped"
    run = account.map_run(execution)
    counts = run["itemCounts"]
    assert run["status"] == "ABORTED"
    assert counts["running"] == 0 and counts["pending"] > 0
    assert counts["pending"] + counts["aborted"] + counts["succeeded"] == 40
    with pytest.raises(ClientError) as refused:
        account.states.update_map_run(mapRunArn=run["mapRunArn"], maxConcurrency=5)
    assert refused.value.response["Error"]["Code"] == "ValidationException"


def test_what_the_role_lacks_is_told_for_each_device(account):
    account.grant(without=["iot:UpdateThingShadow"])
    account.upload(account.things(3))
    execution = account.start(account.machine())
    end = account.ended(execution)
    assert end["status"] == "SUCCEEDED", "a refused device does not end the wave"
    details = json.loads(end["output"])["ResultWriterDetails"]
    (file,) = account.read(details["Key"])["ResultFiles"]["SUCCEEDED"]
    outcomes = [json.loads(entry["Output"]) for entry in account.read(file["Key"])]
    assert {outcome["error"] for outcome in outcomes} == {"GreengrassV2.AccessDeniedException"}
    assert all("iot:UpdateThingShadow" in outcome["cause"] for outcome in outcomes)


def test_callers_and_machines_are_checked(account):
    machine = account.machine()
    with pytest.raises(ClientError) as refused:
        account.states.create_state_machine(name="wave-1", definition=definition(concurrency=9), roleArn=account.role)
    assert refused.value.response["Error"]["Code"] == "StateMachineAlreadyExists"
    valid = account.states.validate_state_machine_definition(definition=definition())
    account.wire.checked("ValidateStateMachineDefinition")
    assert (valid["result"], valid["diagnostics"]) == ("OK", [])
    account.states.update_state_machine(stateMachineArn=machine, definition=definition(concurrency=9))
    account.wire.checked("UpdateStateMachine")
    assert [one["name"] for one in account.states.list_state_machines()["stateMachines"]] == ["wave-1"]
    account.wire.checked("ListStateMachines")

    # dana may do all but pass roles to Step Functions.
    deny = {"Effect": "Deny", "Action": "iam:PassRole", "Resource": "*",
            "Condition": {"StringEquals": {"iam:PassedToService": "states.amazonaws.com"}}}
    account.iam.put_user_policy(
        UserName="dana", PolicyName="no-pass", PolicyDocument=json.dumps({"Version": "2012-10-17", "Statement": [deny]})
    )
    with pytest.raises(ClientError) as refused:
        account.states.create_state_machine(name="wave-2", definition=definition(), roleArn=account.role)
    assert "iam:PassRole" in refused.value.response["Error"]["Message"]

    account.states.delete_state_machine(stateMachineArn=machine)
    with pytest.raises(ClientError) as refused:
        account.states.start_execution(stateMachineArn=machine)
    assert refused.value.response["Error"]["Code"] == "StateMachineDoesNotExist"
