import Alert from "@cloudscape-design/components/alert";

import { counted } from "~/app/format";
import type { Permissions } from "~/ipc";

const OF_THE_ROLE = ["role", "trust", "deploy", "read"];

/** Where nothing is left to do, that is said and not only shown by absence. */
export function Settled({ permissions }: { permissions: Permissions }) {
  const { changes, exists, requirements, role } = permissions;
  const whole = requirements.every(({ id, now }) => now === "yes" || !OF_THE_ROLE.includes(id));
  if (!exists || !whole || changes.some(({ outcome }) => outcome?.kind !== "done")) return null;
  if (changes.length === 0) {
    return (
      <Alert type="success" header="Nothing needs to change" data-testid="permissions-suffices">
        {role} already may do all that this deployment asks of it.
      </Alert>
    );
  }
  const fresh = changes.some(({ operation }) => operation === "iam:CreateRole");
  return (
    <Alert type="success" header={`${counted(changes.length, "change")} applied`} data-testid="permissions-applied">
      {role} may now do all that this deployment asks of it.
      {fresh && " A new role takes some seconds until all of AWS sees it; the start waits for that by itself."}
    </Alert>
  );
}
