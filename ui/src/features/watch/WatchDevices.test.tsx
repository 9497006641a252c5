import { screen, waitFor, within } from "@testing-library/react";
import { Route, Routes } from "react-router";
import { expect, test } from "vitest";

import type { RunSnapshot, TargetDocuments } from "~/ipc";
import { seriousFindings } from "~/testing/axe";
import { type Answers, fakeIpc } from "~/testing/fakeIpc";
import { appStatus, deviceDraft } from "~/testing/fixtures";
import { renderPart } from "~/testing/render";
import { causes, changeLog, deviceRow, deviceRun, samples, wave } from "~/testing/runFixtures";

import { WatchPage } from "./WatchPage";

const documents: TargetDocuments = {
  hash: "5a1c09".padEnd(64, "0"),
  name: "press-agent",
  before: "document",
  components: [
    { component: "aws.greengrass.Nucleus", version: "2.13.0", before: "2.13.0", merge: null, reset: [] },
    { component: "com.example.Old", version: null, before: "0.9.0", merge: null, reset: [] },
    { component: "com.example.Press", version: "1.4.0", before: "1.3.0", merge: '{"line":"7"}', reset: ["/mode"] },
  ],
};

function watching(shown: RunSnapshot, more: Answers = {}, path = "/runs/7f3c0a52") {
  const ipc = fakeIpc({
    appStatus: () => appStatus(),
    generationGet: () => "v2",
    generationSet: () => "v2",
    runGet: () => shown,
    runWatch: () => 1,
    watchEnd: () => null,
    jobWatch: () => 1,
    runSamples: () => samples(30),
    runFleet: () => "3".repeat(500),
    runCauses: () => causes,
    runChanges: () => changeLog,
    runTargets: () => ({ rows: [deviceRow()], matches: 412 }),
    targetDocuments: () => documents,
    targetHistory: () => [],
    ...more,
  });
  const view = renderPart(
    <Routes>
      <Route path="/runs/:id" element={<WatchPage />} />
      <Route path="*" element={<p>elsewhere</p>} />
    </Routes>,
    path,
  );
  return { ...view, ipc };
}

test("a run of core devices speaks of devices and deployments", async () => {
  const { container } = watching(deviceRun());
  const figures = await screen.findByTestId("watch-figures");
  expect(figures).toHaveTextContent("Step Functions");
  expect(figures).toHaveTextContent("Deployments made6,668for 10,000 devices · 3 refused");
  expect(await screen.findByRole("columnheader", { name: "Document" })).toBeVisible();
  await screen.findByText("Execution");
  expect(screen.getByRole("heading", { name: "Devices (412 of 10,000)" })).toBeVisible();
  expect(screen.getByRole("tab", { name: "All devices" })).toBeVisible();
  expect(container).not.toHaveTextContent(/\b[Gg]roups?\b|[Tt]argets|records|[Bb]ulk deployment|input file/);
  expect(await seriousFindings(container)).toEqual([]);
});

test("the deployment of a thing group is told with its group and its job", async () => {
  const made = wave({ bulkDeployment: "d-1", thingGroup: "overseed-7f3c0a52-1", job: "job-77" });
  watching(deviceRun({ v2: { way: "thing_group", beginsWith: 5, atOnce: null, cancelling: false, leftBehind: [] }, waves: [made] }));
  for (const text of ["d-1", "overseed-7f3c0a52-1", "job-77"]) expect(await screen.findByText(text)).toBeVisible();
});

test("the rate of Step Functions is said and changed", async () => {
  const slower = deviceRun({ v2: { way: "step_functions", beginsWith: 5, atOnce: 40, cancelling: false, leftBehind: [] } });
  const { user, ipc } = watching(deviceRun(), { runSetAtOnce: () => slower });
  await user.click(await screen.findByTestId("watch-rate"));
  const field = await screen.findByTestId("watch-at-once");
  const input = within(field).getByRole("spinbutton");
  await user.clear(input);
  expect(screen.getByTestId("watch-at-once-set")).toBeDisabled();
  await user.type(input, "40");
  await user.click(screen.getByTestId("watch-at-once-set"));
  await waitFor(() => expect(ipc.callsOf("runSetAtOnce")).toEqual([["7f3c0a52", 40]]));
  expect(await screen.findByRole("button", { name: "Change the rate: 40 devices at once" })).toBeVisible();
});

test("a stop may cancel what was made, and says what stays as it is", async () => {
  const { user, ipc } = watching(deviceRun(), { runStopAndCancel: () => deviceRun({}, { state: "stopping" }) });
  await user.click(await screen.findByTestId("watch-stop"));
  const dialog = await screen.findByRole("dialog", { name: "Stop this run?" });
  expect(dialog).toHaveTextContent("AWS is asked to stop the state machine");
  await user.click(within(dialog).getByRole("checkbox", { name: /Also cancel the deployments/ }));
  expect(dialog).toHaveTextContent("Devices that already have received one are unchanged");
  await user.click(screen.getByTestId("watch-stop-confirm"));
  await waitFor(() => expect(ipc.callsOf("runStopAndCancel")).toEqual([["7f3c0a52"]]));
  expect(ipc.callsOf("runStop")).toEqual([]);
});

test("once all deployments are made, a stop says that there is none to stop, and a cancel what devices have received", async () => {
  const made = wave({ state: "settling", targets: 25, recordsProcessed: 25, bulkStatus: "Completed" });
  const direct: RunSnapshot["v2"] = { way: "direct", beginsWith: 5, atOnce: null, cancelling: false, leftBehind: [] };
  const counts = { waiting: 0, submitted: 3, inProgress: 22, succeeded: 0, failed: 0, unknown: 0 };
  const { user } = watching(deviceRun({ v2: direct, waves: [made] }, { counts }));
  const figures = await screen.findByTestId("watch-figures");
  // The service has no status of what this app makes.
  expect(figures).toHaveTextContent("Overseed itselfRunning");
  await user.click(screen.getByTestId("watch-stop"));
  const dialog = await screen.findByRole("dialog", { name: "Stop this run?" });
  expect(dialog).toHaveTextContent("there is none to stop");
  expect(dialog).not.toHaveTextContent("that succeeded");
  expect(dialog).toHaveTextContent("deployments that were made go on");
  await user.click(within(dialog).getByRole("checkbox", { name: /Also cancel the deployments/ }));
  expect(dialog).toHaveTextContent("devices that have received their deployments carry them out");
});

test("a device tells what it gets, why it failed and where its logs are", async () => {
  const { user } = watching(deviceRun());
  await user.click((await screen.findAllByRole("button", { name: "Open press-0007" }))[0] ?? document.body);
  const target = within(await screen.findByTestId("target"));
  const stack = await target.findByRole("list", { name: "Error codes, from general to specific" });
  expect(within(stack).getAllByRole("listitem").map((code) => code.textContent)).toEqual([
    "DEPLOYMENT_FAILURE",
    "ARTIFACT_DOWNLOAD_ERROR",
    "IO_ERROR",
    "IO_WRITE_ERROR",
  ]);
  const components = await target.findByTestId("target-components");
  await waitFor(() => expect(components).toHaveTextContent("com.example.Press1.3.0 → 1.4.0resets /mode"));
  expect(components).toHaveTextContent("removed, was 0.9.0");
  expect(target.getByText(/\/greengrass\/v2\/logs\/com\.example\.Press\.log/)).toHaveTextContent(
    "/greengrass/v2/logs/greengrass.log",
  );
  expect(target.queryByTestId("target-line")).not.toBeInTheDocument();
});

test("a retry of devices becomes a draft of theirs, in the step that shows what changes", async () => {
  const { user, ipc } = watching(deviceRun(), { runRetry: () => ({ generation: "v2", draft: deviceDraft() }) });
  await user.click((await screen.findAllByRole("button", { name: "Open press-0007" }))[0] ?? document.body);
  await user.click(await screen.findByTestId("target-retry"));
  expect(await screen.findByText(/just the devices that you selected/)).toBeVisible();
  expect(screen.queryByRole("radio", { name: /latest/ })).not.toBeInTheDocument();
  await user.click(screen.getByRole("radio", { name: /What each device had before this run/ }));
  await user.click(screen.getByTestId("retry-confirm"));
  await waitFor(() => expect(screen.getByTestId("place")).toHaveTextContent("/new/changes"));
  expect(ipc.callsOf("runRetry")).toEqual([["7f3c0a52", { cause: null, targets: ["press-0007"], states: [] }, "previous"]]);
});

test("without a connection a run is read, and nothing about it is changed", async () => {
  watching(deviceRun({}, { here: false, driven: false }), { appStatus: () => appStatus({ connection: null }) });
  expect(await screen.findByText("Not connected: this run can only be read")).toBeVisible();
  for (const id of ["watch-stop", "watch-resume", "watch-rate", "command-text-watch"]) {
    expect(screen.queryByTestId(id)).not.toBeInTheDocument();
  }
  expect(screen.getByTestId("watch-export")).toBeVisible();
});

test("what an ended run has left in the account is told, and state machines are deleted", async () => {
  const left = { kind: "state_machine", name: "overseed-7f3c0a52-1", wave: 1, meaning: "It is not needed any more." } as const;
  const at = (leftBehind: (typeof left)[]) =>
    deviceRun(
      { v2: { way: "step_functions", beginsWith: 5, atOnce: null, cancelling: false, leftBehind } },
      { state: "finished", driven: false },
    );
  const { user, ipc } = watching(at([left]), { runCleanUp: () => ({ deleted: [left], left: [], run: at([]) }) });
  expect(await screen.findByTestId("watch-left-behind")).toHaveTextContent("State machine overseed-7f3c0a52-1");
  await user.click(screen.getByTestId("watch-clean-up"));
  await waitFor(() => expect(screen.queryByTestId("watch-left-behind")).not.toBeInTheDocument());
  expect(ipc.callsOf("runCleanUp")).toEqual([["7f3c0a52"]]);
});
