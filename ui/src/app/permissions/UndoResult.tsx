import Alert from "@cloudscape-design/components/alert";
import StatusIndicator from "@cloudscape-design/components/status-indicator";

import { counted } from "~/app/format";
import { ProblemText } from "~/app/parts/ProblemText";
import type { Undone } from "~/ipc";

function Line({ one: { title, operations, outcome } }: { one: Undone }) {
  if (outcome === null) return <StatusIndicator type="pending">Not tried: {title}</StatusIndicator>;
  if (outcome.kind === "done") {
    const how = operations.length === 0 ? "nothing of it was left" : operations.join(", ");
    const request = outcome.requestId === null ? "" : ` · request ${outcome.requestId}`;
    return (
      <StatusIndicator type="success" wrapText>
        {title} ({how}
        {request})
      </StatusIndicator>
    );
  }
  return (
    <>
      <StatusIndicator type="error" wrapText>
        Left as it is: {title}
      </StatusIndicator>
      <ProblemText problem={outcome.problem} />
    </>
  );
}

/** What the last undo came to, change by change. */
export function UndoResult({ undone, onDismiss }: { undone: readonly Undone[]; onDismiss: () => void }) {
  const back = undone.filter(({ outcome }) => outcome?.kind === "done").length;
  const all = back === undone.length;
  const header = all
    ? `${counted(back, "change")} taken back`
    : `${back} of ${counted(undone.length, "change")} taken back`;
  return (
    <Alert
      type={all ? "success" : "warning"}
      header={header}
      dismissible
      dismissAriaLabel="Close"
      onDismiss={onDismiss}
      data-testid="permissions-undone"
    >
      <ul className="plain-list outcome-list">
        {undone.map((one, at) => (
          <li key={at}>
            <Line one={one} />
          </li>
        ))}
      </ul>
      {!all && "Undo again goes on where it ended; what was taken back stays so."}
    </Alert>
  );
}
