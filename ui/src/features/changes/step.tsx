import { StepHelp } from "~/app/parts/StepHelp";
import { counted } from "~/app/format";
import type { WizardStep } from "~/app/wizard";
import { ipc } from "~/ipc";

import { ChangesStep } from "./ChangesStep";

const help = (
  <StepHelp
    title="Changes"
    terms={[
      [
        "Present deployment",
        "The newest deployment of the device itself. A new one takes its place, so what is wanted is put over what it has.",
      ],
      [
        "Outcome",
        "The whole document that a device gets: components with versions and configuration, and policies. Devices may share one.",
      ],
      [
        "Configuration to merge",
        "What the deployment changes in a component's configuration on the device; paths are reset before it is merged.",
      ],
      ["Stay", "Components that the device has and keeps as they are, with version and configuration."],
    ]}
    pages={["Create deployments", "Revise deployments", "Update component configurations"]}
  >
    <p>
      What each device has now is read, two calls a device, and kept for a while; before that the deployments of the thing
      groups. Reading can be cancelled; it goes on from there.
    </p>
    <p>
      A device resolves its own deployment and those of its thing groups together. Where a group has a component in another
      version, the finding names the group, and the device is refused.
    </p>
    <p>What is shown here is what is sent. A component is removed only where that was said; nothing is dropped silently.</p>
  </StepHelp>
);

export const changesStep: WizardStep = {
  id: "changes",
  title: "Changes",
  Content: ChangesStep,
  help,
  command: "changes",
  unfinished: async () => {
    const { devices, read } = await ipc.devicePresentStatus();
    if (devices === 0) return "Select at least one device to deploy to.";
    if (read < devices) {
      return `The present deployments of ${counted(devices - read, "device")} are not read yet. Read the rest first.`;
    }
    const plan = await ipc.devicePlanPreview();
    if (plan.layerFindings.length > 0) return "What is wanted cannot be deployed. Mend it in the step Components.";
    const { refused, unreadable, targets } = plan;
    if (refused + unreadable > 0) {
      return `${counted(refused + unreadable, "device cannot", "devices cannot")} be deployed. Change what is wanted of ${refused + unreadable === 1 ? "it" : "them"}, or take ${refused + unreadable === 1 ? "it" : "them"} out of the selection.`;
    }
    return targets === 0 ? "Nothing changes for any device, so there is nothing to deploy." : null;
  },
};
