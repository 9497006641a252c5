import { StepHelp } from "~/app/parts/StepHelp";
import type { WizardStep } from "~/app/wizard";
import { counted } from "~/app/format";
import { ipc } from "~/ipc";

import { GroupsStep } from "./GroupsStep";

const help = (
  <StepHelp
    title="Groups"
    terms={[
      ["Group", "The settings of one core and everything that runs on it: functions, connectors, devices, subscriptions."],
      ["Group version", "An unchangeable picture of a group's settings. A deployment sends one version to the core."],
      ["Deployable", "The group has a version, and that version names exactly one core."],
    ]}
    pages={["What is AWS IoT Greengrass V1?", "Create bulk deployments for groups"]}
  >
    <p>
      Select the groups to deploy to. The list is kept on this computer; list it again to see what has changed in the account.
      Filters, &quot;select all&quot; and imports work on the whole list, not on the page that is shown.
    </p>
    <p>Groups that cannot be deployed are shown with the reason and are never selected.</p>
  </StepHelp>
);

export const groupsStep: WizardStep = {
  id: "groups",
  title: "Groups",
  Content: GroupsStep,
  help,
  command: "groups",
  unfinished: async () => {
    const { selected, selectedNotDeployable } = await ipc.groupsStatus();
    if (selected === 0) return "Select at least one group to deploy to.";
    if (selectedNotDeployable === 0) return null;
    return `${counted(selectedNotDeployable, "selected group cannot", "selected groups cannot")} be deployed any more. Deselect ${selectedNotDeployable === 1 ? "it" : "them"} first.`;
  },
};
