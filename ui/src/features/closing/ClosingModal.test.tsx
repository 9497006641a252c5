import { act, screen, waitFor } from "@testing-library/react";
import { expect, test } from "vitest";

import { Frame } from "~/app/Frame";
import type { ClosingQuestion } from "~/ipc";
import { seriousFindings } from "~/testing/axe";
import { type Answers, fakeIpc } from "~/testing/fakeIpc";
import { appStatus, problem } from "~/testing/fixtures";
import { renderPart } from "~/testing/render";

import { ClosingModal } from "./ClosingModal";

const question: ClosingQuestion = {
  runs: [{ id: "7f3c0a52", name: "Firmware 4.2", wavesLeft: 2, way: null }],
  tray: true,
};

function asking(more: Answers = {}) {
  let ask: (question: ClosingQuestion) => void = () => undefined;
  const ipc = fakeIpc({
    closingWatch: (channel) => {
      ask = (next) => act(() => channel.onmessage(next));
      return 1;
    },
    watchEnd: () => null,
    closingAnswer: () => null,
    ...more,
  });
  const view = renderPart(<ClosingModal />);
  return { ...view, ipc, ask: (next: ClosingQuestion = question) => ask(next) };
}

test("what goes on without the window is told apart from what does not", async () => {
  const { ask, ipc } = asking();
  await waitFor(() => expect(ipc.callsOf("closingWatch")).toHaveLength(1));
  expect(screen.queryByTestId("closing")).not.toBeInTheDocument();
  ask();
  const dialog = await screen.findByRole("dialog");
  expect(dialog).toHaveTextContent("the driving of Firmware 4.2");
  expect(dialog).toHaveTextContent("The bulk deployment that has begun");
  expect(dialog).toHaveTextContent("The next wave: 2 waves have not begun");
  await waitFor(() => expect(ipc.callsOf("closingAnswer")).toEqual([["seen"]]));
  expect(await seriousFindings(document.body)).toEqual([]);
});

test("the answers reach the shell, and the dialog goes", async () => {
  const { ask, ipc, user } = asking();
  await waitFor(() => expect(ipc.callsOf("closingWatch")).toHaveLength(1));
  for (const [testid, said] of [
    ["closing-cancel", "cancel"],
    ["closing-close", "close"],
    ["closing-keep", "keep"],
  ] as const) {
    ask({ ...question });
    await user.click(await screen.findByTestId(testid));
    await waitFor(() => expect(ipc.callsOf("closingAnswer").at(-1)).toEqual([said]));
    await waitFor(() => expect(screen.queryByTestId("closing")).not.toBeInTheDocument());
  }
});

test("without a tray the window is minimised, and that is said", async () => {
  const { ask, ipc, user } = asking({
    appStatus: () => appStatus({ connection: null }),
    closingAnswer: (said) => (said === "keep" ? "minimised" : null),
  });
  await waitFor(() => expect(ipc.callsOf("closingWatch")).toHaveLength(1));
  ask({ ...question, tray: false });
  expect(await screen.findByText(/shows no tray icons/)).toBeVisible();
  await user.click(screen.getByRole("button", { name: "Minimise and keep running" }));
  await waitFor(() => expect(screen.queryByTestId("closing")).not.toBeInTheDocument());
});

test("an answer that fails stays on the screen with its reason", async () => {
  const { ask, ipc, user } = asking({
    closingAnswer: (said) => {
      if (said === "keep") throw problem("internal", "The window could not be hidden");
      return null;
    },
  });
  await waitFor(() => expect(ipc.callsOf("closingWatch")).toHaveLength(1));
  ask();
  await user.click(await screen.findByTestId("closing-keep"));
  expect(await screen.findByText("The window could not be hidden")).toBeVisible();
  expect(screen.getByTestId("closing-close")).toBeVisible();
});

test("the frame has the question on every screen", async () => {
  const ipc = fakeIpc({
    appStatus: () => appStatus({ connection: null, last: null }),
    settingsGet: () => ({ theme: "light", density: "compact", keepAwake: true, notify: true }),
    profilesList: () => [],
    closingWatch: () => 1,
    watchEnd: () => null,
  });
  renderPart(<Frame />, "/settings");
  await waitFor(() => expect(ipc.callsOf("closingWatch")).toHaveLength(1));
});
