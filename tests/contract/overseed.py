"""The command line of the app, for what others are to judge."""

import json
import os
import subprocess
import uuid

from conftest import built

ACCOUNT = "123456789012"
REGION = "eu-west-1"
ROLE = "PlantRollout"
BUCKET = "plant-rollouts"


def ids(count):
    """So many ids of groups, always the same."""
    return [str(uuid.uuid5(uuid.NAMESPACE_URL, f"group {number}")) for number in range(count)]


class Overseed:
    """`overseed-cli` in a folder of its own; without keys it reaches nothing."""

    def __init__(self, folder, **environment):
        self.folder = folder
        self.environment = {
            "PATH": os.environ["PATH"],
            "HOME": str(folder),
            "OVERSEED_DATA_DIR": str(folder / "data"),
            "AWS_CONFIG_FILE": str(folder / "no-config"),
            "AWS_SHARED_CREDENTIALS_FILE": str(folder / "no-credentials"),
            "AWS_EC2_METADATA_DISABLED": "true",
            **environment,
        }
        if "SystemRoot" in os.environ:
            self.environment["SystemRoot"] = os.environ["SystemRoot"]

    def run(self, *words):
        """Runs it to its end."""
        return subprocess.run(
            [built("overseed-cli"), *words],
            env=self.environment,
            cwd=self.folder,
            capture_output=True,
            text=True,
            encoding="utf-8",
            check=False,
        )

    def __call__(self, *words, status=0):
        """Standard output of a run that has to end with this status."""
        ran = self.run(*words)
        assert ran.returncode == status, f"{words} ended with {ran.returncode}: {ran.stderr}{ran.stdout}"
        return ran.stdout

    def lines(self, *words, status=0):
        """The same with `--json`, read."""
        return [json.loads(line) for line in self(*words, "--json", status=status).splitlines()]

    def show(self, groups, *words, form="json"):
        """`permissions show` for so many groups."""
        (self.folder / "ids").write_text("\n".join(ids(groups)), encoding="utf-8")
        return self(
            "permissions", "show", "--groups", "ids", "--account", ACCOUNT, "--region", REGION,
            "--role", ROLE, "--bucket", BUCKET, "--format", form, *words,
        )

    def documents(self, groups, *words):
        """Its JSON form."""
        return json.loads(self.show(groups, *words))


def changes(lines):
    """The calls of the changes that `permissions …` speaks of."""
    return [line["operation"] for line in lines if line.get("kind") == "change"]


def now(lines):
    """What is so of the requirements."""
    return {line["id"]: line["now"] for line in lines if line.get("kind") == "requirement"}
