import Button from "@cloudscape-design/components/button";

import { useFlash } from "~/app/flash";
import { type JobKind, ipc } from "~/ipc";

/** The way to break off long work. */
export function CancelJob({ kind }: { kind: JobKind }) {
  const flash = useFlash();
  return (
    <Button
      variant="inline-link"
      formAction="none"
      onClick={() => void ipc.jobCancel(kind).catch((error: unknown) => flash.problem(error))}
      data-testid={`job-cancel-${kind}`}
    >
      Cancel
    </Button>
  );
}
