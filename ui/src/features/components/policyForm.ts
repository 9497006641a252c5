import type { DeploymentPolicies, Intent } from "~/ipc";

import { places } from "./template";

/** Policies and name of a layer's deployments, as typed; empty for what stays as it is. */
export interface PolicyForm {
  failure: "" | "ROLLBACK" | "DO_NOTHING";
  action: "" | "NOTIFY_COMPONENTS" | "SKIP_NOTIFY_COMPONENTS";
  seconds: string;
  validation: string;
  name: string;
}

export function policyFormOf({ policies, deploymentName }: Intent): PolicyForm {
  const update = policies?.componentUpdatePolicy;
  return {
    failure: policies?.failureHandlingPolicy ?? "",
    action: update?.action ?? "",
    seconds: update?.timeoutInSeconds?.toString() ?? "",
    validation: policies?.configurationValidationPolicy?.timeoutInSeconds?.toString() ?? "",
    name: deploymentName ?? "",
  };
}

function policiesOf({ failure, action, seconds, validation }: PolicyForm): DeploymentPolicies {
  const update = {
    ...(action !== "" && { action }),
    ...(seconds.trim() !== "" && { timeoutInSeconds: Number(seconds) }),
  };
  return {
    ...(Object.keys(update).length > 0 && { componentUpdatePolicy: update }),
    ...(validation.trim() !== "" && { configurationValidationPolicy: { timeoutInSeconds: Number(validation) } }),
    ...(failure !== "" && { failureHandlingPolicy: failure }),
  };
}

/** The layer's intent with these policies and this name. */
export function withPolicies({ components, iotJobConfiguration }: Intent, form: PolicyForm): Intent {
  const policies = policiesOf(form);
  const name = form.name.trim();
  return {
    ...(components && { components }),
    ...(iotJobConfiguration && { iotJobConfiguration }),
    ...(Object.keys(policies).length > 0 && { policies }),
    ...(name !== "" && { deploymentName: name }),
  };
}

/** Characters of a deployment's name at most (service model). */
const NAME_CHARS = 256;
/** Seconds are 32-bit in the service model. */
const MOST_SECONDS = 2 ** 31 - 1;

function secondsFault(text: string): string | null {
  if (text.trim() === "") return null;
  const whole = /^\d+$/.test(text.trim()) && Number(text) <= MOST_SECONDS;
  return whole ? null : "Give whole seconds, zero or more.";
}

export interface PolicyFaults {
  seconds: string | null;
  validation: string | null;
  name: string | null;
}

export function policyFaults({ seconds, validation, name }: PolicyForm): PolicyFaults {
  const { unclosed } = places(name);
  return {
    seconds: secondsFault(seconds),
    validation: secondsFault(validation),
    name:
      unclosed !== null
        ? `A brace before “${unclosed}” is not closed. Write {${unclosed}}.`
        : name.trim().length > NAME_CHARS
          ? `A deployment's name has ${NAME_CHARS} characters at most.`
          : null,
  };
}
