import { screen, waitFor } from "@testing-library/react";
import { expect, test } from "vitest";

import { Frame } from "~/app/Frame";
import { seriousFindings } from "~/testing/axe";
import { fakeIpc } from "~/testing/fakeIpc";
import { problem } from "~/testing/fixtures";
import { renderPart } from "~/testing/render";

import { ReportsMenu } from "./ReportsMenu";

const LOOKS = { theme: "light", density: "compact", keepAwake: true, notify: true } as const;

function offering(only?: "changes_csv"[]) {
  const ipc = fakeIpc({
    runExport: () => "/home/dana/run.html",
    settingsGet: () => LOOKS,
    closingWatch: () => 1,
    watchEnd: () => null,
  });
  // The frame has the messages.
  const page = (
    <>
      <Frame />
      <ReportsMenu run="7f3c0a52" testid="export" only={only} />
    </>
  );
  return { ...renderPart(page, "/settings"), ipc };
}

test("each form is offered, and where it was saved is said", async () => {
  const { user, ipc } = offering();
  await user.click(screen.getByRole("button", { name: "Export" }));
  expect(await seriousFindings(screen.getByTestId("export"))).toEqual([]);
  expect(screen.getAllByRole("menuitem").map((item) => item.textContent)).toEqual(
    expect.arrayContaining([expect.stringContaining("HTML report"), expect.stringContaining("CloudFormation")]),
  );
  await user.click(screen.getByRole("menuitem", { name: /HTML report/ }));
  await waitFor(() => expect(ipc.callsOf("runExport")).toEqual([["7f3c0a52", "html"]]));
  expect((await screen.findAllByText("Exported to /home/dana/run.html"))[0]).toBeInTheDocument();
});

test("a file that cannot be written says why", async () => {
  const { user, ipc } = offering(["changes_csv"]);
  ipc.answer({
    runExport: () => {
      throw problem("file_unreadable", "The folder cannot be written");
    },
  });
  await user.click(screen.getByRole("button", { name: "Export" }));
  expect(screen.getAllByRole("menuitem")).toHaveLength(1);
  await user.click(screen.getByRole("menuitem", { name: "CSV" }));
  expect((await screen.findAllByText("The folder cannot be written"))[0]).toBeInTheDocument();
});
