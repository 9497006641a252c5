import "./changes.css";

import Alert from "@cloudscape-design/components/alert";
import Box from "@cloudscape-design/components/box";
import Button from "@cloudscape-design/components/button";
import Checkbox from "@cloudscape-design/components/checkbox";
import Container from "@cloudscape-design/components/container";
import SpaceBetween from "@cloudscape-design/components/space-between";
import { useQueryClient } from "@tanstack/react-query";
import { useRef, useState } from "react";

import { useDeviceDraft, useDeviceDraftWriter } from "~/app/draft";
import { count, counted } from "~/app/format";
import { LineHeader } from "~/app/parts/LineHeader";
import { ProblemAlert } from "~/app/parts/ProblemAlert";
import { useWizard } from "~/app/wizard";
import { keys } from "~/ipc";

import { ChangeTotals } from "./ChangeTotals";
import { FixedNote } from "./FixedNote";
import { LeaveOut } from "./LeaveOut";
import { LayerFindings, PlanFindings } from "./PlanFindings";
import { ALL_SHOWN, Planned, type Shown } from "./Planned";
import { PresentLine } from "./PresentLine";
import { Sums } from "./Sums";
import { ALL_DEVICES, type DeviceFilter } from "./filter";
import { usePresent } from "./usePresent";
import { usePreview } from "./usePlan";

/** Step 3 of core devices: what they have now, and what changes, before anything is sent. */
export function ChangesStep() {
  const client = useQueryClient();
  const draft = useDeviceDraft();
  const { change } = useDeviceDraftWriter();
  const { clearError } = useWizard();
  const present = usePresent();
  const known = present.status.data;
  const preview = usePreview(present.status.isFetchedAfterMount && !present.reading && (known?.devices ?? 0) > 0);
  const [shown, setShown] = useState<Shown>(ALL_SHOWN);
  const table = useRef<HTMLDivElement>(null);
  // Before anything is read, "nothing changes" would be no answer.
  const plan = present.reading && known?.read === 0 ? undefined : preview.data;
  const refused = plan !== undefined && plan.layerFindings.length > 0;
  const missing = known !== undefined && known.read < known.devices;
  const none = known?.devices === 0;

  const show = (filter: Partial<DeviceFilter>) => {
    setShown({ tab: "devices", filter: { ...ALL_DEVICES, ...filter }, page: 1 });
    table.current?.scrollIntoView({ block: "start" });
  };
  return (
    <div className="stack">
      {present.status.error && <ProblemAlert error={present.status.error} retry={() => void present.status.refetch()} />}
      {preview.error && !preview.isFetching && (
        <ProblemAlert error={preview.error} retry={() => void preview.refetch()} testId="changes-problem" />
      )}
      <Container
        header={
          <LineHeader
            line={none ? "No device is selected" : <PresentLine present={present} planning={preview.job} />}
            counter={plan && !refused ? `(${count(plan.targets)} of ${count(plan.devices)} get a deployment)` : undefined}
            actions={
              <SpaceBetween direction="horizontal" size="xs">
                {plan && !refused && <LeaveOut preview={plan} />}
                {missing && (
                  <Button
                    variant="primary"
                    loading={present.reading}
                    onClick={() => present.read.mutate(false)}
                    data-testid="changes-read"
                  >
                    Read the rest
                  </Button>
                )}
                <Button
                  iconName="refresh"
                  loading={present.reading && !missing}
                  disabled={none || present.reading}
                  onClick={() => present.read.mutate(true)}
                  data-testid="changes-read-again"
                >
                  Read again
                </Button>
              </SpaceBetween>
            }
          >
            What comes of the devices
          </LineHeader>
        }
      >
        <SpaceBetween size="m">
          {plan === undefined ? (
            <Box color="text-body-secondary" padding={{ vertical: "l" }} textAlign="center">
              {none
                ? "Select devices first."
                : "A deployment takes the place of a device’s present one. What they have is read first, so that nothing gets lost."}
            </Box>
          ) : (
            !refused && <Sums preview={plan} onShow={(outcome) => show({ outcome })} />
          )}
          <Checkbox
            checked={draft.data?.unchangedToo ?? false}
            disabled={!draft.isSuccess}
            description="They get the same document once more, as a new deployment."
            onChange={({ detail }) => {
              clearError();
              change({ unchangedToo: detail.checked });
              void client.invalidateQueries({ queryKey: keys.devicePlan });
            }}
            data-testid="changes-unchanged-too"
          >
            Deploy to unchanged devices as well
          </Checkbox>
        </SpaceBetween>
      </Container>
      {draft.data?.fixed && <FixedNote fixed={draft.data.fixed} counts={plan?.fixed ?? null} />}
      {refused && <LayerFindings findings={plan.layerFindings} />}
      {plan && plan.unmatchedRows > 0 && (
        <Alert type="warning" data-testid="changes-unmatched">
          {counted(plan.unmatchedRows, "row is for a device that is", "rows are for devices that are")} not selected, and
          changes nothing.
        </Alert>
      )}
      {plan && !refused && (
        <>
          {plan.findings.length > 0 && <PlanFindings findings={plan.findings} onShow={() => show({ withFindings: true })} />}
          <ChangeTotals changes={plan.changes} devices={plan.devices} />
          <div ref={table} className="change-devices">
            <Planned preview={plan} made={preview.dataUpdatedAt} shown={shown} onChange={setShown} />
          </div>
        </>
      )}
    </div>
  );
}
