import Box from "@cloudscape-design/components/box";
import Button from "@cloudscape-design/components/button";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";

import { Confirm } from "~/app/Confirm";
import { useFlash } from "~/app/flash";
import { counted } from "~/app/format";
import { useWizard } from "~/app/wizard";
import { type DeviceOutcome, type DevicePreview, ipc } from "~/ipc";

/** As many as the engine answers at once. */
const PAGE = 500;

/** The names of all devices of these outcomes, a page at a time. */
async function namesOf(outcomes: readonly DeviceOutcome[]): Promise<string[]> {
  const names: string[] = [];
  for (const outcome of outcomes) {
    for (let offset = 0, matches = 1; offset < matches; offset += PAGE) {
      const query = { outcome, group: null, withFindings: false, text: "", offset, limit: PAGE };
      const page = await ipc.devicePlanDevices(query);
      names.push(...page.rows.map(({ thingName }) => thingName));
      matches = page.matches;
    }
  }
  return names;
}

/** Takes devices that cannot be deployed out of the selection: only when asked, and it can be undone in Devices. */
export function LeaveOut({ preview }: { preview: DevicePreview }) {
  const client = useQueryClient();
  const { success } = useFlash();
  const { clearError } = useWizard();
  const [asking, setAsking] = useState(false);
  const devices = counted(preview.refused + preview.unreadable, "device");
  const leave = useMutation({
    mutationFn: async () => {
      const names = await namesOf(["refused", "unreadable"]);
      return ipc.devicesSelect({ kind: "devices", names, selected: false });
    },
    onSuccess: async () => {
      setAsking(false);
      clearError();
      success(`${devices} taken out of the selection. Undo that in the step Devices.`);
      await client.invalidateQueries();
    },
  });
  if (preview.refused + preview.unreadable === 0) return null;
  return (
    <>
      <Button
        onClick={() => {
          leave.reset();
          setAsking(true);
        }}
        data-testid="changes-leave-out"
      >
        Leave these devices out…
      </Button>
      {asking && (
        <Confirm
          title={`Leave ${devices} out?`}
          confirm={`Leave ${devices} out`}
          testid="changes-leave-out-confirm"
          busy={leave.isPending}
          error={leave.error}
          onConfirm={() => leave.mutate()}
          onDismiss={() => setAsking(false)}
        >
          <Box>
            They cannot be deployed as wanted, and are taken out of the selection: they get nothing. All others stay, and
            the change can be undone in the step Devices.
          </Box>
        </Confirm>
      )}
    </>
  );
}
