import Box from "@cloudscape-design/components/box";
import Popover from "@cloudscape-design/components/popover";

import { CountsBar } from "~/app/CountsBar";
import { count } from "~/app/format";
import { useNow } from "~/app/now";
import { Status } from "~/app/parts/Status";
import { BULK_STATUSES, WAVE_STATES, type Word } from "~/app/states";
import { allowed, gateSentences, limitWords, verdictWord } from "~/app/waves";
import { useRunWords } from "~/app/RunWords";
import { countedTargets } from "~/app/targetWords";
import type { Limit, RunSnapshot, Wave } from "~/ipc";

import { WaveDetails } from "./WaveDetails";
import { WaveErrors } from "./WaveErrors";
import { clock, presentWave } from "./stage";

interface AgainstProps {
  /** Said before the figures, such as `In all`. */
  before?: string;
  what: string;
  failed: number;
  limit: Limit | null;
  of: number;
}

/** Failed and unknown targets against what the gate allows, in words and as a bar. */
function Against({ before, what, failed, limit, of }: AgainstProps) {
  const targets = useRunWords();
  if (limit === null) return <Box fontSize="body-s">{count(failed)} failed or unknown, no limit</Box>;
  const most = allowed(limit, of);
  const share = most === 0 ? (failed > 0 ? 100 : 0) : Math.min(100, (failed / most) * 100);
  const words = `${count(failed)} failed or unknown, at most ${count(most)}${limit.by === "percent" ? ` (${limitWords(limit, targets)})` : ""}`;
  return (
    <div className="against">
      <Box fontSize="body-s" color={failed > most ? "text-status-error" : "inherit"}>
        {before !== undefined && <strong>{before}: </strong>}
        {words}
      </Box>
      <div
        className="against-bar"
        role="meter"
        aria-label={what}
        aria-valuemin={0}
        aria-valuemax={Math.max(1, most)}
        aria-valuenow={Math.min(failed, Math.max(1, most))}
        aria-valuetext={words}
      >
        <span style={{ inlineSize: `${share}%` }} />
      </div>
    </div>
  );
}

function wordOf(wave: Wave): Word {
  if (wave.bulkStatus === "Failed") return BULK_STATUSES.Failed;
  return wave.verdict === null ? WAVE_STATES[wave.state] : verdictWord(wave.verdict);
}

interface EntryProps {
  snapshot: RunSnapshot;
  wave: Wave;
  limit: Limit | null;
  present: boolean;
  now: number;
}

function Entry({ snapshot, wave, limit, present, now }: EntryProps) {
  const words = useRunWords();
  const { verdict, counts } = wave;
  const begun = wave.state !== "waiting" && wave.state !== "skipped";
  const sent = wave.targets - wave.skipped;
  return (
    <li className="timeline-wave" aria-current={present ? "step" : undefined} data-testid={`wave-${wave.number}`}>
      <div className="timeline-head">
        <Popover
          header={`Wave ${wave.number}`}
          content={<WaveDetails snapshot={snapshot} wave={wave} />}
          size="large"
          dismissAriaLabel="Close"
          triggerType="text"
        >
          Wave {count(wave.number)}
        </Popover>
        <span>
          {countedTargets(wave.targets, words)}
          {wave.skipped > 0 && `, ${count(wave.skipped)} left out`}
        </span>
        <span className="timeline-state">
          <Status word={wordOf(wave)} />
        </span>
      </div>
      <CountsBar counts={counts} />
      {begun && (
        <Against what={`Failed of wave ${wave.number}`} failed={counts.failed + counts.unknown} limit={limit} of={sent} />
      )}
      {wave.state === "settling" && wave.settleUntil !== null && (
        <Box fontSize="body-s">Settles until {clock(wave.settleUntil, now)} at most</Box>
      )}
      {verdict !== null && verdict.verdict !== "go_on" && verdict.verdict !== "failed" && <Box fontSize="body-s">{verdict.reason}</Box>}
      <WaveErrors snapshot={snapshot} wave={wave} />
    </li>
  );
}

/** Wave after wave, with what the gate allows and what it said. */
export function WaveTimeline({ snapshot }: { snapshot: RunSnapshot }) {
  const now = useNow();
  const words = useRunWords();
  const { waves, rollout } = snapshot;
  const { maxFailed, maxFailedInAll } = rollout.gate;
  const present = presentWave(waves);
  const { counts } = snapshot.row;
  const sent = waves.reduce((sum, wave) => sum + wave.targets - wave.skipped, 0);
  return (
    <>
      <Box fontSize="body-s" color="text-body-secondary">
        {gateSentences(rollout.gate, words).join(" ")}
      </Box>
      {maxFailedInAll !== null && (
        <div className="timeline-all">
          <Against
            before="In all"
            what="Failed of all waves"
            failed={counts.failed + counts.unknown}
            limit={maxFailedInAll}
            of={sent}
          />
        </div>
      )}
      <ol className="timeline" data-testid="watch-waves" aria-label="Waves">
        {waves.map((wave) => (
          <Entry key={wave.number} snapshot={snapshot} wave={wave} limit={maxFailed} present={wave === present} now={now} />
        ))}
      </ol>
    </>
  );
}
