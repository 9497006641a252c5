"""An answer beside botocore's service model: every key known, every required key there, every type right."""

import datetime
import json

from botocore.session import Session

TYPES = {
    "string": str,
    "integer": int,
    "long": int,
    "boolean": bool,
    # Numbers where the protocol writes seconds of Unix time.
    "timestamp": (datetime.datetime, str, int, float),
    "blob": (bytes, str),
    "float": (int, float),
    "double": (int, float),
}


def output_shape(service, operation):
    """What the model says an operation answers."""
    return Session().get_service_model(service).operation_model(operation).output_shape


def faults(shape, value, path="answer"):
    """All differences between a value and its shape."""
    kind = shape.type_name
    if kind == "structure":
        if not isinstance(value, dict):
            return [f"{path}: not a structure: {value!r}"]
        found = [f"{path}.{key}: unknown to the model" for key in value if key not in shape.members]
        found += [f"{path}.{key}: missing" for key in shape.required_members if key not in value]
        for key, member in shape.members.items():
            if key in value:
                found += faults(member, value[key], f"{path}.{key}")
        return found
    if kind == "list":
        if not isinstance(value, list):
            return [f"{path}: not a list: {value!r}"]
        return [
            fault
            for index, item in enumerate(value)
            for fault in faults(shape.member, item, f"{path}[{index}]")
        ]
    if kind == "map":
        if not isinstance(value, dict):
            return [f"{path}: not a map: {value!r}"]
        return [
            fault for key, item in value.items() for fault in faults(shape.value, item, f"{path}[{key}]")
        ]
    if not isinstance(value, TYPES[kind]) or (kind in ("integer", "long") and isinstance(value, bool)):
        return [f"{path}: not a {kind}: {value!r}"]
    return []


class Wire:
    """Keeps the bodies of a client's answers as they came, before botocore drops what it does not know."""

    def __init__(self, client):
        self.client = client
        self.service = client.meta.service_model
        self.bodies = {}
        client.meta.events.register("before-parse.*.*", self.keep)

    def keep(self, operation_model, response_dict, **_):
        self.bodies[operation_model.name] = response_dict["body"]

    def checked(self, operation):
        """The JSON of the last answer to an operation, found true to the model."""
        text = self.bodies[operation]
        value = json.loads(text) if text else {}
        shape = self.service.operation_model(operation).output_shape
        known = body_members(shape)
        assert faults(known, value) == [], f"{operation}: {text!r}"
        return value


def body_members(shape):
    """The shape by the names on the wire; REST-JSON Greengrass uses the members' own."""
    for name, member in shape.members.items():
        assert member.serialization.get("name", name) == name, f"{name} has another name on the wire"
    return shape
