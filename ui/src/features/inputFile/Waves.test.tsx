import { screen, waitFor, within } from "@testing-library/react";
import { beforeEach, expect, test } from "vitest";

import type { Draft, DraftChange } from "~/ipc";
import { seriousFindings } from "~/testing/axe";
import { type Answers, fakeIpc } from "~/testing/fakeIpc";
import { appStatus, draft, draftFile, inOneGo, inWaves, problem, waveFile } from "~/testing/fixtures";
import { renderPart } from "~/testing/render";

import { InputFileStep } from "./InputFileStep";
import { inputFileStep } from "./step";
import { cutFault, faultsOf, formOf, keepTyped, limitFault, wavesOf } from "~/app/waveForm/wavesForm";

const made = draft({ step: "file", selected: 498, file: draftFile(), bucket: "plant-rollouts" });
const files = [
  waveFile(1),
  waveFile(2, { targets: 50, by: "10 % of all groups" }),
  waveFile(3, { targets: 443, by: "the rest" }),
];

function shown(present: Draft = made, more: Answers = {}) {
  let stored = present;
  const ipc = fakeIpc({
    appStatus: () => appStatus(),
    draftGet: () => stored,
    draftSet: (change: DraftChange) => {
      stored = { ...stored, ...(change.waves ? { waves: change.waves } : {}) };
      return stored;
    },
    bucketsList: () => [{ name: "plant-rollouts", region: "eu-west-1" }],
    bucketCheck: (name) => ({ name, region: "eu-west-1", encryption: "SSE-S3", problems: [] }),
    wavesPreview: () => ({ waves: files, findings: [] }),
    jobWatch: () => 1,
    watchEnd: () => null,
    ...more,
  });
  return { ...renderPart(<InputFileStep />), ipc };
}

beforeEach(() => keepTyped(made.plan, formOf(inOneGo)));

const unfold = async () => screen.findByRole("button", { name: /^Waves/ });

test("a plan is deployed in one go unless waves are chosen", async () => {
  const { user, ipc } = shown();
  expect(await screen.findByText("In one go: one input file, one bulk deployment")).toBeVisible();
  await user.click(await unfold());
  expect(screen.getByRole("radio", { name: /In one go/ })).toBeChecked();
  expect(screen.queryByTestId("waves-cuts")).not.toBeInTheDocument();
  expect(ipc.callsOf("wavesPreview")).toEqual([]);
});

test("choosing waves stores a canary, a tenth and a gate, and shows the very files", async () => {
  const { user, ipc, container } = shown();
  await user.click(await unfold());
  await user.click(screen.getByRole("radio", { name: /In waves/ }));
  const table = await screen.findByTestId("wave-files");
  await waitFor(() => expect(within(table).getByText("the rest")).toBeVisible());
  expect(table).toHaveTextContent("overseed/7f3c0a52/wave-003.jsonl");
  expect(table).toHaveTextContent("333333333333…");
  expect(ipc.callsOf("draftSet").at(-1)).toEqual([
    {
      waves: {
        ...inOneGo,
        cuts: [
          { by: "count", targets: 5 },
          { by: "percent", percent: 10 },
        ],
        gate: { ...inOneGo.gate, maxFailed: { by: "percent", percent: 5 } },
      },
    },
  ]);
  expect(screen.getByTestId("waves-cuts")).toHaveTextContent("Wave 3 is the rest, if there is any.");
  expect(await seriousFindings(container)).toEqual([]);
});

test("what is no size is said beside it, is kept as typed, and does not get into the draft", async () => {
  const { user, ipc, unmount } = shown({ ...made, waves: inWaves });
  const size = await screen.findByRole("textbox", { name: "Size of wave 1" });
  await user.clear(size);
  await user.type(size, "x");
  expect(screen.getByText("A whole number, from 1.")).toBeVisible();
  expect(screen.getByTestId("waves-faults")).toHaveTextContent("1 entry has to be mended first");
  expect(ipc.callsOf("draftSet").some(([change]) => (change as DraftChange).waves)).toBe(false);
  expect(await inputFileStep.unfinished?.()).toBe("Mend the waves, or choose to deploy in one go.");
  unmount();
  renderPart(<InputFileStep />);
  expect(await screen.findByRole("textbox", { name: "Size of wave 1" })).toHaveValue("x");
});

test("waves are added and removed, by text as well, and the gate is set", async () => {
  const { user, ipc } = shown({ ...made, waves: inWaves });
  await user.click(await screen.findByRole("button", { name: "Add a wave" }));
  expect(screen.getByRole("textbox", { name: "Size of wave 3" })).toHaveValue("40");
  await user.click(screen.getAllByRole("button", { name: "Remove this wave" })[0] ?? document.body);
  await user.click(screen.getByRole("radio", { name: /Abort/ }));
  await user.click(screen.getByRole("checkbox", { name: /Hold after each wave/ }));
  await user.click(screen.getByRole("radio", { name: /By chance/ }));
  const seed = screen.getByRole("textbox", { name: "Seed" });
  await user.clear(seed);
  await user.type(seed, "42");
  await waitFor(() =>
    expect((ipc.callsOf("draftSet").at(-1)?.[0] as DraftChange).waves).toEqual({
      cuts: [
        { by: "percent", percent: 10 },
        { by: "percent", percent: 40 },
      ],
      order: { by: "random", seed: 42 },
      gate: { ...inWaves.gate, then: "abort", holdAfterEach: true },
    }),
  );
});

test("going back to one go takes the waves out of the draft, and choosing them again brings them back", async () => {
  const { user, ipc } = shown({ ...made, waves: inWaves });
  await user.click(await screen.findByRole("radio", { name: /In one go/ }));
  await waitFor(() => expect(ipc.callsOf("draftSet").at(-1)).toEqual([{ waves: inOneGo }]));
  await user.click(screen.getByRole("radio", { name: /In waves/ }));
  await waitFor(() => expect(ipc.callsOf("draftSet").at(-1)).toEqual([{ waves: inWaves }]));
});

test("what the waves come to besides is told, such as waves that are left away", async () => {
  shown(
    { ...made, waves: inWaves },
    { wavesPreview: () => ({ waves: files, findings: ["Wave 4 has no group and is left away."] }) },
  );
  expect(await screen.findByTestId("waves-findings")).toHaveTextContent("Wave 4 has no group and is left away.");
});

test("waves that cannot be cut say why", async () => {
  shown(
    { ...made, waves: inWaves },
    {
      wavesPreview: () => {
        throw problem("file_invalid", "The file of wave 2 could not be written");
      },
    },
  );
  expect(await screen.findByTestId("waves-problem")).toHaveTextContent("The file of wave 2 could not be written");
});

test("without a file there is nothing to cut yet", async () => {
  const { ipc } = shown({ ...made, file: null, waves: inWaves });
  expect(await screen.findByTestId("waves-due")).toHaveTextContent("make it, and they are shown here");
  expect(ipc.callsOf("wavesPreview")).toEqual([]);
});

test("a form becomes the waves that it was made of", () => {
  expect(wavesOf(formOf(inWaves))).toEqual(inWaves);
  expect(wavesOf(formOf(inOneGo))).toEqual(inOneGo);
  const chosen = {
    cuts: [{ by: "matching" as const, text: "rotterdam" }],
    order: { by: "random" as const, seed: 7 },
    gate: { ...inWaves.gate, maxFailed: { by: "count" as const, targets: 0 } },
  };
  expect(wavesOf(formOf({ ...chosen, cuts: [...chosen.cuts, { by: "rest" }] }))).toEqual(chosen);
});

test.each(["0", "-1", "1.5", "", "x"])("%j is no number of groups", (text) => {
  expect(cutFault({ by: "count", text })).not.toBeNull();
});

test.each(["0", "101", "", "x", "Infinity"])("%j is no share of the groups", (text) => {
  expect(cutFault({ by: "percent", text })).not.toBeNull();
});

test("a limit may be none at all, and is looked at only where it is set", () => {
  expect(limitFault({ on: true, by: "count", text: "0" })).toBeNull();
  expect(limitFault({ on: true, by: "percent", text: "100.5" })).not.toBeNull();
  expect(limitFault({ on: false, by: "percent", text: "x" })).toBeNull();
  expect(faultsOf({ ...formOf(inWaves), random: true, seed: "4294967296" })).toBe(1);
  expect(faultsOf({ ...formOf(inWaves), on: false, seed: "x", random: true })).toBe(0);
});
