"""The rule for events of a run: the template by cfn-lint, the pattern and the commands by moto and the AWS CLI."""

import json
import os
import shutil
import subprocess
import sys

import cfnlint
import pytest
from moto.events.models import EventPattern

from overseed import BUCKET, Overseed
from test_moto import KEYS, Moto

# As the guide shows one ("Get deployment notifications").
EVENT = {
    "version": "0",
    "id": "cd4d811e-ab12-322b-8255-872ce65b1bc8",
    "detail-type": "Greengrass Deployment Status Change",
    "source": "aws.greengrass",
    "account": "123456789012",
    "time": "2018-03-22T00:38:11Z",
    "region": "eu-west-1",
    "resources": [],
    "detail": {
        "group-id": "284dcd4e-24bc-4c8c-a770-EXAMPLEf03b8",
        "deployment-id": "4f38f1a7-3dd0-42a1-af48-EXAMPLE09681",
        "deployment-type": "NewDeployment",
        "status": "Success",
    },
}


def events(sandbox, folder, groups):
    """The rule of a run with so many groups: the template, the script, and the groups' ids."""
    said = sandbox.said
    keys = {"AWS_ACCESS_KEY_ID": said["accessKeyId"], "AWS_SECRET_ACCESS_KEY": said["secretAccessKey"]}
    overseed = Overseed(folder, **keys)
    at = ("--endpoint-url", sandbox.endpoint, "--region", said["region"])
    listed = [group["id"] for group in overseed.lines(*at, "groups", "list")][:groups]
    (folder / "groups.txt").write_text("\n".join(listed))
    made = ("--groups", "groups.txt", "--bucket", BUCKET, "--role", "R")
    (plan,) = overseed.lines(*at, "plan", "new", *made, "--out", "plan.json")
    # The bucket is not there: the run holds before anything is deployed.
    overseed.run(*at, "run", "start", "plan.json", "--yes")
    files = ("--events-cloudformation", "events.json", "--events-cli", "events.sh")
    overseed("run", "report", plan["id"], *files)
    return (folder / "events.json").read_text(), folder / "events.sh", listed


def pattern_of(template):
    return json.loads(template)["Resources"]["Rule"]["Properties"]["EventPattern"]


@pytest.mark.parametrize("groups", [3, 40])
def test_the_template_has_no_findings(sandbox, tmp_path, groups):
    template, _, _ = events(sandbox, tmp_path, groups)
    assert [str(match) for match in cfnlint.lint(template, regions=["eu-west-1"])] == []


def test_the_pattern_takes_the_ends_of_the_groups_deployments_and_nothing_else(sandbox, tmp_path):
    template, _, listed = events(sandbox, tmp_path, 3)
    pattern = EventPattern.load(json.dumps(pattern_of(template)))

    def taken(**detail):
        return pattern.matches_event({**EVENT, "detail": {**EVENT["detail"], **detail}})

    for group in listed:
        assert taken(**{"group-id": group})
        assert taken(**{"group-id": group, "status": "Failure"})
        assert not taken(**{"group-id": group, "status": "InProgress"})
    assert not taken()
    assert not pattern.matches_event({**EVENT, "source": "aws.s3"})


@pytest.mark.skipif(shutil.which("sh") is None, reason="the commands are for a POSIX shell")
def test_the_commands_make_the_rule(sandbox, tmp_path):
    template, script, _ = events(sandbox, tmp_path, 3)
    moto = Moto(tmp_path / "moto")
    try:
        topic = moto.client("sns").create_topic(Name="ends")["TopicArn"]
        environment = {
            **os.environ,
            "PATH": os.path.dirname(sys.executable) + os.pathsep + os.environ["PATH"],
            "AWS_ENDPOINT_URL": moto.endpoint,
            "AWS_ACCESS_KEY_ID": KEYS["aws_access_key_id"],
            "AWS_SECRET_ACCESS_KEY": KEYS["aws_secret_access_key"],
            "TOPIC_ARN": topic,
        }
        ran = subprocess.run(["sh", str(script)], env=environment, capture_output=True, text=True, check=False)
        assert ran.returncode == 0, ran.stderr
        made = moto.client("events")
        (rule,) = made.list_rules()["Rules"]
        assert json.loads(rule["EventPattern"]) == pattern_of(template)
        assert rule["State"] == "ENABLED"
        (target,) = made.list_targets_by_rule(Rule=rule["Name"])["Targets"]
        assert target["Arn"] == topic
    finally:
        moto.end()
