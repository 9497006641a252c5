import Spinner from "@cloudscape-design/components/spinner";
import { Navigate, useParams } from "react-router";

import { useAppStatus } from "~/app/connection";
import { useDraft } from "~/app/draft";
import { ProblemAlert } from "~/app/parts/ProblemAlert";
import type { WizardStep } from "~/app/wizard";

import { WizardHost } from "./WizardHost";

/** Finds out which step to show: the one asked for, else where the draft was left, else Connect. */
export function WizardPage({ steps }: { steps: readonly WizardStep[] }) {
  const { step } = useParams();
  const status = useAppStatus();
  const connected = Boolean(status.data?.connection);
  const draft = useDraft(connected);
  const error = status.error ?? draft.error;
  if (error) return <ProblemAlert error={error} retry={() => void (status.error ? status.refetch() : draft.refetch())} />;
  if (!status.data || (connected && !draft.data)) return <Spinner size="large" />;

  const left = connected ? draft.data?.step : "connect";
  const known = steps.some(({ id }) => id === left) ? left : connected ? (steps[1] ?? steps[0])?.id : steps[0]?.id;
  const index = steps.findIndex(({ id }) => id === step);
  if (index < 0 || (!connected && index > 0)) return <Navigate to={`/new/${known}`} replace />;
  return <WizardHost key={index} steps={steps} index={index} />;
}
