import "./rollout.css";

import Alert from "@cloudscape-design/components/alert";
import Box from "@cloudscape-design/components/box";
import Button from "@cloudscape-design/components/button";
import Container from "@cloudscape-design/components/container";
import Header from "@cloudscape-design/components/header";
import Spinner from "@cloudscape-design/components/spinner";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";

import { useDeviceDraft, useDeviceDraftWriter } from "~/app/draft";
import { counted } from "~/app/format";
import { NameAndSettle } from "~/app/parts/NameAndSettle";
import { ProblemAlert } from "~/app/parts/ProblemAlert";
import { DEVICES } from "~/app/targetWords";
import { WavesEditor } from "~/app/waveForm/WavesEditor";
import { useWizard } from "~/app/wizard";
import { type DeviceDraft, type DevicePreview, ipc, keys } from "~/ipc";

import { GroupSettings } from "./GroupSettings";
import { MachineSettings } from "./MachineSettings";
import { WayTiles } from "./WayTiles";
import { type RolloutForm, concurrencyFault, formOf, jobFaults, jobOf, keepTyped, typedBefore } from "./jobForm";
import { proposedWay } from "./ways";

function Settings({ draft, preview }: { draft: DeviceDraft; preview: DevicePreview }) {
  const { change } = useDeviceDraftWriter();
  const { clearError } = useWizard();
  const [form, setForm] = useState(() => typedBefore(draft.plan) ?? formOf(draft));
  const way = draft.way ?? proposedWay(preview.targets);
  const faults = way === "thing_group" ? jobFaults(form) : 0;
  const edit = (more: Partial<RolloutForm>) => {
    const next = { ...form, ...more };
    setForm(next);
    clearError();
    keepTyped(draft.plan, next);
    if (jobFaults(next) === 0) change({ job: jobOf(next) });
    if (concurrencyFault(next) === null) {
      change({ concurrency: next.concurrency.trim() === "" ? null : Number(next.concurrency) });
    }
  };
  return (
    <>
      <WayTiles
        chosen={draft.way}
        preview={preview}
        onChange={(next) => {
          clearError();
          change({ way: next });
        }}
      />
      {way === "step_functions" && <MachineSettings draft={draft} form={form} onEdit={edit} />}
      {way === "thing_group" && <GroupSettings form={form} onEdit={edit} />}
      {faults > 0 && (
        <Alert type="info" data-testid="rollout-faults">
          {counted(faults, "entry has", "entries have")} to be mended first; until then the draft keeps what it had before.
        </Alert>
      )}
      <WavesEditor
        plan={draft.plan}
        waves={draft.waves}
        words={DEVICES}
        once={{ short: "all devices, without a gate", long: "All devices, one after the other or many at once, as the way above does it." }}
        inWaves="One after the other; once a wave has settled, a gate decides whether the next one starts."
        onChange={(waves) => change({ waves })}
        onEdit={clearError}
        preview={
          <Box color="text-body-secondary">
            {counted(preview.targets, "device is", "devices are")} cut into these waves. Their files, each with its hash,
            are shown in the step Review and start.
          </Box>
        }
      />
      <Container header={<Header variant="h2">Name and settle time</Header>}>
        <NameAndSettle
          plan={draft.plan}
          name={draft.name}
          nameFor="For people, and for the deployments where Components gives them no name of their own; empty, each keeps the name it has."
          example="Vision 2.1 to all lines"
          settleMinutes={draft.settleMinutes}
          onChange={change}
        />
      </Container>
    </>
  );
}

/** Step 4 of core devices: what makes the deployments, in which waves, and how long devices may take. */
export function RolloutStep() {
  const draft = useDeviceDraft();
  const { flush } = useDeviceDraftWriter();
  const { goTo } = useWizard();
  const preview = useQuery({
    queryKey: [...keys.devicePlan, "preview"],
    queryFn: async () => {
      await flush();
      return ipc.devicePlanPreview();
    },
    refetchOnMount: "always",
  });
  const error = draft.error ?? preview.error;
  if (error && !preview.isFetching) {
    return <ProblemAlert error={error} retry={() => void (draft.error ? draft.refetch() : preview.refetch())} />;
  }
  if (!draft.data || !preview.data) return <Spinner size="large" />;
  return (
    <div className="stack">
      {preview.data.targets === 0 && (
        <Alert
          type="warning"
          action={<Button onClick={() => goTo("changes")}>Go to Changes</Button>}
          data-testid="rollout-none"
        >
          No device gets a deployment as things are.
        </Alert>
      )}
      <Settings key={draft.data.plan} draft={draft.data} preview={preview.data} />
    </div>
  );
}
