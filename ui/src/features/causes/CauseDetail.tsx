import Box from "@cloudscape-design/components/box";
import Button from "@cloudscape-design/components/button";
import Container from "@cloudscape-design/components/container";
import Header from "@cloudscape-design/components/header";
import SpaceBetween from "@cloudscape-design/components/space-between";
import { useNavigate } from "react-router";

import { count } from "~/app/format";
import { hasEnded } from "~/app/states";
import { ErrorStack } from "~/app/target/ErrorStack";
import { Words } from "~/app/Words";
import type { Cause, RunRow } from "~/ipc";

import { CauseTargets } from "./CauseTargets";
import { LineOf } from "./LineOf";
import { useTold } from "./useTold";
import { READ_AGAIN, ReadAgain } from "./ReadAgain";
import { wordsOf } from "./sentence";

/** The service's words are shown in full up to here: enough for what Greengrass writes before it names the reason. */
const SAID = 280;

function Part({ title, children }: { title: string; children: React.ReactNode }) {
  return (
    <div>
      <Box variant="h3" fontSize="body-m" fontWeight="bold" padding="n">
        {title}
      </Box>
      {children}
    </div>
  );
}

function Meaning({ row, cause }: { row: RunRow; cause: Cause }) {
  const words = wordsOf(cause);
  const told = useTold(row, cause);
  return (
    <SpaceBetween size="xs">
      <Part title="What it means">
        <Box>
          {cause.means ?? "The catalogue does not know this message. Below are the service’s words, as they came."}
        </Box>
      </Part>
      {cause.remedies.length > 0 && (
        <Part title="What to try">
          <ol className="remedies">
            {cause.remedies.map((remedy) => (
              <li key={remedy}>
                <span className="wrap">{remedy}</span>
              </li>
            ))}
          </ol>
        </Part>
      )}
      <Part title="In the service’s words">
        {words === "" ? (
          <Box color="text-body-secondary">AWS has said nothing about them</Box>
        ) : (
          <Words mono upTo={SAID}>
            {words}
          </Words>
        )}
      </Part>
      <ErrorStack stack={told.stack} types={told.types} />
      {cause.source !== null && (
        <Box color="text-body-secondary" fontSize="body-s">
          Source: {cause.source}
        </Box>
      )}
    </SpaceBetween>
  );
}

interface CauseDetailProps {
  row: RunRow;
  cause: Cause;
  onRetry: () => void;
  /** A plan of just these targets, in the step Permissions. */
  onPermissions: () => void;
  onRetryTargets: (targets: string[]) => void;
  onTarget: (target: string) => void;
}

/** One cause: meaning, remedies, source, and its targets. */
export function CauseDetail({ row, cause, onRetry, onPermissions, onRetryTargets, onTarget }: CauseDetailProps) {
  const navigate = useNavigate();
  const onMap = `/runs/${encodeURIComponent(row.id)}?cause=${encodeURIComponent(cause.key)}`;
  return (
    <Container
      data-testid="cause-detail"
      header={
        <Header
          variant="h2"
          actions={
            <SpaceBetween direction="horizontal" size="xs">
              {cause.wave !== null && cause.line !== null && <LineOf row={row} wave={cause.wave} line={cause.line} />}
              {cause.targets > 0 && (
                <Button onClick={() => void navigate(onMap)} data-testid="cause-map">
                  Show on fleet map
                </Button>
              )}
              {row.here && cause.permissions && (
                <Button onClick={onPermissions} data-testid="cause-permissions">
                  Open Permissions…
                </Button>
              )}
              {row.here && hasEnded(row.state) && READ_AGAIN.has(cause.key) && <ReadAgain row={row} />}
              {row.here && cause.targets > 0 && (
                <Button onClick={onRetry} data-testid="cause-retry">
                  Retry these {count(cause.targets)}…
                </Button>
              )}
            </SpaceBetween>
          }
        >
          <span className="wrap">{cause.title}</span>
        </Header>
      }
    >
      <SpaceBetween size="m">
        <Meaning row={row} cause={cause} />
        <CauseTargets key={cause.key} row={row} cause={cause} onRetry={onRetryTargets} onTarget={onTarget} />
      </SpaceBetween>
    </Container>
  );
}
