import SpaceBetween from "@cloudscape-design/components/space-between";
import StatusIndicator from "@cloudscape-design/components/status-indicator";

import { ProblemText } from "~/app/parts/ProblemText";
import type { PermissionChange } from "~/ipc";

function requestsOf(calls: readonly PermissionChange[]): string {
  const ids = calls.flatMap(({ outcome }) =>
    outcome?.kind === "done" && outcome.requestId !== null ? [outcome.requestId] : [],
  );
  if (ids.length === 0) return "";
  return ` · ${ids.length === 1 ? "request" : "requests"} ${ids.join(", ")}`;
}

function Outcome({ call, name }: { call: PermissionChange; name: string }) {
  const { outcome } = call;
  if (outcome === null) return <StatusIndicator type="pending">{name}Not tried</StatusIndicator>;
  if (outcome.kind === "done") {
    return (
      <StatusIndicator type="success" wrapText>
        {name}Applied{requestsOf([call])}
      </StatusIndicator>
    );
  }
  return (
    <SpaceBetween size="xxs">
      <StatusIndicator type="error">{name}Not applied</StatusIndicator>
      <ProblemText problem={outcome.problem} />
    </SpaceBetween>
  );
}

/** How each call ended, once applying has begun; one line where all went well. */
export function Outcomes({ calls, attempted }: { calls: readonly PermissionChange[]; attempted: boolean }) {
  if (!attempted) return null;
  if (calls.every(({ outcome }) => outcome?.kind === "done")) {
    return (
      <StatusIndicator type="success" wrapText>
        Applied{requestsOf(calls)}
      </StatusIndicator>
    );
  }
  return calls.map((call) => (
    <div key={call.id}>
      <Outcome call={call} name={calls.length > 1 ? `${call.operation}: ` : ""} />
    </div>
  ));
}
