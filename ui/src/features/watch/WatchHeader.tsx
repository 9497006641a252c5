import Button from "@cloudscape-design/components/button";
import Header from "@cloudscape-design/components/header";
import Link from "@cloudscape-design/components/link";
import SpaceBetween from "@cloudscape-design/components/space-between";
import { useNavigate } from "react-router";
import { arnTail, short } from "~/app/figures";
import { counted, duration } from "~/app/format";
import { CommandText } from "~/app/parts/CommandText";
import { InfoLink } from "~/app/parts/InfoLink";
import { ReportsMenu } from "~/app/parts/ReportsMenu";
import { Time } from "~/app/parts/Time";
import { useSecond } from "~/app/second";
import { hasEnded } from "~/app/states";
import type { RunSnapshot } from "~/ipc";
import type { RunAct } from "./runAct";
import { leftOf, settlesAfterStop } from "./stage";

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
  /** Whether a pause is being taken back. */
  busy: boolean;
  onAct: (act: RunAct) => void;
  onTakeBack: () => void;
  onCauses: () => void;
}

type BetweenProps = Pick<WatchHeaderProps, "snapshot" | "busy" | "onAct" | "onTakeBack">;

/** Pausing and going on between waves, in one place; a run of one wave has nothing between. */
function BetweenWaves({ snapshot, busy, onAct, onTakeBack }: BetweenProps) {
  const { row, waves, hold, pausing } = snapshot;
  if (waves.length < 2) return null;
  if (row.state === "hold" && hold !== "problem") return <Button onClick={() => onAct("continue")}>Go on…</Button>;
  if (pausing) {
    return (
      <Button onClick={onTakeBack} loading={busy} data-testid="watch-unpause">
        Do not pause
      </Button>
    );
  }
  const left = leftOf(waves).waves > 0;
  return (
    <Button
      onClick={() => onAct("pause")}
      disabled={!left || row.state === "stopping" || row.state === "hold"}
      disabledReason={left ? undefined : "The last wave has been started"}
      data-testid="watch-pause"
    >
      Pause…
    </Button>
  );
}

/** A second stop is of use only while what was attempted settles: it ends the waiting. */
function stopWords(snapshot: RunSnapshot): string {
  if (snapshot.row.state !== "stopping") return "Stop…";
  return settlesAfterStop(snapshot) ? "Don’t wait any longer…" : "Stopping…";
}

export function WatchHeader({ snapshot, causes, busy, onAct, onTakeBack, onCauses }: WatchHeaderProps) {
  const navigate = useNavigate();
  const { row, waves } = snapshot;
  const hash = waves.length === 1 ? (waves[0]?.sha256 ?? "") : "";
  return (
    <Header
      variant="h1"
      info={<InfoLink about="watching a run" />}
      description={
        <>
          Started <Time millis={row.startedAt} as="local" />{" "}
          {snapshot.startedBy !== "" && (
            <>
              by <span title={snapshot.startedBy}>{arnTail(snapshot.startedBy)}</span>{" "}
            </>
          )}
          · run{" "}
          <span title={row.id}>{short(row.id)}</span>
          {hash !== "" && (
            <>
              {" "}
              · {row.generation === "v2" ? "file" : "input file"} sha256 <span title={hash}>{short(hash)}</span>
            </>
          )}
          {row.parent !== null && (
            <>
              {" "}
              · made of{" "}
              <Link
                fontSize="inherit"
                onFollow={() => void navigate(`/runs/${encodeURIComponent(row.parent ?? "")}`)}
                data-testid="watch-parent"
              >
                run {short(row.parent)}
              </Link>
            </>
          )}{" "}
          · <Age snapshot={snapshot} />
        </>
      }
      actions={
        <SpaceBetween direction="horizontal" size="xs">
          {row.here && <CommandText step="watch" run={row.id} />}
          <ReportsMenu run={row.id} testid="watch-export" />
          {causes > 0 && (
            <Button onClick={onCauses} data-testid="watch-to-causes">
              {counted(causes, "cause")}
            </Button>
          )}
          {row.here && !hasEnded(row.state) && (
            <BetweenWaves snapshot={snapshot} busy={busy} onAct={onAct} onTakeBack={onTakeBack} />
          )}
          {row.here && !hasEnded(row.state) && (
            <Button
              onClick={() => onAct("stop")}
              disabled={row.state === "stopping" && !settlesAfterStop(snapshot)}
              data-testid="watch-stop"
            >
              {stopWords(snapshot)}
            </Button>
          )}
        </SpaceBetween>
      }
    >
      {row.name || `Run ${short(row.id)}`}
    </Header>
  );
}
