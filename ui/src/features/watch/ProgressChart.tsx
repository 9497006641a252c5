import AreaChart from "@cloudscape-design/components/area-chart";
import Box from "@cloudscape-design/components/box";
import { useQuery } from "@tanstack/react-query";
import { useSecond } from "~/app/second";
import { rate, span } from "~/app/figures";
import { count, counted, duration } from "~/app/format";
import { useRunWords } from "~/app/RunWords";
import { hasEnded, totalOf } from "~/app/states";
import { firstUpper } from "~/app/targetWords";
import { type RunSnapshot, ipc, keys } from "~/ipc";
import { type Gap, gapsOf, seriesOf } from "./chartSeries";

const TIME = new Intl.DateTimeFormat("en-GB", { hour: "2-digit", minute: "2-digit", second: "2-digit" });
const DAY = new Intl.DateTimeFormat("en-GB", { day: "numeric", month: "short", hour: "2-digit", minute: "2-digit" });
const A_DAY = 86_400_000;

interface ChartFootProps {
  snapshot: RunSnapshot;
  now: number;
  gaps: readonly Gap[];
}

/** What the picture does not say: how fast, how long yet, how old, and for how long nothing was read. */
function ChartFoot({ snapshot, now, gaps }: ChartFootProps) {
  const { rate: speed, eta, readAt, row } = snapshot;
  const ended = hasEnded(row.state);
  const verb = row.generation === "v2" ? "made" : "attempted";
  const unread = gaps.reduce((sum, { from, to }) => sum + to - from, 0) / 1000;
  return (
    <Box fontSize="body-s" color="text-body-secondary">
      <div className="chart-foot" data-testid="watch-chart-foot">
        {!ended && <span>{speed === null ? "Rate not known yet" : `${rate(speed)} ${verb} a second`}</span>}
        {!ended && <span>{eta === null ? "Time left not known yet" : `${span(...eta)} left for the ${row.generation === "v2" ? "deployments" : "attempts"}`}</span>}
        <span>{age(readAt, now, ended)}</span>
        {gaps.length > 0 && <span>{`${counted(gaps.length, "gap")}, ${duration(unread)} not read`}</span>}
      </div>
    </Box>
  );
}

function age(readAt: number | null, now: number, ended: boolean): string {
  if (readAt === null) return "Nothing read yet";
  return ended ? `Last read at ${TIME.format(readAt)}` : `Figures are ${duration((now - readAt) / 1000)} old`;
}

/** Targets by state over time; where nothing could be read, a grey block says so. */
export function ProgressChart({ snapshot }: { snapshot: RunSnapshot }) {
  const run = snapshot.row.id;
  const now = useSecond();
  const title = firstUpper(useRunWords().many);
  const query = useQuery({ queryKey: keys.runSamples(run), queryFn: () => ipc.runSamples(run) });
  const samples = query.data ?? [];
  const blind = snapshot.blind !== null && !hasEnded(snapshot.row.state);
  const gaps = gapsOf(samples, blind ? now : null);
  const first = samples[0]?.at ?? snapshot.row.startedAt;
  const last = Math.max(blind ? now : 0, samples.at(-1)?.at ?? first, first + 1000);
  const format = last - first > A_DAY ? DAY : TIME;
  const status = query.isError ? "error" : query.isPending ? "loading" : "finished";
  return (
    <>
      <AreaChart
        data-testid="watch-chart"
        series={samples.length < 2 ? [] : seriesOf(samples, gaps)}
        xDomain={[new Date(first), new Date(last)]}
        yDomain={[0, Math.max(1, totalOf(snapshot.row.counts))]}
        xScaleType="time"
        height={210}
        hideFilter
        xTitle="Time"
        yTitle={title}
        xTickFormatter={(x) => format.format(x)}
        yTickFormatter={count}
        detailTotalFormatter={count}
        statusType={status}
        loadingText="Reading the readings"
        errorText="The readings cannot be shown."
        recoveryText="Try again"
        onRecoveryClick={() => void query.refetch()}
        ariaLabel={`${title} by state over time`}
        ariaDescription="The figures above say the newest reading in words."
        i18nStrings={{
          detailTotalLabel: "Handed to AWS",
          legendAriaLabel: "Legend",
          chartAriaRoleDescription: "area chart",
          xAxisAriaRoleDescription: "time",
          yAxisAriaRoleDescription: title,
          detailPopoverDismissAriaLabel: "Close",
        }}
        empty={
          <Box textAlign="center" color="text-body-secondary">
            The chart begins with the second reading.
          </Box>
        }
      />
      <ChartFoot snapshot={snapshot} now={now} gaps={gaps} />
    </>
  );
}
