import type { Word } from "~/app/states";
import type { RoleWords } from "~/app/permissions/RoleChoice";
import type { RoleKind, RolePermissions } from "~/ipc";

export const TITLES: Record<RoleKind, { title: string; whose: string }> = {
  device: { title: "The devices’ role", whose: "the devices’ role" },
  engine: { title: "The state machine’s role", whose: "the state machine’s role" },
  execution: { title: "Execution role", whose: "the execution role" },
};

export const DEVICE_ROLE: RoleWords = {
  label: "The devices’ role (token exchange role)",
  description: "Core devices take it to fetch artifacts and to reach AWS.",
  existing: () => "An existing role.",
  trust: false,
  missing: "No role of this name was found: it will be made when you apply.",
  testid: "roles-name-device",
};

export const ENGINE_ROLE: RoleWords = {
  label: "The state machine’s role",
  description: "Step Functions takes it to make the deployments and to look at devices.",
  existing: () => "An existing role.",
  trust: false,
  missing: "No role of this name was found: it will be made when you apply.",
  testid: "roles-name-engine",
};

/** Whether anything is left to do for a role. */
export function stateOf({ changes, requirements }: RolePermissions): Word {
  if (changes.some(({ outcome }) => outcome?.kind === "failed")) return { label: "Not applied", type: "error" };
  if (changes.some(({ outcome }) => outcome?.kind !== "done")) return { label: "To be changed", type: "warning" };
  if (requirements.some(({ now }) => now === "no" || now === "not_yet")) return { label: "Lacks something", type: "error" };
  if (requirements.some(({ now }) => now === "not_checked")) return { label: "Not all checked", type: "info" };
  return { label: changes.length > 0 ? "Applied" : "Suffices", type: "success" };
}
