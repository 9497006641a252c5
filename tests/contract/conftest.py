"""The programs under test and the clients that nobody here wrote."""

import json
import os
import pathlib
import subprocess
import time

import boto3
import pytest
from botocore.config import Config

SUFFIX = ".exe" if os.name == "nt" else ""


def built(name):
    """A program of this workspace, as cargo built it."""
    root = pathlib.Path(__file__).parents[2]
    folder = pathlib.Path(os.environ.get("OVERSEED_BUILT", root / "target" / "debug"))
    path = folder / (name + SUFFIX)
    assert path.is_file(), f"{path} is not built: cargo xtask test --only contract builds it"
    return path


def until(what, ready, seconds=60.0):
    """Asks again until the answer is true, and gives it back; the time only bounds a failure."""
    end = time.monotonic() + seconds
    while True:
        answer = ready()
        if answer:
            return answer
        assert time.monotonic() < end, f"not within {seconds} s: {what}"
        time.sleep(0.05)


class Sandbox:
    """The sandbox program, and clients that know its endpoint and keys only."""

    def __init__(self, *arguments):
        command = [built("overseed-sandbox"), "--listen", "127.0.0.1:0", *arguments]
        self.process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
        self.said = json.loads(self.process.stdout.readline())
        self.endpoint = self.said["endpoint"]

    def client(self, service, secret=None, access_key=None, **options):
        return boto3.client(
            service,
            endpoint_url=self.endpoint,
            region_name=self.said["region"],
            aws_access_key_id=access_key or self.said["accessKeyId"],
            aws_secret_access_key=secret or self.said["secretAccessKey"],
            config=Config(retries={"total_max_attempts": 1}, **options),
        )

    def end(self):
        self.process.terminate()
        self.process.wait(timeout=30)
        self.process.stdout.close()


@pytest.fixture
def sandbox():
    """Forty groups that all deploy, ten simulated minutes a second."""
    running = Sandbox("--groups", "40", "--scenario", "all-well", "--speed", "600")
    yield running
    running.end()


@pytest.fixture
def unhurried_sandbox():
    """Where a bulk deployment stays Initializing for twelve seconds: slow clients meet it running."""
    running = Sandbox("--groups", "30", "--scenario", "slow-start", "--speed", "20")
    yield running
    running.end()


@pytest.fixture(autouse=True)
def no_account(monkeypatch, tmp_path):
    """No test sees the configuration of whoever runs it."""
    for name in list(os.environ):
        if name.startswith("AWS_"):
            monkeypatch.delenv(name)
    monkeypatch.setenv("AWS_CONFIG_FILE", str(tmp_path / "no-config"))
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", str(tmp_path / "no-credentials"))
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
