import type { ComponentIntent, ComponentSet, RunWith } from "~/ipc";

import { checkConfiguration } from "./configuration";
import type { Named } from "./layers";
import { places } from "./template";

/** What a component's dialog has in its fields, as typed. */
export interface ComponentForm {
  change: ComponentIntent["change"];
  name: string;
  version: string;
  merge: string;
  resetAll: boolean;
  /** JSON pointers, one in a line. */
  reset: string;
  wherePresent: boolean;
  posixUser: string;
  windowsUser: string;
  cpus: string;
  memory: string;
}

export const EMPTY_FORM: ComponentForm = {
  change: "set",
  name: "",
  version: "",
  merge: "",
  resetAll: false,
  reset: "",
  wherePresent: false,
  posixUser: "",
  windowsUser: "",
  cpus: "",
  memory: "",
};

export function formOf({ name, intent }: Named): ComponentForm {
  if (intent.change !== "set") return { ...EMPTY_FORM, change: intent.change, name };
  const limits = intent.runWith?.systemResourceLimits;
  return {
    change: "set",
    name,
    version: intent.version ?? "",
    merge: intent.merge ?? "",
    resetAll: intent.reset?.includes("") ?? false,
    reset: (intent.reset ?? []).filter((path) => path !== "").join("\n"),
    wherePresent: intent.wherePresent ?? false,
    posixUser: intent.runWith?.posixUser ?? "",
    windowsUser: intent.runWith?.windowsUser ?? "",
    cpus: limits?.cpus?.toString() ?? "",
    memory: limits?.memory?.toString() ?? "",
  };
}

function lines(text: string): string[] {
  return text
    .split("\n")
    .map((line) => line.trim())
    .filter((line) => line !== "");
}

function runWithOf(form: ComponentForm): RunWith | null {
  const [posixUser, windowsUser] = [form.posixUser.trim(), form.windowsUser.trim()];
  const [cpus, memory] = [form.cpus.trim(), form.memory.trim()];
  const limits = { ...(cpus !== "" && { cpus: Number(cpus) }), ...(memory !== "" && { memory: Number(memory) }) };
  const runWith = {
    ...(posixUser !== "" && { posixUser }),
    ...(windowsUser !== "" && { windowsUser }),
    ...(Object.keys(limits).length > 0 && { systemResourceLimits: limits }),
  };
  return Object.keys(runWith).length > 0 ? runWith : null;
}

/** What the fields mean. What is left empty is left as it is on each device. */
export function namedOf(form: ComponentForm): Named {
  const name = form.name.trim();
  if (form.change !== "set") return { name, intent: { change: form.change } };
  const version = form.version.trim();
  const reset = form.resetAll ? [""] : lines(form.reset);
  const runWith = runWithOf(form);
  const set: ComponentSet = {
    ...(version !== "" && { version }),
    ...(form.merge.trim() !== "" && { merge: form.merge }),
    ...(reset.length > 0 && { reset }),
    ...(runWith && { runWith }),
    ...(form.wherePresent && { wherePresent: true }),
  };
  return { name, intent: { change: "set", ...set } };
}

/** What names of components are made of (guide, "Component recipe reference"). */
const NAME = /^[A-Za-z0-9._-]+$/;
const VERSION = /^\d+\.\d+\.\d+(?:-[0-9A-Za-z.-]+)?(?:\+[0-9A-Za-z.-]+)?$/;
/** Characters of one reset path at most (service model). */
const RESET_CHARS = 256;

export interface FormFaults {
  name: string | null;
  version: string | null;
  merge: string | null;
  reset: string | null;
  cpus: string | null;
  memory: string | null;
}

function versionFault(version: string): string | null {
  if (version === "") return null;
  const { names, unclosed } = places(version);
  if (unclosed !== null) return `A brace before “${unclosed}” is not closed. Write {${unclosed}}.`;
  if (names.length > 0 || VERSION.test(version)) return null;
  return "Write one exact version, such as 1.0.0: a deployment pins it.";
}

function resetFault({ reset, resetAll }: ComponentForm): string | null {
  const bad = resetAll ? undefined : lines(reset).find((path) => !path.startsWith("/") || path.length > RESET_CHARS);
  if (bad === undefined) return null;
  return `“${bad}” is no path. Write a JSON pointer of up to ${RESET_CHARS} characters, such as /network/port.`;
}

function amountFault(text: string, whole: boolean): string | null {
  if (text.trim() === "") return null;
  const amount = Number(text);
  if (amount > 0 && (!whole || Number.isInteger(amount))) return null;
  return whole ? "Give a whole number above zero." : "Give a number above zero.";
}

/** Why the fields cannot be taken; `others` are the components that the layer has besides. */
export function formFaults(
  form: ComponentForm,
  others: readonly string[],
  values: readonly string[],
  defaults: unknown,
): FormFaults {
  const name = form.name.trim();
  const set = form.change === "set";
  return {
    name:
      name === ""
        ? "Choose a component, or type its name."
        : !NAME.test(name)
          ? "Names of components have letters, digits, dots, hyphens and underscores."
          : others.includes(name)
            ? "This part names the component already. Edit that row."
            : null,
    version: set ? versionFault(form.version.trim()) : null,
    merge: set ? checkConfiguration(form.merge, name, values, defaults).fault : null,
    reset: set ? resetFault(form) : null,
    cpus: set ? amountFault(form.cpus, false) : null,
    memory: set ? amountFault(form.memory, true) : null,
  };
}
