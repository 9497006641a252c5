import type { WizardStep } from "~/app/wizard";

import { ReviewHelp } from "./ReviewHelp";
import { ReviewStep } from "./ReviewStep";

export const reviewStep: WizardStep = {
  id: "review",
  title: "Review and start",
  Content: ReviewStep,
  help: <ReviewHelp />,
  command: "review",
  submitText: "Start…",
};
