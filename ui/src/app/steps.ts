import { changesStep } from "~/features/changes/step";
import { componentsStep } from "~/features/components/step";
import { connectStep } from "~/features/connect/step";
import { deviceReviewStep } from "~/features/deviceReview/step";
import { deviceRolesStep } from "~/features/deviceRoles/step";
import { devicesStep } from "~/features/devices/step";
import { groupsStep } from "~/features/groups/step";
import { inputFileStep } from "~/features/inputFile/step";
import { permissionsStep } from "~/features/permissions/step";
import { reviewStep } from "~/features/review/step";
import { rolloutStep } from "~/features/rollout/step";
import { versionsStep } from "~/features/versions/step";
import type { Generation } from "~/ipc";

import type { WizardStep } from "./wizard";

/** The wizard's steps, in order, of each generation. */
export const steps: Record<Generation, readonly WizardStep[]> = {
  v1: [connectStep, groupsStep, versionsStep, inputFileStep, permissionsStep, reviewStep],
  v2: [connectStep, devicesStep, componentsStep, changesStep, rolloutStep, deviceRolesStep, deviceReviewStep],
};
