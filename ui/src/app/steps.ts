import { connectStep } from "~/features/connect/step";
import { groupsStep } from "~/features/groups/step";
import { versionsStep } from "~/features/versions/step";
import { inputFileStep } from "~/features/inputFile/step";
import { permissionsStep } from "~/features/permissions/step";
import { reviewStep } from "~/features/review/step";

import type { WizardStep } from "./wizard";

/** The wizard's steps, in order. */
export const steps: readonly WizardStep[] = [connectStep, groupsStep, versionsStep, inputFileStep, permissionsStep, reviewStep];
