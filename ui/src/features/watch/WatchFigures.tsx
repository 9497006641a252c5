import Box from "@cloudscape-design/components/box";
import Link from "@cloudscape-design/components/link";
import type { ReactNode } from "react";
import { useNow } from "~/app/now";
import { Status } from "~/app/parts/Status";
import { useSecond } from "~/app/second";
import { rate, share, span } from "~/app/figures";
import { count, counted, duration } from "~/app/format";
import { BULK_STATUSES, hasEnded, runWord, totalOf } from "~/app/states";
import { allowed } from "~/app/waves";
import { WAY_LABELS, useRunWords } from "~/app/RunWords";
import { countedTargets } from "~/app/targetWords";
import type { RunSnapshot, Wave } from "~/ipc";
import { AtOnce } from "./AtOnce";
import { presentWave, settledAt, stageOf } from "./stage";

function Big({ children, sub }: { children: ReactNode; sub: ReactNode }) {
  return (
    <div className="watch-figure">
      <Box fontSize="heading-xl" fontWeight="bold">
        {children}
      </Box>
      <Box fontSize="body-s" color="text-body-secondary">
        {sub}
      </Box>
    </div>
  );
}

function TimeLeft({ snapshot }: { snapshot: RunSnapshot }) {
  const now = useSecond();
  const { row, eta } = snapshot;
  if (hasEnded(row.state)) {
    // When a bulk deployment of elsewhere ended, AWS does not say.
    if (row.foreign) return <Big sub="its end is not known">–</Big>;
    return (
      <Big sub="from start to end">{row.endedAt === null ? "–" : duration((row.endedAt - row.startedAt) / 1000)}</Big>
    );
  }
  if (row.state === "hold") return <Big sub="the run is on hold">–</Big>;
  if (presentWave(snapshot.waves)?.state === "settling") {
    return (
      <Big sub={`${count(row.counts.inProgress + row.counts.submitted)} not ended yet`}>
        ≤ {duration(Math.max(0, settledAt(snapshot, now) - now) / 1000)}
      </Big>
    );
  }
  if (eta === null) return <Big sub="not enough readings to tell">–</Big>;
  const [low, high] = eta;
  return (
    <Big sub={`${snapshot.rate === null ? "" : `${rate(snapshot.rate)} a second · `}${span(low, high)}`}>
      ≈ {duration((low + high) / 2)}
    </Big>
  );
}

function Bulk({ snapshot }: { snapshot: RunSnapshot }) {
  const now = useNow();
  const wave = presentWave(snapshot.waves);
  // What this app makes itself has no status of its own at AWS beside the run's.
  const status = snapshot.v2?.way === "direct" ? null : (wave?.bulkStatus ?? null);
  const word = status === null ? runWord(snapshot.row.state, snapshot.row.counts) : BULK_STATUSES[status];
  const place = wave && snapshot.waves.length > 1 ? `wave ${wave.number} of ${snapshot.waves.length}` : "";
  return (
    <div className="watch-figure">
      <Box fontSize="heading-m" padding={{ vertical: "xxs" }}>
        <Status word={word} />
      </Box>
      <Box fontSize="body-s" color="text-body-secondary">
        {[stageOf(snapshot, now), place].filter((part) => part !== "").join(" · ")}
      </Box>
      {snapshot.v2?.way === "step_functions" && !hasEnded(snapshot.row.state) && (
        <AtOnce run={snapshot.row.id} v2={snapshot.v2} open={snapshot.row.here} />
      )}
    </div>
  );
}

/** Five beside each other down to the narrowest window; Cloudscape's key-value pairs stop at four. */
function Row({ items }: { items: { label: string; value: ReactNode }[] }) {
  return (
    <dl className="figures" data-testid="watch-figures">
      {items.map(({ label, value }) => (
        <div key={label}>
          <dt>{label}</dt>
          <dd>{value}</dd>
        </div>
      ))}
    </dl>
  );
}

/** A thing group has one deployment, of which its devices are told. */
const MADE = { direct: "Deployments made", step_functions: "Deployments made", thing_group: "Devices told" } as const;

interface WatchFiguresProps {
  snapshot: RunSnapshot;
  causes: number | null;
  onCauses: () => void;
}

export function WatchFigures({ snapshot, causes, onCauses }: WatchFiguresProps) {
  const words = useRunWords();
  const { counts, state } = snapshot.row;
  const sum = (of: (wave: Wave) => number) => snapshot.waves.reduce((total, wave) => total + of(wave), 0);
  const targets = totalOf(counts);
  const ended = counts.succeeded + counts.failed + counts.unknown;
  const invalid = sum((wave) => wave.invalidInputRecords);
  const retries = sum((wave) => wave.retryAttempts);
  const v2 = snapshot.v2;
  const attempts = [
    v2 === null ? `of ${counted(targets, "record")}` : `${v2.way === "thing_group" ? "of" : "for"} ${countedTargets(targets, words)}`,
    ...(invalid > 0 ? [`${count(invalid)} ${v2 === null ? "invalid" : "refused"}`] : []),
    ...(retries > 0 ? [counted(retries, "retry", "retries")] : []),
  ].join(" · ");
  const limit = snapshot.waves.length > 1 ? snapshot.rollout.gate.maxFailedInAll : null;
  const failures = counts.failed + counts.unknown;
  const noFailure = hasEnded(state) ? "none failed" : "none so far";
  return (
    <Row
      items={[
        {
          label: v2 === null ? "Bulk deployment" : WAY_LABELS[v2.way],
          value: <Bulk snapshot={snapshot} />,
        },
        { label: v2 === null ? "Attempted" : MADE[v2.way], value: <Big sub={attempts}>{count(sum((wave) => wave.recordsProcessed))}</Big> },
        {
          label: "Succeeded",
          value: (
            <Big sub={ended === 0 ? "none has ended yet" : `${share(counts.succeeded, ended)} of those ended`}>
              {count(counts.succeeded)}
            </Big>
          ),
        },
        {
          label: "Failed",
          value: (
            <Big
              sub={
                <>
                  {failures > 0 && causes !== null && causes > 0 ? (
                    <Link fontSize="body-s" onFollow={onCauses} data-testid="watch-causes">
                      {counted(causes, "cause")}
                    </Link>
                  ) : (
                    noFailure
                  )}
                  {limit !== null && ` · limit ${count(allowed(limit, targets - sum((wave) => wave.skipped)))}`}
                </>
              }
            >
              {count(counts.failed)}
            </Big>
          ),
        },
        { label: hasEnded(state) ? "Took" : "Time left", value: <TimeLeft snapshot={snapshot} /> },
      ]}
    />
  );
}
