"""The bulk deployment tutorial, done by boto3, each Greengrass answer compared with the service model."""

import json

import pytest
from botocore.exceptions import ClientError

from conftest import until
from shapes import Wire

TRUST = {
    "Version": "2012-10-17",
    "Statement": [
        {
            "Effect": "Allow",
            "Principal": {"Service": "greengrass.amazonaws.com"},
            "Action": "sts:AssumeRole",
        }
    ],
}
BUCKET = "tutorial-bucket"
KEY = "MyBulkDeploymentInputFile"
ENDED = ("Completed", "Stopped", "Failed")


def allow(action, resource):
    statement = {"Effect": "Allow", "Action": action, "Resource": resource}
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]})


def record(group):
    return json.dumps(
        {"GroupId": group["Id"], "GroupVersionId": group["LatestVersion"], "DeploymentType": "NewDeployment"}
    )


class Account:
    """A sandbox with a bucket and an execution role, set up over the API."""

    def __init__(self, sandbox):
        self.sandbox = sandbox
        self.greengrass = sandbox.client("greengrass")
        self.wire = Wire(self.greengrass)
        self.s3 = sandbox.client("s3")
        self.iam = sandbox.client("iam")
        self.s3.create_bucket(
            Bucket=BUCKET, CreateBucketConfiguration={"LocationConstraint": sandbox.said["region"]}
        )
        self.role = self.iam.create_role(RoleName="bulk", AssumeRolePolicyDocument=json.dumps(TRUST))["Role"]["Arn"]

    def grant(self, groups):
        self.iam.put_role_policy(
            RoleName="bulk",
            PolicyName="deploy",
            PolicyDocument=allow("greengrass:CreateDeployment", [group["Arn"] for group in groups]),
        )
        self.iam.put_role_policy(
            RoleName="bulk",
            PolicyName="read",
            PolicyDocument=allow("s3:GetObject", f"arn:aws:s3:::{BUCKET}/{KEY}"),
        )

    def groups(self):
        """All pages of the list."""
        groups, token = [], None
        while True:
            asked = {"MaxResults": "15", **({"NextToken": token} if token else {})}
            page = self.greengrass.list_groups(**asked)
            self.wire.checked("ListGroups")
            assert len(page["Groups"]) <= 15
            groups += page["Groups"]
            token = page.get("NextToken")
            if not token:
                return groups

    def upload(self, text):
        self.s3.put_object(Bucket=BUCKET, Key=KEY, Body=text.encode())

    def start(self, token, **more):
        return self.greengrass.start_bulk_deployment(
            ExecutionRoleArn=self.role,
            InputFileUri=f"s3://{BUCKET}/{KEY}",
            AmznClientToken=token,
            **more,
        )

    def start_when_known(self, token, **more):
        """A new role takes a while to be seen by the service."""

        def started():
            try:
                return self.start(token, **more)
            except ClientError as refused:
                assert "not authorized to assume" in refused.response["Error"]["Message"]
                return None

        return until("the role is seen", started)

    def status(self, bulk):
        status = self.greengrass.get_bulk_deployment_status(BulkDeploymentId=bulk)
        self.wire.checked("GetBulkDeploymentStatus")
        return status

    def ended(self, bulk):
        def status():
            status = self.status(bulk)
            return status if status["BulkDeploymentStatus"] in ENDED else None

        return until("the bulk deployment ends", status)

    def reports(self, bulk):
        reports, token = [], None
        while True:
            asked = {"NextToken": token} if token else {}
            page = self.greengrass.list_bulk_deployment_detailed_reports(BulkDeploymentId=bulk, **asked)
            self.wire.checked("ListBulkDeploymentDetailedReports")
            reports += page["Deployments"]
            token = page.get("NextToken")
            if not token:
                return reports


@pytest.fixture
def account(sandbox):
    return Account(sandbox)


def test_the_whole_tutorial(account):
    groups = account.groups()
    assert len(groups) == len({group["Id"] for group in groups}) == 40
    versions = account.greengrass.list_group_versions(GroupId=groups[0]["Id"])["Versions"]
    account.wire.checked("ListGroupVersions")
    assert groups[0]["LatestVersion"] in [version["Version"] for version in versions]
    version = account.greengrass.get_group_version(
        GroupId=groups[0]["Id"], GroupVersionId=groups[0]["LatestVersion"]
    )
    account.wire.checked("GetGroupVersion")
    assert version["Definition"]["CoreDefinitionVersionArn"].startswith("arn:aws:greengrass:")

    account.upload("\n".join(record(group) for group in groups))
    account.grant(groups)
    started = account.start_when_known("one", tags={"run": "tutorial"})
    account.wire.checked("StartBulkDeployment")
    bulk = started["BulkDeploymentId"]
    listed = account.greengrass.list_bulk_deployments()["BulkDeployments"]
    account.wire.checked("ListBulkDeployments")
    assert [entry["BulkDeploymentId"] for entry in listed] == [bulk]

    status = account.ended(bulk)
    assert status["BulkDeploymentStatus"] == "Completed"
    assert status["tags"] == {"run": "tutorial"}
    assert status["BulkDeploymentMetrics"] == {
        "RecordsProcessed": 40,
        "InvalidInputRecords": 0,
        "RetryAttempts": 0,
    }

    def settled():
        reports = account.reports(bulk)
        states = {report["DeploymentStatus"] for report in reports}
        return reports if states == {"Success"} else None

    reports = until("all deployments are over", settled)
    assert {report["GroupArn"] for report in reports} == {group["Arn"] for group in groups}
    deployment = next(report for report in reports if report["GroupArn"] == groups[0]["Arn"])
    single = account.greengrass.get_deployment_status(
        GroupId=groups[0]["Id"], DeploymentId=deployment["DeploymentId"]
    )
    account.wire.checked("GetDeploymentStatus")
    assert single["DeploymentStatus"] == "Success"


def test_a_group_that_the_role_may_not_deploy_is_an_invalid_record(account):
    groups = account.groups()[:3]
    account.upload("\n".join(record(group) for group in groups))
    account.grant(groups[:2])
    bulk = account.start_when_known("one")["BulkDeploymentId"]
    assert account.ended(bulk)["BulkDeploymentMetrics"]["InvalidInputRecords"] == 1
    failed = [report for report in account.reports(bulk) if report["DeploymentStatus"] == "Failure"]
    assert [report["GroupArn"] for report in failed] == [groups[2]["Arn"]]
    assert "greengrass:CreateDeployment" in failed[0]["ErrorMessage"]


def test_one_bulk_deployment_at_a_time_and_a_stop(unhurried_sandbox):
    account = Account(unhurried_sandbox)
    groups = account.groups()
    account.upload("\n".join(record(group) for group in groups))
    account.grant(groups)
    first = account.start_when_known("one")
    # The same token and parameters are the same request.
    assert account.start("one")["BulkDeploymentId"] == first["BulkDeploymentId"]
    with pytest.raises(ClientError, match="Concurrent"):
        account.start("two")
    account.greengrass.stop_bulk_deployment(BulkDeploymentId=first["BulkDeploymentId"])
    account.wire.checked("StopBulkDeployment")
    assert account.ended(first["BulkDeploymentId"])["BulkDeploymentStatus"] == "Stopped"
    second = account.start_when_known("two")["BulkDeploymentId"]
    assert second != first["BulkDeploymentId"]
    listed = account.greengrass.list_bulk_deployments()["BulkDeployments"]
    newest_first = [entry["BulkDeploymentId"] for entry in listed]
    assert newest_first == [second, first["BulkDeploymentId"]]


LONG = json.dumps({"GroupId": "g" * 250, "GroupVersionId": "v", "DeploymentType": "NewDeployment"})


@pytest.mark.parametrize(
    ("line", "message"),
    [
        (
            '{"GroupVersionId": "v", "DeploymentType": "NewDeployment"}',
            "InvalidInputFile: Missing GroupId at line number: 2",
        ),
        (
            '{"GroupId": "g", "GroupVersionId": "v", "DeploymentType": "Redeployment"}',
            "InvalidInputFile: Invalid deployment type at line number : 2. Only valid type is 'NewDeployment'.",
        ),
        (LONG, "Line 2 is too long in S3 File. Valid line is less than 256 chars."),
        ("{GroupId}", "Failed to parse input file at line number: 2"),
    ],
)
def test_each_fault_of_an_input_file_has_the_services_words(account, line, message):
    group = account.groups()[0]
    account.grant([group])
    account.upload(f"{record(group)}\n{line}\n")
    status = account.ended(account.start_when_known("one")["BulkDeploymentId"])
    assert status["BulkDeploymentStatus"] == "Failed"
    assert status["ErrorMessage"] == message
    assert status["ErrorDetails"][0]["DetailedErrorCode"].startswith("4")


@pytest.mark.parametrize("service, call", [
    ("greengrass", lambda client: client.list_groups()),
    ("iam", lambda client: client.list_roles()),
    ("sts", lambda client: client.get_caller_identity()),
    ("s3", lambda client: client.list_buckets()),
])
def test_a_wrong_signature_is_refused(sandbox, service, call):
    call(sandbox.client(service))
    with pytest.raises(ClientError) as refused:
        call(sandbox.client(service, secret="not-the-secret"))
    assert refused.value.response["ResponseMetadata"]["HTTPStatusCode"] == 403
