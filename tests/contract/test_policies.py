"""Generated identity policies, judged by linters that nobody here wrote."""

import copy
import json

import parliament
import pytest
from policy_sentry.analysis.analyze import analyze_by_access_level
from policy_sentry.analysis.expand import get_expanded_policy
from policy_sentry.querying.actions import get_action_data
from policy_sentry.util.arns import does_arn_match

from overseed import ROLE, Overseed

# Policies of execution roles: groups, packing.
EXECUTION = [(1, "inline"), (90, "inline"), (300, "managed"), (300, "wildcard")]

# Both linters keep Greengrass V1 and V2 under their one prefix. CreateDeployment of V2 knows no resources, that of V1 knows
# groups; the bulk deployment service calls the one of V1.
V2 = "AWS IoT Greengrass V2"


@pytest.fixture(scope="module")
def overseed(tmp_path_factory):
    return Overseed(tmp_path_factory.mktemp("policies"))


@pytest.fixture(autouse=True)
def greengrass_v1_only(monkeypatch):
    known = [service for service in parliament.iam_definition if service["service_name"] != V2]
    assert len(known) == len(parliament.iam_definition) - 1
    # The name is bound in several of its modules: the list itself changes.
    whole = parliament.iam_definition[:]
    parliament.iam_definition[:] = known
    yield
    parliament.iam_definition[:] = whole


def findings(document):
    analyzed = parliament.analyze_policy_string(json.dumps(document), include_community_auditors=True)
    return [(finding.issue, str(finding.detail)) for finding in analyzed.findings]


def policies(shown):
    return [policy["document"] for policy in shown["inline"] + shown["managed"]]


def listed(value):
    return value if isinstance(value, list) else [value]


def misfits(document):
    """Actions beside resources of a kind that they do not know, by policy_sentry's copy of the authorization reference."""
    found = set()
    for statement in document["Statement"]:
        for action in listed(statement["Action"]):
            service, name = action.split(":")
            known = get_action_data(service, name)
            assert known, f"{action} is unknown"
            forms = [row["resource_arn_format"] for row in known[service]]
            for resource in listed(statement["Resource"]):
                if not any(fits(resource, form) for form in forms):
                    found.add(action)
    return found


def fits(resource, form):
    return resource == "*" if form == "*" else does_arn_match(resource, form)


@pytest.mark.parametrize(("groups", "pack"), EXECUTION)
@pytest.mark.parametrize("read_by", ["role", "bucket"])
def test_execution_policies_have_no_findings(overseed, groups, pack, read_by):
    shown = overseed.documents(groups, "--pack", pack, "--read-by", read_by)
    documents = policies(shown)
    assert len(documents) == (1 if pack != "managed" else 6)
    named = 0
    for document in documents:
        assert findings(document) == []
        # V2 stands before V1 in policy_sentry's data: CreateDeployment is said to know no groups.
        assert misfits(document) == {"greengrass:CreateDeployment"}
        expanded = get_expanded_policy(copy.deepcopy(document))
        actions = {action for statement in expanded["Statement"] for action in statement["Action"]}
        assert actions <= {"greengrass:CreateDeployment", "s3:GetObject"}
        assert analyze_by_access_level(document, "Permissions management") == []
        assert analyze_by_access_level(document, "Write") == ["greengrass:CreateDeployment"]
        named += len(listed(document["Statement"][0]["Resource"]))
    assert named == (1 if pack == "wildcard" else groups)
    reads = [analyze_by_access_level(document, "Read") for document in documents]
    assert [read for read in reads if read] == ([["s3:GetObject"]] if read_by == "role" else [])


def test_one_key_is_stricter_than_a_prefix(overseed):
    (document,) = policies(overseed.documents(1, "--key", "in/put.jsonl"))
    assert findings(document) == []
    assert "*" not in json.dumps(document)


def test_passing_the_role_has_no_findings(overseed):
    document = overseed.documents(1)["passRole"]
    # parliament points at each action that manages permissions. Passing is what this policy is for; it is bound to the
    # one role and to Greengrass.
    assert findings(document) == [
        ("PERMISSIONS_MANAGEMENT_ACTIONS", ""),
    ]
    assert misfits(document) == set()
    (statement,) = document["Statement"]
    assert statement["Resource"].endswith(f":role/{ROLE}")
    assert statement["Condition"] == {
        "StringEquals": {"iam:PassedToService": "greengrass.amazonaws.com"}
    }


def test_the_apps_own_policy_has_no_findings_but_what_it_is_for(overseed):
    document = overseed.documents(1)["app"]
    assert json.loads(overseed.show(1, form="caller")) == document
    # Policies that AWS manages have `aws` where others have an account; parliament wants twelve digits there.
    (of_aws,) = [finding for finding in findings(document) if finding[0] == "INVALID_ARN"]
    assert "Account expected" in of_aws[1] or of_aws[1] == ""
    # It looks no further then: the rest is looked at without that ARN.
    rest = copy.deepcopy(document)
    for statement in rest["Statement"]:
        statement["Resource"] = [
            resource for resource in listed(statement["Resource"]) if ":iam::aws:" not in resource
        ]
    # The app makes a role and its policies, which is managing permissions: on the one role, on policies under its own path
    # and on the one bucket. Who may write the bucket's policy could give themselves more on that bucket: that is what
    # reading by the bucket's policy takes.
    assert {issue for issue, _ in findings(rest)} <= {
        "PERMISSIONS_MANAGEMENT_ACTIONS",
        "PRIVILEGE_ESCALATION",
        "RESOURCE_POLICY_PRIVILEGE_ESCALATION",
    }
    managing = set(analyze_by_access_level(document, "Permissions management"))
    for statement in document["Statement"]:
        if managing & set(listed(statement["Action"])):
            for resource in listed(statement["Resource"]):
                assert resource.endswith((f":role/{ROLE}", ":policy/overseed/*", ":::plant-rollouts"))
    # TagResource of V1 knows bulk deployments; policy_sentry has V2's.
    assert misfits(document) == {"greengrass:TagResource"}
    wide = [
        action
        for statement in document["Statement"]
        if statement["Resource"] == "*"
        for action in listed(statement["Action"])
    ]
    writes = set(analyze_by_access_level(document, "Write"))
    # It knows no resources: StartBulkDeployment acts by the role that is passed.
    assert writes & set(wide) == {"greengrass:StartBulkDeployment"}
