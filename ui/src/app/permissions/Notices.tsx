import Alert from "@cloudscape-design/components/alert";

import { counted } from "~/app/format";
import type { MayI, PermissionChange } from "~/ipc";

/** The calls that would be made and that the caller may not make. */
function refused(changes: readonly PermissionChange[], calls: readonly MayI[]) {
  const open = changes.filter(({ outcome }) => outcome?.kind !== "done");
  return calls.filter(({ action, state }) => state === "no" && open.some(({ operation }) => operation === action));
}

interface RefusedProps {
  changes: readonly PermissionChange[];
  calls: readonly MayI[];
}

/** Said beside Apply, before anything is tried. */
export function Refused({ changes, calls: all }: RefusedProps) {
  const calls = refused(changes, all);
  if (calls.length === 0) return null;
  return (
    <Alert type="warning" header="You may not make all of these changes yourself" data-testid="permissions-refused">
      <ul className="plain-list">
        {calls.map(({ action, resource, detail }) => (
          <li key={`${action} ${resource}`} className="wrap">
            {action} on {resource}: {detail}
          </li>
        ))}
      </ul>
      Hand them over to somebody who may, under “Hand over as”, and check again afterwards.
    </Alert>
  );
}

export function Failed({ changes }: { changes: readonly PermissionChange[] }) {
  const of = (kind: "done" | "failed") => changes.filter(({ outcome }) => outcome?.kind === kind);
  const failed = of("failed");
  const done = of("done").length;
  const untried = changes.length - failed.length - done;
  if (failed.length === 0) return null;
  return (
    <Alert
      type="error"
      header={`${counted(failed.length, "change")} could not be applied`}
      data-testid="permissions-failed"
    >
      <ul className="plain-list">
        {failed.map(({ id, title, operation, outcome }) => (
          <li key={id}>
            {title} ({operation}): {outcome?.kind === "failed" ? outcome.problem.message : ""}
          </li>
        ))}
      </ul>
      {done > 0 && `${counted(done, "change")} before it ${done === 1 ? "is" : "are"} applied. `}
      {untried > 0 && `${counted(untried, "change")} after it ${untried === 1 ? "was" : "were"} not tried. `}
      Applying again goes on where it ended. Somebody else can do it from the text under “Hand over as”.
    </Alert>
  );
}

/** What to know before the changes are made. */
export function Warnings({ warnings, widened }: { warnings: readonly string[]; widened: string | null }) {
  return (
    <>
      {warnings.length > 0 && (
        <Alert type="warning" header="Before you apply" data-testid="permissions-warnings">
          {warnings.length === 1 ? (
            warnings[0]
          ) : (
            <ul className="plain-list">
              {warnings.map((warning) => (
                <li key={warning}>{warning}</li>
              ))}
            </ul>
          )}
        </Alert>
      )}
      {widened !== null && (
        <Alert type="warning" header="The policy is wider than the selection" data-testid="permissions-widened">
          {widened}
        </Alert>
      )}
    </>
  );
}
