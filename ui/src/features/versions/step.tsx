import { counted } from "~/app/format";
import { StepHelp } from "~/app/parts/StepHelp";
import type { WizardStep } from "~/app/wizard";
import { ipc } from "~/ipc";

import { VersionsStep } from "./VersionsStep";

const help = (
  <StepHelp
    title="Versions"
    terms={[
      ["Latest version", "The version that the list of groups names. It needs no call for each group."],
      [
        "Previous version",
        "The one created before the latest. Finding it takes one call for each group, so it takes a while for many.",
      ],
      ["Definition", "A part of a version: core, functions, connectors, devices, subscriptions, resources, loggers."],
    ]}
    pages={["Deploy AWS IoT Greengrass groups to an AWS IoT Greengrass core"]}
  >
    <p>Each selected group gets its latest version unless you say otherwise, for one group or for all.</p>
    <p>
      To roll back, choose the previous version for all. Cancelling keeps what has been read, and starting again goes on from
      there.
    </p>
  </StepHelp>
);

export const versionsStep: WizardStep = {
  id: "versions",
  title: "Versions",
  Content: VersionsStep,
  help,
  command: "versions",
  unfinished: async () => {
    const { total, problems } = await ipc.versionsPage({ text: "", changedOnly: false, offset: 0, limit: 1 });
    if (total === 0) return "Select at least one group in the step before.";
    return problems === 0
      ? null
      : `${counted(problems, "version cannot", "versions cannot")} be used. Choose another, or take the latest for all.`;
  },
};
