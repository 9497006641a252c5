import Alert from "@cloudscape-design/components/alert";
import Button from "@cloudscape-design/components/button";
import SpaceBetween from "@cloudscape-design/components/space-between";
import { useMutation, useQueryClient } from "@tanstack/react-query";

import { useDeviceDraft, useDraft } from "~/app/draft";
import { useFlash } from "~/app/flash";
import { counted } from "~/app/format";
import { useGeneration } from "~/app/generation";
import { useWizard } from "~/app/wizard";
import type { StepId } from "~/app/wizard";
import { ipc, keys } from "~/ipc";
import type { DeviceDraft, Draft, Generation } from "~/ipc";

/** The steps' titles where a draft can wait: all after Connect. */
const NAMES: Record<Generation, Partial<Record<string, string>>> = {
  v1: {
    groups: "Groups",
    versions: "Versions",
    file: "Input file",
    permissions: "Permissions",
    review: "Review and start",
  },
  v2: {
    devices: "Devices",
    components: "Components",
    changes: "Changes",
    rollout: "Rollout",
    permissions: "Permissions",
    review: "Review and start",
  },
};

/** What stays when a draft is begun anew: what does not rest on it. */
const KEPT = ["app", "settings", "profiles", "generation", "draft", "deviceDraft"];

function told(parts: (string | false)[]): string | null {
  const said = parts.filter((part) => part !== false);
  return said.length === 0 ? null : `${said.join(", ")}.`;
}

/** What of the draft for groups there is to lose; `null` while it is empty. */
function ofGroups({ selected, file }: Draft): string | null {
  return told([
    selected > 0 && `${counted(selected, "group")} selected`,
    file !== null && `an input file of ${counted(file.summary.records, "record")}`,
  ]);
}

/** What of the draft for core devices there is to lose; `null` while it is empty. */
function ofDevices({ selected, layers, rows, fixed }: DeviceDraft): string | null {
  return told([
    selected > 0 && `${counted(selected, "core device")} selected`,
    layers.length > 0 && `${counted(layers.length, "layer")} of components`,
    rows !== null && `${counted(rows.rows, "row")} for single devices`,
    fixed !== null &&
      `${counted(fixed.documents, "document")} of ${fixed.from.kind === "opened" ? "a plan that was opened" : "an earlier run"}`,
  ]);
}

interface WaitingProps {
  generation: Generation;
  of: string;
  step: string;
  content: string;
}

function Waiting({ generation, of, step, content }: WaitingProps) {
  const { goTo } = useWizard();
  const { choose } = useGeneration();
  const client = useQueryClient();
  const flash = useFlash();
  const reset = useMutation({
    mutationFn: async () => {
      if (generation === "v1") client.setQueryData(keys.draft, await ipc.draftReset());
      else client.setQueryData(keys.deviceDraft, await ipc.deviceDraftReset());
    },
    onSuccess: async () => {
      await client.invalidateQueries({ predicate: ({ queryKey }) => !KEPT.includes(String(queryKey[0])) });
      void choose(generation);
      goTo(generation === "v1" ? "groups" : "devices");
    },
    onError: (error) => flash.problem(error),
  });
  return (
    <Alert
      type="info"
      header={`A draft for ${of} is waiting here, last at ${NAMES[generation][step]}`}
      action={
        <SpaceBetween direction="horizontal" size="xs">
          <Button onClick={() => reset.mutate()} loading={reset.isPending} data-testid="draft-reset">
            Begin anew
          </Button>
          <Button
            onClick={() => {
              void choose(generation);
              goTo(step as StepId);
            }}
            data-testid="draft-continue"
          >
            Go on
          </Button>
        </SpaceBetween>
      }
      data-testid={`draft-${generation}`}
    >
      {content}
    </Alert>
  );
}

/** Drafts that were left in this account and Region, of either generation: go on with one, or begin anew. */
export function DraftWaiting() {
  const groups = useDraft().data;
  const devices = useDeviceDraft().data;
  const ofGroup = groups && NAMES.v1[groups.step] ? ofGroups(groups) : null;
  const ofDevice = devices && NAMES.v2[devices.step] ? ofDevices(devices) : null;
  if (!ofGroup && !ofDevice) return null;
  return (
    <SpaceBetween size="m">
      {devices && ofDevice && <Waiting generation="v2" of="core devices" step={devices.step} content={ofDevice} />}
      {groups && ofGroup && <Waiting generation="v1" of="groups" step={groups.step} content={ofGroup} />}
    </SpaceBetween>
  );
}
