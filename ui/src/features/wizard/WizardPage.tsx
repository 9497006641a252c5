import Spinner from "@cloudscape-design/components/spinner";
import { useEffect, useState } from "react";
import { Navigate, NavigationType, useLocation, useNavigationType, useParams } from "react-router";

import { useAppStatus } from "~/app/connection";
import { useDraft, useDraftWriter } from "~/app/draft";
import { ProblemAlert } from "~/app/parts/ProblemAlert";
import type { WizardStep } from "~/app/wizard";

import { WizardHost } from "./WizardHost";

interface StepsProps {
  steps: readonly WizardStep[];
  connected: boolean;
  /** Where the draft was left. */
  left: string;
}

/** Shows the step of the address, else where the draft was left, else Connect. */
function Steps({ steps, connected, left }: StepsProps) {
  const { step } = useParams();
  // An address that was written by hand has no key (React Router, createHashHistory): that step is meant.
  const written = useLocation().key === "default";
  const back = useNavigationType() === NavigationType.Pop && !written;
  const { lastShown, shows } = useDraftWriter();
  const known = connected ? (steps.find(({ id }) => id === left) ?? steps[1]) : steps[0];
  // The way back from another screen leads to the step that was left. Its address may be another one: a web view's
  // way back passes over entries made without a click, and a step is gone on from only after its check.
  const [detour, setDetour] = useState(() => {
    const shown = back && connected ? lastShown() : null;
    return shown === null ? null : shown === "connect" ? shown : known?.id;
  });
  if (detour && detour === step) setDetour(null);
  const index = steps.findIndex(({ id }) => id === step);
  const away = index < 0 || (!connected && index > 0) || (detour && detour !== step);
  useEffect(() => {
    if (step && !away) shows(step);
  }, [step, away, shows]);
  if (away) return <Navigate to={`/new/${detour ?? known?.id}`} replace />;
  return <WizardHost key={index} steps={steps} index={index} />;
}

/** Waits for what says which step to show. */
export function WizardPage({ steps }: { steps: readonly WizardStep[] }) {
  const status = useAppStatus();
  const connected = Boolean(status.data?.connection);
  const draft = useDraft(connected);
  const error = status.error ?? draft.error;
  if (error) return <ProblemAlert error={error} retry={() => void (status.error ? status.refetch() : draft.refetch())} />;
  if (!status.data || (connected && !draft.data)) return <Spinner size="large" />;
  return <Steps steps={steps} connected={connected} left={draft.data?.step ?? ""} />;
}
