"""The comparison with the service model finds what it is for."""

from shapes import faults, output_shape


def test_unknown_missing_and_mistyped_keys_are_found():
    shape = output_shape("greengrass", "GetBulkDeploymentStatus")
    assert faults(shape, {"BulkDeploymentStatus": "Running", "tags": {"run": "r"}}) == []
    # The tutorial's own names are not the model's.
    assert faults(shape, {"Statistics": {}}) == ["answer.Statistics: unknown to the model"]
    assert faults(shape, {"BulkDeploymentMetrics": {"RecordsProcessed": "3"}}) == [
        "answer.BulkDeploymentMetrics.RecordsProcessed: not a integer: '3'"
    ]
    role = output_shape("iam", "GetRole")
    assert "answer.Role: missing" in faults(role, {})
