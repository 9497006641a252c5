import { expect, test } from "vitest";

import type { RunSnapshot, RunState, Wave } from "~/ipc";
import { STARTED, counts, finished, runRow, snapshot, wave } from "~/testing/runFixtures";

import { stageOf } from "./stage";

const at = (state: RunState, more: Partial<Wave> = {}, stage = ""): string =>
  stageOf(snapshot({ row: runRow({ state }), waves: [wave(more)], stage }), STARTED);

const unstarted = { state: "waiting", bulkDeployment: null, bulkStatus: null, recordsProcessed: 0 } as const;

test("while it is prepared, the engine's own words stand there", () => {
  expect(at("preparing", unstarted, "Uploading the input file")).toBe("Uploading the input file");
  expect(at("preparing", { ...unstarted, state: "starting" }, "Starting the bulk deployment")).toBe("Starting the bulk deployment");
});

test("a started bulk deployment is told by how far it has come, whatever was said at its start", () => {
  const said = "The bulk deployment has been started";
  expect(at("running", { recordsProcessed: 0 }, said)).toBe("Started; no record attempted yet");
  expect(at("running", { recordsProcessed: 6668 }, said)).toBe("Its deployments are being created");
  expect(at("running", { recordsProcessed: 10_000 }, said)).toBe("All records attempted");
});

test("settling says for how many it waits, and until when", () => {
  const endedAt = new Date(2026, 9, 12, 10, 50).getTime();
  const settling = wave({
    state: "settling",
    bulkStatus: "Completed",
    recordsProcessed: 500,
    targets: 500,
    counts: counts({ succeeded: 81, inProgress: 418, submitted: 1 }),
    endedAt,
  });
  const shown = (more: Partial<Wave> = {}, now = endedAt): string =>
    stageOf(snapshot({ waves: [{ ...settling, ...more }], settleMinutes: 30 }), now);
  expect(shown()).toBe("Waiting for 419 groups to end, at most until 11:20");
  expect(shown({}, endedAt - 86_400_000)).toContain("at most until 12 Oct, 11:20");
  expect(shown({ counts: counts({ succeeded: 500 }) })).toBe("Reading the last reports");
  // Stopped with 100 records not attempted: nobody waits for those.
  expect(shown({ bulkStatus: "Stopped", recordsProcessed: 400, counts: counts({ submitted: 101, succeeded: 399 }) })).toContain(
    "Waiting for 1 group to end",
  );
});

test("a hold says whether anything was started", () => {
  expect(at("hold", unstarted)).toBe("On hold; nothing was started");
  expect(at("hold", { ...unstarted, state: "starting" })).toContain("not known yet");
  expect(at("hold")).toContain("goes on at AWS");
});

test("a stop and an end are told as what they are", () => {
  expect(at("stopping")).toContain("Asking AWS to stop");
  expect(at("stopped", {}, "Stopped before it was started")).toBe("Stopped before it was started");
  expect(at("failed", {}, "The bulk deployment failed")).toBe("The bulk deployment failed");
  const ended = (of: RunSnapshot): string => stageOf(of, STARTED);
  expect(ended(finished(counts({ succeeded: 500 })))).toBe("Finished: all succeeded");
  expect(ended(finished(counts({ succeeded: 447, failed: 42, unknown: 5 })))).toBe("Finished: 47 did not succeed");
});

test("a run that nothing drives promises nothing", () => {
  expect(stageOf(snapshot({ row: runRow({ driven: false }) }), STARTED)).toBe("Not driven: as it was read last");
});

test("between waves it says what the run waits for, and before which wave", () => {
  const waves = [wave({ state: "judged" }), wave({ number: 2, state: "waiting", bulkDeployment: null })];
  const held = (hold: RunSnapshot["hold"]): string =>
    stageOf(snapshot({ row: runRow({ state: "hold", driven: false }), waves, hold }), STARTED);
  expect(held("paused")).toBe("Paused before wave 2");
  expect(held("gate")).toBe("Held by the gate before wave 2");
  expect(held("between_waves")).toBe("Waiting for you before wave 2");
  expect(held("problem")).toContain("goes on at AWS");
  expect(stageOf(snapshot({ waves }), STARTED)).toBe("Preparing the next wave");
});

test("a pause to come is told with what goes on until then", () => {
  const waves = [wave({ recordsProcessed: 10 }), wave({ number: 2, state: "waiting" })];
  const shown = stageOf(snapshot({ waves, pausing: true }), STARTED);
  expect(shown).toBe("Its deployments are being created · pauses before wave 2");
});

test("the engine's own end of settling counts before ours", () => {
  const until = new Date(2026, 9, 12, 11, 5).getTime();
  const settling = wave({ state: "settling", bulkStatus: "Completed", counts: counts({ inProgress: 3 }), settleUntil: until });
  expect(stageOf(snapshot({ waves: [settling] }), until - 60_000)).toBe("Waiting for 3 groups to end, at most until 11:05");
});
