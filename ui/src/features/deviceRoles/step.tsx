import { StepHelp } from "~/app/parts/StepHelp";
import { roleNameFault } from "~/app/permissions/roleName";
import type { WizardStep } from "~/app/wizard";
import { ipc } from "~/ipc";

import { DeviceRolesStep } from "./DeviceRolesStep";

const help = (
  <StepHelp
    title="Permissions"
    terms={[
      [
        "Token exchange role",
        "The role that core devices take to reach AWS, by a role alias of AWS IoT. Components get its rights.",
      ],
      ["The state machine’s role", "The role that Step Functions takes to make the deployments and to look at devices."],
      ["Pass a role", "You may hand a role to a service only where you are allowed to: iam:PassRole."],
      [
        "Least privilege",
        "Only what the components of this plan need: their artifacts, secrets, images and topics, each by its name.",
      ],
    ]}
    pages={[
      "Authorize core devices to interact with AWS services",
      "Creating an IAM role for your state machine",
      "Granting a user permissions to pass a role to an AWS service",
    ]}
  >
    <p>
      Tutorials attach policies named FullAccess. Here the recipes and configurations of the plan are read instead, and each
      right is told with the component that needs it.
    </p>
    <p>Whoever may not change IAM hands the same over as a script or a template, and checks again afterwards.</p>
  </StepHelp>
);

export const deviceRolesStep: WizardStep = {
  id: "permissions",
  title: "Permissions",
  Content: DeviceRolesStep,
  help,
  command: "device_permissions",
  // What is not granted yet does not keep anybody here: somebody else may have to grant it, and the review checks it.
  unfinished: async () => {
    const { deviceRole } = await ipc.deviceDraftGet();
    return deviceRole === "" ? "Name the devices’ role." : roleNameFault(deviceRole);
  },
};
