"""The machine of a wave, carried out by an engine that nobody here wrote: ministack, over the sandbox's Greengrass."""

import json
import os
import pathlib
import socket
import subprocess
import urllib.error
import urllib.request

import boto3
import pytest

from conftest import Sandbox, until
from test_v2_waves import BUCKET, KEY, definition

HERE = pathlib.Path(__file__).parent
# Simulated seconds a second.
SPEED = 600


def python():
    """The Python that has ministack."""
    named = os.environ.get("OVERSEED_MINISTACK")
    path = pathlib.Path(named) if named else HERE.parents[1] / "target" / "ministack" / "bin" / "python"
    assert path.exists(), f"{path} is not there: cargo xtask test --only contract installs it"
    return path


def free_port():
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        return listening.getsockname()[1]


class Ministack:
    """ministack with its own S3 and IAM; Greengrass V2 is the sandbox's."""

    def __init__(self, sandbox, folder):
        port = free_port()
        self.endpoint = f"http://127.0.0.1:{port}"
        self.said = sandbox.said
        self.process = subprocess.Popen(
            [python(), HERE / "ministack" / "serve.py"],
            cwd=folder,
            env={
                **{name: os.environ[name] for name in ("PATH", "SystemRoot") if name in os.environ},
                "HOME": str(folder),
                "BIND_HOST": "127.0.0.1",
                "GATEWAY_PORT": str(port),
                "SANDBOX": sandbox.endpoint,
                "SFN_WAIT_SCALE": str(1 / SPEED),
                "AWS_DEFAULT_REGION": self.said["region"],
                "AWS_ACCESS_KEY_ID": self.said["accessKeyId"],
                "AWS_SECRET_ACCESS_KEY": self.said["secretAccessKey"],
                "AWS_EC2_METADATA_DISABLED": "true",
            },
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        until("ministack answers", self.answers)

    def answers(self):
        assert self.process.poll() is None, "ministack ended"
        try:
            with urllib.request.urlopen(f"{self.endpoint}/_ministack/health", timeout=5):
                return True
        except urllib.error.HTTPError:
            return True
        except OSError:
            return False

    def client(self, service):
        return boto3.client(
            service,
            endpoint_url=self.endpoint,
            region_name=self.said["region"],
            aws_access_key_id="000000000000",
            aws_secret_access_key="test",
        )

    def end(self):
        self.process.kill()
        self.process.wait()


@pytest.fixture
def both(tmp_path):
    """A sandbox where a part of the devices fails, and ministack beside it."""
    sandbox = Sandbox("--groups", "60", "--scenario", "mixed", "--speed", str(SPEED))
    ministack = Ministack(sandbox, tmp_path)
    yield sandbox, ministack
    ministack.end()
    sandbox.end()


def test_ministack_carries_a_wave_out(both):
    sandbox, ministack = both
    greengrass = sandbox.client("greengrassv2")
    pages = greengrass.get_paginator("list_core_devices").paginate()
    things = [core["coreDeviceThingName"] for page in pages for core in page["coreDevices"]]
    lines = [
        {
            "thingName": thing,
            "clientToken": f"wave-1-{place}",
            "request": {
                "TargetArn": f"arn:aws:iot:{sandbox.said['region']}:000000000000:thing/{thing}",
                "Components": {"aws.greengrass.Cli": {"ComponentVersion": "2.9.0"}},
                "ClientToken": f"wave-1-{place}",
            },
        }
        for place, thing in enumerate([*things, "no-such-thing"])
    ]
    for line in lines:
        found = greengrass.list_deployments(targetArn=line["request"]["TargetArn"], historyFilter="LATEST_ONLY")
        line["replaces"] = "".join(latest["deploymentId"] for latest in found["deployments"])
    assert any(line["replaces"] for line in lines) and not lines[-1]["replaces"]
    # What these have is not what the plan was made against, or not known.
    (overtaken, had), unknown = (things.pop(0), lines[0]["replaces"]), lines[1]
    lines[0]["replaces"] = "somebody-elses"
    del unknown["replaces"]
    s3, states = ministack.client("s3"), ministack.client("stepfunctions")
    s3.create_bucket(Bucket=BUCKET, CreateBucketConfiguration={"LocationConstraint": sandbox.said["region"]})
    s3.put_object(Bucket=BUCKET, Key=KEY, Body="\n".join(map(json.dumps, lines)).encode())
    made = states.create_state_machine(
        name="wave-1", definition=definition(settle=600, concurrency=20), roleArn="arn:aws:iam::000000000000:role/waves"
    )
    execution = states.start_execution(stateMachineArn=made["stateMachineArn"])["executionArn"]

    def ended():
        seen = states.describe_execution(executionArn=execution)
        return seen["status"] != "RUNNING" and seen

    end = until("the execution ended", ended)
    assert end["status"] == "SUCCEEDED", end
    outcomes = {outcome["thingName"]: outcome for outcome in json.loads(end["output"])}
    assert set(outcomes) == {overtaken, *things, "no-such-thing"}
    assert [outcomes[line["thingName"]]["clientToken"] for line in lines] == [line["clientToken"] for line in lines]
    assert outcomes["no-such-thing"]["status"] == "NOT_MADE"
    assert outcomes["no-such-thing"]["error"].startswith("GreengrassV2.")

    told = outcomes[overtaken]
    assert (told["status"], told["found"]) == ("OVERTAKEN", had)
    still = greengrass.list_deployments(targetArn=lines[0]["request"]["TargetArn"], historyFilter="LATEST_ONLY")
    assert "".join(latest["deploymentId"] for latest in still["deployments"]) == had

    # What it tells is what Greengrass says of each device.
    statuses = set()
    for thing in things:
        told = outcomes[thing]
        (entry,) = [
            entry
            for entry in greengrass.list_effective_deployments(coreDeviceThingName=thing)["effectiveDeployments"]
            if entry["deploymentId"] == told["deploymentId"]
        ]
        if told["status"] in ("COMPLETED", "FAILED"):
            assert told["status"] == entry["coreDeviceExecutionStatus"]
            assert told.get("errorStack", []) == entry.get("statusDetails", {}).get("errorStack", [])
            assert told.get("reason") == entry.get("reason")
        statuses.add(told["status"])
    assert {"COMPLETED", "FAILED"} <= statuses, statuses
