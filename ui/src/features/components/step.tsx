import { StepHelp } from "~/app/parts/StepHelp";
import type { WizardStep } from "~/app/wizard";
import { ipc } from "~/ipc";

import { ComponentsStep } from "./ComponentsStep";
import { says } from "./layers";

const help = (
  <StepHelp
    title="Components"
    terms={[
      ["Component", "A program for core devices: a recipe that tells how it is installed and run, and its artifacts."],
      ["Version", "Versions never change. A deployment pins one; another file or recipe needs another version."],
      ["Artifact", "A file in S3, or a container image, that devices fetch. Its checksum is fixed with the version."],
      [
        "Configuration",
        "A JSON object. What is merged here is put over what the device has; what is reset goes back to the recipe's default first.",
      ],
      ["Part", "What is wanted of all devices, or of some. Of what two parts say about one thing, the later one wins."],
      ["Template", "A name in braces, such as {thingName} or a column of the rows: each device gets its own value."],
    ]}
    pages={[
      "Create deployments",
      "Update component configurations",
      "AWS IoT Greengrass component recipe reference",
      "Publish components to deploy to your core devices",
    ]}
  >
    <p>
      Say what is to change. Everything that is not named stays as it is on each device: a deployment replaces the one before, so
      Overseed reads what each device has and puts this over it.
    </p>
    <p>
      A component is taken off only where you say so. Own components are published here as well: the recipe is checked, its
      artifacts are uploaded with checksums, and the version is offered to be deployed.
    </p>
  </StepHelp>
);

export const componentsStep: WizardStep = {
  id: "components",
  title: "Components",
  Content: ComponentsStep,
  help,
  command: "components",
  unfinished: async () => {
    const { layers, rows, fixed } = await ipc.deviceDraftGet();
    const silent = layers.filter((layer) => !says(layer)).length;
    if (fixed || (rows && rows.rows > 0)) return null;
    if (silent === layers.length) return "Say what is to change: add a component, policies, or rows for single devices.";
    return null;
  },
};
