import { StepHelp } from "~/app/parts/StepHelp";
import type { WizardStep } from "~/app/wizard";
import { counted } from "~/app/format";
import { ipc } from "~/ipc";

import { DevicesStep } from "./DevicesStep";

const help = (
  <StepHelp
    title="Devices"
    terms={[
      ["Core device", "An IoT thing on which the Greengrass nucleus runs. It takes deployments and runs their components."],
      [
        "Thing group",
        "A named set of IoT things. Devices get the deployments of all groups that they are in beside their own, and things that join a group later get its deployments as well.",
      ],
      ["Nucleus", "The component that is Greengrass itself on a device. Classic is the one in Java, lite the small one for Linux."],
      [
        "HEALTHY",
        "All components ran without errors when the device last told. It tells changes, and otherwise once in 24 hours by default: a device that is switched off stays HEALTHY.",
      ],
      ["UNHEALTHY", "The nucleus or a component is broken, by the device's own account. It can be deployed to, which may mend it."],
    ]}
    pages={["How AWS IoT Greengrass works", "Check core device status", "Deploy AWS IoT Greengrass components to devices"]}
  >
    <p>
      Select the core devices to deploy to. The list is kept on this computer; list it again to see what has changed in the
      account. Filters, &quot;select all&quot; and imports work on the whole list, not on the page that is shown.
    </p>
    <p>
      The version of the nucleus and the thing groups are not part of the listing. They are read for the devices on the page
      that is shown, so a filter by them finds only devices that were read. Under Thing groups the members of a whole group are
      read at once, and its core devices selected.
    </p>
  </StepHelp>
);

export const devicesStep: WizardStep = {
  id: "devices",
  title: "Devices",
  Content: DevicesStep,
  help,
  command: "devices",
  unfinished: async () => {
    const { selected, selectedGone } = await ipc.devicesStatus();
    if (selected === 0) return "Select at least one core device to deploy to.";
    if (selectedGone === 0) return null;
    return `${counted(selectedGone, "selected core device is", "selected core devices are")} not in the newest listing. Deselect ${selectedGone === 1 ? "it" : "them"} first.`;
  },
};
