import { counted } from "~/app/format";
import type { ComponentIntent, DeploymentPolicies, DevicesMeant, Filter } from "~/ipc";

import { labelOf } from "./filter";

const OPERATORS: Record<string, string> = {
  "=": "is",
  "!=": "is not",
  ":": "contains",
  "!:": "does not contain",
  "^": "begins with",
  "!^": "does not begin with",
  "<": "before",
  "<=": "at or before",
  ">": "after",
  ">=": "at or after",
};

function filterWords({ operation, tokens }: Filter): string {
  const words = tokens.map(({ property, operator, value }) => `${labelOf(property)} ${OPERATORS[operator] ?? operator} ${value}`);
  return words.join(operation === "and" ? " and " : " or ");
}

/** Whom a layer is for, as its heading. */
export function whomFor(of: DevicesMeant): string {
  switch (of.kind) {
    case "all":
      return "For all devices";
    case "matching":
      return of.filter.tokens.length === 0 ? "For all devices" : `Where ${filterWords(of.filter)}`;
    case "named":
      return of.names.length === 1 ? `For ${of.names[0]}` : `For ${counted(of.names.length, "device")} by name`;
  }
}

/** What becomes of a component's version. */
export function versionWords(intent: ComponentIntent): string {
  if (intent.change === "remove") return "is taken off";
  if (intent.change === "keep") return "is left alone";
  return intent.version ?? "stays as it is";
}

/** What policies say; what they do not say is left out. */
export function policyWords(policies: DeploymentPolicies | null | undefined): string[] {
  const { componentUpdatePolicy: update, configurationValidationPolicy: validation, failureHandlingPolicy } = policies ?? {};
  const seconds = update?.timeoutInSeconds;
  const within = seconds === null || seconds === undefined ? "" : `, ${seconds} s to answer`;
  return [
    failureHandlingPolicy === "ROLLBACK" && "after a failure the device goes back (ROLLBACK)",
    failureHandlingPolicy === "DO_NOTHING" && "after a failure the device stays as it is (DO_NOTHING)",
    update?.action === "NOTIFY_COMPONENTS" && `components are asked before an update (NOTIFY_COMPONENTS)${within}`,
    update?.action === "SKIP_NOTIFY_COMPONENTS" && `components are not asked before an update (SKIP_NOTIFY_COMPONENTS)${within}`,
    update && !update.action && within !== "" && `components have ${seconds} s to answer before an update`,
    typeof validation?.timeoutInSeconds === "number" && `${validation.timeoutInSeconds} s to look at a new configuration`,
  ].filter((word) => word !== false && word !== undefined && word !== null);
}
