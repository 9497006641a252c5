"""What an administrator gets: CloudFormation by cfn-lint, Terraform by python-hcl2, the script by the AWS CLI."""

import json
import os
import subprocess
import sys

import cfnlint
import hcl2
import pytest

from conftest import Sandbox
from overseed import ACCOUNT, BUCKET, REGION, ROLE, Overseed, changes, now

# Groups, packing, whose policy lets the role read the file, its prefix.
KINDS = [
    (1, "inline", "role", "in"),
    (90, "inline", "bucket", "in"),
    (300, "managed", "role", "in"),
    (300, "managed", "bucket", "a ${odd} %{prefix}*"),
    (300, "wildcard", "role", "a ${odd} %{prefix}*"),
]


@pytest.fixture(scope="module")
def overseed(tmp_path_factory):
    return Overseed(tmp_path_factory.mktemp("forms"))


@pytest.fixture(params=KINDS, ids=lambda kind: f"{kind[0]}-{kind[1]}-{kind[2]}")
def options(request):
    groups, pack, read_by, prefix = request.param
    return groups, "--pack", pack, "--read-by", read_by, "--prefix", prefix


def linted(template):
    """What cfn-lint says of a template for the plan's Region."""
    found = cfnlint.lint(template, regions=[REGION])
    return [str(match) for match in found]


def in_template(template):
    """Names and documents of the role's policies."""
    found = {}
    for resource in template["Resources"].values():
        if resource.get("Condition") in ("ForUser", "ForRole"):
            continue
        if resource["Type"] in ("AWS::IAM::RolePolicy", "AWS::IAM::ManagedPolicy"):
            properties = resource["Properties"]
            name = properties.get("ManagedPolicyName") or properties["PolicyName"]
            found[name] = properties["PolicyDocument"]
    return found


def test_templates_have_no_findings_and_the_very_documents(overseed, options):
    documents = overseed.documents(*options)
    text = overseed.show(*options, form="cloudformation")
    assert linted(text) == []
    template = json.loads(text)
    policies = {policy["name"]: policy["document"] for policy in documents["inline"] + documents["managed"]}
    assert in_template(template) == policies
    resources = template["Resources"]
    assert resources["ExecutionRole"]["Properties"]["AssumeRolePolicyDocument"] == documents["trust"]
    assert template["Metadata"]["Overseed"]["PassRole"] == documents["passRole"]
    if documents["bucketStatement"]:
        policy = resources["BucketPolicy"]["Properties"]["PolicyDocument"]
        assert policy["Statement"] == [documents["bucketStatement"]]


def test_cfn_lint_finds_what_it_is_for(overseed):
    template = json.loads(overseed.show(1, form="cloudformation"))
    del template["Resources"]["ExecutionRole"]["Properties"]["AssumeRolePolicyDocument"]
    template["Resources"]["InlinePolicy"]["Properties"]["Nonsense"] = 1
    assert len(linted(json.dumps(template))) == 2


class Configuration:
    """A Terraform configuration as python-hcl2 reads it."""

    def __init__(self, text):
        self.read = hcl2.loads(text)

    def locals(self):
        """All local values. Strings of HCL write `$${` for `${` and `%%{` for `%{`."""
        found = {}
        for block in self.read["locals"]:
            found.update({key: plain(value) for key, value in block.items() if not key.startswith("__")})
        return found

    def resources(self, kind):
        """All resources of a kind by name."""
        found = {}
        for block in self.read["resource"]:
            for of, named in block.items():
                if unquoted(of) == kind:
                    found.update({unquoted(name): plain(body) for name, body in named.items()})
        return found


def unquoted(text):
    return text[1:-1] if len(text) > 1 and text[0] == text[-1] == '"' else text


def plain(value):
    if isinstance(value, dict):
        return {unquoted(key): plain(item) for key, item in value.items() if not key.startswith("__")}
    if isinstance(value, list):
        return [plain(item) for item in value]
    if isinstance(value, str):
        return unquoted(value).replace("$${", "${").replace("%%{", "%{")
    return value


def test_configurations_parse_and_have_the_very_documents(overseed, options):
    documents = overseed.documents(*options)
    terraform = Configuration(overseed.show(*options, form="terraform"))
    values = terraform.locals()
    assert values["trust"] == documents["trust"]
    assert values["pass_role"] == documents["passRole"]
    inline = terraform.resources("aws_iam_role_policy")
    for policy in documents["inline"]:
        assert inline["inline"]["name"] == policy["name"]
        assert inline["inline"]["policy"] == "${jsonencode(local.inline)}"
        assert values["inline"] == policy["document"]
    managed = terraform.resources("aws_iam_policy")
    assert len(managed) == len(documents["managed"])
    for number, policy in enumerate(documents["managed"], 1):
        label = f"managed_{number}"
        assert managed[label]["name"] == policy["name"]
        assert managed[label]["path"] == "/overseed/"
        assert managed[label]["policy"] == f"${{jsonencode(local.{label})}}"
        assert values[label] == policy["document"]
    assert set(terraform.resources("aws_iam_role_policy_attachment")) == set(managed)
    role = terraform.resources("aws_iam_role")["execution"]
    assert (role["name"], role["assume_role_policy"]) == (ROLE, "${jsonencode(local.trust)}")
    if documents["bucketStatement"]:
        assert values["bucket_policy"]["Statement"] == [documents["bucketStatement"]]
        assert terraform.resources("aws_s3_bucket_policy")["input_files"]["bucket"] == BUCKET
    (provider,) = terraform.read["provider"]
    (aws,) = provider.values()
    assert plain(aws)["allowed_account_ids"] == [ACCOUNT]


# The script with the real AWS CLI, and the app that looks at what it has done.


@pytest.fixture(scope="module")
def account():
    running = Sandbox("--groups", "300", "--scenario", "all-well", "--speed", "600")
    yield running
    running.end()


@pytest.fixture
def here(account, tmp_path):
    """The app, connected to the account."""
    return Overseed(
        tmp_path,
        AWS_ENDPOINT_URL=account.endpoint,
        AWS_ACCESS_KEY_ID=account.said["accessKeyId"],
        AWS_SECRET_ACCESS_KEY=account.said["secretAccessKey"],
        AWS_DEFAULT_REGION=account.said["region"],
        AWS_REGION=account.said["region"],
    )


def planned(here, account, *words):
    bucket = f"overseed-demo-{account.said['account']}"
    return here(
        "--endpoint-url", account.endpoint, "--region", REGION,
        "plan", "new", "--bucket", bucket, "--out", "plan.json", *words,
    )


def shown(here, account, role, *words):
    """The script for the groups of the plan."""
    targets = json.loads((here.folder / "plan.json").read_text(encoding="utf-8"))["targets"]
    (here.folder / "ids").write_text("\n".join(group for group, _ in targets), encoding="utf-8")
    return here(
        "permissions", "show", "--groups", "ids", "--account", account.said["account"],
        "--region", REGION, f"--role={role}", "--bucket", f"overseed-demo-{account.said['account']}",
        "--format", "aws-cli", *words,
    )


def applied(here, script, status=0):
    """Runs the script as an administrator does: standard output, or what it says where it has to fail."""
    tools = here.folder / "bin"
    tools.mkdir(exist_ok=True)
    aws = tools / "aws"
    aws.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m awscli "$@"\n', encoding="utf-8")
    aws.chmod(0o755)
    file = here.folder / "apply.sh"
    file.write_text(script, encoding="utf-8")
    environment = {**here.environment, "PATH": f"{tools}{os.pathsep}{os.environ['PATH']}"}
    ran = subprocess.run(
        ["sh", str(file)], env=environment, cwd=here.folder, capture_output=True, text=True, check=False
    )
    assert ran.returncode == status, ran.stderr
    return ran.stderr if status else ran.stdout


@pytest.mark.skipif(os.name == "nt", reason="the script is for a POSIX shell")
@pytest.mark.parametrize(
    ("role", "pick", "packing"),
    [
        ("ScriptFew", ["--filter=-0001"], ["--read-by", "role"]),
        ("ScriptMany", [], ["--pack", "managed", "--read-by", "bucket"]),
    ],
)
def test_a_script_run_by_the_aws_cli_leaves_nothing_to_change(here, account, role, pick, packing):
    planned(here, account, "--role", role, *pick, *packing)
    before = here.lines("permissions", "diff", "plan.json", status=1)
    assert now(before)["role"] == "not_yet"
    script = shown(here, account, role, *packing)
    applied(here, script)
    after = here.lines("permissions", "diff", "plan.json")
    assert changes(after) == []
    assert set(now(after).values()) == {"yes"}
    # Again: the role and its policies are there already.
    if "managed" not in packing:
        assert "The role exists" in applied(here, script)
        assert changes(here.lines("permissions", "diff", "plan.json")) == []
    iam = account.client("iam")
    attached = iam.list_attached_role_policies(RoleName=role)["AttachedPolicies"]
    if "managed" in packing:
        assert [policy["PolicyName"] for policy in attached][:2] == [f"Overseed-{role}-1", f"Overseed-{role}-2"]
        assert len(attached) == 6
    else:
        assert attached == []


@pytest.mark.skipif(os.name == "nt", reason="the script is for a POSIX shell")
def test_a_script_takes_a_role_and_a_prefix_for_what_they_are(here, account):
    words = ["--prefix", "日本 a?b*", "--read-by", "role"]
    planned(here, account, "--role=-x", "--filter=-0002", *words)
    script = shown(here, account, "-x", *words)
    applied(here, script)
    after = here.lines("permissions", "diff", "plan.json")
    assert changes(after) == []
    assert set(now(after).values()) == {"yes"}


@pytest.mark.skipif(os.name == "nt", reason="the script is for a POSIX shell")
def test_a_script_writes_over_no_policy_of_others(here, account):
    role = "ScriptForeign"
    planned(here, account, "--role", role, "--filter=-0003", "--pack", "managed")
    script = shown(here, account, role, "--pack", "managed")
    iam = account.client("iam")
    theirs = {
        "Version": "2012-10-17",
        "Statement": [{"Effect": "Allow", "Action": "sqs:SendMessage", "Resource": "*"}],
    }
    made = iam.create_policy(
        Path="/overseed/", PolicyName=f"Overseed-{role}-1", PolicyDocument=json.dumps(theirs)
    )["Policy"]["Arn"]
    assert "was not made by Overseed" in applied(here, script, status=1)
    assert len(iam.list_policy_versions(PolicyArn=made)["Versions"]) == 1
    # With the tag it is one of its own.
    iam.tag_policy(PolicyArn=made, Tags=[{"Key": "overseed:role", "Value": role}])
    applied(here, script)
    assert len(iam.list_policy_versions(PolicyArn=made)["Versions"]) == 2
    assert changes(here.lines("permissions", "diff", "plan.json")) == []
