import Box from "@cloudscape-design/components/box";
import ExpandableSection from "@cloudscape-design/components/expandable-section";
import SpaceBetween from "@cloudscape-design/components/space-between";

import type { Problem } from "~/ipc";

/** A problem in full: the sentence, what to do, and on demand the service's own words with the request id. */
export function ProblemText({ problem, withoutMessage = false }: { problem: Problem; withoutMessage?: boolean }) {
  const more = problem.detail ?? problem.requestId;
  return (
    <SpaceBetween size="xxs">
      {!withoutMessage && <div>{problem.message}</div>}
      {problem.hint && <div>{problem.hint}</div>}
      {more && (
        <ExpandableSection headerText="Details" variant="inline">
          {problem.detail && (
            <Box variant="code" display="block">
              <span className="wrap">{problem.detail}</span>
            </Box>
          )}
          {problem.requestId && (
            <div>
              Request id <Box variant="code">{problem.requestId}</Box>
            </div>
          )}
        </ExpandableSection>
      )}
    </SpaceBetween>
  );
}
