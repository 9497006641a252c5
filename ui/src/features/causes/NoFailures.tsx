import Box from "@cloudscape-design/components/box";
import Button from "@cloudscape-design/components/button";
import Container from "@cloudscape-design/components/container";
import Icon from "@cloudscape-design/components/icon";
import SpaceBetween from "@cloudscape-design/components/space-between";
import { useNavigate } from "react-router";

import { CountsBar } from "~/app/CountsBar";
import { hasEnded, totalOf } from "~/app/states";
import { targetWordsOf } from "~/app/RunWords";
import { countedTargets } from "~/app/targetWords";
import type { RunRow } from "~/ipc";

/** The best state of this screen. */
export function NoFailures({ row }: { row: RunRow }) {
  const words = targetWordsOf(row.generation);
  const navigate = useNavigate();
  const all = row.counts.succeeded === totalOf(row.counts);
  return (
    <Container data-testid="causes-none">
      <Box textAlign="center" padding="xxl">
        <SpaceBetween size="m">
          <Icon
            name={all ? "status-positive" : hasEnded(row.state) ? "status-info" : "status-in-progress"}
            size="large"
            variant={all ? "success" : "subtle"}
          />
          <Box variant="h2">
            {all ? `All ${countedTargets(totalOf(row.counts), words)} succeeded` : "No failure has been reported"}
          </Box>
          <Box color="text-body-secondary">
            {all
              ? row.generation === "v2"
                ? "Every device carried its deployment out. There is nothing to mend and nothing to retry."
                : "Every core accepted its deployment. There is nothing to mend and nothing to retry."
              : hasEnded(row.state)
                ? `The run has ended; the ${words.many} left over were never handed to AWS or gave no report.`
                : `The run is still going. Should a ${words.one} fail, its cause appears here by itself.`}
          </Box>
          <CountsBar counts={row.counts} />
          <Button onClick={() => void navigate(`/runs/${encodeURIComponent(row.id)}`)}>Back to the run</Button>
        </SpaceBetween>
      </Box>
    </Container>
  );
}
