import { createContext, use, useEffect } from "react";
import type { ComponentType, ReactNode } from "react";

import type { CommandStep } from "~/ipc";

export type StepId =
  | "connect"
  | "groups"
  | "versions"
  | "file"
  | "devices"
  | "components"
  | "changes"
  | "rollout"
  // Steps of both generations, each with its own content.
  | "permissions"
  | "review";

/** One step of the wizard, as its feature describes it. */
export interface WizardStep {
  /** Its word in the address and in the draft. */
  id: StepId;
  title: string;
  Content: ComponentType;
  help: ReactNode;
  /** The step's "Copy as AWS CLI"; absent where there is nothing to copy. */
  command?: CommandStep;
  /** Asked on Next: why the step is not done, in a sentence for the user, or `null`. A thrown problem is shown. */
  unfinished?: () => Promise<string | null>;
  /** The last step's button. */
  submitText?: string;
}

interface Wizard {
  goTo: (step: StepId) => void;
  /** Takes away the message that Next left. */
  clearError: () => void;
  /** What the last step's button does. A thrown problem is shown in the step. */
  setSubmit: (submit: (() => Promise<void>) | null) => void;
}

export const WizardContext = createContext<Wizard | null>(null);

export function useWizard(): Wizard {
  const wizard = use(WizardContext);
  if (!wizard) throw new Error("useWizard needs the wizard");
  return wizard;
}

/** Gives the last step's button its work while the step is shown. */
export function useWizardSubmit(submit: () => Promise<void>): void {
  const { setSubmit } = useWizard();
  useEffect(() => {
    setSubmit(submit);
    return () => setSubmit(null);
  }, [setSubmit, submit]);
}
