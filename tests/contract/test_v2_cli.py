"""Greengrass V2 with the AWS CLI, as the developer guide's pages have it."""

import json

import pytest

from conftest import until
from shapes import faults, output_shape
from test_tutorial_cli import Cli, Refused

RECIPE = {
    "RecipeFormatVersion": "2020-01-25",
    "ComponentName": "com.example.HelloWorld",
    "ComponentVersion": "1.0.0",
    "ComponentDescription": "My first AWS IoT Greengrass component.",
    "ComponentPublisher": "Amazon",
    "ComponentConfiguration": {"DefaultConfiguration": {"Message": "world"}},
    "Manifests": [{"Platform": {"os": "all"}, "Lifecycle": {"Run": "echo 'Hello {configuration:/Message}'"}}],
}


@pytest.fixture
def aws(sandbox, tmp_path):
    return Cli(sandbox, tmp_path)


def v2(aws, operation, *words):
    """A command, its answer compared with the service model."""
    answer = aws("greengrassv2", operation, *words)
    if isinstance(answer, dict):
        name = "".join(part.capitalize() for part in operation.split("-"))
        assert faults(output_shape("greengrassv2", name), answer) == [], operation
    return answer


def test_a_component_from_its_recipe_to_a_device(aws):
    aws.file("recipe.json", RECIPE)
    made = v2(aws, "create-component-version", "--inline-recipe", "fileb://recipe.json")

    def deployable():
        status = v2(aws, "describe-component", "--arn", made["arn"])["status"]
        return status["componentState"] == "DEPLOYABLE"

    until("the version is deployable", deployable)
    with pytest.raises(Refused, match="ConflictException"):
        v2(aws, "create-component-version", "--inline-recipe", "fileb://recipe.json")
    # The CLI pages by itself.
    cores = v2(aws, "list-core-devices", "--page-size", "7")["coreDevices"]
    assert len(cores) == 40
    name = cores[0]["coreDeviceThingName"]
    request = {
        "targetArn": f"arn:aws:iot:{aws.region}:{aws.account}:thing/{name}",
        "deploymentName": "Deployment of HelloWorld",
        "components": {
            "com.example.HelloWorld": {
                "componentVersion": "1.0.0",
                "configurationUpdate": {"merge": json.dumps({"Message": "friend"})},
            }
        },
    }
    deployment = v2(aws, "create-deployment", "--cli-input-json", aws.file("deployment.json", request))

    def over():
        listed = v2(aws, "list-effective-deployments", "--core-device-thing-name", name)["effectiveDeployments"]
        [one] = [one for one in listed if one["deploymentId"] == deployment["deploymentId"]]
        return one["coreDeviceExecutionStatus"] == "COMPLETED"

    until("the deployment is over", over)
    installed = v2(aws, "list-installed-components", "--core-device-thing-name", name)["installedComponents"]
    assert "com.example.HelloWorld" in [one["componentName"] for one in installed]
    assert v2(aws, "get-deployment", "--deployment-id", deployment["deploymentId"])["components"] == {
        "com.example.HelloWorld": request["components"]["com.example.HelloWorld"]
    }
    assert v2(aws, "list-deployments", "--target-arn", request["targetArn"])["deployments"]


def test_groups_and_secrets(aws):
    aws("iot", "create-thing-group", "--thing-group-name", "cli")
    name = aws("iot", "list-things", "--max-items", "1")["things"][0]["thingName"]
    aws("iot", "add-thing-to-thing-group", "--thing-group-name", "cli", "--thing-name", name)
    assert aws("iot", "list-things-in-thing-group", "--thing-group-name", "cli")["things"] == [name]
    aws("secretsmanager", "create-secret", "--name", "EI_API_KEY", "--secret-string", '{"ei_api_key":"0"}')
    value = aws("secretsmanager", "get-secret-value", "--secret-id", "EI_API_KEY")
    assert json.loads(value["SecretString"]) == {"ei_api_key": "0"}
