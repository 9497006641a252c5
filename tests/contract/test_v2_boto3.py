"""Both tutorials of Greengrass V2, done by boto3, each answer compared with the service models."""

import json

import pytest
import yaml  # comes with the AWS CLI
from botocore.exceptions import ClientError

from conftest import until
from shapes import Wire

BUCKET = "tutorial-artifacts"
DEVICE_ROLE = "GreengrassV2TokenExchangeRole"
IMAGE = "123456789012.dkr.ecr.eu-west-1.amazonaws.com/ml-container:latest"
OVER = ("COMPLETED", "SUCCEEDED", "FAILED", "TIMED_OUT", "CANCELED", "REJECTED")
CAMERA_ARTIFACTS = [
    "aws-iotcore-connector.ts", "launch.sh", "run.sh", "aws-iotcore-serial-scraper.ts", "launch_serial.sh",
    "run_serial.sh", "install.sh", "package.json", "stop.sh", "install_serial.sh", "parser.sh",
]


def pubsub(component):
    """The access control of both components of the first tutorial."""
    return {
        "accessControl": {
            "aws.greengrass.ipc.pubsub": {
                f"{component}:pubsub:1": {
                    "policyDescription": "Allows access to the topics of the tutorial.",
                    "operations": ["aws.greengrass#PublishToTopic", "aws.greengrass#SubscribeToTopic"],
                    "resources": ["local/inference", "local/result"],
                }
            }
        }
    }


def xgboost(version):
    return {
        "RecipeFormatVersion": "2020-01-25",
        "ComponentName": "com.ml.xgboost",
        "ComponentVersion": version,
        "ComponentDescription": "A component that runs a ML docker container from ECR.",
        "ComponentPublisher": "Amazon",
        "ComponentDependencies": {
            "aws.greengrass.DockerApplicationManager": {"VersionRequirement": "~2.0.0"},
            "aws.greengrass.TokenExchangeService": {"VersionRequirement": "~2.0.0"},
        },
        "ComponentConfiguration": {"DefaultConfiguration": pubsub("com.ml.xgboost")},
        "Manifests": [
            {
                "Platform": {"os": "all"},
                "Lifecycle": {"Run": f"docker run --rm --network=host {IMAGE}"},
                "Artifacts": [{"URI": f"docker:{IMAGE}"}],
            }
        ],
    }


def consumer(version):
    folder = f"s3://{BUCKET}/consumer/artifacts/com.ml.consumer/1.0.0"
    return {
        "RecipeFormatVersion": "2020-01-25",
        "ComponentName": "com.ml.consumer",
        "ComponentVersion": version,
        "ComponentPublisher": "Amazon",
        "ComponentConfiguration": {"DefaultConfiguration": pubsub("com.ml.consumer")},
        "Manifests": [
            {
                "Platform": {"os": "linux"},
                "Lifecycle": {
                    "Install": "pip3 install awsiotsdk pandas",
                    "Run": "python3 -u {artifacts:path}/consumer.py",
                },
                "Artifacts": [{"URI": f"{folder}/consumer.py"}, {"URI": f"{folder}/samples.json"}],
            }
        ],
    }


def edge_impulse(name, artifacts, parameters):
    """A recipe in YAML, as those of the second tutorial are."""
    lines = [
        "---",
        'RecipeFormatVersion: "2020-01-25"',
        f"ComponentName: {name}",
        'ComponentVersion: "1.0.0"',
        "ComponentType: aws.greengrass.generic",
        "ComponentPublisher: EdgeImpulse",
        "ComponentConfiguration:",
        "  DefaultConfiguration:",
        f"    Parameters: {json.dumps(parameters)}",
        "ComponentDependencies:",
        "  aws.greengrass.TokenExchangeService:",
        '    VersionRequirement: ">=2.0.3 <3.0.0"',
        "Manifests:",
        "  - Platform:",
        "      os: linux",
        "    Lifecycle:",
        "      install:",
        "        RequiresPrivilege: true",
        "        script: |",
        "          echo one",
        "          echo two",
        "    Artifacts:",
    ]
    for artifact in artifacts:
        lines += [
            f"      - URI: s3://{BUCKET}/artifacts/EdgeImpulseServiceComponent/1.0.0/{artifact}",
            "        Unarchive: NONE",
            "        Permission: {Read: ALL, Execute: ALL}",
        ]
    return "\n".join(lines) + "\n"


class Account:
    """A sandbox with clients whose answers are looked at, and a bucket."""

    def __init__(self, sandbox):
        self.sandbox = sandbox
        self.v2, self.iot, self.secrets = (
            sandbox.client(service) for service in ("greengrassv2", "iot", "secretsmanager")
        )
        self.wires = {client.meta.service_model.service_name: Wire(client) for client in (self.v2, self.iot, self.secrets)}
        self.s3, self.iam = sandbox.client("s3"), sandbox.client("iam")
        self.s3.create_bucket(
            Bucket=BUCKET, CreateBucketConfiguration={"LocationConstraint": sandbox.said["region"]}
        )

    def checked(self, service, *operations):
        for operation in operations:
            self.wires[service].checked(operation)

    def thing(self, name):
        return f"arn:aws:iot:{self.sandbox.said['region']}:{self.sandbox.said['account']}:thing/{name}"

    def grant(self, name, actions, resource):
        statement = {"Effect": "Allow", "Action": actions, "Resource": resource}
        document = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
        self.iam.put_role_policy(RoleName=DEVICE_ROLE, PolicyName=name, PolicyDocument=document)

    def upload(self, key, text):
        self.s3.put_object(Bucket=BUCKET, Key=key, Body=text.encode())

    def cores(self, **more):
        """All core devices, page by page."""
        cores, token = [], None
        while True:
            asked = {"maxResults": 15, **more, **({"nextToken": token} if token else {})}
            page = self.v2.list_core_devices(**asked)
            self.checked("greengrassv2", "ListCoreDevices")
            cores += page["coreDevices"]
            token = page.get("nextToken")
            if not token:
                return cores

    def linux(self, count):
        names = [core["coreDeviceThingName"] for core in self.cores() if core["platform"] == "linux"]
        assert len(names) >= count
        return names[:count]

    def publish(self, recipe):
        text = recipe if isinstance(recipe, str) else json.dumps(recipe)
        made = self.v2.create_component_version(inlineRecipe=text.encode())
        self.checked("greengrassv2", "CreateComponentVersion")
        assert made["status"]["componentState"] == "REQUESTED"

        def deployable():
            status = self.v2.describe_component(arn=made["arn"])["status"]
            self.checked("greengrassv2", "DescribeComponent")
            return status["componentState"] == "DEPLOYABLE"

        until("the version is deployable", deployable)
        return made["arn"]

    def over(self, name, deployment):
        """The effective deployment, once it is over."""

        def entry():
            page = self.v2.list_effective_deployments(coreDeviceThingName=name)
            self.checked("greengrassv2", "ListEffectiveDeployments")
            found = [one for one in page["effectiveDeployments"] if one["deploymentId"] == deployment]
            return found[0] if found and found[0]["coreDeviceExecutionStatus"] in OVER else None

        return until("the deployment is over", entry)

    def installed(self, name):
        page = self.v2.list_installed_components(
            coreDeviceThingName=name, topologyFilter="ALL", maxResults=100
        )
        self.checked("greengrassv2", "ListInstalledComponents")
        return {one["componentName"]: one["componentVersion"] for one in page["installedComponents"]}


@pytest.fixture
def account(sandbox):
    return Account(sandbox)


def test_the_container_tutorial(account):
    [device] = account.linux(1)
    assert account.v2.get_core_device(coreDeviceThingName=device)["coreVersion"]
    account.checked("greengrassv2", "GetCoreDevice")

    # An artifact that is not there is named at once.
    with pytest.raises(ClientError, match="Specified artifact resource cannot be accessed"):
        account.v2.create_component_version(inlineRecipe=json.dumps(consumer("1.0.0")).encode())
    for name in ("consumer.py", "samples.json"):
        account.upload(f"consumer/artifacts/com.ml.consumer/1.0.0/{name}", name)
    arns = [account.publish(recipe) for recipe in (consumer("1.0.0"), xgboost("1.0.0"))]
    with pytest.raises(ClientError, match="already exists with state") as twice:
        account.v2.create_component_version(inlineRecipe=json.dumps(consumer("1.0.0")).encode())
    assert twice.value.response["Error"]["Code"] == "ConflictException"

    listed = account.v2.list_components(scope="PRIVATE")["components"]
    account.checked("greengrassv2", "ListComponents")
    assert {"com.ml.xgboost", "com.ml.consumer"} <= {one["componentName"] for one in listed}
    kept = account.v2.get_component(arn=arns[0], recipeOutputFormat="JSON")
    account.checked("greengrassv2", "GetComponent")
    artifacts = json.loads(kept["recipe"])["Manifests"][0]["Artifacts"]
    assert all(artifact["Algorithm"] == "SHA-256" for artifact in artifacts)
    cli = account.v2.list_components(scope="PUBLIC")["components"]
    [cli] = [one["arn"] for one in cli if one["componentName"] == "aws.greengrass.Cli"]
    versions = account.v2.list_component_versions(arn=cli)["componentVersions"]
    account.checked("greengrassv2", "ListComponentVersions")
    assert "2.9.0" in [one["componentVersion"] for one in versions]

    def deploy():
        made = account.v2.create_deployment(
            targetArn=account.thing(device),
            components={
                "com.ml.consumer": {"componentVersion": "1.0.0"},
                "com.ml.xgboost": {"componentVersion": "1.0.0"},
                "aws.greengrass.Cli": {"componentVersion": "2.9.0"},
            },
            deploymentName="component-deployment",
            deploymentPolicies={
                "componentUpdatePolicy": {"action": "NOTIFY_COMPONENTS", "timeoutInSeconds": 60},
                "failureHandlingPolicy": "ROLLBACK",
            },
        )
        account.checked("greengrassv2", "CreateDeployment")
        return made["deploymentId"]

    # The devices' role may read nothing yet.
    before = account.installed(device)
    refused = account.over(device, deploy())
    assert refused["coreDeviceExecutionStatus"] == "FAILED"
    assert "com.ml.consumer" not in account.installed(device)
    assert account.installed(device) == before
    account.grant("artifacts", "s3:GetObject", f"arn:aws:s3:::{BUCKET}/*")
    account.grant("images", ["ecr:GetAuthorizationToken", "ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer"], "*")
    deployment = deploy()
    done = account.over(device, deployment)
    assert (done["coreDeviceExecutionStatus"], done["reason"]) == ("COMPLETED", "SUCCESSFUL")
    installed = account.installed(device)
    assert installed["com.ml.consumer"] == "1.0.0" and installed["aws.greengrass.Cli"] == "2.9.0"
    assert installed["aws.greengrass.DockerApplicationManager"].startswith("2.0.")
    whole = account.v2.get_deployment(deploymentId=deployment)
    account.checked("greengrassv2", "GetDeployment")
    assert whole["deploymentStatus"] == "COMPLETED" and whole["isLatestForTarget"]
    history = account.v2.list_deployments(targetArn=account.thing(device), historyFilter="ALL")["deployments"]
    account.checked("greengrassv2", "ListDeployments")
    assert [one["deploymentId"] for one in history][0] == deployment
    assert [one["isLatestForTarget"] for one in history].count(True) == 1


def test_the_edge_impulse_tutorial(account):
    runner, serial = account.linux(2)
    for name in CAMERA_ARTIFACTS:
        account.upload(f"artifacts/EdgeImpulseServiceComponent/1.0.0/{name}", name)
    shared = {
        "node_version": "20.12.1", "device_name": "MyEdgeImpulseDevice", "sleep_time_sec": 10, "install_kvssink": "no",
    }
    secret = {"ei_sm_secret_id": "EI_API_KEY", "ei_sm_secret_name": "ei_api_key"}
    for name, parameters in [
        ("EdgeImpulseLinuxServiceComponent", {**shared, **secret, "launch": "linux"}),
        ("EdgeImpulseLinuxRunnerServiceComponent", {**shared, **secret, "launch": "runner"}),
        ("EdgeImpulseSerialRunnerServiceComponent", shared),
    ]:
        arn = account.publish(edge_impulse(name, CAMERA_ARTIFACTS, parameters))
        in_yaml = account.v2.get_component(arn=arn, recipeOutputFormat="YAML")
        in_json = account.v2.get_component(arn=arn)
        assert (in_yaml["recipeOutputFormat"], in_json["recipeOutputFormat"]) == ("YAML", "JSON")
        assert yaml.safe_load(in_yaml["recipe"]) == json.loads(in_json["recipe"])
    account.grant("artifacts", "s3:GetObject", f"arn:aws:s3:::{BUCKET}/*")

    preset = {
        "aws.greengrass.Cli": {"componentVersion": "2.12.6"},
        "aws.greengrass.TokenExchangeService": {"componentVersion": "2.0.3"},
        "aws.greengrass.clientdevices.Auth": {"componentVersion": "2.5.0"},
        "aws.greengrass.clientdevices.IPDetector": {"componentVersion": "2.2.0"},
    }

    def deploy(name, component):
        merge = json.dumps({"Parameters": {"device_name": f"camera-of-{name}"}})
        components = {
            **preset,
            component: {"componentVersion": "1.0.0", "configurationUpdate": {"merge": merge, "reset": []}},
        }
        made = account.v2.create_deployment(
            targetArn=account.thing(name), components=components, clientToken=f"edge-{name}-{len(tokens)}"
        )
        tokens.append(made)
        return account.over(name, made["deploymentId"])

    tokens = []
    missing = deploy(runner, "EdgeImpulseLinuxRunnerServiceComponent")
    assert missing["coreDeviceExecutionStatus"] == "FAILED" and "EI_API_KEY" in missing["reason"]
    made = account.secrets.create_secret(Name="EI_API_KEY", SecretString=json.dumps({"ei_api_key": "ei_0"}))
    account.grant("secret", "secretsmanager:GetSecretValue", made["ARN"])
    assert deploy(runner, "EdgeImpulseLinuxRunnerServiceComponent")["coreDeviceExecutionStatus"] == "COMPLETED"
    assert deploy(serial, "EdgeImpulseSerialRunnerServiceComponent")["coreDeviceExecutionStatus"] == "COMPLETED"
    assert "aws.greengrass.clientdevices.Auth" in account.installed(serial)


def test_a_thing_group_is_made_deployed_to_and_watched_by_its_job(account):
    names = account.linux(6)
    made = account.iot.create_thing_group(thingGroupName="tutorial")
    for name in names:
        account.iot.add_thing_to_thing_group(thingGroupName="tutorial", thingName=name)
    account.checked("iot", "CreateThingGroup", "AddThingToThingGroup")
    assert account.iot.list_things_in_thing_group(thingGroupName="tutorial")["things"] == names
    groups = account.iot.list_thing_groups_for_thing(thingName=names[0])["thingGroups"]
    assert "tutorial" in [group["groupName"] for group in groups]
    assert account.iot.describe_thing_group(thingGroupName="tutorial")["thingGroupArn"] == made["thingGroupArn"]
    assert account.iot.describe_thing(thingName=names[0])["thingArn"] == account.thing(names[0])
    account.iot.list_things(attributeName="site", maxResults=5)
    account.iot.list_thing_groups()
    account.iot.create_thing(thingName="bench-1", attributePayload={"attributes": {"site": "lab"}})
    account.checked("iot", "ListThingsInThingGroup", "ListThingGroupsForThing", "DescribeThingGroup", "DescribeThing",
                    "ListThings", "ListThingGroups", "CreateThing")
    deployment = account.v2.create_deployment(
        targetArn=made["thingGroupArn"],
        components={"com.plant.HealthReport": {"componentVersion": "1.0.0"}},
        iotJobConfiguration={
            "jobExecutionsRolloutConfig": {"exponentialRate": {
                "baseRatePerMinute": 30, "incrementFactor": 2.0, "rateIncreaseCriteria": {"numberOfNotifiedThings": 3},
            }},
            "abortConfig": {"criteriaList": [
                {"failureType": "ALL", "action": "CANCEL", "thresholdPercentage": 50.0, "minNumberOfExecutedThings": 2},
            ]},
            "timeoutConfig": {"inProgressTimeoutInMinutes": 30},
        },
        tags={"overseed:run": "r1"},
    )
    job = deployment["iotJobId"]

    def done():
        details = account.iot.describe_job(jobId=job)["job"]["jobProcessDetails"]
        account.checked("iot", "DescribeJob")
        return details["numberOfSucceededThings"] == len(names)

    until("all devices succeeded", done)
    executions = account.iot.list_job_executions_for_job(jobId=job, status="SUCCEEDED")["executionSummaries"]
    assert {one["thingArn"] for one in executions} == {account.thing(name) for name in names}
    one = account.iot.describe_job_execution(jobId=job, thingName=names[0])["execution"]
    assert one["status"] == "SUCCEEDED"
    account.checked("iot", "ListJobExecutionsForJob", "DescribeJobExecution")
    assert account.over(names[0], deployment["deploymentId"])["coreDeviceExecutionStatus"] == "SUCCEEDED"
    arn = made["thingGroupArn"].replace(":iot:", ":greengrass:").split(":thinggroup")[0] + f":deployments:{deployment['deploymentId']}"
    assert account.v2.list_tags_for_resource(resourceArn=arn)["tags"] == {"overseed:run": "r1"}
    account.v2.tag_resource(resourceArn=arn, tags={"more": "1"})
    account.v2.untag_resource(resourceArn=arn, tagKeys=["overseed:run"])
    assert account.v2.get_deployment(deploymentId=deployment["deploymentId"])["tags"] == {"more": "1"}
    account.v2.cancel_deployment(deploymentId=deployment["deploymentId"])
    account.checked("greengrassv2", "CancelDeployment", "ListTagsForResource")
    assert account.iot.describe_job(jobId=job)["job"]["status"] == "CANCELED"
    account.v2.delete_deployment(deploymentId=deployment["deploymentId"])
    for name in names:
        account.iot.remove_thing_from_thing_group(thingGroupName="tutorial", thingName=name)
    account.iot.delete_thing_group(thingGroupName="tutorial")
    account.checked("iot", "RemoveThingFromThingGroup", "DeleteThingGroup")


def test_the_service_role_is_one_for_both_generations(account):
    role = account.v2.get_service_role_for_account()["roleArn"]
    assert role.endswith("role/service-role/Greengrass_ServiceRole")
    account.v2.associate_service_role_to_account(roleArn=role)
    assert account.sandbox.client("greengrass").get_service_role_for_account()["RoleArn"] == role


def test_secrets(account):
    secrets = account.secrets
    arn = secrets.create_secret(Name="plant/key", SecretString="one", Description="a key")["ARN"]
    account.checked("secretsmanager", "CreateSecret")
    with pytest.raises(secrets.exceptions.ResourceExistsException):
        secrets.create_secret(Name="plant/key", SecretString="two")
    secrets.put_secret_value(SecretId="plant/key", SecretString="two")
    assert secrets.get_secret_value(SecretId=arn)["SecretString"] == "two"
    assert secrets.get_secret_value(SecretId=arn, VersionStage="AWSPREVIOUS")["SecretString"] == "one"
    assert secrets.describe_secret(SecretId=arn.rsplit("-", 1)[0])["Description"] == "a key"
    assert [one["Name"] for one in secrets.list_secrets()["SecretList"]] == ["plant/key"]
    secrets.delete_secret(SecretId=arn, RecoveryWindowInDays=7)
    account.checked("secretsmanager", "PutSecretValue", "GetSecretValue", "DescribeSecret", "ListSecrets",
                    "DeleteSecret")
    with pytest.raises(secrets.exceptions.InvalidRequestException):
        secrets.get_secret_value(SecretId=arn)
    with pytest.raises(secrets.exceptions.ResourceNotFoundException):
        secrets.get_secret_value(SecretId="nothing")


@pytest.mark.parametrize(("service", "call"), [
    ("greengrassv2", lambda client: client.list_core_devices()),
    ("iot", lambda client: client.list_things()),
    ("secretsmanager", lambda client: client.list_secrets()),
])
def test_a_wrong_signature_is_refused(sandbox, service, call):
    call(sandbox.client(service))
    with pytest.raises(ClientError) as refused:
        call(sandbox.client(service, secret="not-the-secret"))
    assert refused.value.response["ResponseMetadata"]["HTTPStatusCode"] == 403


def test_policies_are_evaluated(account):
    """A user who may list and deploy to one thing may do nothing else."""
    first, second = account.linux(2)
    account.iam.create_user(UserName="limited")
    keys = account.iam.create_access_key(UserName="limited")["AccessKey"]
    statements = [
        {"Effect": "Allow", "Action": ["greengrass:CreateDeployment", "greengrass:ListCoreDevices"], "Resource": "*"},
        {"Effect": "Allow", "Action": ["iot:DescribeThing", "iot:GetThingShadow", "iot:UpdateThingShadow"],
         "Resource": account.thing(first)},
    ]
    account.iam.put_user_policy(
        UserName="limited", PolicyName="p",
        PolicyDocument=json.dumps({"Version": "2012-10-17", "Statement": statements}),
    )
    limited = account.sandbox.client("greengrassv2", secret=keys["SecretAccessKey"], access_key=keys["AccessKeyId"])
    limited.list_core_devices()
    components = {"aws.greengrass.Cli": {"componentVersion": "2.9.0"}}
    limited.create_deployment(targetArn=account.thing(first), components=components)
    for call in (
        lambda: limited.create_deployment(targetArn=account.thing(second), components=components),
        lambda: limited.get_core_device(coreDeviceThingName=first),
        lambda: limited.list_components(),
    ):
        with pytest.raises(ClientError, match="is not authorized to perform") as refused:
            call()
        assert refused.value.response["Error"]["Code"] == "AccessDeniedException"
