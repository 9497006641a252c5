import Button from "@cloudscape-design/components/button";
import Header from "@cloudscape-design/components/header";
import SpaceBetween from "@cloudscape-design/components/space-between";
import { arnTail, short } from "~/app/figures";
import { counted, duration } from "~/app/format";
import { CommandText } from "~/app/parts/CommandText";
import { ExportRun } from "~/app/parts/ExportRun";
import { InfoLink } from "~/app/parts/InfoLink";
import { Time } from "~/app/parts/Time";
import { useSecond } from "~/app/second";
import { hasEnded } from "~/app/states";
import type { RunSnapshot } from "~/ipc";

/** How old the figures are. */
function Age({ snapshot }: { snapshot: RunSnapshot }) {
  const now = useSecond();
  if (snapshot.readAt === null) return <span>nothing read yet</span>;
  if (hasEnded(snapshot.row.state)) {
    return (
      <span>
        last read <Time millis={snapshot.readAt} as="local" />
      </span>
    );
  }
  return <span data-testid="watch-age">read {duration((now - snapshot.readAt) / 1000)} ago</span>;
}

interface WatchHeaderProps {
  snapshot: RunSnapshot;
  causes: number;
  onStop: () => void;
  onCauses: () => void;
}

export function WatchHeader({ snapshot, causes, onStop, onCauses }: WatchHeaderProps) {
  const { row, waves } = snapshot;
  const hash = waves[0]?.sha256 ?? "";
  return (
    <Header
      variant="h1"
      info={<InfoLink about="watching a run" />}
      description={
        <>
          Started <Time millis={row.startedAt} as="local" /> by{" "}
          <span title={snapshot.startedBy}>{arnTail(snapshot.startedBy)}</span> · run{" "}
          <span title={row.id}>{short(row.id)}</span>
          {hash !== "" && (
            <>
              {" "}
              · input file sha256 <span title={hash}>{short(hash)}</span>
            </>
          )}{" "}
          · <Age snapshot={snapshot} />
        </>
      }
      actions={
        <SpaceBetween direction="horizontal" size="xs">
          <CommandText step="watch" run={row.id} />
          <ExportRun run={row.id} testid="watch-export" />
          {causes > 0 && (
            <Button onClick={onCauses} data-testid="watch-to-causes">
              {counted(causes, "cause")}
            </Button>
          )}
          {row.here && !hasEnded(row.state) && (
            <Button onClick={onStop} disabled={row.state === "stopping"} data-testid="watch-stop">
              {row.state === "stopping" ? "Stopping…" : "Stop…"}
            </Button>
          )}
        </SpaceBetween>
      }
    >
      {row.name || `Run ${short(row.id)}`}
    </Header>
  );
}
