"""The two roles of a V2 plan as an administrator gets them: judged by linters, applied by the AWS CLI, and looked at again."""

import copy
import json
import os

import parliament
import pytest

from conftest import Sandbox
from overseed import REGION, Overseed, changes, now
from test_hand_over import Configuration, applied, linted
from test_policies import V2, findings, listed, misfits

TELEMETRY = "com.plant.LineTelemetry"


@pytest.fixture
def account():
    """Each test has its own: what one makes is not there for the next."""
    running = Sandbox("--groups", "8", "--scenario", "all-well", "--speed", "600")
    yield running
    running.end()


@pytest.fixture
def here(account, tmp_path):
    """The app, connected to the account, with a plan."""
    app = Overseed(
        tmp_path,
        AWS_ENDPOINT_URL=account.endpoint,
        AWS_ACCESS_KEY_ID=account.said["accessKeyId"],
        AWS_SECRET_ACCESS_KEY=account.said["secretAccessKey"],
        AWS_DEFAULT_REGION=account.said["region"],
        AWS_REGION=account.said["region"],
    )
    (tmp_path / "merge.json").write_text('{"secretId": "plant/key"}', encoding="utf-8")
    app(
        "--endpoint-url", account.endpoint, "--region", REGION,
        "plan", "new", "--v2", "--component", f"{TELEMETRY}=1.2.0", "--merge", f"{TELEMETRY}=merge.json",
        "--way", "step-functions", "--bucket", f"overseed-demo-{account.said['account']}",
        "--role", "Machines", "--device-role", "Ovens", "--device-logs", "--out", "plan.json",
    )
    return app


def handed_over(here, form):
    return here("permissions", "hand-over", "plan.json", "--format", form)


@pytest.fixture
def greengrass_v2_only(monkeypatch):
    whole = parliament.iam_definition[:]
    parliament.iam_definition[:] = [
        service for service in whole if service["prefix"] != "greengrass" or service["service_name"] == V2
    ]
    yield
    parliament.iam_definition[:] = whole


def test_templates_and_configurations_have_the_very_documents(here):
    documents = json.loads(handed_over(here, "json"))
    template = handed_over(here, "cloudformation")
    assert linted(template) == []
    resources = json.loads(template)["Resources"]
    values = Configuration(handed_over(here, "terraform")).locals()
    assert [role["kind"] for role in documents["roles"]] == ["device", "engine"]
    for role in documents["roles"]:
        name = role["kind"].capitalize()
        (policy,) = role["inline"]
        assert resources[f"{name}Role"]["Properties"]["AssumeRolePolicyDocument"] == role["trust"]
        assert resources[f"{name}InlinePolicy"]["Properties"]["PolicyDocument"] == policy["document"]
        assert values[f"{role['kind']}_trust"] == role["trust"]
        assert values[f"{role['kind']}_inline"] == policy["document"]
    assert values["pass_role"] == documents["passRole"]
    assert json.loads(handed_over(here, "caller")) == documents["app"]


def test_policies_have_no_findings(here, greengrass_v2_only):
    documents = json.loads(handed_over(here, "json"))
    for role in documents["roles"]:
        for policy in role["inline"]:
            mismatched = [json.loads(detail.replace("'", '"')) for _, detail in findings(policy["document"])]
            # The machine deploys to no thing groups, and its executions are none of the express kind.
            spared = [("iot:CreateJob", "thinggroup/"), ("states:DescribeExecution", ":express:")]
            for (one,), (action, form) in zip(mismatched, spared, strict=True) if role["kind"] == "engine" else []:
                assert one["action"] == action and form in one["required_format"]
            assert role["kind"] == "engine" or mismatched == []
            # The asterisk after the groups' prefix stands for their streams as well, whose ARNs go on behind the group's. Of
            # the engine's statement about jobs these three know jobs only; an ARN of another kind allows them nothing.
            spare = {
                "device": {"logs:CreateLogStream", "logs:PutLogEvents"},
                "engine": {"iot:CancelJob", "iot:DescribeJob", "iot:UpdateJob"},
            }
            assert misfits(policy["document"]) == spare[role["kind"]], role["kind"]
    rest = copy.deepcopy(documents["app"])
    for statement in rest["Statement"]:
        # Policies and components of AWS have `aws` where others have an account; parliament wants twelve digits there.
        statement["Resource"] = [
            resource for resource in listed(statement["Resource"]) if ":aws:" not in resource.split("arn:aws:", 1)[-1]
        ]
    # Deployments to things and to the thing groups of waves stand in statements of their own, each with its resources.
    assert {issue for issue, _ in findings(rest)} <= {
        "PERMISSIONS_MANAGEMENT_ACTIONS",
        "PRIVILEGE_ESCALATION",
        "RESOURCE_MISMATCH",
    }
    assert misfits(rest) == set()


@pytest.mark.skipif(os.name == "nt", reason="the script is for a POSIX shell")
def test_a_script_run_by_the_aws_cli_leaves_nothing_to_change(here):
    before = here.lines("permissions", "diff", "plan.json", status=1)
    assert now(before)["role"] == "not_yet"
    assert changes(before) == ["iam:CreateRole", "iam:PutRolePolicy"] * 2
    script = handed_over(here, "aws-cli")
    applied(here, script)
    after = here.lines("permissions", "diff", "plan.json")
    assert changes(after) == []
    assert set(now(after).values()) == {"yes"}
    # Again: all of it is there already.
    applied(here, script)
    assert changes(here.lines("permissions", "diff", "plan.json")) == []


def test_applying_is_taken_back(here):
    made = changes(here.lines("permissions", "apply", "plan.json", "--yes"))
    assert made == ["iam:CreateRole", "iam:PutRolePolicy"] * 2
    assert changes(here.lines("permissions", "apply", "plan.json", "--yes")) == []
    undone = here.lines("permissions", "undo", "plan.json", "--yes")
    assert len(undone) == len(made)
    assert changes(here.lines("permissions", "diff", "plan.json", status=1)) == made
