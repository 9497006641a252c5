import { StepHelp } from "~/app/parts/StepHelp";

export function PermissionsHelp() {
  return (
    <StepHelp
      title="Permissions"
      terms={[
        ["Execution role", "The IAM role that Greengrass takes to read the input file and to create each deployment."],
        ["Trust policy", "Says who may take the role: greengrass.amazonaws.com, for this account only."],
        ["Pass the role", "Your own right (iam:PassRole) to hand the role to Greengrass when you start."],
        [
          "Packing",
          "IAM limits the length of policies. Groups are named one by one in one inline policy, or in managed policies that only this role uses, or all are covered by a wildcard.",
        ],
        [
          "Wildcard",
          "…:/greengrass/groups/* of this account and Region: every group, also those that are not selected.",
        ],
        [
          "Bucket policy",
          "The other way to let the role read the input file: one statement beside those of others, which stay as they are.",
        ],
        ["Not checked", "Your identity may not ask IAM about this. The start will tell."],
      ]}
      pages={[
        "Create bulk deployments for groups",
        "Granting a user permissions to pass a role to an AWS service",
        "The confused deputy problem",
      ]}
    >
      <p>
        Overseed compares what the role may do with what this deployment needs. Nothing is changed until you apply;
        every change is shown beside what is there now, and other policies of the role are left alone.
      </p>
      <p>
        Each change is written down before it is made, so all of it can be taken back later. A new role is not seen by
        all of AWS at once: Overseed waits for that, and says so.
      </p>
      <p>If you may not change IAM, hand the changes over to somebody who may, and check again later.</p>
    </StepHelp>
  );
}
