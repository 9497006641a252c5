import { StepHelp } from "~/app/parts/StepHelp";
import { counted } from "~/app/format";
import { typedBefore } from "~/app/waveForm/wavesForm";
import type { WizardStep } from "~/app/wizard";
import { ipc } from "~/ipc";

import { InputFileStep } from "./InputFileStep";

const help = (
  <StepHelp
    title="Input file"
    terms={[
      [
        "Input file",
        "What the bulk deployment reads: one line for each group, with its id, the version and the kind of deployment.",
      ],
      ["Record", "One line of the input file. At most 255 characters; the whole file is smaller than 100 MB."],
      [
        "Wave",
        "A part of the plan with an input file and a bulk deployment of its own. Waves are deployed one after the other.",
      ],
      [
        "Gate",
        "What has to be so before the next wave starts: how many groups of a wave, or of all, may have failed or be unknown.",
      ],
      ["SSE-S3", "S3's own encryption. Greengrass cannot read a file that is encrypted with a KMS key."],
    ]}
    pages={["Create bulk deployments for groups", "Bucket naming rules"]}
  >
    <p>Make the file from your selection, or open one that you have. Every line is checked, and every finding is shown.</p>
    <p>
      Then choose a bucket in the same Region and upload. Overseed compares the size and the checksum of what has arrived with
      what it sent. You can go on without the upload, but not start.
    </p>
  </StepHelp>
);

export const inputFileStep: WizardStep = {
  id: "file",
  title: "Input file",
  Content: InputFileStep,
  help,
  command: "file",
  unfinished: async () => {
    const { file, bucket, plan } = await ipc.draftGet();
    if (typedBefore(plan) !== null) return "Mend the waves, or choose to deploy in one go.";
    if (!file) return "Make the file, or open one from disk.";
    if (file.stale) return "Groups or versions have changed since the file was made. Make it again.";
    if (file.summary.refusals > 0) {
      return `The service would refuse the file: ${counted(file.summary.refusals, "finding")} must be mended first.`;
    }
    // Whoever may not write to the bucket goes on without an upload, to hand over what is needed; the review says
    // that it is missing, and blocks the start.
    return bucket === "" ? "Choose a bucket for the file." : null;
  },
};
