"""The bulk deployment tutorial with the AWS CLI, command by command as the page has them."""

import json
import os
import subprocess
import sys

import pytest

from conftest import until
from shapes import faults, output_shape

TRUST = {
    "Version": "2012-10-17",
    "Statement": [
        {
            "Sid": "",
            "Effect": "Allow",
            "Principal": {"Service": "greengrass.amazonaws.com"},
            "Action": "sts:AssumeRole",
        }
    ],
}


class Refused(Exception):
    """The CLI ended with an error; the text is what it said."""


class Cli:
    """`aws`, knowing endpoint, keys and Region and nothing else."""

    def __init__(self, sandbox, folder):
        self.folder = folder
        self.account = sandbox.said["account"]
        self.region = sandbox.said["region"]
        self.environment = {
            "PATH": os.environ["PATH"],
            "HOME": str(folder),
            "AWS_ENDPOINT_URL": sandbox.endpoint,
            "AWS_ACCESS_KEY_ID": sandbox.said["accessKeyId"],
            "AWS_SECRET_ACCESS_KEY": sandbox.said["secretAccessKey"],
            "AWS_DEFAULT_REGION": self.region,
            "AWS_DEFAULT_OUTPUT": "json",
            "AWS_MAX_ATTEMPTS": "1",
        }

    def __call__(self, *words):
        command = [sys.executable, "-m", "awscli", *words]
        ran = subprocess.run(
            command, env=self.environment, cwd=self.folder, capture_output=True, text=True, check=False
        )
        if ran.returncode != 0:
            raise Refused(ran.stderr)
        return json.loads(ran.stdout) if ran.stdout.strip().startswith(("{", "[")) else ran.stdout

    def greengrass(self, operation, *words):
        """A Greengrass command, its answer compared with the service model."""
        answer = self("greengrass", operation, *words)
        if isinstance(answer, dict):
            name = "".join(part.capitalize() for part in operation.split("-"))
            assert faults(output_shape("greengrass", name), answer) == [], operation
        return answer

    def file(self, name, content):
        """A document as `file://` has it."""
        text = content if isinstance(content, str) else json.dumps(content)
        (self.folder / name).write_text(text, encoding="utf-8")
        return f"file://{name}"

    def deployable(self):
        """The groups that have a version."""
        groups = self.greengrass("list-groups")["Groups"]
        return [group for group in groups if "LatestVersion" in group]

    def start_when_known(self, request):
        def started():
            try:
                return self.greengrass("start-bulk-deployment", "--cli-input-json", request)
            except Refused as refused:
                assert "not authorized to assume" in str(refused)
                return None

        return until("the role is seen", started)


@pytest.fixture
def aws(unhurried_sandbox, tmp_path):
    return Cli(unhurried_sandbox, tmp_path)


def allow(action, resource):
    return {
        "Version": "2012-10-17",
        "Statement": [{"Sid": "VisualEditor0", "Effect": "Allow", "Action": action, "Resource": resource}],
    }


def test_the_tutorial_from_the_list_of_groups_to_the_last_report(aws):
    # Step 1: the input file.
    groups = aws.deployable()
    assert groups
    versions = aws.greengrass("list-group-versions", "--group-id", groups[0]["Id"])["Versions"]
    assert groups[0]["LatestVersion"] in [version["Version"] for version in versions]
    records = [
        {"GroupId": group["Id"], "GroupVersionId": group["LatestVersion"], "DeploymentType": "NewDeployment"}
        for group in groups
    ]
    aws.file("MyBulkDeploymentInputFile", "\n".join(json.dumps(record) for record in records))
    aws("s3", "mb", "s3://my-bucket")
    aws("s3", "cp", "MyBulkDeploymentInputFile", "s3://my-bucket/")
    assert "MyBulkDeploymentInputFile" in aws("s3", "ls", "s3://my-bucket/")
    aws("s3", "cp", "s3://my-bucket/MyBulkDeploymentInputFile", "back")
    assert (aws.folder / "back").read_bytes() == (aws.folder / "MyBulkDeploymentInputFile").read_bytes()

    # Step 2: the execution role, first without trust in Greengrass, then with it.
    nobody = {"Version": "2012-10-17", "Statement": [
        {"Effect": "Allow", "Principal": {"Service": "lambda.amazonaws.com"}, "Action": "sts:AssumeRole"}
    ]}
    role = aws("iam", "create-role", "--role-name", "bulk", "--assume-role-policy-document",
               aws.file("nobody.json", nobody))["Role"]["Arn"]
    deploy = allow("greengrass:CreateDeployment", [group["Arn"] for group in groups])
    aws("iam", "put-role-policy", "--role-name", "bulk", "--policy-name", "deploy",
        "--policy-document", aws.file("deploy.json", deploy))
    aws("iam", "update-assume-role-policy", "--role-name", "bulk", "--policy-document",
        aws.file("trust.json", TRUST))
    kept = aws("iam", "get-role", "--role-name", "bulk")["Role"]
    assert kept["AssumeRolePolicyDocument"] == TRUST

    # Step 3: the role may read the file, by the bucket's policy as the page has it.
    bucket = {
        "Version": "2008-10-17",
        "Id": "examplePolicy",
        "Statement": [{
            "Sid": "Stmt1535408982966",
            "Effect": "Allow",
            "Principal": {"AWS": [role]},
            "Action": "s3:GetObject",
            "Resource": "arn:aws:s3:::my-bucket/MyBulkDeploymentInputFile",
        }],
    }
    aws("s3api", "put-bucket-policy", "--bucket", "my-bucket", "--policy", aws.file("bucket.json", bucket))
    policy = aws("s3api", "get-bucket-policy", "--bucket", "my-bucket")
    assert json.loads(policy["Policy"]) == bucket

    # Step 4: the start, and its twin.
    request = {
        "InputFileUri": "s3://my-bucket/MyBulkDeploymentInputFile",
        "ExecutionRoleArn": role,
        "AmznClientToken": "a-token-of-my-own",
    }
    started = aws.start_when_known(json.dumps(request))
    bulk = started["BulkDeploymentId"]
    with pytest.raises(Refused, match="Concurrent"):
        other = {**request, "AmznClientToken": "another-token"}
        aws.greengrass("start-bulk-deployment", "--cli-input-json", json.dumps(other))

    def ended():
        status = aws.greengrass("get-bulk-deployment-status", "--bulk-deployment-id", bulk)
        return status if status["BulkDeploymentStatus"] == "Completed" else None

    status = until("the bulk deployment ends", ended)
    assert status["BulkDeploymentMetrics"]["RecordsProcessed"] == len(groups)

    # Step 5: the list and the reports.
    listed = aws.greengrass("list-bulk-deployments")["BulkDeployments"]
    assert [entry["BulkDeploymentId"] for entry in listed] == [bulk]

    def settled():
        reports = aws.greengrass("list-bulk-deployment-detailed-reports", "--bulk-deployment-id", bulk)
        states = {report["DeploymentStatus"] for report in reports["Deployments"]}
        return reports["Deployments"] if states == {"Success"} else None

    assert len(until("all deployments are over", settled)) == len(groups)


def test_a_stop(aws):
    groups = aws.deployable()
    records = [
        json.dumps({"GroupId": group["Id"], "GroupVersionId": group["LatestVersion"],
                    "DeploymentType": "NewDeployment"})
        for group in groups
    ]
    aws.file("input", "\n".join(records))
    bucket = f"overseed-demo-{aws.account}"
    aws("s3", "cp", "input", f"s3://{bucket}/input")
    role = f"arn:aws:iam::{aws.account}:role/greengrass-bulk-2024"
    request = {"InputFileUri": f"s3://{bucket}/input", "ExecutionRoleArn": role}
    bulk = aws.start_when_known(json.dumps(request))["BulkDeploymentId"]
    aws.greengrass("stop-bulk-deployment", "--bulk-deployment-id", bulk)

    def ended():
        status = aws.greengrass("get-bulk-deployment-status", "--bulk-deployment-id", bulk)
        return status["BulkDeploymentStatus"] == "Stopped"

    until("the bulk deployment stops", ended)


def test_a_wrong_secret_is_refused(aws):
    aws.environment["AWS_SECRET_ACCESS_KEY"] = "not-the-secret"
    with pytest.raises(Refused, match="(?i)signature"):
        aws.greengrass("list-groups")
