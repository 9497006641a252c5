import Alert from "@cloudscape-design/components/alert";
import Button from "@cloudscape-design/components/button";
import SpaceBetween from "@cloudscape-design/components/space-between";
import { useMutation, useQueryClient } from "@tanstack/react-query";

import { useDraft } from "~/app/draft";
import { useFlash } from "~/app/flash";
import { counted } from "~/app/format";
import { useWizard } from "~/app/wizard";
import type { StepId } from "~/app/wizard";
import { ipc, keys } from "~/ipc";

const NAMES: Record<string, string> = {
  groups: "Groups",
  versions: "Versions",
  file: "Input file",
  permissions: "Permissions",
  review: "Review and start",
};

/** A draft that was left in this account and Region: go on with it, or begin anew. */
export function DraftWaiting() {
  const { goTo } = useWizard();
  const client = useQueryClient();
  const flash = useFlash();
  const draft = useDraft();
  const reset = useMutation({
    mutationFn: () => ipc.draftReset(),
    onSuccess: async (fresh) => {
      client.setQueryData(keys.draft, fresh);
      await client.invalidateQueries({
        predicate: ({ queryKey }) => !["app", "settings", "profiles", "draft"].includes(String(queryKey[0])),
      });
      goTo("groups");
    },
    onError: (error) => flash.problem(error),
  });
  const left = draft.data;
  const name = left && NAMES[left.step];
  if (!left || !name || (left.selected === 0 && !left.file)) return null;
  return (
    <Alert
      type="info"
      header={`A draft is waiting here, last at ${name}`}
      action={
        <SpaceBetween direction="horizontal" size="xs">
          <Button onClick={() => reset.mutate()} loading={reset.isPending} data-testid="draft-reset">
            Begin anew
          </Button>
          <Button onClick={() => goTo(left.step as StepId)} data-testid="draft-continue">
            Go on
          </Button>
        </SpaceBetween>
      }
    >
      {counted(left.selected, "group")} selected
      {left.file ? `, an input file of ${counted(left.file.summary.records, "record")}` : ""}.
    </Alert>
  );
}
