import { connectStep } from "~/features/connect/step";

import type { WizardStep } from "./wizard";

/** The wizard's steps, in order. */
export const steps: readonly WizardStep[] = [connectStep];
