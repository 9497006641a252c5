"""ministack on loopback, whose state machines reach Greengrass V2 in the sandbox: it has none of its own.

Wanted in the environment: SANDBOX (the endpoint), AWS_DEFAULT_REGION and the keys, and GATEWAY_PORT.
"""

import datetime
import os

from botocore.exceptions import ClientError
from botocore.session import Session
from botocore.config import Config
from ministack import app
from ministack.services import stepfunctions

PREFIX = "aws-sdk:greengrassv2:"
own = stepfunctions._invoke_aws_sdk_integration
client = Session().create_client(
    "greengrassv2",
    endpoint_url=os.environ["SANDBOX"],
    config=Config(retries={"total_max_attempts": 1}, max_pool_connections=50),
)


def shown(value):
    """Times as text; the rest as it is."""
    if isinstance(value, dict):
        return {key: shown(item) for key, item in value.items()}
    if isinstance(value, list):
        return [shown(item) for item in value]
    if isinstance(value, datetime.datetime):
        return value.astimezone(datetime.UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
    return value


def invoke(resource, arguments):
    """A call of Greengrass V2 goes to the sandbox, by the names of the service model; others stay here."""
    if PREFIX not in resource:
        return own(resource, arguments)
    action = resource.split(PREFIX)[1]
    model = client.meta.service_model.operation_model(action[0].upper() + action[1:])
    asked = stepfunctions._sdk_json_param_value(arguments, model.input_shape)
    try:
        answer = client._make_api_call(model.name, asked)
    except ClientError as error:
        said = error.response["Error"]
        raise stepfunctions._ExecutionError(f"GreengrassV2.{said['Code']}", said["Message"]) from error
    answer.pop("ResponseMetadata")
    return stepfunctions._sdk_json_value(shown(answer), model.output_shape)


stepfunctions._invoke_aws_sdk_integration = invoke

if __name__ == "__main__":
    app.main()
