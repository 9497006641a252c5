import { StepHelp } from "~/app/parts/StepHelp";
import type { WizardStep } from "~/app/wizard";

import { DeviceReviewStep } from "./DeviceReviewStep";

const help = (
  <StepHelp
    title="Review and start"
    terms={[
      [
        "Preflight check",
        "Something that would make the start or many deployments fail. A failed one blocks the start, a warning does not.",
      ],
      ["Document", "All that a device gets: components with versions and configuration, and policies. Devices may share one."],
      ["Settle time", "How long devices may take. Those that have not ended then count as unknown."],
      [
        "Wave and gate",
        "Waves are deployed one after the other. The gate says after each one, once it has settled, whether the next one starts.",
      ],
      ["Plan", "All of this as one file. The same plan started twice is one run."],
    ]}
    pages={["Create deployments", "CreateDeployment", "StartExecution"]}
  >
    <p>
      What you see is what is sent: each wave’s file has the hash shown here. The checks ask AWS anew whenever you come to
      this step.
    </p>
    <p>After each run what devices have is read anew, so that no plan rests on what was there before.</p>
  </StepHelp>
);

export const deviceReviewStep: WizardStep = {
  id: "review",
  title: "Review and start",
  Content: DeviceReviewStep,
  help,
  command: "device_review",
  submitText: "Start…",
};
