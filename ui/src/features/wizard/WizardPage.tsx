import Spinner from "@cloudscape-design/components/spinner";
import { useEffect, useState } from "react";
import { Navigate, NavigationType, useLocation, useNavigationType, useParams } from "react-router";

import { useAppStatus } from "~/app/connection";
import { useDeviceDraft, useDraft, useLastShown } from "~/app/draft";
import { useGeneration } from "~/app/generation";
import { ProblemAlert } from "~/app/parts/ProblemAlert";
import type { WizardStep } from "~/app/wizard";
import type { Generation } from "~/ipc";

import { WizardHost } from "./WizardHost";

type Steps = Record<Generation, readonly WizardStep[]>;

interface ShownProps {
  all: Steps;
  generation: Generation;
  /** Changes the generation, to show a step that only the other one has. */
  choose: (generation: Generation) => Promise<void>;
  connected: boolean;
  /** Where the draft was left. */
  left: string;
}

/** Shows the step of the address, else where the draft was left, else Connect. */
function Shown({ all, generation, choose, connected, left }: ShownProps) {
  const steps = all[generation];
  const { step } = useParams();
  // An address that was written by hand has no key (React Router, createHashHistory): that step is meant.
  const written = useLocation().key === "default";
  const back = useNavigationType() === NavigationType.Pop && !written;
  const { lastShown, shows } = useLastShown();
  const known = connected ? (steps.find(({ id }) => id === left) ?? steps[1] ?? steps[0]) : steps[0];
  // The way back from another screen leads to the step that was left. Its address may be another one: a web view's
  // way back passes over entries made without a click, and a step is gone on from only after its check.
  const [detour, setDetour] = useState(() => {
    const shown = back && connected ? lastShown() : null;
    return shown === null ? null : shown === "connect" ? shown : known?.id;
  });
  if (detour && detour === step) setDetour(null);
  const index = steps.findIndex(({ id }) => id === step);
  // A link to a step of the other generation means that one; the way back through the history does not.
  const other: Generation = generation === "v1" ? "v2" : "v1";
  const meant = connected && index < 0 && !back && all[other].some(({ id }) => id === step);
  const away = index < 0 || (!connected && index > 0) || (detour && detour !== step);
  useEffect(() => {
    if (meant) void choose(other);
    else if (step && !away) shows(step);
  }, [meant, choose, other, step, away, shows]);
  if (meant) return <Spinner size="large" />;
  if (away) return <Navigate to={`/new/${detour ?? known?.id}`} replace />;
  return <WizardHost key={index} generation={generation} steps={steps} index={index} />;
}

/** Waits for what says which step to show. */
export function WizardPage({ steps }: { steps: Steps }) {
  const status = useAppStatus();
  const connected = Boolean(status.data?.connection);
  const { generation, known, error: unknown, refetch, choose } = useGeneration();
  const groups = useDraft(connected);
  const devices = useDeviceDraft(connected);
  const draft = generation === "v1" ? groups : devices;
  const failed = [status, { error: unknown, refetch }, draft].find(({ error }) => error);
  if (failed) return <ProblemAlert error={failed.error} retry={() => void failed.refetch()} />;
  if (!status.data || (connected && !(known && draft.data))) return <Spinner size="large" />;
  return <Shown all={steps} generation={generation} choose={choose} connected={connected} left={draft.data?.step ?? ""} />;
}
