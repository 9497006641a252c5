import Box from "@cloudscape-design/components/box";
import Container from "@cloudscape-design/components/container";
import Header from "@cloudscape-design/components/header";
import SpaceBetween from "@cloudscape-design/components/space-between";
import StatusIndicator from "@cloudscape-design/components/status-indicator";

import { count } from "~/app/format";
import { ProblemText } from "~/app/parts/ProblemText";
import type { PermissionChange } from "~/ipc";

import { Difference } from "./Difference";

function Outcome({ change }: { change: PermissionChange }) {
  if (change.outcome === null) return null;
  if (change.outcome.kind === "done") {
    return (
      <StatusIndicator type="success">
        Applied{change.outcome.requestId === null ? "" : ` · request ${change.outcome.requestId}`}
      </StatusIndicator>
    );
  }
  return (
    <SpaceBetween size="xxs">
      <StatusIndicator type="error">Not applied</StatusIndicator>
      <ProblemText problem={change.outcome.problem} />
    </SpaceBetween>
  );
}

/** Counted as IAM counts: without white space. */
function Size({ change }: { change: PermissionChange }) {
  if (change.limit === 0) return null;
  const text = `${count(change.size)} of ${count(change.limit)} characters`;
  if (change.size <= change.limit) return <> · {text}</>;
  return (
    <>
      {" · "}
      <Box variant="span" color="text-status-error">
        {text}: too large
      </Box>
    </>
  );
}

export function changeAnchor(id: string): string {
  return `permission-change-${id}`;
}

/** Each change before it is made: what is there, what is proposed, how large it is. */
export function Changes({ changes, role }: { changes: readonly PermissionChange[]; role: string }) {
  return (
    <Container header={<Header variant="h2">Now and proposed</Header>}>
      <SpaceBetween size="l">
        {changes.map((change) => (
          <section key={change.id} id={changeAnchor(change.id)} tabIndex={-1} data-testid={changeAnchor(change.id)}>
            <SpaceBetween size="xxs">
              <Box variant="h3">{change.title}</Box>
              <Box fontSize="body-s" color="text-body-secondary">
                {role} · {change.operation} · {change.before === null ? "nothing there now" : "replaces what is there"}
                <Size change={change} />
              </Box>
              <Outcome change={change} />
              <Difference before={change.before ?? ""} after={change.after} label={change.title} />
            </SpaceBetween>
          </section>
        ))}
      </SpaceBetween>
    </Container>
  );
}
