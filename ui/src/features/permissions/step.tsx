import { roleNameFault } from "~/app/permissions/roleName";
import type { WizardStep } from "~/app/wizard";
import { ipc } from "~/ipc";

import { PermissionsHelp } from "./PermissionsHelp";
import { PermissionsStep } from "./PermissionsStep";

export const permissionsStep: WizardStep = {
  id: "permissions",
  title: "Permissions",
  Content: PermissionsStep,
  help: <PermissionsHelp />,
  command: "permissions",
  // What is not granted yet does not keep anybody here: somebody else may have to grant it, and the review checks it.
  unfinished: async () => roleNameFault((await ipc.draftGet()).role),
};
