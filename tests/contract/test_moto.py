"""The app's own use of STS, IAM and S3 against moto, which nobody here wrote."""

import json
import os
import re
import subprocess
import sys
import threading

import boto3
import pytest

from conftest import built

REGION = "eu-west-1"
KEYS = {"aws_access_key_id": "testing", "aws_secret_access_key": "testing"}
LAMBDA = {
    "Version": "2012-10-17",
    "Statement": [
        {
            "Sid": "Theirs",
            "Effect": "Allow",
            "Principal": {"Service": "lambda.amazonaws.com"},
            "Action": "sts:AssumeRole",
        }
    ],
}
THEIRS = {
    "Version": "2012-10-17",
    "Statement": [{"Effect": "Allow", "Action": ["sqs:SendMessage"], "Resource": "*"}],
}
OF_BUCKET = {
    "Version": "2012-10-17",
    "Id": "Theirs",
    "Statement": [
        {
            "Sid": "Listing",
            "Effect": "Allow",
            "Principal": {"AWS": "arn:aws:iam::111122223333:root"},
            "Action": "s3:ListBucket",
            "Resource": "arn:aws:s3:::many-bucket",
        }
    ],
}


class Moto:
    """A moto server on a free port, and the probe that works on it as the app does."""

    def __init__(self, folder):
        self.folder = folder
        # A process of its own: it ends at once, whatever connections clients keep open.
        command = [sys.executable, "-u", "-m", "moto.server", "-H", "127.0.0.1", "-p", "0"]
        self.server = subprocess.Popen(
            command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True
        )
        self.endpoint = next(
            found.group(0)
            for line in self.server.stderr
            if (found := re.search(r"http://127\.0\.0\.1:\d+", line))
        )
        # What it says of each request is not needed, but must go somewhere.
        self.said = threading.Thread(target=self.server.stderr.read, daemon=True)
        self.said.start()

    def end(self):
        self.server.kill()
        self.server.wait()
        self.said.join()
        self.server.stderr.close()

    def client(self, service):
        return boto3.client(service, endpoint_url=self.endpoint, region_name=REGION, **KEYS)

    def probe(self, bucket, role, *story):
        """Starts the probe; several run side by side, as most of their time is waiting to ask moto again."""
        data = self.folder / role
        data.mkdir()
        program = built(os.path.join("examples", "moto_probe"))
        environment = {name: value for name, value in os.environ.items() if not name.startswith("AWS_")}
        environment["AWS_ACCESS_KEY_ID"] = KEYS["aws_access_key_id"]
        environment["AWS_SECRET_ACCESS_KEY"] = KEYS["aws_secret_access_key"]
        environment["AWS_CONFIG_FILE"] = str(data / "no-config")
        environment["AWS_SHARED_CREDENTIALS_FILE"] = str(data / "no-credentials")
        return subprocess.Popen(
            [program, str(data), self.endpoint, REGION, bucket, role, *story],
            env=environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )


@pytest.fixture(scope="module")
def moto(tmp_path_factory):
    """What four probes did: for a new role, for a role of someone else, with a bucket that cannot serve, and for many groups."""
    running = Moto(tmp_path_factory.mktemp("moto"))
    s3, iam = running.client("s3"), running.client("iam")
    s3.create_bucket(Bucket="kms-bucket", CreateBucketConfiguration={"LocationConstraint": REGION})
    rule = {"ApplyServerSideEncryptionByDefault": {"SSEAlgorithm": "aws:kms"}}
    s3.put_bucket_encryption(
        Bucket="kms-bucket", ServerSideEncryptionConfiguration={"Rules": [rule]}
    )
    iam.create_role(RoleName="Theirs", AssumeRolePolicyDocument=json.dumps(LAMBDA))
    iam.put_role_policy(RoleName="Theirs", PolicyName="queue", PolicyDocument=json.dumps(THEIRS))
    s3.create_bucket(Bucket="many-bucket", CreateBucketConfiguration={"LocationConstraint": REGION})
    s3.put_bucket_policy(Bucket="many-bucket", Policy=json.dumps(OF_BUCKET))
    probes = {
        "Bulk": running.probe("probe-bucket", "Bulk"),
        "Theirs": running.probe("their-bucket", "Theirs"),
        "Refused": running.probe("kms-bucket", "Refused"),
        "Many": running.probe("many-bucket", "Many", "many"),
    }
    running.ended = {role: (*probe.communicate(), probe.returncode) for role, probe in probes.items()}
    yield running
    running.end()


def said(moto, role):
    out, complaint, code = moto.ended[role]
    assert code == 0, complaint
    return json.loads(out)


def now(permissions):
    return {requirement["id"]: requirement["now"] for requirement in permissions["requirements"]}


def proposed(permissions):
    return [change["operation"] for change in permissions["changes"]]


NOT_ASKED = {"pass": "not_checked", "start": "not_checked"}
SUFFICES = {"role": "yes", "trust": "yes", "deploy": "yes", "read": "yes", **NOT_ASKED}


def test_a_bucket_and_a_file_in_it(moto):
    new = said(moto, "Bulk")
    assert new["connection"]["account"] == "123456789012"
    assert new["created"] == {
        "name": "probe-bucket",
        "region": REGION,
        "encryption": "SSE-S3",
        "problems": [],
    }
    assert new["checked"] == new["created"]
    assert "probe-bucket" in [bucket["name"] for bucket in new["listed"]]

    s3 = moto.client("s3")
    assert s3.get_public_access_block(Bucket="probe-bucket")["PublicAccessBlockConfiguration"] == {
        "BlockPublicAcls": True,
        "IgnorePublicAcls": True,
        "BlockPublicPolicy": True,
        "RestrictPublicBuckets": True,
    }
    first, second = new["uploads"]
    assert "probe" in first["key"], "the key carries the plan's id"
    stored = s3.get_object(Bucket="probe-bucket", Key=first["key"])["Body"].read()
    assert stored == (moto.folder / "Bulk" / "input.jsonl").read_bytes()
    assert first["bytes"] == len(stored) == new["file"]["bytes"]
    assert first["sha256"] == second["sha256"] == new["file"]["sha256"]


def test_a_bucket_encrypted_with_kms_is_refused_and_no_role_made(moto):
    _, complaint, code = moto.ended["Refused"]
    assert code != 0
    assert "BucketKms" in complaint
    roles = [role["RoleName"] for role in moto.client("iam").list_roles()["Roles"]]
    assert "Refused" not in roles


def test_a_new_role(moto):
    new = said(moto, "Bulk")
    assert now(new["before"]) == {
        "role": "not_yet",
        "trust": "not_yet",
        "deploy": "not_yet",
        "read": "not_yet",
        **NOT_ASKED,
    }
    assert proposed(new["before"]) == ["iam:CreateRole", "iam:PutRolePolicy"]
    assert now(new["applied"]) == now(new["again"]) == SUFFICES
    assert proposed(new["again"]) == []

    iam = moto.client("iam")
    role = iam.get_role(RoleName="Bulk")["Role"]
    after = {change["id"]: json.loads(change["after"]) for change in new["before"]["changes"]}
    assert role["AssumeRolePolicyDocument"] == after["role"]
    (name,) = iam.list_role_policies(RoleName="Bulk")["PolicyNames"]
    kept = iam.get_role_policy(RoleName="Bulk", PolicyName=name)["PolicyDocument"]
    assert kept == after["policy"], "what was shown is what was stored"


def test_a_role_of_someone_else_keeps_what_it_had(moto):
    iam = moto.client("iam")
    theirs = said(moto, "Theirs")
    assert theirs["before"]["exists"]
    assert proposed(theirs["before"]) == ["iam:UpdateAssumeRolePolicy", "iam:PutRolePolicy"]
    assert now(theirs["again"]) == SUFFICES

    trust = iam.get_role(RoleName="Theirs")["Role"]["AssumeRolePolicyDocument"]
    assert trust["Statement"][0] == LAMBDA["Statement"][0]
    services = [statement["Principal"]["Service"] for statement in trust["Statement"]]
    assert services == ["lambda.amazonaws.com", "greengrass.amazonaws.com"]
    kept = iam.get_role_policy(RoleName="Theirs", PolicyName="queue")["PolicyDocument"]
    assert kept == THEIRS
    assert len(iam.list_role_policies(RoleName="Theirs")["PolicyNames"]) == 2


def test_managed_and_bucket_policies_follow_the_selection(moto):
    story = said(moto, "Many")
    many, fewer, few = story["many"], story["fewer"], story["few"]
    assert proposed(many["before"])[0] == "iam:CreateRole"
    assert {"iam:CreatePolicy", "iam:AttachRolePolicy", "s3:PutBucketPolicy"} <= set(proposed(many["before"]))
    assert {"iam:CreatePolicyVersion", "iam:DeletePolicy"} <= set(proposed(fewer["before"]))
    assert {"iam:PutRolePolicy", "iam:DeletePolicy"} <= set(proposed(few["before"]))
    for selection in (many, fewer, few):
        assert now(selection["applied"]) == now(selection["again"]) == SUFFICES
        assert proposed(selection["again"]) == []
    assert len(many["managed"]) > len(fewer["managed"]) > len(few["managed"]) == 0
    for policy in map(json.loads, many["managed"]):
        assert policy["Version"] == "2012-10-17"
    assert len(json.loads(many["bucket"])["Statement"]) == len(json.loads(fewer["bucket"])["Statement"]) == 2
    assert json.loads(few["bucket"]) == OF_BUCKET, "what the selection no longer needs is gone, what is theirs is not"


def test_what_was_made_is_taken_back(moto):
    story = said(moto, "Many")
    assert story["undone"] != []
    assert all(one["outcome"]["kind"] == "done" for one in story["undone"]), story["undone"]
    iam = moto.client("iam")
    assert "Many" not in [role["RoleName"] for role in iam.list_roles()["Roles"]]
    assert iam.list_policies(Scope="Local", PathPrefix="/overseed/")["Policies"] == []
    policy = moto.client("s3").get_bucket_policy(Bucket="many-bucket")["Policy"]
    assert json.loads(policy) == OF_BUCKET
