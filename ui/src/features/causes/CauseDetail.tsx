import Box from "@cloudscape-design/components/box";
import Button from "@cloudscape-design/components/button";
import Container from "@cloudscape-design/components/container";
import Grid from "@cloudscape-design/components/grid";
import Header from "@cloudscape-design/components/header";
import SpaceBetween from "@cloudscape-design/components/space-between";
import { useNavigate } from "react-router";

import { count } from "~/app/format";
import { Words } from "~/app/Words";
import type { Cause, RunRow } from "~/ipc";

import { CauseTargets } from "./CauseTargets";

function Meaning({ cause }: { cause: Cause }) {
  return (
    <SpaceBetween size="s">
      <div>
        <Box variant="h3" fontSize="body-m" fontWeight="bold" padding="n">What it means</Box>
        {cause.means === null ? (
          <Box>The catalogue does not know this message. These are the service’s words, as they came:</Box>
        ) : (
          <Box>{cause.means}</Box>
        )}
        {cause.means === null && <Words mono>{cause.message}</Words>}
      </div>
      {cause.remedies.length > 0 && (
        <div>
          <Box variant="h3" fontSize="body-m" fontWeight="bold" padding="n">What to try</Box>
          <ol className="remedies">
            {cause.remedies.map((remedy) => (
              <li key={remedy}>
                <span className="wrap">{remedy}</span>
              </li>
            ))}
          </ol>
        </div>
      )}
      {cause.source !== null && (
        <div>
          <Box variant="h3" fontSize="body-m" fontWeight="bold" padding="n">Source</Box>
          <Box color="text-body-secondary">{cause.source}</Box>
        </div>
      )}
    </SpaceBetween>
  );
}

interface CauseDetailProps {
  row: RunRow;
  cause: Cause;
  onRetry: () => void;
}

/** One cause: meaning, remedies, source, and its groups. */
export function CauseDetail({ row, cause, onRetry }: CauseDetailProps) {
  const navigate = useNavigate();
  return (
    <Container
      data-testid="cause-detail"
      header={
        <Header
          variant="h2"
          actions={
            row.here && (
              <SpaceBetween direction="horizontal" size="xs">
                {cause.permissions && (
                  <Button onClick={() => void navigate("/new/permissions")} data-testid="cause-permissions">
                    Open Permissions
                  </Button>
                )}
                <Button onClick={onRetry} data-testid="cause-retry">
                  Retry these {count(cause.targets)}…
                </Button>
              </SpaceBetween>
            )
          }
        >
          {cause.title}
        </Header>
      }
    >
      <Grid gridDefinition={[{ colspan: { default: 12, s: 4 } }, { colspan: { default: 12, s: 8 } }]}>
        <Meaning cause={cause} />
        <CauseTargets key={cause.key} row={row} cause={cause} />
      </Grid>
    </Container>
  );
}
