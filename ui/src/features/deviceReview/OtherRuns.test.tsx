import { screen, waitFor } from "@testing-library/react";
import { expect, test } from "vitest";

import type { OtherRun } from "~/ipc";
import { fakeIpc } from "~/testing/fakeIpc";
import { problem } from "~/testing/fixtures";
import { renderPart } from "~/testing/render";
import { snapshot } from "~/testing/runFixtures";

import { OtherRuns } from "./OtherRuns";

const held: OtherRun = { run: "0c4e81d2", name: "Vision 2.0", state: "hold", hold: "paused", toCome: 40, atWork: 2 };

test("a forgotten run that is held is named, led to and stopped from here", async () => {
  const ipc = fakeIpc({ runStop: () => snapshot() });
  const { user } = renderPart(<OtherRuns others={[held]} />);
  const told = screen.getByTestId("review-other");
  expect(told).toHaveTextContent("The run Vision 2.0 has some of these devices");
  expect(told).toHaveTextContent("On hold. It has not deployed yet to 40 devices of this plan");
  expect(screen.getByTestId("review-other-watch")).toBeVisible();
  await user.click(screen.getByTestId("review-other-stop"));
  expect(ipc.callsOf("runStop")).toEqual([]);
  await user.click(screen.getByTestId("review-other-confirm"));
  await waitFor(() => expect(ipc.callsOf("runStop")).toEqual([["0c4e81d2"]]));
  await waitFor(() => expect(screen.queryByTestId("review-other-confirm")).toBeNull());
});

test("a stop that fails says why and can be tried again", async () => {
  fakeIpc({
    runStop: () => {
      throw problem("internal", "The disk is full");
    },
  });
  const { user } = renderPart(<OtherRuns others={[held]} />);
  await user.click(screen.getByTestId("review-other-stop"));
  await user.click(screen.getByTestId("review-other-confirm"));
  expect(await screen.findByText("The disk is full")).toBeVisible();
});

test("a run that is being stopped is waited for, and one that has deployed all of its part is in nobody’s way", () => {
  fakeIpc({});
  renderPart(
    <OtherRuns
      others={[
        { ...held, state: "stopping", hold: null },
        { ...held, run: "9d", toCome: 0 },
      ]}
    />,
  );
  expect(screen.getAllByTestId("review-other")).toHaveLength(1);
  expect(screen.getByTestId("review-other")).toHaveTextContent("check again when it has ended");
  expect(screen.queryByTestId("review-other-stop")).toBeNull();
});
