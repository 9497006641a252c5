import { StepHelp } from "~/app/parts/StepHelp";
import { typedBefore as settleTyped } from "~/app/settleTime";
import { typedBefore as wavesTyped } from "~/app/waveForm/wavesForm";
import type { WizardStep } from "~/app/wizard";
import { ipc } from "~/ipc";

import { RolloutStep } from "./RolloutStep";
import { concurrencyFault, jobFaults, typedBefore } from "./jobForm";
import { groupFault } from "./ways";

const help = (
  <StepHelp
    title="Rollout"
    terms={[
      ["Wave", "A part of the plan. Waves are deployed one after the other."],
      [
        "Gate",
        "What has to be so before the next wave starts: how many devices of a wave, or of all, may have failed or be unknown.",
      ],
      ["Distributed Map", "The part of Step Functions that does the same for each line of a file in S3, many at once."],
      ["Job", "AWS IoT’s way of telling many things something; a thing group’s deployment is one."],
      ["Settle time", "How long devices may take. Those that have not ended then count as unknown."],
    ]}
    pages={[
      "Create deployments",
      "Using Map state in Distributed mode for large-scale parallel workloads in Step Functions",
      "How job configurations work",
      "AWS Step Functions pricing",
    ]}
  >
    <p>
      Greengrass V2 has no bulk deployments. Overseed makes many deployments in one of three ways; the plan and what each
      device gets are the same in all of them.
    </p>
    <p>A first installation of large components can take ten minutes: give devices time to settle.</p>
  </StepHelp>
);

export const rolloutStep: WizardStep = {
  id: "rollout",
  title: "Rollout",
  Content: RolloutStep,
  help,
  command: "rollout",
  unfinished: async () => {
    const draft = await ipc.deviceDraftGet();
    if (wavesTyped(draft.plan) !== null) return "Mend the waves, or choose to deploy in one go.";
    if (settleTyped(draft.plan) !== null) return "Mend the settle time.";
    const preview = await ipc.devicePlanPreview();
    const typed = typedBefore(draft.plan);
    if (preview.way === "thing_group") {
      if (groupFault(preview) !== null) return "A thing group will not do for this plan. Choose another way.";
      if (typed !== null && jobFaults(typed) > 0) return "Mend the settings of the thing group’s job.";
    }
    if (preview.way === "step_functions") {
      if (typed !== null && concurrencyFault(typed) !== null) return "Mend the number of devices at once.";
      if (draft.bucket === "") return "Choose a bucket for the state machine’s files.";
      if (draft.role === "") return "Name the state machine’s role.";
    }
    return null;
  },
};
