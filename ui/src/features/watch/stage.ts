import { count } from "~/app/format";
import { targetWordsOf } from "~/app/RunWords";
import { hasEnded, totalOf } from "~/app/states";
import { countedTargets } from "~/app/targetWords";
import type { TargetWords } from "~/app/targetWords";
import type { RunSnapshot, Wave } from "~/ipc";

const TIME = new Intl.DateTimeFormat("en-GB", { hour: "2-digit", minute: "2-digit" });
const DAY = new Intl.DateTimeFormat("en-GB", { day: "numeric", month: "short", hour: "2-digit", minute: "2-digit" });

function isV2({ row }: RunSnapshot): boolean {
  return row.generation === "v2";
}

function wordsOf({ row }: RunSnapshot): TargetWords {
  return targetWordsOf(row.generation);
}

/** The wave that people ask about: the one at work, else the last that began. */
export function presentWave(waves: readonly Wave[]): Wave | undefined {
  const begun = waves.filter((wave) => wave.state !== "waiting" && wave.state !== "skipped");
  return begun.find((wave) => wave.state !== "judged") ?? begun.at(-1) ?? waves[0];
}

/** Waves whose turn has not come, and their targets without those left out. */
export function leftOf(waves: readonly Wave[]): { waves: number; targets: number } {
  const left = waves.filter((wave) => wave.state === "waiting");
  return { waves: left.length, targets: left.reduce((sum, wave) => sum + wave.targets - wave.skipped, 0) };
}

/** When the settle time of the present wave is over. */
export function settledAt(snapshot: RunSnapshot, now: number): number {
  const wave = presentWave(snapshot.waves);
  return wave?.settleUntil ?? (wave?.endedAt ?? now) + snapshot.settleMinutes * 60_000;
}

/** Whether a run that was stopped waits for the targets that were attempted. */
export function settlesAfterStop({ row, waves }: RunSnapshot): boolean {
  return row.state === "stopping" && presentWave(waves)?.state === "settling";
}

/** Local time, with the day where it is another one. */
export function clock(millis: number, now: number): string {
  const sameDay = new Date(millis).toDateString() === new Date(now).toDateString();
  return (sameDay ? TIME : DAY).format(millis);
}

/** Targets that may still end: of a bulk deployment that broke off, what was not attempted never will be. */
function unended(wave: Wave): number {
  const brokeOff = wave.bulkStatus === "Stopped" || wave.bulkStatus === "Failed";
  const never = brokeOff ? Math.max(0, wave.targets - wave.recordsProcessed) : 0;
  return wave.counts.inProgress + Math.max(0, wave.counts.submitted - never);
}

function settling(snapshot: RunSnapshot, wave: Wave, now: number): string {
  const left = unended(wave);
  if (left === 0) return isV2(snapshot) ? "Reading the last answers" : "Reading the last reports";
  const until = clock(settledAt(snapshot, now), now);
  const waiting = settlesAfterStop(snapshot) ? "Stopped; waiting" : "Waiting";
  return `${waiting} for ${countedTargets(left, wordsOf(snapshot))} to end, at most until ${until}`;
}

function running(snapshot: RunSnapshot, wave: Wave): string {
  if (isV2(snapshot)) {
    if (wave.recordsProcessed === 0) return "Started; no deployment made yet";
    return wave.recordsProcessed < wave.targets - wave.skipped ? "Its deployments are being made" : "All deployments made";
  }
  if (wave.recordsProcessed === 0) return "Started; no record attempted yet";
  return wave.recordsProcessed < wave.targets ? "Its deployments are being created" : "All records attempted";
}

/** What this app makes itself stands still with it. */
function heldV2({ v2 }: RunSnapshot): string {
  return v2?.way === "direct" ? "On hold; devices go on with what was made" : "On hold; what was started goes on at AWS";
}

function onHold(snapshot: RunSnapshot): string {
  const { hold, waves } = snapshot;
  const wave = presentWave(waves);
  const next = waves.find(({ state }) => state === "waiting")?.number ?? 1;
  if (hold === "paused") return `Paused before wave ${next}`;
  if (hold === "gate") return `Held by the gate before wave ${next}`;
  if (hold === "between_waves") return `Waiting for you before wave ${next}`;
  if (wave !== undefined && wave.startedAt !== null && isV2(snapshot)) return heldV2(snapshot);
  if (wave?.bulkDeployment) return "On hold; what was started goes on at AWS";
  return wave?.state === "starting" ? "On hold; whether it was started is not known yet" : "On hold; nothing was started";
}

function ended({ row, stage }: RunSnapshot): string {
  if (row.state !== "finished") return stage;
  const total = totalOf(row.counts);
  const all = row.counts.succeeded === total;
  return all ? "Finished: all succeeded" : `Finished: ${count(total - row.counts.succeeded)} did not succeed`;
}

function present(snapshot: RunSnapshot, now: number): string {
  const { row, stage, waves } = snapshot;
  const wave = presentWave(waves);
  if (row.foreign) return "As it was read last";
  if (!row.driven) return "Not driven: as it was read last";
  if (wave?.state === "settling") return settling(snapshot, wave, now);
  if (wave?.state === "judged") {
    return leftOf(waves).waves > 0 ? "Preparing the next wave" : `Each ${wordsOf(snapshot).one} has its last state`;
  }
  if (row.state === "stopping") return isV2(snapshot) ? stage : "Asking AWS to stop, and waiting until it has";
  return wave?.state === "running" ? running(snapshot, wave) : stage;
}

/** What the run does now, or how it ended, in one line. */
export function stageOf(snapshot: RunSnapshot, now: number): string {
  const { row, waves } = snapshot;
  if (hasEnded(row.state)) return ended(snapshot);
  if (row.state === "hold") return onHold(snapshot);
  const next = waves.find(({ state }) => state === "waiting");
  const pause = snapshot.pausing && next !== undefined ? ` · pauses before wave ${next.number}` : "";
  return present(snapshot, now) + pause;
}
